package metric

import (
	"math"
	"strconv"

	"gorae/graph"
	"gorae/loss"
)

// cut is how a metric of two classes finds the predicted positives.
type cut struct {
	metric      string // in messages
	thresholds  []float64
	topK, class *int
}

// outside is what outputs that are not among the greatest K count as, and the threshold of those that are, in Keras.
const outside = -1e10

// decided reports whether the threshold of a loss has nothing to say.
func (c cut) decided() bool { return c.thresholds != nil || c.topK != nil }

// parts are the metrics of several thresholds; nil of one.
func (c cut) parts(one func(threshold []float64) Metric) []Part {
	if len(c.thresholds) < 2 {
		return nil
	}
	var list []Part
	for i, t := range c.thresholds {
		list = append(list, Part{"@" + strconv.FormatFloat(t, 'g', -1, 64), one(c.thresholds[i : i+1])})
	}
	return list
}

// hits are the targets that count, and 1 where the prediction of one is positive, else 0. The greatest K are found
// first, and the class is taken then.
func (c cut) hits(y, pred *graph.Node) (truth, hit *graph.Node) {
	y, pred = loss.Match(y, pred)
	g, t := pred.Graph(), defaultThreshold
	if len(c.thresholds) > 1 {
		g.Fail(c.metric, "%d thresholds have %d values; metric.Expand makes a metric of each", len(c.thresholds),
			len(c.thresholds))
	}
	if c.topK != nil {
		t = outside
		pred = greatest(c.metric, pred, *c.topK).Where(pred, g.Scalar(outside))
	}
	if len(c.thresholds) == 1 {
		t = c.thresholds[0]
	}
	if c.class != nil {
		if n := pred.Shape[len(pred.Shape)-1]; *c.class >= n {
			g.Fail("class_id", "there is no class %d, the predictions are of %d classes", *c.class, n)
		}
		y, pred = y.Narrow(-1, *c.class, *c.class+1), pred.Narrow(-1, *c.class, *c.class+1)
	}
	return y, pred.Gt(g.Scalar(t))
}

// greatest is 1 for the greatest k outputs of each sample, the first ones where outputs are equal.
func greatest(metric string, pred *graph.Node, k int) *graph.Node {
	rank := len(pred.Shape)
	g := pred.Graph()
	if rank < 2 || k > pred.Shape[rank-1] {
		n := 1
		if rank > 1 {
			n = pred.Shape[rank-1]
		}
		g.Fail(metric, "top_k is %d, and the predictions have %d outputs", k, n)
	}
	in := g.Scalar(0).Broadcast(pred.Shape...)
	for rest := pred; k > 0; k-- {
		best := rest.ArgMax().OneHot(pred.Shape[rank-1])
		in = in.Add(best)
		rest = best.Gt(g.Scalar(0)).Where(g.Scalar(math.Inf(-1)), rest)
	}
	return in.Gt(g.Scalar(0))
}
