package metric

import (
	"strconv"

	"gorae/config"
	"gorae/graph"
	"gorae/loss"
)

func init() {
	Metrics.RegisterAs("F1Score", F1Score{}, "f1_score", "f1")
	Metrics.RegisterAs("FBetaScore", FBetaScore{}, "fbeta_score", "f_beta_score")
}

// F1Score is the harmonic mean of precision and recall: FBetaScore with β = 1.
type F1Score struct {
	// Average makes one value of those of the classes: their mean (macro), their mean with the number of targets of
	// each class (weighted), or the value over all of them together (micro). Without it each class has a value of its
	// own.
	Average string `keras:"average,default=none,null=none,oneof=micro|macro|weighted|none"`
	// Threshold is what an output must be above for its class to be predicted. Without it the class with the greatest
	// output is; a single output has the threshold of the loss (loss.Traits).
	Threshold *float64 `keras:"threshold,above=0,max=1"`
	scored
}

// FBetaScore is the weighted harmonic mean of precision p and recall r: (1 + β²)·p·r/(β²·p + r), 0 where it is not
// defined. A β above 1 weighs recall more, one below 1 precision.
type FBetaScore struct {
	// Average makes one value of those of the classes: their mean (macro), their mean with the number of targets of
	// each class (weighted), or the value over all of them together (micro). Without it each class has a value of its
	// own.
	Average string `keras:"average,default=none,null=none,oneof=micro|macro|weighted|none"`
	// Beta is the weight of recall, squared.
	Beta float64 `keras:"beta,default=1,positive"`
	// Threshold is what an output must be above for its class to be predicted. Without it the class with the greatest
	// output is; a single output has the threshold of the loss (loss.Traits).
	Threshold *float64 `keras:"threshold,above=0,max=1"`
	scored
}

// scored is what the program sets of an F-score.
type scored struct {
	class  int      // from 1: the only class whose value counts
	single *float64 // the threshold of a single output
}

func (m F1Score) beta() FBetaScore { return FBetaScore{m.Average, 1, m.Threshold, m.scored} }

// Parts implements Several.
func (m F1Score) Parts(outputs int) []Part {
	return m.scored.parts(m.Average, outputs, func(s scored) Metric { m.scored = s; return m })
}

// Parts implements Several: without Average one metric for each class.
func (m FBetaScore) Parts(outputs int) []Part {
	return m.scored.parts(m.Average, outputs, func(s scored) Metric { m.scored = s; return m })
}

func (s scored) parts(average string, outputs int, of func(s scored) Metric) (list []Part) {
	if average != "" && average != "none" || s.class > 0 || outputs < 2 {
		return nil
	}
	for i := range outputs {
		s.class = i + 1
		list = append(list, Part{"_" + strconv.Itoa(i), of(s)})
	}
	return list
}

// Terms implements Metric.
func (m F1Score) Terms(y, pred, w *graph.Node) []*graph.Node { return m.beta().Terms(y, pred, w) }

// Terms implements Metric: for each class its true positives, predicted positives and positives.
func (m FBetaScore) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = loss.Match(y, pred)
	classes, g := 1, pred.Graph()
	if len(pred.Shape) > 1 {
		classes = pred.Shape[len(pred.Shape)-1]
	}
	if (m.Average == "" || m.Average == "none") && m.class == 0 && classes > 1 {
		g.Fail("fbeta_score", "%d classes have %d values; give average, or metric.Expand", classes, classes)
	}
	t := m.Threshold
	if t == nil && classes == 1 {
		t = m.single
	}
	var hit *graph.Node
	switch {
	case t != nil:
		hit = pred.Gt(g.Scalar(*t))
	case classes == 1:
		hit = pred.Abs().Gt(g.Scalar(1e-9)) // it is the greatest one of its sample
	default:
		hit = pred.Ge(pred.KeepDims(pred.ReduceMax(-1), -1)).And(pred.Abs().Gt(g.Scalar(1e-9)))
	}
	hit = hit.AsFloat()
	column := func(v *graph.Node) *graph.Node {
		v = weighed(v, w).Reshape(-1, classes)
		if m.class > 0 {
			v = v.Narrow(1, m.class-1, m.class)
		}
		return v.Sum(0)
	}
	return []*graph.Node{column(hit.Mul(y)), column(hit), column(y)}
}

// At implements Decider.
func (m F1Score) At(threshold float64) Metric {
	m.single = &threshold
	return m
}

// At implements Decider.
func (m FBetaScore) At(threshold float64) Metric {
	m.single = &threshold
	return m
}

// Traits implements Described.
func (m F1Score) Traits() loss.Traits { return m.beta().Traits() }

// Traits implements Described.
func (m FBetaScore) Traits() loss.Traits {
	if m.Threshold == nil {
		return order(loss.Shares, loss.EachOutput)
	}
	return share(loss.Shares, loss.EachOutput)
}

// Direction implements Directed.
func (F1Score) Direction() Direction { return Max }

// Direction implements Directed.
func (FBetaScore) Direction() Direction { return Max }

// Positives implements Counted.
func (m F1Score) Positives(sums []float64) []float64 { return m.beta().Positives(sums) }

// Positives implements Counted.
func (m FBetaScore) Positives(sums []float64) []float64 {
	if m.Average == "micro" || m.Average == "weighted" { // a rare class hardly matters
		return nil
	}
	return sums[2*len(sums)/3:]
}

// Result implements Metric.
func (m F1Score) Result(sums []float64) float64 { return m.beta().Result(sums) }

// Result implements Metric.
func (m FBetaScore) Result(sums []float64) float64 {
	n := len(sums) / 3
	hits, predicted, positive := sums[:n], sums[n:2*n], sums[2*n:]
	square := config.Filled(m).Beta * config.Filled(m).Beta
	// p = h/predicted and r = h/positive make (1 + β²)·h/(β²·positive + predicted).
	score := func(h, predicted, positive float64) float64 {
		if h == 0 {
			return 0
		}
		return (1 + square) * h / (square*positive + predicted)
	}
	if m.Average == "micro" {
		return score(sum(hits), sum(predicted), sum(positive))
	}
	total, of := 0.0, 0.0
	for i, h := range hits {
		w := 1.0
		if m.Average == "weighted" {
			w = positive[i]
		}
		total, of = total+w*score(h, predicted[i], positive[i]), of+w
	}
	if of == 0 {
		return 0
	}
	return total / of
}

func sum(list []float64) (s float64) {
	for _, v := range list {
		s += v
	}
	return s
}
