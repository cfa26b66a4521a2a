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
// a threshold. Where nothing is predicted it is 0, as in Keras; without positive samples it is not defined.
type Precision struct {
	// Thresholds is one threshold, or several, of which each has a value of its own: precision@0.3. Where none is given
	// it is that of the loss (loss.Traits), 0.5 of a metric by itself.
	Thresholds []float64 `keras:"thresholds,main,lone"`
	// TopK is how many of the greatest outputs of a sample can be predicted, the first ones where outputs are equal;
	// nil: all. Without a threshold all of these are.
	TopK *int `keras:"top_k,min=1"`
	// ClassID is the only output that counts; nil: all do.
	ClassID *int `keras:"class_id,min=0"`
}

// cut is how outputs become classes.
func (m Precision) cut() cut { return cut{"precision", m.Thresholds, m.TopK, m.ClassID} }

// Parts implements Several: one metric for each threshold.
func (m Precision) Parts(int) []Part {
	return m.cut().parts(func(t []float64) Metric { return Precision{t, m.TopK, m.ClassID} })
}

// Terms implements Metric: true positives, predicted positives, all positives.
func (m Precision) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, hit := m.cut().hits(y, pred)
	return []*graph.Node{weighed(hit.Mul(y), w).Sum(), weighed(hit, w).Sum(), weighed(y, w).Sum()}
}

// At implements Decider.
func (m Precision) At(threshold float64) Metric {
	if m.cut().decided() {
		return nil
	}
	return Precision{Thresholds: []float64{threshold}, ClassID: m.ClassID}
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

// Recall is the share of the positives that are predicted: those above a threshold. Without any it is not defined.
type Recall struct {
	// Thresholds is one threshold, or several, of which each has a value of its own: recall@0.3. Where none is given it
	// is that of the loss (loss.Traits), 0.5 of a metric by itself.
	Thresholds []float64 `keras:"thresholds,main,lone"`
	// TopK is how many of the greatest outputs of a sample can be predicted, the first ones where outputs are equal;
	// nil: all. Without a threshold all of these are.
	TopK *int `keras:"top_k,min=1"`
	// ClassID is the only output that counts; nil: all do.
	ClassID *int `keras:"class_id,min=0"`
}

// cut is how outputs become classes.
func (m Recall) cut() cut { return cut{"recall", m.Thresholds, m.TopK, m.ClassID} }

// Parts implements Several: one metric for each threshold.
func (m Recall) Parts(int) []Part {
	return m.cut().parts(func(t []float64) Metric { return Recall{t, m.TopK, m.ClassID} })
}

// Terms implements Metric: true positives and all positives.
func (m Recall) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, hit := m.cut().hits(y, pred)
	return []*graph.Node{weighed(hit.Mul(y), w).Sum(), weighed(y, w).Sum()}
}

// At implements Decider.
func (m Recall) At(threshold float64) Metric {
	if m.cut().decided() {
		return nil
	}
	return Recall{Thresholds: []float64{threshold}, ClassID: m.ClassID}
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
