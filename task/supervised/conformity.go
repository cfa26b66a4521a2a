package supervised

import (
	"fmt"
	"math"

	"gorae/internal/words"
	"gorae/prep"
	"gorae/task"
	"gorae/train"
)

// conformity collects the conformity scores ([prep.Conformity]) of the validation samples by target.
type conformity struct {
	targets Targets
	rules   []task.Rule
	scores  [][]float64
}

func newConformity(ts Targets, rules []task.Rule) *conformity {
	return &conformity{targets: ts, rules: rules, scores: make([][]float64, len(ts))}
}

// Batch implements train.Consumer.
func (c *conformity) Batch(b *train.EvalBatch) error {
	for k, g := range c.targets {
		y := b.Outputs[k]
		width := y.Len() / len(b.Samples)
		for i := range b.Samples {
			truth, said := b.Targets[k].Rows(i, i+1), y.F32[i*width:(i+1)*width]
			switch {
			case g.Task == prep.Regression:
				c.scores[k] = append(c.scores[k], math.Abs(g.Number(truth.F32)-g.Point(said)))
			case g.Task == prep.Classification && c.rules[k].Probable:
				c.scores[k] = append(c.scores[k], 1-float64(c.rules[k].Values(said)[ClassOf(truth)]))
			}
		}
	}
	return nil
}

// Calibrate implements task.Calibrator.
func (p *Problem) Calibrate() {
	if p.conformity == nil {
		return
	}
	for k, g := range p.Targets {
		g.Conformity = prep.NewConformity(p.conformity.scores[k])
	}
}

// Conform implements task.Conformer.
func (ts Targets) Conform(level float64, t *task.Training) ([]task.Conformal, error) {
	var out []task.Conformal
	for k, rule := range ts.Rules(t) {
		g := ts[k]
		switch {
		case g.Task == prep.Labels:
			return nil, fmt.Errorf("%s is labels, each said by itself; intervals and sets are of numbers and of "+
				"classes", g.Name)
		case g.Task == prep.Classification && !rule.Probable:
			return nil, fmt.Errorf("the network gives scores of the classes of %s and no probabilities; train it "+
				"with a loss of probabilities, such as binary_crossentropy", g.Name)
		case g.Conformity == nil:
			return nil, fmt.Errorf("%s was trained without validation samples, or by a program that does not keep "+
				"their errors; train it with split: {validation: 0.2}", g.Name)
		}
		bound := g.Conformity.Bound(level)
		if math.IsInf(bound, 1) {
			return nil, fmt.Errorf("%s were validated, and %.4g takes %d; give a lower level, or train with more "+
				"validation samples", words.Plural(g.Conformity.Samples, "sample"), level, g.Conformity.Needed(level))
		}
		out = append(out, task.Conformal{Radius: bound, Score: bound})
	}
	return out, nil
}
