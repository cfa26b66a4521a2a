package main

import (
	"fmt"
	"strings"

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
