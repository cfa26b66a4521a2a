package supervised

import (
	"gorae/graph"
	"gorae/loss"
	"gorae/metric"
	"gorae/prep"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// measure is a metric under its name and as the target wants it: of numbers in float64 in their own units; of classes
// by the rule of the loss, so that accuracy is that of the predictions.
func measure(name string, m metric.Metric, g *prep.Target, takes loss.Predictions) metric.Metric {
	if g.Task == prep.Regression {
		m = metric.Exact(m, metric.Lift{Width: 1, Read: func(y, pred []float32, truth, said []float64) {
			truth[0], said[0] = g.Number(y), g.Value(pred[0])
		}})
	} else {
		m = judged{m, takes}
	}
	return train.NamedMetric{Metric: m, Name: name}
}

// judged is a metric of classes that reads outputs as the loss does. One that parts classes has the loss's threshold
// where it is given none (Keras counts a logit above 0.5 instead of above 0); one of probabilities sees those of
// logits.
type judged struct {
	metric.Metric
	takes loss.Predictions
}

// Unwrap implements metric.Wrapper.
func (j judged) Unwrap() metric.Metric { return j.Metric }

// Terms implements metric.Metric.
func (j judged) Terms(y, pred, w *graph.Node) []*graph.Node {
	m := j.Metric
	width := pred.Shape[len(pred.Shape)-1]
	if d, ok := m.(metric.Decider); ok && (width == 1 || j.takes != loss.Logits) {
		if at := d.At(j.takes.Threshold()); at != nil {
			return at.Terms(form(m, y, pred), pred, w)
		}
	}
	if j.takes == loss.Logits && !unscaled(metric.TraitsOf(m)) {
		pred = task.Probabilities(pred.AsFloat())
	}
	return m.Terms(form(m, y, pred), pred, w)
}

// unscaled reports whether a metric takes logits as they are: it says so, or nothing but the order of the outputs of a
// class metric counts.
func unscaled(t loss.Traits) bool {
	return t.Predictions == loss.Logits || t.Predictions == loss.Scores ||
		t.Predictions == loss.AnyNumbers && t.Targets.Classes()
}

// form is class targets as a metric wants them: class numbers become one-hot rows, and one-hot rows class numbers,
// where
// it needs the other form than the loss.
func form(m metric.Metric, y, pred *graph.Node) *graph.Node {
	width := pred.Shape[len(pred.Shape)-1]
	switch takes := metric.TraitsOf(m).Targets; {
	case takes == loss.ClassNumbers && len(y.Shape) > 1 && y.Shape[len(y.Shape)-1] > 1:
		return y.ArgMax()
	case takes != loss.ClassNumbers && takes != loss.ByShape && y.DType == tensor.Int32 &&
		len(y.Shape) == len(pred.Shape)-1 && width > 1:
		return y.OneHot(width)
	}
	return y
}
