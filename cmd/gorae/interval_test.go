package main

import (
	"testing"

	"gorae/stat"
	"gorae/task"
)

// TestIntervalLines: a metric without an interval is named beside those that have one, with the reason.
func TestIntervalLines(t *testing.T) {
	of := task.Interval{Metric: "accuracy", Interval: stat.Interval{Low: 0.75, High: 0.875}, Approximate: true}
	none := task.Interval{Metric: "auc", Why: "the area is 1"}
	for _, c := range []struct {
		all  []task.Interval
		want string
	}{
		{nil, ""},
		{[]task.Interval{none}, "  95 %        none: the area is 1\n"},
		{[]task.Interval{of, none}, "  95 %        accuracy 0.7500 to 0.8750   (approximate: few samples or groups)\n" +
			"              auc has none: the area is 1\n"},
	} {
		if got := intervals(c.all); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
