package main

import (
	"fmt"
	"math"

	"gorae/stat"
)

// gaps: how often a gap between the accuracies of training and test samples is called overfitting, where there is
// none and where there is one.
func (s *simulation) gaps() {
	s.title("Overfitting said of accuracies: the two-sided Newcombe interval of 95 %% of the gap lies above 0")
	for _, n := range []struct{ train, test int }{{100, 30}, {300, 100}, {1000, 300}, {10000, 2000}} {
		for _, p := range []float64{0.7, 0.9, 0.97} {
			for _, gap := range []float64{0, 0.05, 0.1} {
				if p-gap < 0.5 {
					continue
				}
				share := s.share(func() bool {
					k1, k2 := s.binomial(n.train, p), s.binomial(n.test, p-gap)
					return stat.Newcombe(k1, n.train, k2, n.test, 0.95).Low > 0
				})
				s.line(fmt.Sprintf("%d training and %d test samples, accuracy %.2f, gap %.2f", n.train, n.test, p, gap),
					share)
			}
		}
	}
}

// gapsOfNumbers: the same of the root mean squared errors of a regression with normal errors, by the interval of the
// difference that follows from the bootstrap intervals of both parts.
func (s *simulation) gapsOfNumbers() {
	s.title("Overfitting said of rmse: the 95 %% interval of the gap lies below 0, normal errors")
	interval := func(n int, sd float64) (float64, stat.Interval, bool) {
		errors := make([]float64, n)
		for i := range errors {
			errors[i] = sd * s.r.NormFloat64()
		}
		b, err := stat.Bootstrap(n, func(rows []int) float64 {
			sum := 0.0
			for _, r := range rows {
				sum += errors[r] * errors[r]
			}
			return math.Sqrt(sum / float64(len(rows)))
		}, stat.Resampling{Times: resamples, Seed: s.r.Uint64()})
		return b.Value, b.Interval(), err == nil
	}
	for _, n := range []struct{ train, test int }{{100, 30}, {300, 100}, {1000, 300}} {
		for _, more := range []float64{0, 0.1, 0.25} {
			share := s.share(func() bool {
				a, ofA, ok := interval(n.train, 1)
				b, ofB, also := interval(n.test, 1+more)
				return ok && also && stat.Difference(a, ofA, b, ofB).High < 0
			})
			s.line(fmt.Sprintf("%d training and %d test samples, rmse %.0f %% greater", n.train, n.test, 100*more),
				share)
		}
	}
}

// forecasts: size of the Diebold-Mariano test at the level of 5 %: two forecasts h steps ahead that are equally good,
// with errors that are moving sums of h normal numbers, and squared losses.
func (s *simulation) forecasts() {
	s.title("Diebold-Mariano test at 5 %%, equally good forecasts, size")
	for _, h := range []int{1, 2, 3, 6, 12, 24} {
		for _, n := range []int{20, 40, 60, 120, 200, 500, 1000} {
			if n < 4*h {
				continue
			}
			method := "Harvey-Leybourne-Newbold"
			share := s.share(func() bool {
				a, b := s.errors(n, h), s.errors(n, h)
				r, err := stat.DieboldMariano(a, b, h)
				if err == nil && r.Freedom != float64(n-1) {
					method = fmt.Sprintf("periodogram, %.0f degrees of freedom", r.Freedom)
				}
				return err == nil && r.P < 0.05
			})
			s.line(fmt.Sprintf("h = %d, n = %d: %s", h, n, method), share)
		}
	}
}

// errors is n squared errors of forecasts h steps ahead, one after the other.
func (s *simulation) errors(n, h int) []float64 {
	z := make([]float64, n+h)
	for i := range z {
		z[i] = s.r.NormFloat64()
	}
	out := make([]float64, n)
	for i := range out {
		e := 0.0
		for _, v := range z[i : i+h] {
			e += v
		}
		out[i] = e * e
	}
	return out
}
