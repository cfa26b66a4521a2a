// Package loss measures the distance between predictions and targets (the
// chapter's P4), with Keras's names, arguments and formulas.
//
// A [Loss] gives one value per sample; trailing axes of the prediction are averaged. Weights
// of samples and masks are applied by [Reduce], which divides once.
package loss

import (
	"gorae/graph"
	"gorae/internal/config"
	"gorae/tensor"
)

// Loss gives one value per sample: y [batch, ...] and pred [batch, ...] → [batch].
type Loss interface {
	Value(y, pred *graph.Node) *graph.Node
}

// Losses are those that a configuration can name.
var Losses = config.NewRegistry[Loss]("loss", "keras.losses")

// New makes a loss by its name, with Keras's defaults.
func New(name string) (Loss, error) { return Losses.New(name, nil) }

// epsilon keeps probabilities away from 0 and 1, as Keras's backend does.
const epsilon = 1e-7

// Reduce is Σ v·w / batch, Keras's sum_over_batch_size; weights may be nil.
func Reduce(values, weights *graph.Node) *graph.Node {
	if weights != nil {
		values = values.Mul(weights.AsFloat().Reshape(values.Shape...))
	}
	return values.Mean()
}

// Match gives y the shape of pred where one of the two merely lacks a last axis of
// extent 1, as Keras does, and fails where the shapes differ otherwise.
func Match(y, pred *graph.Node) (*graph.Node, *graph.Node) {
	y, pred = y.AsFloat(), pred.AsFloat()
	a, b := y.Shape, pred.Shape
	switch {
	case a.Equal(b):
	case len(a)+1 == len(b) && b[len(b)-1] == 1 && a.Equal(b[:len(a)]),
		len(b)+1 == len(a) && a[len(a)-1] == 1 && b.Equal(a[:len(b)]):
		y = y.Reshape(b...)
	default:
		y.Graph().Fail("loss", "the target has shape %v, the prediction %v", sample(a), sample(b))
	}
	return y, pred
}

// sample is a shape without its sample axis.
func sample(s tensor.Shape) tensor.Shape {
	if len(s) == 0 {
		return s
	}
	return s[1:]
}

// perSample averages over all axes but that of the samples.
func perSample(v *graph.Node) *graph.Node {
	if len(v.Shape) == 0 {
		v.Graph().Fail("loss", "needs a batch of predictions, got a scalar")
	}
	var axes []int
	for a := 1; a < len(v.Shape); a++ {
		axes = append(axes, a)
	}
	if len(axes) == 0 {
		return v
	}
	return v.Mean(axes...)
}
