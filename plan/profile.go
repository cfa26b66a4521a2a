package plan

import (
	"fmt"
	"strings"
	"time"
)

// Profile starts (or, with false, ends) measuring each step of the runner's runs,
// from zero.
func (r *Runner) Profile(on bool) {
	r.profile, r.runs = on, 0
	r.times = make([]time.Duration, len(r.plan.steps))
}

// Runs returns how many runs have been measured.
func (r *Runner) Runs() int { return r.runs }

// StepTime is one step's share of the measured runs.
type StepTime struct {
	Name, Label  string
	Seconds      float64 // a run
	Share        float64 // of the whole run
	Flops, Bytes float64 // a run
	Blocks       int     // pieces that may run at the same time; of a step of several phases, of the one with most
}

// Times returns the mean time of each step over the runs since Profile.
func (r *Runner) Times() []StepTime {
	var ts []StepTime
	total := time.Duration(0)
	for _, d := range r.times {
		total += d
	}
	for i, s := range r.plan.steps {
		blocks := 0
		for l := &s.launch; l != nil; l = l.Next {
			blocks = max(blocks, l.Blocks, 1)
		}
		ts = append(ts, StepTime{
			Blocks: blocks,
			Name:   s.launch.Name, Label: s.label(),
			Seconds: r.times[i].Seconds() / float64(max(1, r.runs)),
			Share:   float64(r.times[i]) / float64(max(1, total)),
			Flops:   s.launch.Flops, Bytes: s.launch.Bytes,
		})
	}
	return ts
}

// Table prints step times: microseconds, share, achieved GFLOP/s and GB/s.
func Table(ts []StepTime) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%9s %6s %8s %7s %6s  %s\n", "µs", "share", "GFLOP/s", "GB/s", "blocks", "step")
	total := 0.0
	for _, t := range ts {
		total += t.Seconds
		name := t.Name
		if t.Label != "" {
			name += "  # " + t.Label
		}
		fmt.Fprintf(&b, "%9.1f %5.1f%% %8.1f %7.1f %6d  %s\n", 1e6*t.Seconds, 100*t.Share,
			t.Flops/t.Seconds/1e9, t.Bytes/t.Seconds/1e9, t.Blocks, name)
	}
	fmt.Fprintf(&b, "%9.1f  total\n", 1e6*total)
	return b.String()
}
