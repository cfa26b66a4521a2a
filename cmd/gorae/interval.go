package main

import (
	"fmt"
	"strings"

	"gorae/run"
	"gorae/task"
)

// between returns an interval as people read it.
func between(i task.Interval) string { return number(i.Low) + " to " + number(i.High) }

// intervalOf returns the interval of a metric behind its value, "" where there is none.
func intervalOf(all []task.Interval, name string) string {
	for _, i := range all {
		if i.Metric == name && i.Why == "" {
			return "  (95 %: " + between(i) + ")"
		}
	}
	return ""
}

// intervals returns a line of the intervals of the metrics of unseen samples, and one that says which has none and why.
func intervals(all []task.Interval) string {
	var known []string
	about, missing, without := "", "", ""
	for _, i := range all {
		switch {
		case strings.HasSuffix(i.Metric, ")"): // of a single column
		case i.Why != "":
			missing, without = i.Why, i.Metric
		default:
			known = append(known, i.Metric+" "+between(i))
			if i.Approximate {
				about = "   (approximate: few samples or groups)"
			}
		}
	}
	switch {
	case len(known) > 0:
		s := fmt.Sprintf("  %-11s %s%s\n", "95 %", strings.Join(known, "  "), about)
		if missing != "" {
			s += fmt.Sprintf("  %-11s %s has none: %s\n", "", without, missing)
		}
		return s
	case missing != "":
		return fmt.Sprintf("  %-11s none: %s\n", "95 %", missing)
	}
	return ""
}

// gapWords returns a sentence on the gap between training and unseen samples.
func gapWords(g *run.Gap) string {
	s := fmt.Sprintf("%s %s", g.Metric, signed(g.Difference))
	if g.Interval == nil {
		return s + ": without an interval it cannot be told from chance"
	}
	s += fmt.Sprintf(" (95 %%: %s to %s)", signed(g.Interval.Low), signed(g.Interval.High))
	switch g.Meaning() {
	case run.Overfitting:
		switch remedies := strings.Join(g.Remedies, ", "); {
		case remedies == "": // of a report of an earlier version
			return s + ": overfitting"
		case g.Later:
			return s + fmt.Sprintf(": overfitting, or a change in time, as the unseen samples are later ones; of the "+
				"remedies against overfitting this experiment does not use yet: %s", remedies)
		default:
			return s + fmt.Sprintf(": overfitting; of the remedies this experiment does not use yet: %s", remedies)
		}
	case run.BetterUnseen:
		return s + ": better on the samples that it never saw, which is not overfitting; the parts differ"
	}
	return s + fmt.Sprintf(": no more than chance explains; overfitting by %s is not excluded", number(g.Worst()))
}

// signed returns a difference with its sign.
func signed(v float64) string {
	if v > 0 {
		return "+" + number(v)
	}
	return number(v)
}
