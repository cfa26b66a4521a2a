package supervised

import (
	"cmp"
	"context"
	"math"
	"slices"

	"gorae/data"
	"gorae/graph"
	"gorae/loss"
	"gorae/prep"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// checkDecision returns an error for a threshold or costs that do not fit the target.
func (p *Problem) checkDecision(t *task.Training) error {
	key := "train.threshold"
	if t.Threshold == nil {
		if key = "train.costs"; t.Costs == nil {
			return nil
		}
	} else if t.Costs != nil {
		return task.Errorf(key, "costs decide too").AtKey().Fix("leave one of them out")
	}
	if len(p.Targets) != 1 || p.Targets[0].Task != prep.Classification {
		return task.Errorf(key, "is for a network with one target of classes, and this one predicts %s", p.About()).
			AtKey().Fix("leave it out")
	}
	g := p.Targets[0]
	if !t.Rules()[0].Probable {
		return task.Errorf(key, "is for probabilities, and the network gives scores").AtKey().
			Fix("give a loss such as binary_crossentropy, and a last layer with activation sigmoid or softmax")
	}
	if c := t.Threshold; c != nil {
		if len(g.Classes) != 2 {
			return task.Errorf(key, "parts two classes, and %s has %d", g.Name, len(g.Classes)).AtKey().
				Fix("give costs in its place")
		}
		if c.Class != "" && !slices.Contains(g.Classes, c.Class) {
			return task.Errorf(key+".class", "no class %q", c.Class).AtKey().Suggesting(c.Class, g.Classes)
		}
		return nil
	}
	_, err := costs(g, t.Costs)
	return err
}

// costs returns the matrix of the costs, by true and by predicted class.
func costs(g *prep.Target, given spec.Costs) ([][]float64, error) {
	number := map[string]int{}
	out := make([][]float64, len(g.Classes))
	for k, c := range g.Classes {
		number[c] = k
		out[k] = slices.Repeat([]float64{1}, len(g.Classes))
		out[k][k] = 0
	}
	find := func(path, class string) (int, error) {
		k, ok := number[class]
		if !ok {
			return 0, task.Errorf(path, "no class %q", class).AtKey().Suggesting(class, g.Classes)
		}
		return k, nil
	}
	for _, of := range given {
		path := "train.costs." + of.Class
		k, err := find(path, of.Class)
		if err != nil {
			return nil, err
		}
		for _, as := range of.As {
			j, err := find(path+"."+as.Class, as.Class)
			if err != nil {
				return nil, err
			}
			out[k][j] = as.Weight
		}
	}
	return out, nil
}

// decide sets the decision of the target, where one is asked for: on the validation samples where it has an aim.
func (p *Problem) decide(ctx context.Context, t *task.Training, validation data.Dataset) error {
	switch c := t.Threshold; {
	case t.Costs != nil:
		matrix, err := costs(p.Targets[0], t.Costs)
		if err != nil {
			return err
		}
		p.Targets[0].Decision = &prep.Decision{Costs: matrix}
	case c == nil:
	case c.Aim == "":
		p.Targets[0].Decision = &prep.Decision{Threshold: c.Value}
	case validation != nil:
		g := p.Targets[0]
		g.Decision = nil
		second := &secondClass{rule: t.Rules()[0], one: one{p: make([]float32, validation.Len()),
			has: make([]bool, validation.Len())}}
		e := objectives(p.Targets, t)
		e.BatchSize = t.Model.PredictBatch()
		if _, err := e.Run(ctx, t.Model, train.Data{Source: validation}, second); err != nil {
			return err
		}
		p.chosen = newChoice(c, g, &second.one)
		if p.chosen.found {
			g.Decision = &prep.Decision{Threshold: p.chosen.threshold}
		}
	}
	return nil
}

// secondClass collects the probability of the second of two classes, and whether samples are of it.
type secondClass struct {
	one
	rule task.Rule
}

// Batch implements train.Consumer.
func (s *secondClass) Batch(b *train.EvalBatch) error {
	width := b.Outputs[0].Len() / len(b.Samples)
	for i, sample := range b.Samples {
		s.p[sample] = s.rule.Values(b.Outputs[0].F32[i*width : (i+1)*width])[1]
		s.has[sample] = ClassOf(b.Targets[0].Rows(i, i+1)) == 1
	}
	return nil
}

// choice is a threshold that was chosen on validation samples for an aim.
type choice struct {
	aim       *spec.Threshold
	class     string
	samples   int
	found     bool // false: no threshold reaches what is asked for
	threshold float64
	counts    counts // of the class at the threshold
	half      counts // at 0.5
	most      float64
}

// newChoice returns the threshold of the greatest score for an aim, of equal ones the nearest to 0.5. All thresholds
// that part the samples differently are tried.
func newChoice(aim *spec.Threshold, g *prep.Target, second *one) *choice {
	c := &choice{aim: aim, class: cmp.Or(aim.Class, g.Classes[1]), samples: len(second.p)}
	first := c.class == g.Classes[0]
	order := data.Range(len(second.p))
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(second.p[a], second.p[b]) })
	at := counts{} // of the second class; at first all samples are said to be of it
	for _, has := range second.has {
		if has {
			at.tp++
		} else {
			at.fp++
		}
	}
	best := [2]float64{math.Inf(-1)}
	try := func(threshold float64) {
		of := at
		if first {
			of = counts{tp: at.tn, fp: at.fn, fn: at.fp, tn: at.tp}
		}
		score, reached := c.score(of)
		c.most = math.Max(c.most, reached)
		nearer := math.Abs(threshold-0.5) < math.Abs(c.threshold-0.5)
		if order := slices.Compare(score[:], best[:]); score[0] >= 0 && (order > 0 || order == 0 && nearer) {
			best, c.found, c.threshold, c.counts = score, true, threshold, of
		}
	}
	below := float32(0)
	for i, sample := range order {
		if p := second.p[sample]; i == 0 || p > below {
			if t := between(below, p); t > 0 && t < 1 {
				try(t)
			}
			below = p
		}
		if second.has[sample] {
			at.tp, at.fn = at.tp-1, at.fn+1
		} else {
			at.fp, at.tn = at.fp-1, at.tn+1
		}
	}
	if t := between(below, 1); t < 1 {
		try(t)
	}
	c.half = second.counts(0.5)
	if first {
		c.half = counts{tp: c.half.tn, fp: c.half.fn, fn: c.half.fp, tn: c.half.tp}
	}
	return c
}

