package main

import (
	"fmt"
	"math"

	"gorae/stat"
	"gorae/task"
)

// gaps: how often a gap between the accuracies of training and test samples is called overfitting, where there is
// none and where there is one: of independent samples, and of those that the report takes for dependent ones, in time
// and in groups of 5. Beside it stands how often the two-sided Newcombe interval of 95 % of the gap lies above 0; of
// dependent samples that says more than is so, where they do depend on each other (alike: their correlation).
func (s *simulation) gaps() {
	s.title("Overfitting said of accuracies (in brackets: by Newcombe's interval for independent samples)")
	const size = 5
	for _, kind := range []string{"independent", "in time", "in groups"} {
		for _, alike := range []float64{0, 0.3} {
			if kind == "independent" && alike > 0 {
				continue
			}
			for _, n := range []struct{ train, test int }{{100, 30}, {300, 100}, {1000, 300}} {
				for _, p := range []float64{0.7, 0.9, 0.97, 1} {
					for _, gap := range []float64{0, 0.05, 0.1, 0.2} {
						if p-gap < 0.5 || alike > 0 && gap > 0 || p == 1 && gap == 0 {
							continue
						}
						said, newcombe := 0, 0
						for range s.times {
							a, ofA, k1 := s.accuracy(n.train, size, p, alike, kind)
							b, ofB, k2 := s.accuracy(n.test, size, p-gap, alike, kind)
							if ofA.Why == "" && ofB.Why == "" &&
								stat.Difference(a, ofA.Interval, b, ofB.Interval).Low > 0 {
								said++
							}
							if stat.Newcombe(k1, n.train, k2, n.test, 0.95).Low > 0 {
								newcombe++
							}
						}
						s.line(fmt.Sprintf("%s, alike %.1f, %d and %d, accuracy %.2f, gap %.2f (%.1f)", kind, alike,
							n.train, n.test, p, gap, 100*float64(newcombe)/float64(s.times)),
							float64(said)/float64(s.times))
					}
				}
			}
		}
	}
}

// accuracy draws samples that are right with the probability p, where a normal number, of which a part is their group's
// or an autoregression's, is below a limit. Returned are the share that is right, its interval, and their number.
func (s *simulation) accuracy(n, size int, p, alike float64, kind string) (share float64, i task.Interval, k int) {
	limit, of, group, right := stat.NormalQuantile(p), s.r.NormFloat64(), 0.0, make([]bool, n)
	if p == 1 {
		limit = math.Inf(1)
	}
	var d task.Dependence
	switch kind {
	case "in time":
		d.Serial = true
	case "in groups":
		d.Groups = make([]int, n)
	}
	for at := range right {
		z := s.r.NormFloat64()
		switch {
		case d.Serial:
			of = alike*of + math.Sqrt(1-alike*alike)*z
		case d.Groups == nil:
			of = z
		default:
			if d.Groups[at] = at / size; at%size == 0 {
				group = s.r.NormFloat64()
			}
			of = math.Sqrt(alike)*group + math.Sqrt(1-alike)*z
		}
		if right[at] = of < limit; right[at] {
			k++
		}
	}
	return float64(k) / float64(n), task.IntervalOfShare(right, d, s.r.Uint64()), k
}

// gapsOfNumbers: the same of the root mean squared errors of a regression with normal errors, by the interval of the
// difference that follows from the bootstrap intervals of both parts. Beside it stands the two-sided F test of the
// errors' variances, the best that there is of normal errors and false of others.
func (s *simulation) gapsOfNumbers() {
	s.title("Overfitting said of rmse: the 95 %% interval of the gap lies below 0, normal errors (F test in brackets)")
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
			f := 0.0
			share := s.share(func() bool {
				a, ofA, ok := interval(n.train, 1)
				b, ofB, also := interval(n.test, 1+more)
				if stat.FTail(b*b/(a*a), float64(n.test), float64(n.train)) < 0.025 {
					f += 100 / float64(s.times)
				}
				return ok && also && stat.Difference(a, ofA, b, ofB).High < 0
			})
			s.line(fmt.Sprintf("%d training and %d test samples, rmse %.0f %% greater (%.1f)", n.train, n.test,
				100*more, f), share)
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
