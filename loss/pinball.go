package loss

import (
	"slices"

	"gorae/graph"
	"gorae/tensor"
)

func init() { Losses.RegisterOwn(Pinball{}, "pinball", "pinball_loss", "quantile_loss") }

// Pinball is max(q·(y − ŷ), (q − 1)·(y − ŷ)), which the quantile q of a number makes least (Koenker and Bassett,
// 1978): with q = 0.9 an error below the target costs nine times as much as one above it. Of several quantiles the
// network gives one output for each, beside each other for every number, and the loss is the mean over them. Keras has
// no such loss; scikit-learn's mean_pinball_loss is that of one quantile.
type Pinball struct {
	Base
	// Quantiles are above 0 and below 1, such as [0.1, 0.5, 0.9]; without them those of data.quantiles, or else the
	// median, 0.5.
	Quantiles []float64 `keras:"quantiles,main,lone,positive,below=1"`
}

// Value implements Loss: y [batch, …, n] and pred [batch, …, n·quantiles] → [batch].
func (l Pinball) Value(y, pred *graph.Node) *graph.Node {
	levels := l.Quantiles
	if levels == nil {
		levels = []float64{0.5}
	}
	y, pred = y.AsFloat(), pred.AsFloat()
	if k := len(levels); k == 1 {
		y, pred = Match(y, pred)
	} else {
		if pred.Shape.Size() != k*y.Shape.Size() {
			y.Graph().Fail("loss", "the target has shape %v, the prediction %v, which is not %d quantiles of each "+
				"number", sample(y.Shape), sample(pred.Shape), k)
		}
		s := slices.Clone(y.Shape)
		y, pred = y.Reshape(append(s, 1)...), pred.Reshape(append(s, k)...)
	}
	q, below := make([]float32, len(levels)), make([]float32, len(levels))
	for i, v := range levels {
		q[i], below[i] = float32(v), float32(v-1)
	}
	g, e := y.Graph(), y.Sub(pred)
	of := func(values []float32) *graph.Node {
		return g.Const(&tensor.Tensor{Shape: tensor.Shape{len(q)}, F32: values})
	}
	return perSample(e.Mul(of(q)).Max(e.Mul(of(below))))
}

// Traits implements Described.
func (Pinball) Traits() Traits { return numeric(Numbers, TargetUnits) }