// between returns a threshold that a is not above and b is.
func between(a, b float32) float64 {
	if m := (a + b) / 2; m > a && m < b {
		return float64(m)
	}
	return float64(a)
}

// score returns how good a table of the class is for the aim: the figure that counts, and the one that decides between
// equal ones. It is negative where what is asked for is not reached; reached is how near it comes.
func (c *choice) score(of counts) (score [2]float64, reached float64) {
	recall := of.recall()
	switch c.aim.Aim {
	case "f1":
		score[0] = of.f1()
	case "balanced_accuracy":
		score[0] = (recall + float64(of.tn)/float64(of.tn+of.fp)) / 2
	case "recall_at_precision":
		if reached = of.precision(); reached < c.aim.At {
			return [2]float64{-1}, reached
		}
		score = [2]float64{recall, reached}
	case "precision_at_recall":
		if reached = recall; reached < c.aim.At {
			return [2]float64{-1}, reached
		}
		score = [2]float64{of.precision(), reached}
	}
	if math.IsNaN(score[0]) { // there is no sample of a class
		return [2]float64{-1}, 0
	}
	return score, reached
}

// say adds what was chosen to the findings.
func (c *choice) say(f *task.Findings) error {
	if !c.found {
		what := "threshold: none reaches a recall of %.3g of %s on the %d validation samples (the greatest is " +
			"%.3f); it stays 0.5"
		if c.aim.Aim == "recall_at_precision" {
			what = "threshold: none reaches a precision of %.3g of %s on the %d validation samples (the greatest is " +
				"%.3f); it stays 0.5"
		}
		f.Say(what, c.aim.At, c.class, c.samples, c.most)
		return nil
	}
	f.Say("threshold: %.3g, chosen for %s of %s on the %d validation samples: there precision %.3f, recall %.3f, F1 "+
		"%.3f (at 0.5: %.3f, %.3f, %.3f)", c.threshold, c.aim.Aim, c.class, c.samples, c.counts.precision(),
		c.counts.recall(), c.counts.f1(), c.half.precision(), c.half.recall(), c.half.f1())
	return f.Add("threshold", map[string]any{"threshold": c.threshold, "aim": c.aim.Aim, "class": c.class,
		"samples": c.samples, "precision": defined(c.counts.precision()), "recall": defined(c.counts.recall()),
		"f1": defined(c.counts.f1())})
}

// decided returns what a decision makes of an output: 1 for the class that is predicted, 0 for the others, as wide as
// the output is.
func decided(d *prep.Decision, pred *graph.Node, takes loss.Predictions) *graph.Node {
	p := pred.AsFloat()
	if takes == loss.Logits {
		p = task.Probabilities(p)
	}
	constant := func(v ...float64) *graph.Node {
		t := tensor.New(tensor.Float32, 1, len(v))
		for i := range v {
			t.F32[i] = float32(v[i])
		}
		return p.Graph().Const(t)
	}
	width := p.Shape[len(p.Shape)-1]
	if width == 1 {
		p = graph.Concatenate(-1, constant(1).Sub(p), p)
	}
	var classes *graph.Node
	if d.Costs == nil {
		above := p.Mul(constant(0, 1)).Sum(-1).Reshape(-1, 1).Gt(constant(d.Threshold)).AsFloat()
		if width == 1 {
			return above
		}
		return graph.Concatenate(-1, constant(1).Sub(above), above)
	}
	var expected []*graph.Node
	for said := range d.Costs {
		var column []float64
		for class := range d.Costs {
			column = append(column, -d.Costs[class][said])
		}
		expected = append(expected, p.Mul(constant(column...)).Sum(-1).Reshape(-1, 1))
	}
	classes = graph.Concatenate(-1, expected...).ArgMax()
	if width == 1 {
		return classes.AsFloat().Reshape(-1, 1)
	}
	return classes.OneHot(width)
}
