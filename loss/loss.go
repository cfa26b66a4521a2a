// Package loss measures the distance between predictions and targets, with Keras's names, arguments and formulas.
//
// A [Loss] gives one value per sample; trailing axes of the prediction are averaged. Weights
// of samples and masks are applied by [Reduce], which divides once.
package loss

import (
	"gorae/config"
	"gorae/graph"
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

// Steps makes each step a sample of its own, or whatever the mask [batch, …] has an element for: a target and a
// prediction [batch, steps, …] become [batch·steps, …], and the mask how much each counts.
func Steps(y, pred, mask *graph.Node) (ys, preds, counts *graph.Node) {
	k := len(mask.Shape)
	flat := func(what string, n *graph.Node) *graph.Node {
		if len(n.Shape) < k || !n.Shape[:k].Equal(mask.Shape) {
			n.Graph().Fail("loss", "the %s has shape %v and a mask for the steps %v", what, sample(n.Shape),
				sample(mask.Shape))
		}
		return n.Reshape(append(tensor.Shape{mask.Shape.Size()}, n.Shape[k:]...)...)
	}
	ys, preds = flat("target", y), flat("prediction", pred)
	if len(preds.Shape) == 1 {
		preds = preds.Reshape(-1, 1)
	}
	return ys, preds, mask.Reshape(-1)
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
