package metric

import (
	"math"

	"gorae/graph"
	"gorae/loss"
)

func init() {
	Metrics.Register(Precision{})
	Metrics.Register(Recall{})
	Metrics.RegisterAs("AUC", AUC{}, "auc")
}

// Precision is the share of true positives among the predicted ones: those above
// Threshold. Where nothing is predicted it is 0, as in Keras; without positive samples it is not defined.
type Precision struct {
	// Threshold is that of the loss where none is given (loss.Traits), 0.5 of a metric by itself.
	Threshold *float64 `keras:"thresholds,main"`
	_         struct{} `keras:"top_k=null,class_id=null"`
}

// Terms implements Metric: true positives, predicted positives, all positives.
func (m Precision) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = loss.Match(y, pred)
	hit := above(pred, m.Threshold)
	return []*graph.Node{weighed(hit.Mul(y), w).Sum(), weighed(hit, w).Sum(), weighed(y, w).Sum()}
}

// At implements Decider.
func (m Precision) At(threshold float64) Metric {
	if m.Threshold != nil {
		return nil
	}
	return Precision{Threshold: &threshold}
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
	_         struct{} `keras:"top_k=null,class_id=null"`
}

// Terms implements Metric: true positives and all positives.
func (m Recall) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = loss.Match(y, pred)
	return []*graph.Node{weighed(above(pred, m.Threshold).Mul(y), w).Sum(), weighed(y, w).Sum()}
}

// At implements Decider.
func (m Recall) At(threshold float64) Metric {
	if m.Threshold != nil {
		return nil
	}
	return Recall{Threshold: &threshold}
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

// AUC is the area under the curve of recall against the false positives' share (ROC): the share of the pairs of a
// positive and a negative sample that are in order. It is exact unless Thresholds is given: then it is the trapezoidal
// rule over so many equally spaced thresholds, which is Keras's approximation (of 200 where nothing is said there).
// Where samples of a class are missing it is not defined.
type AUC struct {
	Thresholds int      `keras:"num_thresholds,main,min=2"`
	_          struct{} `keras:"curve=ROC,summation_method=interpolation,multi_label=false,num_labels=null,label_weights=null,from_logits=false"`
}

// Keep implements Keeper.
func (m AUC) Keep() State {
	if m.Thresholds == 0 {
		return &ranked{}
	}
	return &sums{metric: m}
}

// Terms implements Metric: predictions, targets and weights of the samples, or for each threshold the positives and
// the negatives above it.
func (m AUC) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = loss.Match(y, pred)
	n := m.Thresholds
	if n == 0 {
		terms := []*graph.Node{pred.Reshape(-1), y.Reshape(-1)}
		if w != nil {
			terms = append(terms, w)
		}
		return terms
	}
	yes, no := y, y.Neg().AddC(1)
	yes, no = weighed(yes, w).Reshape(-1, 1), weighed(no, w).Reshape(-1, 1)
	pred = pred.Reshape(-1, 1)
	g := y.Graph()
	parts := make([]*graph.Node, n)
	for i := range parts {
		t := float64(i) / float64(n-1)
		switch i {
		case 0:
			t = -1e-7
		case n - 1:
			t = 1 + 1e-7
		}
		parts[i] = g.Scalar(t).Reshape(1, 1)
	}
	over := pred.Gt(graph.Concatenate(1, parts...))
	return []*graph.Node{over.Mul(yes).Sum(0), over.Mul(no).Sum(0)}
}

// Traits implements Described.
func (m AUC) Traits() loss.Traits {
	if m.Thresholds == 0 {
		return order(loss.Shares, loss.EachOutput)
	}
	return share(loss.Shares, loss.EachOutput)
}

// Direction implements Directed.
func (AUC) Direction() Direction { return Max }

// Undefined implements Partial.
func (AUC) Undefined() string { return oneClass }

// Result implements Metric. The lowest threshold counts everything.
func (m AUC) Result(sums []float64) float64 {
	n := len(sums) / 2
	tp, fp := sums[:n], sums[n:]
	if tp[0] == 0 || fp[0] == 0 {
		return math.NaN()
	}
	area := 0.0
	for i := 1; i < n; i++ {
		area += (fp[i-1] - fp[i]) / fp[0] * (tp[i-1] + tp[i]) / tp[0] / 2
	}
	return area
}
