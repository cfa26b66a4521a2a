package diagnose

import (
	"context"
	"fmt"
	"slices"

	"gorae/run"
)

// Diagnosis is the result of asking all detectors.
type Diagnosis struct {
	// Findings are those that no other explains: faults, then tips, causes before consequences among each.
	Findings []Finding `json:"findings"`
	// Checks is the number of detectors that were asked, and After those that need a finished training.
	Checks int `json:"checks"`
	After  int `json:"after_training,omitempty"`
	// Ignored are the codes that the experiment ignores.
	Ignored []string `json:"ignored,omitempty"`
	// Outcome is what came of the training.
	Outcome *Outcome `json:"-"`
	// Warnings are errors of detectors; the others' findings stand.
	Warnings []string `json:"warnings,omitempty"`
}

// finiteCode is the only code that is asked about a training by a procedure, which learns from no targets.
const finiteCode = "dynamics/not-finite"

// Run diagnoses a run. Of an experiment without a training (no report and no failure) only those detectors are asked
// that can say something before.
func Run(ctx context.Context, t *run.Trained) (*Diagnosis, error) {
	c, err := newCase(ctx, t)
	if err != nil {
		return nil, err
	}
	if err := CheckIgnored(t.Spec.Ignore); err != nil {
		return nil, t.File().Locate(err)
	}
	d := &Diagnosis{Ignored: t.Spec.Ignore, Outcome: c.look()}
	var all []Finding
	for _, of := range All() {
		switch {
		case slices.Contains(t.Spec.Ignore, of.Code), !t.Supervised() && of.Code != finiteCode:
			continue
		case !c.trained() && !of.Before:
			d.After++
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		d.Checks++
		fs, err := of.guarded(c)
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			d.Warnings = append(d.Warnings, fmt.Sprintf("%s: %v", of.Code, err))
			continue
		}
		for _, f := range fs {
			f.doc, f.Code, f.Why = &of.Doc, of.Code, of.Why
			if f.Remedy == "" {
				f.Remedy = of.Remedy
			}
			all = append(all, f)
		}
	}
	d.Findings = fold(all)
	return d, nil
}

// guarded asks a detector; a panic is an error, since a diagnosis may not end a training's report.
func (d *Detector) guarded(c *Case) (fs []Finding, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return d.detect(c)
}

// fold puts findings under those that explain them: the first fault that does, or else the first tip that explains a
// tip. Of two that explain each other the first one stands.
func fold(all []Finding) []Finding {
	under := slices.Repeat([]int{-1}, len(all))
	for i := range all {
		for k := range all {
			if all[k].explains(&all[i]) && (all[k].Grade == Fault || all[i].Grade == Tip) && k != i &&
				(k < i || !all[i].explains(&all[k])) && !above(under, k, i) {
				under[i] = k
				break
			}
		}
	}
	var out []Finding
	at := map[int]int{} // place in out
	for i, f := range all {
		if under[i] < 0 {
			at[i] = len(out)
			out = append(out, f)
		}
	}
	for i, f := range all {
		k := under[i]
		if k < 0 {
			continue
		}
		for under[k] >= 0 {
			k = under[k]
		}
		out[at[k]].Effects = append(out[at[k]].Effects, f)
	}
	slices.SortStableFunc(out, func(a, b Finding) int {
		if a.Grade != b.Grade {
			if a.Grade == Fault {
				return -1
			}
			return 1
		}
		return 0
	})
	return out
}

// above reports whether finding i stands above finding k.
func above(under []int, k, i int) bool {
	for ; k >= 0; k = under[k] {
		if k == i {
			return true
		}
	}
	return false
}
