package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"time"

	"gorae/internal/kernel/vec"
	"gorae/internal/mem"
	"gorae/internal/par"
	"gorae/plan"
)

// profileTime is how long a workload runs for its profile, and once more without one.
const profileTime = 2 * time.Second

// profile prints where the time of a workload of training or inference goes, launch by launch, each beside its floor:
// its operations at the FMA peak of the threads and its bytes at the memory's bandwidth, one after the other. Both are
// measured before and after; the bandwidth on as much memory as a run touches, so that what stays in a cache counts as
// such. The last lines say what all launches take together and what a run takes as a whole.
func profile(name string, threads int, out io.Writer) error {
	par.SetDefault(par.New(threads))
	f := append(strings.Split(name, ":"), "", "")
	n, err := find(f[1])
	if err != nil {
		return err
	}
	size := max(1, atoi(f[2]))
	var run func() error
	var times func(runs int) ([]plan.StepTime, error)
	switch f[0] {
	case "infer":
		in, err := n.batch(rand.New(rand.NewPCG(1, 1)), size)
		if err != nil {
			return err
		}
		times = func(runs int) ([]plan.StepTime, error) { return n.model.PredictTimes(runs, in[:len(in)-1]...) }
		if run, err = n.inference(size); err != nil {
			return err
		}
	case "train":
		step, measured, err := n.training(size)
		if err != nil {
			return err
		}
		run = step
		times = func(runs int) ([]plan.StepTime, error) {
			measured.Profile(true)
			defer measured.Profile(false)
			for range runs {
				if err := step(); err != nil {
					return nil, err
				}
			}
			return measured.Times(), nil
		}
	default:
		return fmt.Errorf("-profile takes a workload train:NET:N or infer:NET:N; %q is neither", name)
	}
	whole, runs, err := meanTime(run, profileTime)
	if err != nil {
		return err
	}
	before := peakFMA()
	ts, err := times(runs)
	if err != nil {
		return err
	}
	bytes := 0.0
	for _, t := range ts {
		bytes += t.Bytes
	}
	peak, speed := float64(threads)*max(before, peakFMA()), bandwidth(int(bytes))
	fmt.Fprintf(out, "FMA peak %.0f GFLOP/s on %d thread(s), %.1f GB/s over %.1f MB, mean of %d runs\n", peak,
		threads, speed, bytes/1e6, runs)
	printProfile(out, ts, peak, speed)
	fmt.Fprintf(out, "%9.1f  a run without the profile\n", 1e6*whole)
	return nil
}

// meanTime runs f for about so long, after a few times that do not count, and returns the mean time and how often it
// ran.
func meanTime(f func() error, long time.Duration) (seconds float64, runs int, err error) {
	for i := range 8 {
		if err := f(); err != nil {
			return 0, 0, fmt.Errorf("run %d: %w", i, err)
		}
	}
	start := time.Now()
	for runs == 0 || time.Since(start) < long {
		if err := f(); err != nil {
			return 0, 0, err
		}
		runs++
	}
	return time.Since(start).Seconds() / float64(runs), runs, nil
}

// printProfile prints a line for each launch: its time, its share of all, what it reaches of arithmetic and of memory,
// its floor and its share of that; then the same for all together. peak is in GFLOP/s, speed in GB/s.
func printProfile(out io.Writer, ts []plan.StepTime, peak, speed float64) {
	fmt.Fprintf(out, "%9s %6s %8s %7s %9s %6s %6s  %s\n", "µs", "share", "GFLOP/s", "GB/s", "floor µs", "floor",
		"blocks", "launch")
	var total, least float64
	for _, t := range ts {
		floor := t.Flops/peak/1e9 + t.Bytes/speed/1e9
		total, least = total+t.Seconds, least+floor
		name := t.Name
		if t.Label != "" {
			name += "  # " + t.Label
		}
		fmt.Fprintf(out, "%9.1f %5.1f%% %8.1f %7.1f %9.1f %5.0f%% %6d  %s\n", 1e6*t.Seconds, 100*t.Share,
			t.Flops/t.Seconds/1e9, t.Bytes/t.Seconds/1e9, 1e6*floor, 100*floor/t.Seconds, t.Blocks, name)
	}
	fmt.Fprintf(out, "%9.1f %32s %5.0f%%         all launches\n", 1e6*total, fmt.Sprintf("%.1f", 1e6*least),
		100*least/total)
}

// bandwidth is what one thread reads and writes of so many bytes in 10⁹ bytes a second, by moving each number in its
// place as an optimizer does: the best of some runs. Less than 64 KB and more than 512 MB are not tried.
func bandwidth(bytes int) float64 {
	x := mem.Floats(min(max(bytes, 64<<10), 512<<20) / 4)
	vec.AddS(x, x, 1)
	repeat, best := max(1, (16<<20)/len(x)), 0.0
	for range 7 {
		start := time.Now()
		for range repeat {
			vec.AddS(x, x, 1)
		}
		best = max(best, float64(repeat)*8*float64(len(x))/time.Since(start).Seconds()/1e9)
	}
	return best
}
