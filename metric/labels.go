package metric

import (
	"gorae/graph"
	"gorae/loss"
)

func init() {
	Metrics.RegisterAs("ExactMatch", ExactMatch{}, "exact_match", "subset_accuracy")
	Metrics.RegisterAs("HammingLoss", HammingLoss{}, "hamming_loss", "hamming")
	Metrics.RegisterAs("F1Micro", F1Micro{}, "f1_micro", "micro_f1")
	Metrics.RegisterAs("F1Macro", F1Macro{}, "f1_macro", "macro_f1")
}

// ExactMatch is the share of samples with every output on its target's side of Threshold: of several labels, those of
// which all are right. It is scikit-learn's accuracy_score of label sets.
type ExactMatch struct {
	// Threshold is what an output must be above for its label to be said. Where none is given it is that of the loss
	// (loss.Traits), 0.5 of a metric by itself.
	Threshold *float64 `keras:"threshold,main"`
}

// Terms implements Metric: the right samples and all samples.
func (m ExactMatch) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = loss.Match(y, pred)
	right := above(pred, m.Threshold).Eq(y)
	if len(right.Shape) > 1 {
		right = right.ReduceMin(-1)
	}
	return average(right, w)
}

// At implements Decider.
func (m ExactMatch) At(threshold float64) Metric {
	if m.Threshold != nil {
		return nil
	}
	return ExactMatch{&threshold}
}

// Traits implements Described.
func (ExactMatch) Traits() loss.Traits { return share(loss.Shares, loss.EachOutput) }

// Direction implements Directed.
func (ExactMatch) Direction() Direction { return Max }

// Result implements Metric.
func (ExactMatch) Result(sums []float64) float64 { return ratio(sums) }

// HammingLoss is the share of outputs on the wrong side of Threshold: of several labels, the mean share of wrong ones,
// 1 − BinaryAccuracy.
type HammingLoss struct {
	// Threshold is what an output must be above for its label to be said. Where none is given it is that of the loss
	// (loss.Traits), 0.5 of a metric by itself.
	Threshold *float64 `keras:"threshold,main"`
}

// Terms implements Metric: the wrong outputs and all outputs.
func (m HammingLoss) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = loss.Match(y, pred)
	return average(above(pred, m.Threshold).Ne(y), w)
}

// At implements Decider.
func (m HammingLoss) At(threshold float64) Metric {
	if m.Threshold != nil {
		return nil
	}
	return HammingLoss{&threshold}
}

// Traits implements Described.
func (HammingLoss) Traits() loss.Traits { return share(loss.Shares, loss.EachOutput) }

// Direction implements Directed.
func (HammingLoss) Direction() Direction { return Min }

// Result implements Metric.
func (HammingLoss) Result(sums []float64) float64 { return ratio(sums) }

// F1Micro is the F1 score over all labels together: 2·TP / (2·TP + FP + FN) of the sums over the labels. It is F1Score
// with average micro and a threshold.
type F1Micro struct {
	// Threshold is what an output must be above for its label to be said. Where none is given it is that of the loss
	// (loss.Traits), 0.5 of a metric by itself.
	Threshold *float64 `keras:"threshold,main"`
}

// F1Macro is the mean of the F1 scores of the labels, 0 of a label that is neither there nor said. It is F1Score with
// average macro and a threshold.
type F1Macro struct {
	// Threshold is what an output must be above for its label to be said. Where none is given it is that of the loss
	// (loss.Traits), 0.5 of a metric by itself.
	Threshold *float64 `keras:"threshold,main"`
}

// labelsF1 is an F1 score of labels, each of which is said by itself.
func labelsF1(average string, threshold *float64) FBetaScore {
	if threshold == nil {
		t := defaultThreshold
		threshold = &t
	}
	return FBetaScore{Average: average, Beta: 1, Threshold: threshold}
}

// Terms implements Metric: for each label its true positives, predicted positives and positives.
func (m F1Micro) Terms(y, pred, w *graph.Node) []*graph.Node {
	return labelsF1("micro", m.Threshold).Terms(y, pred, w)
}

// Terms implements Metric: for each label its true positives, predicted positives and positives.
func (m F1Macro) Terms(y, pred, w *graph.Node) []*graph.Node {
	return labelsF1("macro", m.Threshold).Terms(y, pred, w)
}

// At implements Decider.
func (m F1Micro) At(threshold float64) Metric {
	if m.Threshold != nil {
		return nil
	}
	return F1Micro{&threshold}
}

// At implements Decider.
func (m F1Macro) At(threshold float64) Metric {
	if m.Threshold != nil {
		return nil
	}
	return F1Macro{&threshold}
}

// Traits implements Described.
func (F1Micro) Traits() loss.Traits { return share(loss.Shares, loss.EachOutput) }

// Traits implements Described.
func (F1Macro) Traits() loss.Traits { return share(loss.Shares, loss.EachOutput) }

// Direction implements Directed.
func (F1Micro) Direction() Direction { return Max }

// Direction implements Directed.
func (F1Macro) Direction() Direction { return Max }

// Result implements Metric.
func (F1Micro) Result(sums []float64) float64 { return labelsF1("micro", nil).Result(sums) }

// Result implements Metric.
func (F1Macro) Result(sums []float64) float64 { return labelsF1("macro", nil).Result(sums) }

// EachDecider is a metric of several outputs that compares them with each other unless it is told a threshold, as
// F1Score does. AtEach is the metric with each output decided by itself; nil where it has a threshold of its own.
type EachDecider interface {
	AtEach(threshold float64) Metric
}

// AtEach implements EachDecider.
func (m F1Score) AtEach(threshold float64) Metric {
	if m.Threshold != nil {
		return nil
	}
	m.Threshold = &threshold
	return m
}

// AtEach implements EachDecider.
func (m FBetaScore) AtEach(threshold float64) Metric {
	if m.Threshold != nil {
		return nil
	}
	m.Threshold = &threshold
	return m
}
