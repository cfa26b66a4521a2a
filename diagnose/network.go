package diagnose

import (
	"math"
	"slices"
	"strings"

	"gorae/chart"
	"gorae/config"
	"gorae/layer"
	"gorae/loss"
	"gorae/task"
	"gorae/tensor"
)

// networkDetectors see faults of the network's structure and first weights.
func networkDetectors() []Detector {
	consequences := []string{"activation/", "gradient/", "dynamics/", "result/"}
	return []Detector{
		{Doc{Code: "network/activation-loss", Kinds: []int{27}, Before: true,
			Why: "a cross-entropy takes the logarithm of what it takes for a probability: numbers outside of 0 to 1 " +
				"are " +
				"cut off, and no gradient passes; a softmax within a softmax cannot come near 0 or 1",
			Remedy:   "give the last layer the activation that the loss wants, or the loss from_logits",
			Explains: consequences}, activationLoss},
		{Doc{Code: "network/bounded-output", Kinds: []int{28}, Before: true,
			Why:      "what lies outside cannot be predicted, whatever is learnt, and the activation saturates there",
			Remedy:   "give the last layer no activation",
			Explains: consequences}, boundedOutput},
		{Doc{Code: "network/wrong-loss", Kinds: []int{29}, Before: true,
			Why: "where a sigmoid or softmax is sure and wrong, the squared error hardly has a gradient: " +
				"learning stalls",
			Remedy:   "learn classes by cross-entropy",
			Explains: consequences}, wrongLoss},
		{Doc{Code: "network/linear-stack", Kinds: []int{26}, Before: true,
			Why: "linear layers behind each other are one linear layer: the network can learn no more than a " +
				"linear model",
			Remedy:   "give the hidden layers activation: relu",
			Explains: []string{"result/", "dynamics/stalled"}}, linearStack},
		{Doc{Code: "network/constant-init", Kinds: []int{34}, Before: true,
			Why: "units that begin alike have the same gradient and stay alike: a layer of any width is one " +
				"unit, and zeros pass no gradient at all",
			Remedy:   "use the default initializer",
			Explains: consequences}, constantInit},
		{Doc{Code: "network/huge-init", Kinds: []int{35, 43},
			Why: "values grow from layer to layer, activations saturate or explode, and the training first has " +
				"to undo it",
			Remedy:   "use the default initializer",
			Explains: consequences}, hugeInit},
		{Doc{Code: "network/dropout", Kinds: []int{36}, Before: true,
			Why:      "what is dropped is noise on every step: beyond a half little of the signal is left",
			Remedy:   "drop 0.3 or less",
			Explains: []string{"result/", "dynamics/"}}, dropout},
		{Doc{Code: "network/bottleneck", Kinds: []int{31}, Before: true,
			Why: "log-probabilities of K classes are a point of K − 1 dimensions; behind fewer nodes they lie " +
				"on a surface",
			Remedy:   "give the layer as many nodes as there are classes, a power of 2",
			Explains: []string{"result/", "dynamics/stalled"}}, bottleneckFound},
		{Doc{Code: "network/collapsed-map", Kinds: []int{33}, Before: true,
			Why:      "what tells pictures apart has been pooled away before the layer comes to it",
			Remedy:   "leave poolings out, or give them and the convolutions padding: same and no strides",
			Explains: []string{"result/", "dynamics/"}}, collapsedMap},
		{Doc{Code: "network/over-regularized", Kinds: []int{37},
			Why:      "the weights are pulled to 0 harder than the samples pull them elsewhere",
			Remedy:   "make the penalty ten times smaller, or leave it out",
			Explains: []string{"result/", "dynamics/", "gradient/", "activation/"}}, overRegularized},
	}
}

// range of an activation's values; false: any number.
func rangeOf(a layer.Activation) (low, high float64, ok bool) {
	switch a {
	case "sigmoid", "softmax", "hard_sigmoid":
		return 0, 1, true
	case "tanh", "softsign", "hard_tanh":
		return -1, 1, true
	case "relu", "softplus", "exponential":
		return 0, math.Inf(1), true
	case "relu6":
		return 0, 6, true
	}
	return 0, 0, false
}

func activationLoss(c *Case) ([]Finding, error) {
	l, ok := c.last()
	if !ok || !c.single() || c.Fitted.Outputs()[0].Classes == nil {
		return nil, nil
	}
	of := c.Training.Losses[0]
	traits, a := loss.TraitsOf(of), l.traits.Activation
	name := config.Text(of)
	wanted := "softmax"
	if len(c.classes()) == 2 && c.units() == 1 || c.Fitted.Outputs()[0].Each {
		wanted = "sigmoid"
	}
	linear := a == "" || a == "linear"
	switch {
	case traits.Predictions == loss.Probabilities && !a.Probabilities() && traits.Targets.Classes():
		word := string(a)
		if linear {
			word = "linear"
		}
		f := found(Fault, l.name, "the loss %s wants probabilities, and the last layer %s ends with %s", name, l.name,
			word)
		return []Finding{f.with("share of outputs outside of 0 to 1", c.outside(0, 1), 0).
			set(l.change("activation", wanted)...)}, nil
	case traits.Predictions == loss.Logits && a.Probabilities():
		f := found(Fault, l.name, "the loss %s takes logits, and the last layer %s gives probabilities by %s", name,
			l.name,
			string(a))
		return []Finding{f.with("share of outputs from 0 to 1", 1-c.outside(0, 1), 0).
			set(l.change("activation", "linear")...)}, nil
	}
	return nil, nil
}

// units is the number of values of the only output.
func (c *Case) units() int {
	s := c.Model.OutputTypes(1)[0].Shape
	return s[len(s)-1]
}

