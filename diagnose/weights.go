package diagnose

import (
	"math"
	"slices"
	"strings"

	"gorae/chart"
	"gorae/config"
	"gorae/layer"
	"gorae/task"
	"gorae/tensor"
)

func constantInit(c *Case) ([]Finding, error) {
	var out []Finding
	for _, l := range c.hidden() {
		units := 0
		switch of := l.Layer.(type) {
		case layer.Dense:
			units = of.Units
		case layer.Conv1D:
			units = of.Filters
		case layer.Conv2D:
			units = of.Filters
		}
		of, _ := l.config.Get("kernel_initializer").(config.Map)
		class, _ := of.Get("class_name").(string)
		if units < 2 || !slices.Contains(constants, class) {
			continue
		}
		grade := Fault
		if !c.trained() || !c.look().Weak && !c.look().Harmed() {
			grade = Tip
		}
		f := found(grade, l.name, "all weights of %s begin with one value (%s): its %d units learn the same", l.name,
			config.Snake(class), units).with("deviation of the first weights", 0, 0)
		if n := len(c.Statistics); n > 0 {
			for _, s := range c.Statistics[n-1].Layers {
				if s.Path == l.name {
					f = f.with("units that are alike after the training", float64(s.Alike), 0)
				}
			}
		}
		f = f.set(l.change("kernel_initializer", "glorot_uniform")...)
		if c.trained() {
			f = f.drawn(c.course())
		}
		out = append(out, f)
	}
	return join(out), nil
}

// join makes one finding of those on several layers: the first one, with the changes of all.
func join(all []Finding) []Finding {
	if len(all) < 2 {
		return all
	}
	f := all[0]
	for _, g := range all[1:] {
		f.Change = append(slices.Clip(f.Change), g.Change...)
	}
	f = f.with("layers of which this holds", float64(len(all)), 0)
	return []Finding{f}
}

// constants are Keras's class names of initializers that give all elements one value.
var constants = []string{"Zeros", "Ones", "Constant"}

// weightAt is a weight before the first step.
type weightAt struct {
	path                      string
	shape                     tensor.Shape
	deviation, gradient, norm float64
}

func hugeInit(c *Case) ([]Finding, error) {
	weights, firstLoss := c.first()
	if weights == nil || c.normalizes() {
		return nil, nil
	}
	constant := c.constantLoss()
	var out []Finding
	var names []string
	var ratios []float64
	worst := 0
	for _, l := range c.layers() {
		for _, w := range weights {
			if len(w.shape) < 2 || !l.owns(w.path) {
				continue
			}
			ratio := w.deviation / math.Sqrt(2/w.fanIn())
			names, ratios = append(names, w.path), append(ratios, ratio)
			if ratio <= hugeKernel {
				continue
			}
			f := found(Fault, l.name, "the first weights of %s are %.3g times as large as they should be, and the "+
				"first "+
				"loss was %.4g where a constant answer has %.4g", l.name, ratio, firstLoss, constant)
			f = f.with("deviation of the first weights by He's", ratio, hugeKernel)
			key := "kernel_initializer"
			if strings.HasSuffix(w.path, "recurrent_kernel") {
				key = "recurrent_initializer"
			}
			if key == "kernel_initializer" {
				f = f.set(l.change(key, "glorot_uniform")...)
			} else {
				f = f.set(l.change(key, "orthogonal")...)
			}
			if out = append(out, f); ratio > ratios[worst] {
				worst = len(ratios) - 1
			}
		}
	}
	o := c.look()
	if len(out) == 0 || !(firstLoss > hugeLoss*constant) && !o.Failed {
		return nil, nil
	}
	if !o.Failed {
		for k := range out {
			out[k] = out[k].with("first loss by that of the constant answer", firstLoss/constant, hugeLoss)
		}
	}
	if !o.Harmed() && !o.Weak {
		for k := range out {
			out[k].Grade = Tip
		}
	}
	out = join(out)
	out[0] = out[0].drawn(func() Drawing {
		return bars(chart.Sprintf("first weights"), chart.Sprintf("deviation by He's, as a power of 10"), names, ratios,
			hugeKernel, true)
	})
	return out, nil
}

func dropout(c *Case) ([]Finding, error) {
	o := c.look()
	grade, speak := o.grade()
	if c.trained() && !speak {
		return nil, nil
	}
	if !c.trained() {
		grade = Tip
	}
	var out []Finding
	for _, l := range c.layers() {
		rate, _ := config.Number(l.config.Get("rate"))
		switch l.Layer.(type) {
		case layer.Dropout, layer.SpatialDropout1D, layer.SpatialDropout2D, layer.AlphaDropout, layer.GaussianDropout:
		default:
			continue
		}
		if rate <= muchDropout {
			continue
		}
		out = append(out, found(grade, l.name, "%s drops %.4g of its inputs in each step, and the training samples "+
			"are not "+
			"learnt", l.name, rate).with("rate", rate, muchDropout).with("skill on the training samples", o.Seen, 0).
			set(l.change("rate", lessDropout)...).drawn(c.course()))
	}
	return join(out), nil
}

func overRegularized(c *Case) ([]Finding, error) {
	o := c.look()
	penalized := func(l link) bool { key, _ := penaltyOf(l); return key != "" }
	if c.Report == nil || !o.Harmed() && !o.Weak || !slices.ContainsFunc(c.layers(), penalized) {
		return nil, nil
	}
	each, err := c.PerSample()
	if err != nil || each.Names()[0] != "loss" {
		return nil, err
	}
	each.Only("loss")
	ms, err := c.EvaluateFirst(c.ctx, task.Train, mostSamples, each)
	if err != nil {
		return nil, err
	}
	whole, bare := ms.Of("loss"), each.Whole(0)
	penalty := whole - bare
	// The penalty of weights that learnt nothing is small: what it was before the training counts.
	if s := c.Column("loss"); len(s) > 0 && s[0]-bare > penalty {
		penalty = max(penalty, s[0]-3*bare)
	}
	if !(penalty > bare) && !(o.Seen < hardlyAny && c.penalized() >= 0.1) {
		return nil, nil
	}
	var out []Finding
	for _, l := range c.layers() {
		key, factor := penaltyOf(l)
		if key == "" {
			continue
		}
		grade := Tip
		if o.Harmed() {
			grade = Fault
		}
		out = append(out, found(grade, l.name, "the penalty on the weights of %s outweighs the data: %.4g beside a "+
			"loss of "+
			"%.4g", l.name, penalty, bare).with("penalty by the loss of the data", penalty/bare, 1).
			with("factor of the penalty", factor, 0).set(l.change(key, "null")...).
			drawn(c.course()))
	}
	return join(out), nil
}

// penaltyOf returns the key of a layer's penalty on its kernel, and its factor; "" where it has none.
func penaltyOf(l link) (key string, factor float64) {
	for _, e := range l.config {
		of, ok := e.Value.(config.Map)
		if !ok || !strings.HasSuffix(e.Key, "kernel_regularizer") {
			continue
		}
		args, _ := of.Get("config").(config.Map)
		for _, a := range []string{"l2", "l1"} {
			if v, ok := config.Number(args.Get(a)); ok && v > factor {
				key, factor = e.Key, v
			}
		}
	}
	return key, factor
}
