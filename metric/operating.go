package metric

import (
	"gorae/config"
	"gorae/graph"
	"gorae/loss"
)

func init() {
	Metrics.Register(SensitivityAtSpecificity{})
	Metrics.Register(SpecificityAtSensitivity{})
	Metrics.Register(PrecisionAtRecall{})
	Metrics.Register(RecallAtPrecision{})
}

// operating are the arguments of a metric of the best of all thresholds.
type operating struct {
	// NumThresholds is the number of equally spaced thresholds from 0 to 1 that are tried; 1 is 0.5 alone.
	NumThresholds int `keras:"num_thresholds,default=200,min=1"`
	// ClassID is the output that counts, from 0; without it all outputs are samples of one list.
	ClassID *int `keras:"class_id,min=0"`
}

// grid lists the thresholds. A prediction of exactly 0 is above none, as in Keras.
func (o operating) grid() []float64 {
	n := config.Filled(o).NumThresholds
	if n == 1 {
		return []float64{defaultThreshold}
	}
	var list []float64
	for i := range n {
		list = append(list, float64(i)/float64(n-1))
	}
	return list
}

// terms are the positives above each threshold, the negatives above it, all positives and all negatives.
func (o operating) terms(metric string, y, pred, w *graph.Node) []*graph.Node {
	y, pred = loss.Match(y, pred)
	g := pred.Graph()
	if o.ClassID != nil {
		n := 1
		if len(pred.Shape) > 1 {
			n = pred.Shape[len(pred.Shape)-1]
		}
		if *o.ClassID >= n {
			g.Fail(metric, "class_id: there is no class %d, the predictions are of %d classes", *o.ClassID, n)
		}
		y, pred = y.Narrow(-1, *o.ClassID, *o.ClassID+1), pred.Narrow(-1, *o.ClassID, *o.ClassID+1)
	}
	yes, no := weighed(y, w).Reshape(-1, 1), weighed(y.Neg().AddC(1), w).Reshape(-1, 1)
	var parts []*graph.Node
	for _, t := range o.grid() {
		parts = append(parts, g.Scalar(t).Reshape(1, 1))
	}
	over := pred.Reshape(-1, 1).Gt(graph.Concatenate(1, parts...)).AsFloat()
	return []*graph.Node{over.Mul(yes).Sum(0), over.Mul(no).Sum(0), yes.Sum(), no.Sum()}
}

// best is the greatest value of one share among the thresholds at which another one is at least so great; 0 where
// there is none.
func (o operating) best(sums []float64, least float64,
	bound, of func(tp, fp, positive, negative float64) float64) float64 {
	n := (len(sums) - 2) / 2
	most := 0.0
	for i := range n {
		tp, fp, positive, negative := sums[i], sums[n+i], sums[2*n], sums[2*n+1]
		if bound(tp, fp, positive, negative) >= least {
			most = max(most, of(tp, fp, positive, negative))
		}
	}
	return most
}

// Shares of a table of two classes; 0 where they are not defined.
func recallOf(tp, _, positive, _ float64) float64      { return part(tp, positive) }
func specificityOf(_, fp, _, negative float64) float64 { return part(negative-fp, negative) }
func precisionOf(tp, fp, _, _ float64) float64         { return part(tp, tp+fp) }

func part(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// SensitivityAtSpecificity is the greatest sensitivity (recall), TP/(TP + FN), of the thresholds at which the
// specificity, TN/(TN + FP), is at least Specificity; 0 where there is none.
type SensitivityAtSpecificity struct {
	// Specificity is the least specificity, from 0 to 1.
	Specificity *float64 `keras:"specificity,main,required,min=0,max=1"`
	operating
}

// Terms implements Metric.
func (m SensitivityAtSpecificity) Terms(y, pred, w *graph.Node) []*graph.Node {
	return m.terms("sensitivity_at_specificity", y, pred, w)
}

// Traits implements Described.
func (SensitivityAtSpecificity) Traits() loss.Traits { return share(loss.Shares, loss.EachOutput) }

// Direction implements Directed.
func (SensitivityAtSpecificity) Direction() Direction { return Max }

// Result implements Metric.
func (m SensitivityAtSpecificity) Result(sums []float64) float64 {
	return m.best(sums, *m.Specificity, specificityOf, recallOf)
}

// SpecificityAtSensitivity is the greatest specificity, TN/(TN + FP), of the thresholds at which the sensitivity
// (recall), TP/(TP + FN), is at least Sensitivity; 0 where there is none.
type SpecificityAtSensitivity struct {
	// Sensitivity is the least sensitivity, from 0 to 1.
	Sensitivity *float64 `keras:"sensitivity,main,required,min=0,max=1"`
	operating
}

// Terms implements Metric.
func (m SpecificityAtSensitivity) Terms(y, pred, w *graph.Node) []*graph.Node {
	return m.terms("specificity_at_sensitivity", y, pred, w)
}

// Traits implements Described.
func (SpecificityAtSensitivity) Traits() loss.Traits { return share(loss.Shares, loss.EachOutput) }

// Direction implements Directed.
func (SpecificityAtSensitivity) Direction() Direction { return Max }

// Result implements Metric.
func (m SpecificityAtSensitivity) Result(sums []float64) float64 {
	return m.best(sums, *m.Sensitivity, recallOf, specificityOf)
}

// PrecisionAtRecall is the greatest precision, TP/(TP + FP), of the thresholds at which the recall, TP/(TP + FN), is at
// least Recall; 0 where there is none.
type PrecisionAtRecall struct {
	// Recall is the least recall, from 0 to 1.
	Recall *float64 `keras:"recall,main,required,min=0,max=1"`
	operating
}

// Terms implements Metric.
func (m PrecisionAtRecall) Terms(y, pred, w *graph.Node) []*graph.Node {
	return m.terms("precision_at_recall", y, pred, w)
}

// Traits implements Described.
func (PrecisionAtRecall) Traits() loss.Traits { return share(loss.Shares, loss.EachOutput) }

// Direction implements Directed.
func (PrecisionAtRecall) Direction() Direction { return Max }

// Result implements Metric.
func (m PrecisionAtRecall) Result(sums []float64) float64 {
	return m.best(sums, *m.Recall, recallOf, precisionOf)
}

// RecallAtPrecision is the greatest recall, TP/(TP + FN), of the thresholds at which the precision, TP/(TP + FP), is at
// least Precision; 0 where there is none.
type RecallAtPrecision struct {
	// Precision is the least precision, from 0 to 1.
	Precision *float64 `keras:"precision,main,required,min=0,max=1"`
	operating
}

// Terms implements Metric.
func (m RecallAtPrecision) Terms(y, pred, w *graph.Node) []*graph.Node {
	return m.terms("recall_at_precision", y, pred, w)
}

// Traits implements Described.
func (RecallAtPrecision) Traits() loss.Traits { return share(loss.Shares, loss.EachOutput) }

// Direction implements Directed.
func (RecallAtPrecision) Direction() Direction { return Max }

// Result implements Metric.
func (m RecallAtPrecision) Result(sums []float64) float64 {
	return m.best(sums, *m.Precision, precisionOf, recallOf)
}
