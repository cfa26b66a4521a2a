package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/stat"
)

// shares: coverage of Wilson's interval of 95 %, by n: the mean over the true shares 0.05, 0.10, … 0.95, and the
// least of them. The coverage is computed exactly, by summing binomial probabilities.
func (s *simulation) shares() {
	s.title("Wilson's interval of 95 %% of a share, coverage over p = 0.05, 0.10, … 0.95 (exact, not simulated)")
	for _, n := range []int{10, 20, 30, 50, 100, 300, 1000} {
		var covered []float64
		for i := range 19 {
			p, sum := 0.05*float64(i+1), 0.0
			for k := range n + 1 {
				if stat.Wilson(k, n, 0.95).Contains(p) {
					sum += stat.BinomialTail(k, n, p) - stat.BinomialTail(k+1, n, p)
				}
			}
			covered = append(covered, sum)
		}
		_, _ = fmt.Fprintf(s.out, "  n = %-5d mean %.1f  least %.1f\n", n, 100*mean(covered), 100*slices.Min(covered))
	}
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// serial: coverage for absolute errors that depend on each other in time, e_t = 0.6 e_{t−1} + z_t: as if they did
// not, in blocks, and by the interval for series.
func (s *simulation) serial() {
	s.title("Intervals of 95 %% of the mean absolute error of autocorrelated errors, coverage")
	for _, rho := range []float64{0, 0.6} {
		truth := math.Sqrt(2 / math.Pi / (1 - rho*rho))
		for _, n := range []int{60, 120, 300, 1000} {
			block := int(math.Ceil(2 * math.Cbrt(float64(n))))
			var single, blocks, serial, positive int
			for range s.times {
				e, x := make([]float64, n), s.r.NormFloat64()/math.Sqrt(1-rho*rho)
				for i := range e {
					e[i] = math.Abs(x)
					x = rho*x + s.r.NormFloat64()
				}
				statistic := func(rows []int) float64 {
					sum := 0.0
					for _, r := range rows {
						sum += e[r]
					}
					return sum / float64(len(rows))
				}
				for length, hits := range map[int]*int{1: &single, block: &blocks} {
					b, err := stat.Bootstrap(n, statistic, stat.Resampling{Times: resamples, Seed: s.r.Uint64(),
						Clusters: stat.Blocks(n, length)})
					if err == nil && b.Expanded.Contains(truth) {
						*hits++
					}
				}
				if i, err := stat.Serial(mean(e), e, 0.95); err == nil {
					for of, hits := range map[stat.Interval]*int{i: &serial, i.Positive(mean(e)): &positive} {
						if of.Contains(truth) {
							*hits++
						}
					}
				}
			}
			for _, c := range []struct {
				name string
				hits int
			}{{"bootstrap of single samples", single}, {fmt.Sprintf("bootstrap of blocks of %d", block), blocks},
				{"interval for series", serial}, {"interval for series, of the logarithm", positive}} {
				if strings.HasPrefix(c.name, "bootstrap of blocks") && n/block < stat.FewestClusters {
					continue // there is none of so few blocks
				}
				s.line(fmt.Sprintf("autocorrelation %.1f, n = %d: %s", rho, n, c.name),
					float64(c.hits)/float64(s.times))
			}
		}
	}
}
