package metric

import (
	"math"

	"gorae/graph"
	"gorae/loss"
)

func init() {
	Metrics.Register(Precision{})
	Metrics.Register(Recall{})
}

// Precision is the share of true positives among the predicted ones: those above
// Threshold. Where nothing is predicted it is 0, as in Keras; without positive samples it is not defined.
type Precision struct {
	// Threshold is that of the loss where none is given (loss.Traits), 0.5 of a metric by itself.
	Threshold *float64 `keras:"thresholds,main"`
	// ClassID is the only output that counts; nil: all do.
	ClassID *int     `keras:"class_id,min=0"`
	_       struct{} `keras:"top_k=null"`
}

// Terms implements Metric: true positives, predicted positives, all positives.
func (m Precision) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = ofClass(m.ClassID, y, pred)
	hit := above(pred, m.Threshold)
	return []*graph.Node{weighed(hit.Mul(y), w).Sum(), weighed(hit, w).Sum(), weighed(y, w).Sum()}
}

// At implements Decider.
func (m Precision) At(threshold float64) Metric {
	if m.Threshold != nil {
		return nil
	}
	return Precision{Threshold: &threshold, ClassID: m.ClassID}
}

// Traits implements Described.
func (Precision) Traits() loss.Traits { return share(loss.Shares, loss.EachOutput) }

// Direction implements Directed.
func (Precision) Direction() Direction { return Max }

// Undefined implements Partial.
func (Precision) Undefined() string { return noPositives }

// Result implements Metric.
func (Precision) Result(sums []float64) float64 {
	switch {
	case sums[2] == 0:
		return math.NaN()
	case sums[1] == 0:
		return 0
	}
	return ratio(sums)
}

// Recall is the share of the positives that are predicted. Without any it is not defined.
type Recall struct {
	// Threshold is that of the loss where none is given (loss.Traits), 0.5 of a metric by itself.
	Threshold *float64 `keras:"thresholds,main"`
	// ClassID is the only output that counts; nil: all do.
	ClassID *int     `keras:"class_id,min=0"`
	_       struct{} `keras:"top_k=null"`
}

// Terms implements Metric: true positives and all positives.
func (m Recall) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = ofClass(m.ClassID, y, pred)
	return []*graph.Node{weighed(above(pred, m.Threshold).Mul(y), w).Sum(), weighed(y, w).Sum()}
}

// At implements Decider.
func (m Recall) At(threshold float64) Metric {
	if m.Threshold != nil {
		return nil
	}
	return Recall{Threshold: &threshold, ClassID: m.ClassID}
}

// Traits implements Described.
func (Recall) Traits() loss.Traits { return share(loss.Shares, loss.EachOutput) }

// Direction implements Directed.
func (Recall) Direction() Direction { return Max }

// Undefined implements Partial.
func (Recall) Undefined() string { return noPositives }

// Result implements Metric.
func (Recall) Result(sums []float64) float64 {
	if sums[1] == 0 {
		return math.NaN()
	}
	return ratio(sums)
}

// ofClass is the column of a class of targets and predictions, or all of them without one.
func ofClass(id *int, y, pred *graph.Node) (*graph.Node, *graph.Node) {
	y, pred = loss.Match(y, pred)
	if id == nil {
		return y, pred
	}
	if n := pred.Shape[len(pred.Shape)-1]; *id >= n {
		pred.Graph().Fail("class_id", "there is no class %d, the predictions are of %d classes", *id, n)
	}
	return y.Narrow(-1, *id, *id+1), pred.Narrow(-1, *id, *id+1)
}

// Why a metric of two classes may have no value.
const (
	noPositives = "no sample is of the second class"
	oneClass    = "the samples are all of one class"
)

// defaultThreshold parts probabilities.
const defaultThreshold = 0.5

// above is 1 where a prediction is above the threshold, else 0.
func above(pred *graph.Node, threshold *float64) *graph.Node {
	t := defaultThreshold
	if threshold != nil {
		t = *threshold
	}
	return pred.Gt(pred.Graph().Scalar(t))
}
