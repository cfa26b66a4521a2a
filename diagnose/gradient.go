package diagnose

import (
	"encoding/json"
	"math"
	"strings"

	"gorae/chart"
	"gorae/layer"
	"gorae/run"
	"gorae/stat"
	"gorae/train"
)

// gradientDetectors see faults of the gradients on their way back.
func gradientDetectors() []Detector {
	after := []string{"dynamics/rate-too-low", "dynamics/stalled", "dynamics/stopped-early", "dynamics/too-few-updates",
		"result/"}
	return []Detector{
		{Doc{Code: "gradient/vanishing", Kinds: []int{42},
			Why:      "the first layers do not learn, and the others learn from what random weights make of the inputs",
			Remedy:   "use relu in the hidden layers, batch normalization, or fewer layers",
			Explains: after}, vanishing},
		{Doc{Code: "gradient/exploding", Kinds: []int{43},
			Why:    "steps of such a size throw the weights far away from where the gradient holds",
			Remedy: "clip the gradients (clipnorm: 1), use the default initializers, a lower learning rate",
			Explains: append([]string{"dynamics/not-finite", "dynamics/rate-too-high", "dynamics/oscillation"},
				after...)}, exploding},
		{Doc{Code: "gradient/through-time", Kinds: []int{44},
			Why:      "what happened early in a sequence changes nothing, or everything, in what is learnt",
			Remedy:   "use LSTM or GRU; against growing clip the gradients (clipnorm: 1)",
			Explains: append([]string{"network/copies-last-value"}, after...)}, throughTime},
	}
}

// kernels lists the norms of gradients per weight (root mean square) of the kernels at an observation, in the order of
// the layers.
func (c *Case) kernels(e train.EpochStatistics) (names []string, gradients, weights []float64) {
	for _, l := range c.layers() {
		switch l.Layer.(type) {
		case layer.Dense, layer.Conv1D, layer.Conv2D, layer.SimpleRNN:
		default:
			continue
		}
		for _, w := range e.Weights {
			if l.owns(w.Path) && !strings.HasSuffix(w.Path, "recurrent_kernel") {
				n := math.Sqrt(float64(w.Count))
				names = append(names, l.name)
				gradients, weights = append(gradients, w.Gradient/n), append(weights, w.Norm/n)
			}
		}
	}
	return names, gradients, weights
}

// middle is the median of some numbers, 0 of none.
func middle(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	return stat.Quantile(sorted(x), 0.5)
}

// Bounds of gradients.
const (
	vanishRatio  = 1e-3
	explodeRatio = 70
	explodeSize  = 100
)

// ratios is the first kernel's gradient by the last one's at each observation.
func (c *Case) ratios() (epochs, ratios, sizes []float64) {
	for _, e := range c.Statistics {
		names, g, w := c.kernels(e)
		if len(names) < 2 || !(g[len(g)-1] > 0) {
			continue
		}
		epochs, ratios = append(epochs, float64(e.Epoch)), append(ratios, g[0]/g[len(g)-1])
		most := 0.0
		for k := range g {
			if w[k] > 0 {
				most = max(most, g[k]/w[k])
			}
		}
		sizes = append(sizes, most)
	}
	return epochs, ratios, sizes
}

func vanishing(c *Case) ([]Finding, error) {
	o := c.look()
	if !o.Harmed() && !o.Weak {
		return nil, nil
	}
	epochs, ratios, _ := c.ratios()
	ratio := middle(ratios)
	if len(ratios) == 0 || ratio >= vanishRatio {
		return nil, nil
	}
	grade := Tip
	if o.Harmed() {
		grade = Fault
	}
	names, gradients, _ := c.kernels(c.Statistics[0])
	f := found(grade, names[0], "the gradient of %s is %.2g times that of the last layer: it is lost on its way back "+
		"through "+
		"%d layers", names[0], ratio, len(names)).with("first gradient by the last", ratio, vanishRatio)
	for _, l := range c.hidden() {
		if a := l.traits.Activation; a == "sigmoid" || a == "tanh" {
			f = f.set(c.relu(l)...)
		}
	}
	_ = epochs
	return []Finding{f.drawn(gradientPicture(names, gradients))}, nil
}

// gradientPicture draws the gradients by layer.
func gradientPicture(names []string, gradients []float64) func() Drawing {
	return func() Drawing {
		return bars(chart.Sprintf("gradients before the first step, by layer"),
			chart.Sprintf("root mean square, as a power of 10"), names, gradients,
			vanishRatio*gradients[len(gradients)-1], true)
	}
}

func exploding(c *Case) ([]Finding, error) {
	o := c.look()
	if !o.Harmed() && !o.Weak {
		return nil, nil
	}
	_, ratios, sizes := c.ratios()
	ratio, size := middle(ratios), middle(sizes)
	if len(ratios) == 0 || ratio <= explodeRatio && size <= explodeSize {
		return nil, nil
	}
	grade := Tip
	if o.Harmed() {
		grade = Fault
	}
	names, gradients, _ := c.kernels(c.Statistics[0])
	f := found(grade, names[0], "the gradient of %s is %.3g times that of the last layer, and gradients are up to "+
		"%.3g times "+
		"as large as the weights", names[0], ratio, size).with("first gradient by the last", ratio, explodeRatio).
		with("gradient by the weight", size, explodeSize).set(c.clipped()...)
	return []Finding{f.drawn(gradientPicture(names, gradients))}, nil
}

// clipped is the assignment that clips gradients.
func (c *Case) clipped() []string {
	_, word := c.rate()
	if word == "" {
		return nil
	}
	return []string{"train.optimizer." + word + ".clipnorm=1"}
}

// fewCells is the least number of units of a layer that takes the place of one that remembers nothing: what is to be
// remembered needs room.
const fewCells = 32

// timeRatio is the factor across a sequence from which a gradient counts as lost or grown.
const timeRatio = 1e4

func throughTime(c *Case) ([]Finding, error) {
	if c.Report == nil || !c.look().Weak {
		return nil, nil
	}
	var across []run.Across
	b, err := json.Marshal(c.Report.Findings.Sections["gradients"])
	if err != nil || json.Unmarshal(b, &across) != nil {
		return nil, err
	}
	var out []Finding
	for _, a := range across {
		if a.Ratio >= 1/timeRatio && a.Ratio <= timeRatio {
			continue
		}
		grade := Tip
		if c.look().Harmed() {
			grade = Fault
		}
		f := found(grade, a.Layer, "the gradient of %s at step %d is %.2g times that at step %d, which it has read "+
			"last", a.Layer,
			a.From, a.Ratio, a.To).with("first step by the last", a.Ratio, 1/timeRatio)
		if a.Ratio > 1 {
			f = f.set(c.clipped()...)
		}
		for _, l := range c.layers() {
			if of, ok := l.Layer.(layer.SimpleRNN); ok && l.name == a.Layer && l.key != "" {
				key := strings.TrimSuffix(l.key, ".simple_rnn")
				f = f.set(key + "={lstm: {units: " + itoa(max(of.Units, fewCells)) + ", return_sequences: " +
					map[bool]string{true: "true", false: "false"}[of.ReturnSequences] + "}}")
			}
		}
		f.Picture = run.NormsFile
		out = append(out, f)
	}
	return out, nil
}
