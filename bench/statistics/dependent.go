package main

import (
	"fmt"
	"math"

	"gorae/stat"
)

// dependent: coverage of the interval of 95 % of a share of samples in the order of time, such as an accuracy, that are
// right where an autoregression is below a limit; and how often a gap between the mean absolute errors of training and
// test steps is called overfitting.
func (s *simulation) dependent() {
	s.title("Interval of 95 %% of a share of samples in time, coverage")
	for _, rho := range []float64{0, 0.3, 0.6, 0.9} {
		for _, p := range []float64{0.6, 0.8, 0.95} {
			limit := stat.NormalQuantile(p) / math.Sqrt(1-rho*rho)
			for _, n := range []int{60, 120, 300, 1000} {
				given, covered := 0, 0
				for range s.times {
					right, k := make([]float64, n), 0
					for t, x := range s.autoregression(n, rho) {
						if x < limit {
							right[t], k = 1, k+1
						}
					}
					share := float64(k) / float64(n)
					i, err := stat.Serial(share, right, 0.95)
					if err != nil {
						continue // all are right
					}
					given++
					if i.Share(share, 0.95).Contains(p) {
						covered++
					}
				}
				s.of(fmt.Sprintf("autocorrelation %.1f, share %.2f, n = %d (none %.1f)", rho, p, n,
					100-100*float64(given)/float64(s.times)), float64(covered)/float64(given), float64(given))
			}
		}
	}
	s.title("Overfitting said of mean absolute errors in time: the 95 %% interval of the gap lies below 0")
	for _, rho := range []float64{0, 0.6} {
		for _, n := range []struct{ train, test int }{{120, 60}, {300, 100}, {1000, 300}} {
			for _, more := range []float64{0, 0.1, 0.25} {
				interval := func(n int, sd float64) (float64, stat.Interval, bool) {
					e := s.autoregression(n, rho)
					for t := range e {
						e[t] = sd * math.Abs(e[t])
					}
					i, err := stat.Serial(mean(e), e, 0.95)
					return mean(e), i.Positive(mean(e)), err == nil
				}
				s.line(fmt.Sprintf("autocorrelation %.1f, %d training and %d test steps, mae %.0f %% greater", rho,
					n.train, n.test, 100*more), s.share(func() bool {
					a, ofA, ok := interval(n.train, 1)
					b, ofB, also := interval(n.test, 1+more)
					return ok && also && stat.Difference(a, ofA, b, ofB).High < 0
				}))
			}
		}
	}
}
