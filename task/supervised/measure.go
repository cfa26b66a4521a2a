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

// measure returns a metric under its name, adapted to a target: for numbers it adds up in float64 in the units of the
// target; for classes it reads the outputs by the rule of the loss, so that accuracy counts the predictions that the
// bundle makes; for labels by the thresholds of the labels.
func measure(name string, m metric.Metric, g *prep.Target, takes loss.Predictions) metric.Metric {
	switch g.Task {
	case prep.Labels:
		m = labelMetric{m, g, takes}
	case prep.Regression:
		m = metric.Exact(m, metric.Lift{Width: 1, Read: func(y, pred []float32, truth, predicted []float64) {
			truth[0], predicted[0] = g.Number(y), g.Point(pred)
		}})
	default:
		m = classMetric{m, takes, g}
	}
	return train.NamedMetric{Metric: m, Name: name}
}

// classMetric is a metric of classes that reads outputs as the loss does. A metric that decides by a threshold
// (metric.Decider) takes that of the loss where it has none of its own: Keras counts a logit above 0.5 as the second
// class, where 0 is right. Where the target has a decision, such a metric and one of the greatest output is given 1 for
// the class that is decided on and 0 for the others. A metric of probabilities is given the probabilities of logits.
type classMetric struct {
	metric.Metric
	takes  loss.Predictions
	target *prep.Target
}

// Unwrap implements metric.Wrapper.
func (c classMetric) Unwrap() metric.Metric { return c.Metric }

// Terms implements metric.Metric.
func (c classMetric) Terms(y, pred, w *graph.Node) []*graph.Node {
	m := c.Metric
	width := pred.Shape[len(pred.Shape)-1]
	if d := c.target.Decision; d != nil {
		if at := decides(m); at != nil {
			pred = decided(d, pred, c.takes)
			return at.Terms(encodeTargets(at, y, pred), pred, w)
		}
	}
	if d, ok := m.(metric.Decider); ok && (width == 1 || c.takes != loss.Logits) {
		if at := d.At(c.takes.Threshold()); at != nil {
			return at.Terms(encodeTargets(m, y, pred), pred, w)
		}
	}
	if c.takes == loss.Logits && !unscaled(metric.TraitsOf(m)) {
		pred = task.Probabilities(pred.AsFloat())
	}
	return m.Terms(encodeTargets(m, y, pred), pred, w)
}

// decides is a metric that a predicted class is enough for, at the threshold 0.5 where it has one; nil for others.
func decides(m metric.Metric) metric.Metric {
	switch m := m.(type) {
	case metric.CategoricalAccuracy, metric.SparseCategoricalAccuracy:
		return m
	case metric.F1Score:
		if m.Threshold == nil {
			return m
		}
	case metric.FBetaScore:
		if m.Threshold == nil {
			return m
		}
	case metric.Decider:
		return m.At(0.5)
	}
	return nil
}

// unscaled reports whether a metric takes logits unchanged: it declares logits or scores, or it is a metric of classes
// that depends on the order of the outputs alone.
func unscaled(t loss.Traits) bool {
	return t.Predictions == loss.Logits || t.Predictions == loss.Scores ||
		t.Predictions == loss.AnyNumbers && t.Targets.Classes()
}

// encodeTargets returns class targets y in the encoding that a metric needs where it is not that of the loss: class
// numbers become one-hot rows, one-hot rows become class numbers.
func encodeTargets(m metric.Metric, y, pred *graph.Node) *graph.Node {
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
