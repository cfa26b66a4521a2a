// Statistics simulates what package stat promises of its intervals and tests: the coverage of intervals, the size and
// the power of tests, each with its Monte Carlo error.
//
//	go run ./bench/statistics [-times 2000] [-seed 1] [-only areas]
//
// Every number is a share in per cent; ± is its standard error √(p(1 − p)/times).
package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
)

func main() {
	times := flag.Int("times", 2000, "simulations of each case")
	seed := flag.Uint64("seed", 1, "seed of the random numbers")
	only := flag.String("only", "", "one study by its name: shares, means, groups, f1, serial, dependent, gaps, "+
		"gaps-of-numbers, forecasts, residuals, bias, natures, areas, jackknife, pairs, accuracies, "+
		"differences, groups-of-classes, best-of")
	flag.Parse()
	if flag.NArg() > 0 || *times < 1 {
		fmt.Fprintln(os.Stderr, "statistics: give -times 1 or more, -seed and -only, and nothing else")
		os.Exit(2)
	}
	s := &simulation{out: os.Stdout, times: *times, r: rand.New(rand.NewPCG(*seed, 2))}
	studies := []struct {
		name string
		run  func()
	}{{"shares", s.shares}, {"means", s.means}, {"groups", s.groups}, {"f1", s.scoresOfClasses},
		{"serial", s.serial}, {"dependent", s.dependent}, {"gaps", s.gaps},
		{"gaps-of-numbers", s.gapsOfNumbers}, {"forecasts", s.forecasts}, {"residuals", s.residuals}, {"bias", s.bias},
		{"natures", s.natures}, {"areas", s.areas}, {"jackknife", s.jackknife}, {"pairs", s.pairs},
		{"accuracies", s.accuracies}, {"differences", s.differences}, {"groups-of-classes", s.groupsOfClasses},
		{"best-of", s.bestOf}}
	known := *only == ""
	for _, study := range studies {
		if *only == "" || *only == study.name {
			known = true
			study.run()
		}
	}
	if !known {
		fmt.Fprintf(os.Stderr, "statistics: no study is called %q\n", *only)
		os.Exit(2)
	}
}

// simulation is what the studies share.
type simulation struct {
	out   io.Writer
	times int
	r     *rand.Rand
}

func (s *simulation) title(format string, args ...any) {
	_, _ = fmt.Fprintf(s.out, "\n"+format+"\n", args...)
}

// line prints a share of the simulations in which something happened.
func (s *simulation) line(what string, share float64) { s.of(what, share, float64(s.times)) }

// of prints a share of n simulations.
func (s *simulation) of(what string, share, n float64) {
	deviation := math.Sqrt(share * (1 - share) / n)
	_, _ = fmt.Fprintf(s.out, "  %-62s %5.1f ± %.1f\n", what, 100*share, 100*deviation)
}

// share simulates: how often happens is true.
func (s *simulation) share(happens func() bool) float64 {
	n := 0
	for range s.times {
		if happens() {
			n++
		}
	}
	return float64(n) / float64(s.times)
}
