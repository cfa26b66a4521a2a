package diagnose

import (
	"fmt"
	"slices"

	"gorae/chart"
	"gorae/config"
	"gorae/data"
	"gorae/layer"
	"gorae/optim"
	"gorae/task"
	"gorae/tensor"
)

// activationDetectors see faults of what layers give.
func activationDetectors() []Detector {
	return []Detector{
		{Doc{Code: "activation/dead-units", Kinds: []int{41},
			Why: "no gradient passes a unit that is off for all samples: it never comes back, and the layer is " +
				"narrower",
			Remedy: "use the default initializers, a lower learning rate, or leaky_relu",
			Explains: []string{"gradient/", "dynamics/rate-too-low", "dynamics/stalled", "dynamics/stopped-early",
				"dynamics/too-few-updates", "result/"}}, deadUnits},
		{Doc{Code: "activation/saturated", Kinds: []int{45},
			Why:    "at its ends a sigmoid is flat: no gradient passes",
			Remedy: "scale what enters the layer, use the default initializers, or relu",
			Explains: []string{"gradient/", "dynamics/rate-too-low", "dynamics/stalled", "dynamics/stopped-early",
				"dynamics/too-few-updates", "result/"}}, saturated},
	}
}

// watchedSamples is how many training samples layers are looked at with.
const watchedSamples = 1000

// inner is what layers give for training samples, by layer.
type inner struct {
	names  []string
	dead   []int // units that are 0 for all samples
	units  []int
	edge   []float64 // share of the values at an end of a sigmoid or tanh
	values int
}

// watched returns the inputs of the training samples that layers are looked at with, and their number.
func (c *Case) watched() ([]*tensor.Tensor, int, error) {
	d := c.Parts[task.Train]
	n := min(watchedSamples, d.Len())
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i * d.Len() / n
	}
	l := data.Loader{Data: data.Subset{Dataset: d, Rows: rows}, Size: n}
	b, err := l.New()
	if err != nil {
		return nil, 0, err
	}
	return b.Inputs, n, l.Fill(b, 0, 0)
}