// outside is the share of the outputs for training samples that lie outside of a range.
func (c *Case) outside(low, high float64) float64 {
	p, err := c.part(task.Train)
	if err != nil || p == nil {
		return 0
	}
	n, all := 0, 0
	for _, o := range p.out {
		for _, v := range o {
			all++
			if float64(v) < low || float64(v) > high {
				n++
			}
		}
	}
	return float64(n) / float64(max(1, all))
}

func boundedOutput(c *Case) ([]Finding, error) {
	l, ok := c.last()
	if !ok || !c.number() {
		return nil, nil
	}
	low, high, bounded := rangeOf(l.traits.Activation)
	if !bounded {
		return nil, nil
	}
	p, err := c.part(task.Train)
	if err != nil || p == nil || p.y == nil {
		return nil, err
	}
	n := 0
	for _, y := range p.y {
		if y < low-1e-6 || y > high+1e-6 {
			n++
		}
	}
	share := float64(n) / float64(p.n)
	if share < 0.01 {
		return nil, nil
	}
	f := found(Fault, l.name, "%s cannot give %d of the %d training targets, which lie outside of the range of %s",
		l.name,
		n, p.n, string(l.traits.Activation)).with("share of targets outside", share, 0.01).
		with("least target as it is learnt", slices.Min(p.y), low).
		with("greatest target as it is learnt", slices.Max(p.y), high).set(l.change("activation", "linear")...)
	return []Finding{f.drawn(func() Drawing {
		return histogram(chart.Sprintf("targets as they are learnt"), chart.Sprintf("value"), p.y)
	})}, nil
}

func wrongLoss(c *Case) ([]Finding, error) {
	names := c.classes()
	l, ok := c.last()
	if names == nil || !ok {
		return nil, nil
	}
	of := c.Training.Losses[0]
	if t := loss.TraitsOf(of); t.Predictions != loss.AnyNumbers || t.Targets.Classes() {
		return nil, nil
	}
	grade, speak := c.look().grade()
	if !c.trained() || !speak {
		grade = Tip
	}
	better := "categorical_crossentropy"
	if c.units() == 1 {
		better = "binary_crossentropy"
	}
	f := found(grade, l.name, "%d classes are learnt by the loss %s", len(names), config.Text(of)).
		with("classes", float64(len(names)), 0).set("train.loss=" + better)
	if !l.traits.Activation.Probabilities() {
		word := "softmax"
		if c.units() == 1 {
			word = "sigmoid"
		}
		f = f.set(l.change("activation", word)...)
	}
	if c.trained() {
		f = f.drawn(c.course())
	}
	return []Finding{f}, nil
}

// linear lists the hidden layers with kernels where none has an activation, nil elsewhere.
func (c *Case) linear() (out []link) {
	for _, l := range c.hidden() {
		switch l.Layer.(type) {
		case layer.Dense, layer.Conv1D, layer.Conv2D:
			if a := l.traits.Activation; a != "" && a != "linear" {
				return nil
			}
			out = append(out, l)
		case layer.Flatten, layer.Reshape, layer.Dropout, layer.BatchNormalization, layer.AveragePooling2D,
			layer.GlobalAveragePooling2D:
		default:
			return nil
		}
	}
	return out
}

func linearStack(c *Case) ([]Finding, error) {
	all := c.linear()
	if len(all) == 0 || c.Spec.Data.Codes > 0 || !c.Supervised() {
		return nil, nil
	}
	if c.trained() && !c.look().Weak {
		return nil, nil
	}
	grade := Fault
	if !c.trained() {
		grade = Tip
	}
	var names []string
	f := Finding{}
	for _, l := range all {
		names = append(names, l.name)
	}
	f = found(grade, names[0], "the hidden layers have no activation (%s), so that the network can learn no more "+
		"than a "+
		"linear model", strings.Join(names, ", ")).with("hidden layers without an activation", float64(len(all)), 0)
	for _, l := range all {
		f = f.set(l.change("activation", "relu")...)
	}
	return []Finding{f}, nil
}

// Bounds of first weights.
const (
	hugeKernel = 5 // He's deviations
	hugeLoss   = 3 // losses of the constant answer
)

// first returns the statistics before the first step.
func (c *Case) first() (s []weightAt, lossAt float64) {
	if len(c.Statistics) == 0 || c.Statistics[0].Epoch != 0 {
		return nil, math.NaN()
	}
	shapes := map[string]tensor.Shape{}
	for _, v := range c.Model.TrainableWeights() {
		shapes[v.Path] = v.Shape
	}
	for _, w := range c.Statistics[0].Weights {
		s = append(s, weightAt{w.Path, shapes[w.Path], w.Deviation, w.Gradient, w.Norm})
	}
	return s, c.Statistics[0].Loss
}

// fanIn is the number of values that each unit adds up.
func (w weightAt) fanIn() float64 {
	n := 1
	for _, d := range w.shape[:max(0, len(w.shape)-1)] {
		n *= d
	}
	return float64(n)
}

// normalizes reports whether layers normalize what enters them, so that the size of kernels matters little.
func (c *Case) normalizes() bool {
	return slices.ContainsFunc(c.hidden(), func(l link) bool {
		switch l.Layer.(type) {
		case layer.BatchNormalization, layer.LayerNormalization, layer.GroupNormalization, layer.RMSNormalization:
			return true
		}
		return false
	})
}

// Bounds of dropout.
const (
	muchDropout = 0.6
	lessDropout = "0.3"
)

// penalized is the greatest factor of a penalty.
func (c *Case) penalized() float64 {
	most := 0.0
	for _, l := range c.layers() {
		_, f := penaltyOf(l)
		most = max(most, f)
	}
	return most
}
