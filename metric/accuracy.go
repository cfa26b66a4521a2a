package metric

import (
	"gorae/config"
	"gorae/graph"
	"gorae/loss"
	"gorae/tensor"
)

func init() {
	Metrics.RegisterAs("Accuracy", Accuracy{}, "accuracy", "acc")
	Metrics.Register(BinaryAccuracy{})
	Metrics.Register(CategoricalAccuracy{})
	Metrics.Register(SparseCategoricalAccuracy{})
	Metrics.Register(TopKCategoricalAccuracy{}, "top_k_categorical_accuracy", "top_k")
	Metrics.Register(SparseTopKCategoricalAccuracy{}, "sparse_top_k_categorical_accuracy")
}

// Accuracy is the share of right predictions: of one output, BinaryAccuracy;
// of several with class numbers as targets, SparseCategoricalAccuracy; with
// one-hot targets, CategoricalAccuracy. Keras chooses by the same shapes.
type Accuracy struct {
	threshold *float64 // of a single output; nil: 0.5
}

// Terms implements Metric.
func (m Accuracy) Terms(y, pred, w *graph.Node) []*graph.Node {
	last := 1
	if n := len(pred.Shape); n > 0 {
		last = pred.Shape[n-1]
	}
	switch {
	case last == 1 || len(pred.Shape) == 1:
		return BinaryAccuracy{Threshold: m.threshold}.Terms(y, pred, w)
	case len(y.Shape) < len(pred.Shape) || y.Shape[len(y.Shape)-1] == 1:
		return SparseCategoricalAccuracy{}.Terms(y, pred, w)
	default:
		return CategoricalAccuracy{}.Terms(y, pred, w)
	}
}

// At implements Decider.
func (Accuracy) At(threshold float64) Metric { return Accuracy{&threshold} }

// Traits implements Described.
func (Accuracy) Traits() loss.Traits { return order(loss.ByShape, loss.EachOutput) }

// Direction implements Directed.
func (Accuracy) Direction() Direction { return Max }

// Result implements Metric.
func (Accuracy) Result(sums []float64) float64 { return ratio(sums) }

// BinaryAccuracy is the share of predictions on the target's side of Threshold: above it is class 1, at it class 0, as
// in Keras. Where none is given it is that of the loss (loss.Traits), 0.5 of a metric by itself.
type BinaryAccuracy struct {
	Threshold *float64 `keras:"threshold,main"`
}

// Terms implements Metric.
func (m BinaryAccuracy) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = loss.Match(y, pred)
	return average(above(pred, m.Threshold).Eq(y), w)
}

// At implements Decider.
func (m BinaryAccuracy) At(threshold float64) Metric {
	if m.Threshold != nil {
		return nil
	}
	return BinaryAccuracy{&threshold}
}

// Traits implements Described.
func (BinaryAccuracy) Traits() loss.Traits { return share(loss.Shares, loss.EachOutput) }

// Direction implements Directed.
func (BinaryAccuracy) Direction() Direction { return Max }

// Result implements Metric.
func (BinaryAccuracy) Result(sums []float64) float64 { return ratio(sums) }

// CategoricalAccuracy is the share of samples whose greatest prediction, the first where several are, stands where the
// target's greatest element does.
type CategoricalAccuracy struct{}

// Terms implements Metric.
func (CategoricalAccuracy) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = loss.Match(y, pred)
	return average(pred.ArgMax().AsFloat().Eq(y.ArgMax().AsFloat()), w)
}

// Traits implements Described.
func (CategoricalAccuracy) Traits() loss.Traits { return order(loss.Shares, loss.AmongOutputs) }

// Direction implements Directed.
func (CategoricalAccuracy) Direction() Direction { return Max }

// Result implements Metric.
func (CategoricalAccuracy) Result(sums []float64) float64 { return ratio(sums) }

// SparseCategoricalAccuracy is the share of samples whose greatest prediction is
// that of the class that the target names.
type SparseCategoricalAccuracy struct{}

// Terms implements Metric.
func (SparseCategoricalAccuracy) Terms(y, pred, w *graph.Node) []*graph.Node {
	return average(pred.ArgMax().AsFloat().Eq(loss.ClassIDs(y, pred).AsFloat()), w)
}

// Traits implements Described.
func (SparseCategoricalAccuracy) Traits() loss.Traits {
	return order(loss.ClassNumbers, loss.AmongOutputs)
}

// Direction implements Directed.
func (SparseCategoricalAccuracy) Direction() Direction { return Max }

// Result implements Metric.
func (SparseCategoricalAccuracy) Result(sums []float64) float64 { return ratio(sums) }

// TopKCategoricalAccuracy is the share of samples whose class is among the K
// greatest predictions: fewer than K are greater than its own.
type TopKCategoricalAccuracy struct {
	K int `keras:"k,main,default=5,min=1"`
}

// Terms implements Metric.
func (m TopKCategoricalAccuracy) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = loss.Match(y, pred)
	return topK(y.ArgMax(), pred, w, config.Filled(m).K)
}

// Traits implements Described.
func (TopKCategoricalAccuracy) Traits() loss.Traits { return order(loss.Shares, loss.AmongOutputs) }

// Direction implements Directed.
func (TopKCategoricalAccuracy) Direction() Direction { return Max }

// Result implements Metric.
func (TopKCategoricalAccuracy) Result(sums []float64) float64 { return ratio(sums) }

// SparseTopKCategoricalAccuracy is TopKCategoricalAccuracy for class numbers.
type SparseTopKCategoricalAccuracy struct {
	K int `keras:"k,main,default=5,min=1"`
	// FromSortedIDs says that predictions are the numbers of classes themselves, the most likely one first.
	FromSortedIDs bool `keras:"from_sorted_ids"`
}

// Terms implements Metric.
func (m SparseTopKCategoricalAccuracy) Terms(y, pred, w *graph.Node) []*graph.Node {
	k, ids := config.Filled(m).K, loss.ClassIDs(y, pred)
	if !m.FromSortedIDs {
		return topK(ids, pred, w, k)
	}
	if n := pred.Shape[len(pred.Shape)-1]; k < n {
		pred = pred.Narrow(-1, 0, k)
	}
	y = ids.AsFloat().Reshape(append(ids.Shape.Clone(), 1)...)
	return average(pred.AsFloat().Eq(y).AsFloat().ReduceMax(-1), w)
}

// Traits implements Described.
func (SparseTopKCategoricalAccuracy) Traits() loss.Traits {
	return order(loss.ClassNumbers, loss.AmongOutputs)
}

// Direction implements Directed.
func (SparseTopKCategoricalAccuracy) Direction() Direction { return Max }

// Result implements Metric.
func (SparseTopKCategoricalAccuracy) Result(sums []float64) float64 { return ratio(sums) }

func topK(ids, pred, w *graph.Node, k int) []*graph.Node {
	own := pred.Pick(ids.Cast(tensor.Int32))
	greater := pred.Gt(own.Reshape(append(own.Shape.Clone(), 1)...)).Sum(-1)
	return average(greater.Lt(pred.Graph().Scalar(float64(k))), w)
}