// inside runs training samples through the kept network.
func (c *Case) inside() (*inner, error) {
	if c.within != nil {
		return c.within, nil
	}
	of := &inner{}
	inputs, n, err := c.watched()
	if err != nil {
		return nil, err
	}
	for _, l := range c.hidden() {
		a := l.traits.Activation
		if a != "relu" && a != "sigmoid" && a != "tanh" {
			continue
		}
		m := c.Model
		if all := m.Networks(); len(all) > 1 {
			m = all[0]
		}
		upto, err := m.Upto(l.name)
		if err != nil {
			return nil, err
		}
		out, err := upto.Predict(c.ctx, inputs...)
		if err != nil {
			return nil, err
		}
		units := 1
		if k := len(out[0].Shape); k > 1 {
			units = out[0].Shape[k-1]
		}
		on := make([]bool, units)
		edge := 0
		for i, v := range out[0].F32 {
			on[i%units] = on[i%units] || v != 0
			switch a {
			case "sigmoid":
				edge += one(v < 0.01 || v > 0.99)
			case "tanh":
				edge += one(v < -0.99 || v > 0.99)
			}
		}
		dead := 0
		for _, alive := range on {
			dead += one(!alive && a == "relu")
		}
		of.names, of.dead = append(of.names, l.name), append(of.dead, dead)
		of.units = append(of.units, units)
		of.edge = append(of.edge, float64(edge)/float64(max(1, out[0].Len())))
	}
	of.values = n
	c.within = of
	return of, nil
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// deadShare is the share of a layer's units from which on they count.
const deadShare = 0.5

func deadUnits(c *Case) ([]Finding, error) {
	if o := c.look(); c.Report == nil || !c.Supervised() || !o.Harmed() && !o.Weak {
		return nil, nil
	}
	in, err := c.inside()
	if err != nil {
		return nil, err
	}
	shares := make([]float64, len(in.names))
	worst := -1
	for k := range in.names {
		if shares[k] = float64(in.dead[k]) / float64(in.units[k]); in.dead[k] > 0 && shares[k] >= deadShare &&
			(worst < 0 || shares[k] > shares[worst]) {
			worst = k
		}
	}
	if worst < 0 {
		return nil, nil
	}
	grade := Tip
	if c.look().Harmed() {
		grade = Fault
	}
	name := in.names[worst]
	f := found(grade, name, "%d of %d units of %s give 0 for each of %d training samples, so that no gradient passes "+
		"them",
		in.dead[worst], in.units[worst], name, in.values).with("share of dead units", shares[worst], deadShare)
	initialized := false
	for _, l := range c.hidden() {
		if k := slices.Index(in.names, l.name); k < 0 || shares[k] < deadShare {
			continue
		}
		for _, x := range [][2]string{{"kernel_initializer", "GlorotUniform"}, {"bias_initializer", "Zeros"}} {
			if of, ok := l.config.Get(x[0]).(config.Map); ok && of.Get("class_name") != x[1] {
				f = f.set(l.change(x[0], config.Snake(x[1]))...)
				initialized = true
			}
		}
	}
	if !initialized {
		f = f.set(c.slower()...)
	}
	return []Finding{f.drawn(func() Drawing {
		return bars(chart.Sprintf("dead units"), chart.Sprintf("share of the layer's units"), in.names, shares,
			deadShare, false)
	})}, nil
}

// saturatedShare is the share of values at the ends from which on a layer counts as saturated.
const saturatedShare = 0.5

func saturated(c *Case) ([]Finding, error) {
	if o := c.look(); c.Report == nil || !c.Supervised() || !o.Harmed() && !o.Weak {
		return nil, nil
	}
	in, err := c.inside()
	if err != nil || len(in.names) == 0 {
		return nil, err
	}
	worst := 0
	for k := range in.names {
		if in.edge[k] > in.edge[worst] {
			worst = k
		}
	}
	if in.edge[worst] <= saturatedShare {
		return nil, nil
	}
	grade := Tip
	if c.look().Harmed() {
		grade = Fault
	}
	f := found(grade, in.names[worst], "%.3g %% of the values of %s lie at the ends of its range, where it is flat",
		100*in.edge[worst], in.names[worst]).with("share at the ends", in.edge[worst], saturatedShare)
	for _, l := range c.hidden() {
		if l.name == in.names[worst] {
			f = f.set(c.relu(l)...)
		}
	}
	return []Finding{f.drawn(func() Drawing {
		return bars(chart.Sprintf("saturated values"), chart.Sprintf("share of the layer's values"), in.names, in.edge,
			saturatedShare, false)
	})}, nil
}

// relu is the assignment that gives a layer relu, where it has a key for it.
func (c *Case) relu(l link) []string {
	switch l.Layer.(type) {
	case layer.Dense, layer.Conv1D, layer.Conv2D:
		return l.change("activation", "relu")
	}
	return nil
}

// slower is the assignment of a tenth of the learning rate, or of the optimizer's own where that is still lower; none
// of a schedule.
func (c *Case) slower() []string {
	rate, word := c.rate()
	if o, err := optim.New(word); err == nil && rate > 0 {
		if usual, schedule := optim.LearningRate(o); schedule == nil && usual < rate {
			return c.rated(min(0.1, usual/rate))
		}
	}
	return c.rated(0.1)
}

// rated is the assignment of a multiple of the learning rate, none of a schedule.
func (c *Case) rated(factor float64) []string {
	rate, word := c.rate()
	if word == "" {
		return nil
	}
	return []string{fmt.Sprintf("train.optimizer.%s.learning_rate=%.6g", word, rate*factor)}
}

// sorted returns values in order.
func sorted(x []float64) []float64 { return slices.Sorted(slices.Values(x)) }
