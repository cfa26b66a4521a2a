package run_test

import (
	"math"
	"path/filepath"
	"testing"

	"gorae/run"
	"gorae/stat"
)

// TestIntervals: the intervals of a run are those of its test samples: Wilson's of the accuracy, by the numbers of the
// report, the gap's by Newcombe, and the loss's around the loss.
func TestIntervals(t *testing.T) {
	p := open(t, "data: {source: embed:iris}\ntrain: {epochs: 3}\n")
	res, err := run.Run(t.Context(), p, run.Options{Out: filepath.Join(t.TempDir(), "run")})
	if err != nil {
		t.Fatal(err)
	}
	r := res.Report
	share := func(p float64, n int) int { return int(math.Round(p * float64(n))) }
	n, of := r.Rows[2], r.Rows[0]
	k, all := share(r.Test.Of("accuracy"), n), share(r.Train.Of("accuracy"), of)
	found := 0
	for _, i := range r.Intervals {
		switch i.Metric {
		case "accuracy":
			found++
			if i.Interval != stat.Wilson(k, n, 0.95) || i.Method != "wilson" || i.Approximate {
				t.Errorf("%+v, want %v", i, stat.Wilson(k, n, 0.95))
			}
		case "loss":
			found++
			if !i.Contains(r.Test.Of("loss")) || i.Method != "bootstrap" || !i.Approximate {
				t.Errorf("%+v around %v", i, r.Test.Of("loss"))
			}
		}
	}
	if found != 2 {
		t.Errorf("intervals %+v", r.Intervals)
	}
	if want := stat.Newcombe(all, of, k, n, 0.95); r.Gap.Interval == nil || *r.Gap.Interval != want {
		t.Errorf("gap %+v, want %v", r.Gap, want)
	}
	again, err := run.ReadReport(res.Dir)
	if err != nil || len(again.Intervals) != len(r.Intervals) || again.Intervals[0] != r.Intervals[0] {
		t.Errorf("read again: %+v, %v", again, err)
	}
}
