package supervised

import (
	"cmp"
	"slices"

	"gorae/internal/words"
	"gorae/layer"
	"gorae/prep"
	"gorae/task"
)

// ClassReport is how a network does on one class of a part of the samples, as scikit-learn's classification_report has
// it. A metric that is not defined is missing.
type ClassReport struct {
	Target    string   `json:"target,omitempty"` // where there are several
	Class     string   `json:"class"`
	Support   int      `json:"support"`             // samples of the class
	Precision *float64 `json:"precision,omitempty"` // of the samples that were taken for the class, the share that are
	Recall    *float64 `json:"recall,omitempty"`    // of the samples of the class, the share that were found
	F1        *float64 `json:"f1,omitempty"`        // 2·right / (samples of the class + samples taken for it)
}

// mostShownClasses is the number of classes that the table has in words.
const mostShownClasses = 12

// table returns the report on each class of target k.
func (r *rare) table(k int) []ClassReport {
	g := r.targets[k]
	out := make([]ClassReport, len(g.Classes))
	said, right := make([]int, len(g.Classes)), make([]int, len(g.Classes))
	for i, c := range r.truth[k] {
		out[c].Support++
		said[r.predicted[k][i]]++
		if r.predicted[k][i] == c {
			right[c]++
		}
	}
	for c := range out {
		o := &out[c]
		if o.Class = g.Classes[c]; len(r.targets) > 1 {
			o.Target = g.Name
		}
		is := float64(right[c])
		o.Precision, o.Recall = defined(is/float64(said[c])), defined(is/float64(o.Support))
		o.F1 = defined(2 * is / float64(said[c]+o.Support))
	}
	return out
}

// addTables adds the tables of all classes as a section, and to the words the classes of each target, of many those
// with the least F1 scores.
func (r *rare) addTables(f *task.Findings) error {
	var all []ClassReport
	for k, g := range r.targets {
		if g.Task != prep.Classification || len(r.truth[k]) == 0 {
			continue
		}
		table := r.table(k)
		all = append(all, table...)
		shown := table
		if len(table) > mostShownClasses {
			shown = slices.Clone(table)
			slices.SortStableFunc(shown, func(a, b ClassReport) int { return cmp.Compare(score(a), score(b)) })
			shown = shown[:mostShownClasses]
		}
		width := len("class")
		for i := range shown {
			width = max(width, words.Width(shown[i].name()))
		}
		f.Say("  %s  samples  precision  recall      F1", words.Pad("class", width))
		for i := range shown {
			c := &shown[i]
			f.Say("  %s  %7s  %9s  %6s  %6s", words.Pad(c.name(), width), layer.Thousands(c.Support),
				figure(c.Precision), figure(c.Recall), figure(c.F1))
		}
		if len(shown) < len(table) {
			f.Say("  the %d of %d classes with the least F1 scores", len(shown), len(table))
		}
	}
	if all == nil {
		return nil
	}
	return f.Add("classes", all)
}

// score returns the F1 score, which a class without samples that is never said does not have: it stands last.
func score(c ClassReport) float64 {
	if c.F1 == nil {
		return 2
	}
	return *c.F1
}

// name is the class as tables write it, cut where it is long.
func (c *ClassReport) name() string {
	if c.Target != "" {
		return words.Clip(c.Target+": "+c.Class, 24)
	}
	return words.Clip(c.Class, 24)
}
