// Package metric measures how good predictions are, in numbers that people read, with
// Keras's names, arguments and formulas.
//
// A [Metric] is streamed: nodes of the graph give terms of one batch, mostly sums, which are
// added up in float64 outside of it. The result does not depend on the size of the batches. A [Keeper]
// keeps more than sums; [Exact] computes any metric in float64 in the units of the target.
package metric

import (
	"gorae/config"
	"gorae/graph"
	"gorae/loss"
)

// Metric measures how well predictions agree with targets. One of a user's own may say which values are better
// ([Directed]) and what it compares ([Described]).
type Metric interface {
	// Terms are sums over a batch, of any shape. w [batch], not negative, says how much each sample counts, as a mask
	// does; nil: all as 1. What does not count may be anything, also infinite.
	Terms(y, pred, w *graph.Node) []*graph.Node
	// Result is the value of the metric, of the sums of all batches, terms one behind the other.
	Result(sums []float64) float64
}

// Metrics are those that a configuration can name.
var Metrics = config.NewRegistry[Metric]("metric", "keras.metrics")

// New makes a metric by its name, with Keras's defaults. The name of a loss is a metric too: its mean.
func New(name string) (Metric, error) {
	if !Metrics.Has(name) && loss.Losses.Has(name) {
		l, err := loss.New(name)
		return Mean{l}, err
	}
	return Metrics.New(name, nil)
}

// Mean is the mean of a loss over the samples.
type Mean struct{ Loss loss.Loss }

// Terms implements Metric.
func (m Mean) Terms(y, pred, w *graph.Node) []*graph.Node {
	l := config.Filled(m.Loss)
	if s, ok := l.(loss.Selective); ok {
		if counts := s.Counts(y, pred); counts != nil { // targets that do not count, as others that w leaves out
			y, pred, w = loss.Steps(y, pred, weighed(counts, w))
		}
	}
	return average(l.Value(y, pred), w)
}

// Result implements Metric.
func (Mean) Result(sums []float64) float64 { return ratio(sums) }

// average is the sum and the number of the elements of v, each as often as its sample counts.
func average(v, w *graph.Node) []*graph.Node {
	if w != nil {
		v = loss.Spread(v, w)
	}
	per := float64(v.Shape.Size())
	if w == nil {
		return []*graph.Node{v.Sum(), v.Graph().Scalar(per)}
	}
	return []*graph.Node{weighed(v, w).Sum(), w.Sum().MulC(per / float64(w.Shape.Size()))}
}

// weighed is v [batch, …], each sample as often as it counts; those that do not become 0 whatever they are.
func weighed(v, w *graph.Node) *graph.Node {
	if w == nil {
		return v
	}
	shape := v.Shape.Clone()
	for i := range shape[1:] {
		shape[i+1] = 1
	}
	w = w.Reshape(shape...)
	return w.Gt(w.Graph().Scalar(0)).Where(v, v.Graph().Scalar(0)).Mul(w)
}

func ratio(sums []float64) float64 { return sums[0] / sums[1] }
