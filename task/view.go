package task

import (
	"gorae/graph"
	"gorae/metric"
)

// View is targets and outputs in another form.
type View func(y, pred *graph.Node) (*graph.Node, *graph.Node)

// Through is a metric that sees targets and outputs by a view.
func Through(m metric.Metric, see View) metric.Metric {
	return through{m, see}
}

type through struct {
	metric.Metric
	see View
}

// Unwrap implements metric.Wrapper.
func (m through) Unwrap() metric.Metric { return m.Metric }

// Terms implements metric.Metric.
func (m through) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = m.see(y, pred)
	return m.Metric.Terms(y, pred, w)
}

// Probabilities is σ(z) of one output, softmax(z) of several.
func Probabilities(z *graph.Node) *graph.Node {
	if z.Shape[len(z.Shape)-1] == 1 {
		return z.Sigmoid()
	}
	return z.Softmax(-1)
}
