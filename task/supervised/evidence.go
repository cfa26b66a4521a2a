package supervised

import "gorae/task"

// evidence adds to the findings what a page about the run shows: confusion matrices, the reliability of probabilities,
// errors of numbers, and single samples. It draws the errors.
func (p *Problem) evidence(f *task.Finish) error {
	var (
		confusion   []task.ConfusionCounts
		reliability []task.Reliability
		errors      []task.Errors
		cases       []task.Cases
	)
	for k, g := range p.Targets {
		if p.classes != nil && shown(g) && len(p.classes.predicted[k]) > 0 {
			confusion = append(confusion, task.ConfusionCounts{Target: g.Name, Part: p.classes.part.String(),
				Classes: g.Classes, Counts: p.classes.counts(k)})
			if r := p.classes.reliability(k); r != nil {
				reliability = append(reliability, *r)
			}
			if p.Look == nil { // pictures are drawn
				cases = append(cases, p.classCases(p.classes, k))
			}
		}
		if p.numbers != nil && len(p.numbers.observed[k]) > 0 {
			e := p.numbers.pairs(k)
			if len(e.Observed) == 0 {
				continue
			}
			if err := p.numbers.draw(f, k, &e); err != nil {
				return err
			}
			errors, cases = append(errors, e), append(cases, p.numberCases(p.numbers, k))
		}
	}
	if len(confusion) > 0 {
		if err := f.Findings.Add(task.ConfusionKey, confusion); err != nil {
			return err
		}
	}
	if len(reliability) > 0 {
		if err := f.Findings.Add(task.ReliabilityKey, reliability); err != nil {
			return err
		}
	}
	if len(errors) > 0 {
		if err := f.Findings.Add(task.ErrorsKey, errors); err != nil {
			return err
		}
	}
	if len(cases) > 0 {
		return f.Findings.Add(task.CasesKey, cases)
	}
	return nil
}
