package task

import (
	"math"

	"gorae/graph"
	"gorae/metric"
	"gorae/tensor"
)

// View is targets and outputs in another form.
type View func(y, pred *graph.Node) (*graph.Node, *graph.Node)

// Through is a metric that sees targets and outputs by a view.
func Through(m metric.Metric, see View) metric.Metric {
	t := through{m, see}
	if merger, ok := m.(metric.Merger); ok {
		return mergingThrough{t, merger}
	}
	return t
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

// mergingThrough is through for a metric whose terms are not simply added.
type mergingThrough struct {
	through
	metric.Merger
}

// Probabilities is σ(z) of one output, softmax(z) of several.
func Probabilities(z *graph.Node) *graph.Node {
	if z.Shape[len(z.Shape)-1] == 1 {
		return z.Sigmoid()
	}
	return z.Softmax(-1)
}

// ProbabilitiesOf is Probabilities of values z [n, k], row by row, in float64.
func ProbabilitiesOf(z *tensor.Tensor) *tensor.Tensor {
	n, k := z.Shape[0], z.Shape[1]
	p := tensor.New(tensor.Float32, n, k)
	for i := range n {
		Softmax(p.F32[i*k:(i+1)*k], z.F32[i*k:(i+1)*k])
	}
	return p
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
