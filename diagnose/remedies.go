package diagnose

import (
	"slices"
	"strings"

	"gorae/layer"
	"gorae/run"
)

// ownTraining leaves all of the training to gorae.
var ownTraining = []string{"train={}"}

// candidates lists what a repair tries: the remedies of the findings that stand by themselves, gorae's own way of
// training, the remedies of what those findings explain, which are mended with their causes as a rule, and as the last
// resort gorae's own network, trained its own way.
func (r *repairer) candidates(t *run.Trained, d *Diagnosis) (found, own []Attempt) {
	seen := map[string]bool{}
	add := func(to *[]Attempt, code string, change []string) {
		key := strings.Join(change, "\x00")
		if len(change) == 0 || seen[key] {
			return
		}
		seen[key] = true
		*to = append(*to, Attempt{Code: code, Change: change, Structural: slices.ContainsFunc(structural,
			func(s string) bool {
				return code == s || strings.HasSuffix(s, "/") && strings.HasPrefix(code, s)
			})})
	}
	for _, f := range d.Findings {
		add(&found, f.Code, f.Change)
	}
	whole := len(d.Findings) > 0 && t.Spec.Train.StartFrom == ""
	if whole {
		add(&found, "", ownTraining)
	}
	var walk func(all []Finding)
	walk = func(all []Finding) {
		for _, f := range all {
			add(&found, f.Code, f.Change)
		}
		for _, f := range all {
			walk(f.Effects)
		}
	}
	walk(d.Findings)
	// What is kept whatever the figures say comes first: others are measured on top of it.
	slices.SortStableFunc(found, func(a, b Attempt) int { return one(b.Structural) - one(a.Structural) })
	if !whole {
		return found, nil
	}
	c := &Case{Trained: t, ctx: r.ctx}
	var bent []string
	for _, l := range c.hidden() {
		if of, ok := l.Layer.(layer.Dense); ok && of.Activation != "relu" {
			bent = append(bent, l.change("activation", "relu")...)
		}
	}
	add(&found, "", bent)
	add(&own, "", append([]string{"model=null"}, ownTraining...))
	return found, own
}
