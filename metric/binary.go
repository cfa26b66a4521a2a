package metric

import (
	"gorae/config"
	"gorae/graph"
	"gorae/loss"
)

func init() {
	Metrics.Register(Precision{})
	Metrics.Register(Recall{})
	Metrics.RegisterAs("AUC", AUC{}, "auc")
}

// Precision is the share of true positives among the predicted ones: those above
// Threshold. Without any it is 0.
type Precision struct {
	Threshold *float64 `keras:"thresholds,main,default=0.5"`
	_         struct{} `keras:"top_k=null,class_id=null"`
}

// Terms implements Metric: true and predicted positives.
func (m Precision) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = loss.Match(y, pred)
	hit := pred.Gt(pred.Graph().Scalar(*config.Filled(m).Threshold))
	return []*graph.Node{weighed(hit.Mul(y), w).Sum(), weighed(hit, w).Sum()}
}

// Traits implements Described.
func (Precision) Traits() loss.Traits { return share(loss.Shares, loss.EachOutput) }

// Direction implements Directed.
func (Precision) Direction() Direction { return Max }

// Result implements Metric.
func (Precision) Result(sums []float64) float64 { return positives(sums) }

// Recall is the share of the positives that are predicted. Without any it is 0.
type Recall struct {
	Threshold *float64 `keras:"thresholds,main,default=0.5"`
	_         struct{} `keras:"top_k=null,class_id=null"`
}

// Terms implements Metric: true positives and all positives.
func (m Recall) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = loss.Match(y, pred)
	hit := pred.Gt(pred.Graph().Scalar(*config.Filled(m).Threshold))
	return []*graph.Node{weighed(hit.Mul(y), w).Sum(), weighed(y, w).Sum()}
}

// Traits implements Described.
func (Recall) Traits() loss.Traits { return share(loss.Shares, loss.EachOutput) }

// Direction implements Directed.
func (Recall) Direction() Direction { return Max }

// Result implements Metric.
func (Recall) Result(sums []float64) float64 { return positives(sums) }

func positives(sums []float64) float64 {
	if sums[1] == 0 {
		return 0
	}
	return ratio(sums)
}

// AUC is the area under the curve of recall against the false positives' share (ROC), by the
// trapezoidal rule over Thresholds equally spaced thresholds, as in Keras.
type AUC struct {
	Thresholds int      `keras:"num_thresholds,main,default=200,min=2"`
	_          struct{} `keras:"curve=ROC,summation_method=interpolation,multi_label=false,num_labels=null,label_weights=null,from_logits=false"`
}

// Terms implements Metric: for each threshold the positives and the negatives
// above it.
func (m AUC) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = loss.Match(y, pred)
	yes, no := y, y.Neg().AddC(1)
	yes, no = weighed(yes, w).Reshape(-1, 1), weighed(no, w).Reshape(-1, 1)
	pred = pred.Reshape(-1, 1)
	g := y.Graph()
	n := config.Filled(m).Thresholds
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
func (AUC) Traits() loss.Traits { return share(loss.Shares, loss.EachOutput) }

// Direction implements Directed.
func (AUC) Direction() Direction { return Max }

// Result implements Metric. The lowest threshold counts everything.
func (m AUC) Result(sums []float64) float64 {
	n := len(sums) / 2
	tp, fp := sums[:n], sums[n:]
	if tp[0] == 0 || fp[0] == 0 {
		return 0
	}
	area := 0.0
	for i := 1; i < n; i++ {
		area += (fp[i-1] - fp[i]) / fp[0] * (tp[i-1] + tp[i]) / tp[0] / 2
	}
	return area
}
