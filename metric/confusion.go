package metric

import (
	"gorae/graph"
	"gorae/loss"
)

func init() {
	Metrics.Register(TruePositives{})
	Metrics.Register(TrueNegatives{})
	Metrics.Register(FalsePositives{})
	Metrics.Register(FalseNegatives{})
}

// TruePositives is the number of positives that are predicted, each sample as often as
// its weight says: an output above the threshold predicts a positive. It does not say which values are better; who
// monitors it must give the mode.
type TruePositives struct {
	// Thresholds is one threshold, or several, of which each has a value of its own. Where none is given it is that of
	// the loss (loss.Traits), 0.5 of a metric by itself.
	Thresholds []float64 `keras:"thresholds,main,lone"`
}

// Parts implements Several: one metric for each threshold.
func (m TruePositives) Parts(int) []Part {
	return count("true_positives", m.Thresholds).parts(func(t []float64) Metric { return TruePositives{t} })
}

// Terms implements Metric.
func (m TruePositives) Terms(y, pred, w *graph.Node) []*graph.Node {
	return count("true_positives", m.Thresholds).cases(y, pred, w, true, true)
}

// At implements Decider.
func (m TruePositives) At(threshold float64) Metric {
	if m.Thresholds != nil {
		return nil
	}
	return TruePositives{[]float64{threshold}}
}

// Traits implements Described.
func (TruePositives) Traits() loss.Traits { return share(loss.Shares, loss.EachOutput) }

// Direction implements Directed: Keras does not know it either.
func (TruePositives) Direction() Direction { return Unknown }

// Result implements Metric.
func (TruePositives) Result(sums []float64) float64 { return sums[0] }

// TrueNegatives is the number of negatives that are not predicted to be positive, each sample as often as
// its weight says: an output above the threshold predicts a positive. It does not say which values are better; who
// monitors it must give the mode.
type TrueNegatives struct {
	// Thresholds is one threshold, or several, of which each has a value of its own. Where none is given it is that of
	// the loss (loss.Traits), 0.5 of a metric by itself.
	Thresholds []float64 `keras:"thresholds,main,lone"`
}

// Parts implements Several: one metric for each threshold.
func (m TrueNegatives) Parts(int) []Part {
	return count("true_negatives", m.Thresholds).parts(func(t []float64) Metric { return TrueNegatives{t} })
}

// Terms implements Metric.
func (m TrueNegatives) Terms(y, pred, w *graph.Node) []*graph.Node {
	return count("true_negatives", m.Thresholds).cases(y, pred, w, false, false)
}

// At implements Decider.
func (m TrueNegatives) At(threshold float64) Metric {
	if m.Thresholds != nil {
		return nil
	}
	return TrueNegatives{[]float64{threshold}}
}

// Traits implements Described.
func (TrueNegatives) Traits() loss.Traits { return share(loss.Shares, loss.EachOutput) }

// Direction implements Directed: Keras does not know it either.
func (TrueNegatives) Direction() Direction { return Unknown }

// Result implements Metric.
func (TrueNegatives) Result(sums []float64) float64 { return sums[0] }

// FalsePositives is the number of negatives that are predicted to be positive, each sample as often as
// its weight says: an output above the threshold predicts a positive. It does not say which values are better; who
// monitors it must give the mode.
type FalsePositives struct {
	// Thresholds is one threshold, or several, of which each has a value of its own. Where none is given it is that of
	// the loss (loss.Traits), 0.5 of a metric by itself.
	Thresholds []float64 `keras:"thresholds,main,lone"`
}

// Parts implements Several: one metric for each threshold.
func (m FalsePositives) Parts(int) []Part {
	return count("false_positives", m.Thresholds).parts(func(t []float64) Metric { return FalsePositives{t} })
}

// Terms implements Metric.
func (m FalsePositives) Terms(y, pred, w *graph.Node) []*graph.Node {
	return count("false_positives", m.Thresholds).cases(y, pred, w, false, true)
}

// At implements Decider.
func (m FalsePositives) At(threshold float64) Metric {
	if m.Thresholds != nil {
		return nil
	}
	return FalsePositives{[]float64{threshold}}
}

// Traits implements Described.
func (FalsePositives) Traits() loss.Traits { return share(loss.Shares, loss.EachOutput) }

// Direction implements Directed: Keras does not know it either.
func (FalsePositives) Direction() Direction { return Unknown }

// Result implements Metric.
func (FalsePositives) Result(sums []float64) float64 { return sums[0] }

// FalseNegatives is the number of positives that are not predicted, each sample as often as
// its weight says: an output above the threshold predicts a positive. It does not say which values are better; who
// monitors it must give the mode.
type FalseNegatives struct {
	// Thresholds is one threshold, or several, of which each has a value of its own. Where none is given it is that of
	// the loss (loss.Traits), 0.5 of a metric by itself.
	Thresholds []float64 `keras:"thresholds,main,lone"`
}

// Parts implements Several: one metric for each threshold.
func (m FalseNegatives) Parts(int) []Part {
	return count("false_negatives", m.Thresholds).parts(func(t []float64) Metric { return FalseNegatives{t} })
}

// Terms implements Metric.
func (m FalseNegatives) Terms(y, pred, w *graph.Node) []*graph.Node {
	return count("false_negatives", m.Thresholds).cases(y, pred, w, true, false)
}

// At implements Decider.
func (m FalseNegatives) At(threshold float64) Metric {
	if m.Thresholds != nil {
		return nil
	}
	return FalseNegatives{[]float64{threshold}}
}

// Traits implements Described.
func (FalseNegatives) Traits() loss.Traits { return share(loss.Shares, loss.EachOutput) }

// Direction implements Directed: Keras does not know it either.
func (FalseNegatives) Direction() Direction { return Unknown }

// Result implements Metric.
func (FalseNegatives) Result(sums []float64) float64 { return sums[0] }

func count(metric string, thresholds []float64) cut {
	return cut{metric: metric, thresholds: thresholds}
}

// cases is the number of positives, or negatives, that are predicted, or are not.
func (c cut) cases(y, pred, w *graph.Node, positive, predicted bool) []*graph.Node {
	y, hit := c.hits(y, pred)
	if !positive {
		y = y.Neg().AddC(1)
	}
	if !predicted {
		hit = hit.Neg().AddC(1)
	}
	return []*graph.Node{weighed(y.Mul(hit), w).Sum()}
}
