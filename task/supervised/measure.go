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

// measure is a metric under its name and as the target wants it: numbers return to their own
// units by z·SD + Mean; class numbers become one-hot rows, and one-hot rows class numbers, where
// the metric needs the other form than the loss. Logits become probabilities first, so that
// accuracy is that of the predictions (Keras counts a logit above 0.5 instead of above 0).
func measure(name string, m metric.Metric, g *prep.Target, logits bool) metric.Metric {
	see := view(m, g)
	if inner := see; logits && g.Task == prep.Classification {
		see = func(y, z *graph.Node) (*graph.Node, *graph.Node) {
			p := task.Probabilities(z.AsFloat())
			if inner == nil {
				return y, p
			}
			return inner(y, p)
		}
	}
	if see != nil {
		m = task.Through(m, see)
	}
	return train.NamedMetric{Metric: m, Name: name}
}

// view is how a metric sees targets and outputs; nil: as they are.
func view(m metric.Metric, g *prep.Target) task.View {
	switch takes := metric.TraitsOf(m).Targets; {
	case g.Task == prep.Regression && (g.Mean != 0 || g.SD != 1):
		return func(y, pred *graph.Node) (*graph.Node, *graph.Node) {
			return y.AsFloat().MulC(g.SD).AddC(g.Mean), pred.MulC(g.SD).AddC(g.Mean)
		}
	case g.Task == prep.Classification && takes == loss.ClassNumbers:
		return func(y, pred *graph.Node) (*graph.Node, *graph.Node) {
			if len(y.Shape) > 1 && y.Shape[len(y.Shape)-1] > 1 {
				y = y.ArgMax()
			}
			return y, pred
		}
	case g.Task == prep.Classification && takes != loss.ByShape:
		return func(y, pred *graph.Node) (*graph.Node, *graph.Node) {
			k := pred.Shape[len(pred.Shape)-1]
			if y.DType == tensor.Int32 && len(y.Shape) == len(pred.Shape)-1 && k > 1 {
				y = y.OneHot(k)
			}
			return y, pred
		}
	}
	return nil
}
