// Statistics simulates what package stat promises of its intervals and tests: the coverage of intervals, the size and
// the power of tests, each with its Monte Carlo error.
//
//	go run ./bench/statistics [-times 2000] [-seed 1]
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
	flag.Parse()
	if flag.NArg() > 0 || *times < 1 {
		fmt.Fprintln(os.Stderr, "statistics: give -times 1 or more and -seed, and nothing else")
		os.Exit(2)
	}
	s := &simulation{out: os.Stdout, times: *times, r: rand.New(rand.NewPCG(*seed, 2))}
	for _, study := range []func(){s.shares, s.means, s.serial, s.gaps, s.gapsOfNumbers, s.forecasts, s.residuals,
		s.bias, s.natures} {
		study()
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
func (s *simulation) line(what string, share float64) {
	deviation := math.Sqrt(share * (1 - share) / float64(s.times))
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

// binomial is the number of successes of n trials.
func (s *simulation) binomial(n int, p float64) int {
	k := 0
	for range n {
		if s.r.Float64() < p {
			k++
		}
	}
	return k
}
