package task

import (
	"math"

	"gorae/layer"
	"gorae/loss"
)

// Rule is how an output that stands for classes is read. What it says of a sample, what metrics count and what a
// confusion matrix shows follow from the same one.
type Rule struct {
	Predictions loss.Predictions // what the loss takes the output for
	// Probable says that the values, or what becomes of logits, are probabilities: the loss takes them for such, or the
	// last layer makes them. Others are scores, which Values leaves as they are.
	Probable bool
}

// Rules is the rule of each output, as its loss and its last layer decide.
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

// Class is the class that the outputs for a sample say: of a single one the second class where it is above the
// threshold of the loss, else the first; of several the place of the greatest, the first where several are. Keras's
// metrics settle ties the same way.
func (r Rule) Class(y []float32) int {
	if len(y) == 1 {
		if float64(y[0]) > r.Predictions.Threshold() {
			return 1
		}
		return 0
	}
	best := 0
	for i, v := range y {
		if v > y[best] {
			best = i
		}
	}
	return best
}

// Values is what the outputs y for a sample say of each class: its probability, a single one p of two classes becoming
// 1 − p and p. Scores stay as they are, also a single one.
func (r Rule) Values(y []float32) []float32 {
	switch {
	case !r.Probable:
		return y
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

// Support is how much a value speaks for a class, of the values of a sample: its probability or its score; a single
// score speaks for the second class, and its opposite for the first.
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
