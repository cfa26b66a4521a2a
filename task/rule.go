package task

import (
	"math"

	"gorae/layer"
	"gorae/loss"
)

// Rule is the rule of decision by which the values of an output become classes. Predictions, metrics and confusion
// matrices of a run follow the same rule.
type Rule struct {
	Predictions loss.Predictions // what the loss takes the output for: logits, probabilities, scores
	// Probable says that the values are probabilities, or logits that become probabilities: the loss takes them for
	// such, or the activation of the last layer makes them. Other values are scores, which Values returns unchanged.
	Probable bool
	// Each says that every value decides by itself whether a sample has a label: a sample may have several. Thresholds
	// are the probabilities above which labels are said; nil: 0.5 each.
	Each       bool
	Thresholds []float64
	Decision   Decision // among classes with probabilities; nil: the greatest one
}

// Labels returns the numbers of the labels that a sample is said to have, from its output values y.
func (r Rule) Labels(y []float32) []int {
	var out []int
	for k, p := range r.Values(y) {
		if r.Says(p, k) {
			out = append(out, k)
		}
	}
	return out
}

// Says reports whether label k is said of a sample at a probability p.
func (r Rule) Says(p float32, k int) bool {
	threshold := 0.5
	if r.Thresholds != nil {
		threshold = r.Thresholds[k]
	}
	return p > float32(threshold)
}

// Rules returns the rule of each output, which its loss and the activation of its last layer decide.
func (t *Training) Rules() []Rule {
	layers := t.Model.OutputLayers()
	var out []Rule
	for i, l := range t.Losses {
		r := Rule{Predictions: loss.TraitsOf(l).Predictions}
		act := layer.TraitsOf(layers[i].Layer).Activation
		switch r.Predictions {
		case loss.Logits:
			r.Probable = true
		case loss.Scores:
		case loss.Probabilities:
			r.Probable = act == "" || act.Probabilities()
		default:
			r.Probable = act.Probabilities()
		}
		out = append(out, r)
	}
	return out
}

// Class returns the predicted class of a sample from its output values y: by the decision; without one, of one value,
// class 1 where it is above the threshold of the loss, else 0; of several values, [ArgMax].
func (r Rule) Class(y []float32) int {
	if r.Decision != nil && r.Probable {
		return r.Decision.Class(r.Values(y))
	}
	if len(y) == 1 {
		if float64(y[0]) > r.Predictions.Threshold() {
			return 1
		}
		return 0
	}
	return ArgMax(y)
}

// ArgMax returns the index of the greatest value, the first of equal ones, as the metrics of Keras do.
func ArgMax(y []float32) int {
	best := 0
	for i, v := range y {
		if v > y[best] {
			best = i
		}
	}
	return best
}

// Values returns the probability of each class or label from the output values y of a sample; a single probability p of
// two classes becomes 1 − p and p. Scores are returned unchanged, also a single one.
func (r Rule) Values(y []float32) []float32 {
	switch {
	case !r.Probable:
		return y
	case r.Each:
		if r.Predictions != loss.Logits {
			return y
		}
		p := make([]float32, len(y))
		for k := range y {
			Softmax(p[k:k+1], y[k:k+1])
		}
		return p
	case r.Predictions == loss.Logits:
		p := make([]float32, len(y))
		Softmax(p, y)
		y = p
	}
	if len(y) == 1 {
		return []float32{1 - y[0], y[0]}
	}
	return y
}

// Support returns the probability or the score of a class from the values of a sample ([Rule.Values]). A single score
// is that of the second class, and its negative that of the first.
func Support(values []float32, class int) float32 {
	if len(values) == 1 && class == 0 {
		return -values[0]
	}
	return values[min(class, len(values)-1)]
}

// Softmax sets p to the probabilities of the logits z: σ(z) of one, softmax(z) of several.
func Softmax(p, z []float32) {
	if len(z) == 1 {
		p[0] = float32(1 / (1 + math.Exp(-float64(z[0]))))
		return
	}
	top, sum := math.Inf(-1), 0.0
	for _, v := range z {
		top = math.Max(top, float64(v))
	}
	for _, v := range z {
		sum += math.Exp(float64(v) - top)
	}
	for j, v := range z {
		p[j] = float32(math.Exp(float64(v)-top) / sum)
	}
}
