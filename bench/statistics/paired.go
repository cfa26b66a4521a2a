package main

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gorae/data"
	"gorae/stat"
	"gorae/task"
)

// jackknife: coverage of the interval of more than 2,000 samples, of metrics of regressions and of the F1 score.
func (s *simulation) jackknife() {
	s.title("Jackknife intervals of 95 %% above 2,000 samples, coverage")
	const n = 2500
	covers := func(statistic func(rows []int) float64, truth float64) bool {
		i := task.IntervalOf(n, statistic, task.Dependence{}, 1)
		return i.Why == "" && i.Method == "jackknife" && i.Contains(truth)
	}
	for _, law := range errorLaws {
		hits := make([]int, len(regressions))
		for range s.times {
			all := s.pairsOf(n, law.draw)
			for k, m := range regressions {
				if covers(func(rows []int) float64 { return m.value(all, rows) }, m.right(law.square, law.size)) {
					hits[k]++
				}
			}
		}
		for k, m := range regressions {
			s.line(fmt.Sprintf("%s errors, n = %d, %s", law.name, n, m.name), float64(hits[k])/float64(s.times))
		}
	}
	for _, c := range confusions {
		truth := f1(c.p)
		s.line(fmt.Sprintf("F1 score (macro), %s, n = %d", c.name, n), s.share(func() bool {
			cells := make([]int, n)
			for i := range cells {
				cells[i] = s.cell(c.p)
			}
			return covers(f1Of(cells, len(c.p)), truth)
		}))
	}
}

// pairs: how often the paired test finds one of two networks better, which are equally good, and which are not: their
// errors have a correlation of 0.5.
func (s *simulation) pairs() {
	s.title("Paired t test of squared errors at 5 %%, errors' correlation 0.5: a difference found")
	for _, law := range errorLaws {
		for _, n := range []int{30, 100, 300, 1000} {
			for _, more := range []float64{0, 0.2} {
				s.line(fmt.Sprintf("%s errors, n = %d, the second's %.0f %% greater", law.name, n, 100*more),
					s.share(func() bool {
						a, b := s.both(n, law.draw, more)
						for i := range a {
							a[i] = a[i]*a[i] - b[i]*b[i]
						}
						return task.ComparePaired(a, task.SquaredError, task.Dependence{}, 1, 1).Verdict != task.Untold
					}))
			}
		}
	}
	s.title("McNemar's exact test at 5 %%, both 20 %% wrong, and the second 30 %%: a difference found")
	for _, n := range []int{30, 100, 300, 1000} {
		for _, wrong := range []float64{0.2, 0.3} {
			limit, of := stat.NormalQuantile(0.8), stat.NormalQuantile(1-wrong)
			s.line(fmt.Sprintf("n = %d, %.0f and 20 %% wrong", n, 100*wrong), s.share(func() bool {
				a, b := s.both(n, (*rand.Rand).NormFloat64, 0)
				for i := range a {
					first, second := 0.0, 0.0
					if a[i] > limit {
						first = 1
					}
					if b[i] > of {
						second = 1
					}
					a[i] = first - second
				}
				return task.ComparePaired(a, task.WrongClass, task.Dependence{}, 1, 1).Verdict != task.Untold
			}))
		}
	}
}

// differences: coverage of the interval of the difference of two networks' metrics on the same samples, and of that by
// the delta method alone. The second network's errors are as great, a fifth greater, or three times.
func (s *simulation) differences() {
	s.title("Intervals of 95 %% of differences of metrics on the same samples, errors' correlation 0.5, coverage")
	for _, law := range errorLaws {
		for _, n := range []int{30, 100, 300} {
			for _, more := range []float64{0, 0.2, 2} {
				hits, delta := make([]int, len(regressions)), make([]int, len(regressions))
				for range s.times {
					a, b := s.both(n, law.draw, more)
					one, other := make([]pair, n), make([]pair, n)
					for i := range a {
						y := 2 * s.r.NormFloat64()
						one[i], other[i] = pair{y, y - a[i]}, pair{y, y - b[i]}
					}
					for k, m := range regressions {
						of := 1 + more
						truth := m.right(law.square, law.size) - m.right(of*of*law.square, of*law.size)
						difference := func(rows []int) float64 { return m.value(one, rows) - m.value(other, rows) }
						influence := m.influences(one).Less(m.influences(other))
						i, err := stat.IntervalOfDifference(n, difference, influence,
							stat.Resampling{Times: 500, Seed: s.r.Uint64()})
						if err == nil && i.Contains(truth) {
							hits[k]++
						}
						i, err = influence.Interval(difference(data.Range(n)), n, 0.95)
						if err == nil && i.Contains(truth) {
							delta[k]++
						}
					}
				}
				for k, m := range regressions {
					s.line(fmt.Sprintf("%s errors, n = %d, %.0f %% greater, %s (delta %.1f)", law.name, n,
						100*more, m.name, 100*float64(delta[k])/float64(s.times)),
						float64(hits[k])/float64(s.times))
				}
			}
		}
	}
}

// accuracies: coverage of the interval of the difference of two networks' accuracies on the same samples, of which a
// share is right by one of them alone, and how often Tango's interval alone excludes 0 where McNemar's exact test does
// not reject it. All counts are summed over, so that nothing is simulated.
func (s *simulation) accuracies() {
	s.title("Intervals of 95 %% of a difference of accuracies on the same samples, coverage (exact, not simulated)")
	for _, n := range []int{30, 100, 300, 1000} {
		logs := make([]float64, n+1) // ln of factorials
		for i := range n {
			logs[i+1] = logs[i] + math.Log(float64(i+1))
		}
		given, tango := make([][]stat.Interval, n+1), make([][]stat.Interval, n+1)
		for a := range n + 1 {
			given[a], tango[a] = make([]stat.Interval, n-a+1), make([]stat.Interval, n-a+1)
			for b := range n - a + 1 {
				given[a][b], _ = stat.Paired(a, b, n, 0.95)
				tango[a][b] = stat.Tango(a, b, n, 0.95)
			}
		}
		for _, apart := range []float64{0.02, 0.05, 0.1, 0.2, 0.4} {
			for _, difference := range []float64{0, 0.02, 0.05, 0.1, 0.2} {
				p, q := (apart+difference)/2, (apart-difference)/2
				if q <= 0 {
					continue
				}
				covered, plain, excludes := 0.0, 0.0, 0.0
				for a := range n + 1 {
					for b := range n - a + 1 {
						of := math.Exp(logs[n] - logs[a] - logs[b] - logs[n-a-b] + float64(a)*math.Log(p) +
							float64(b)*math.Log(q) + float64(n-a-b)*math.Log(1-p-q))
						if given[a][b].Contains(difference) {
							covered += of
						}
						if tango[a][b].Contains(difference) {
							plain += of
						}
						if given[a][b].Contains(0) && !tango[a][b].Contains(0) {
							excludes += of
						}
					}
				}
				_, _ = fmt.Fprintf(s.out, "  n = %-5d right by one alone %.2f, difference %.2f: %.1f (Tango %.1f, "+
					"contradicts the test %.1f)\n", n, apart, difference, 100*covered, 100*plain, 100*excludes)
			}
		}
	}
}

// groupsOfClasses: coverage for the F1 score and the area under the ROC curve of samples in groups of 5, whose scores
// have a correlation of 0.5 within a group and class; a third of the samples is positive.
func (s *simulation) groupsOfClasses() {
	s.title("Bootstrap intervals of 95 %% of samples in groups of 5: F1 score (macro) and area of .85, coverage")
	const size, positives, area = 5, 1.0 / 3, 0.85
	d := math.Sqrt2 * stat.NormalQuantile(area)
	// A sample is said to be positive above d/2, as often right in one class as in the other.
	right := stat.NormalCDF(d / 2)
	truth := f1([][]float64{{(1 - positives) * right, (1 - positives) * (1 - right)},
		{positives * (1 - right), positives * right}})
	for _, groups := range []int{10, 20, 30, 50, 100} {
		n := groups * size
		var of1, ofArea int
		var given float64
		for range s.times {
			scores, positive, cells := make([]float64, n), make([]bool, n), make([]int, n)
			member := make([]int, n)
			shared, yes := 0.0, 0
			for i := range scores {
				if i%size == 0 {
					shared = s.r.NormFloat64()
				}
				member[i], positive[i] = i/size, s.r.Float64() < positives
				scores[i] = (shared + s.r.NormFloat64()) / math.Sqrt2
				if positive[i] {
					scores[i] += d
					cells[i], yes = 2, yes+1
				}
				if scores[i] > d/2 {
					cells[i]++
				}
			}
			if yes < 5 || n-yes < 5 {
				continue
			}
			given++
			dep := task.Dependence{Groups: member}
			if i := task.IntervalOf(n, f1Of(cells, 2), dep, s.r.Uint64()); i.Why == "" && i.Contains(truth) {
				of1++
			}
			if i := task.IntervalOf(n, areaOf(scores, positive), dep, s.r.Uint64()); i.Why == "" && i.Contains(area) {
				ofArea++
			}
		}
		s.of(fmt.Sprintf("%d groups, F1 score", groups), float64(of1)/given, given)
		s.of(fmt.Sprintf("%d groups, area", groups), float64(ofArea)/given, given)
	}
}

// both is the errors of two networks on the same samples: half of them alike, so that their correlation is 0.5, and the
// second's greater by a share.
func (s *simulation) both(n int, draw func(*rand.Rand) float64, more float64) (a, b []float64) {
	a, b = make([]float64, n), make([]float64, n)
	for i := range a {
		a[i], b[i] = draw(s.r), draw(s.r)
		if s.r.IntN(2) == 0 {
			b[i] = a[i]
		}
		b[i] *= 1 + more
	}
	return a, b
}

// pairsOf is a truth of variance 4 and predictions with errors of a law.
func (s *simulation) pairsOf(n int, draw func(*rand.Rand) float64) []pair {
	all := make([]pair, n)
	for i := range all {
		y := 2 * s.r.NormFloat64()
		all[i] = pair{y, y - draw(s.r)}
	}
	return all
}

// cell draws a true class and a predicted one: the number of the first times the number of classes, plus the second.
func (s *simulation) cell(p [][]float64) int {
	u, classes := s.r.Float64(), len(p)
	for cell := range classes * classes {
		if u -= p[cell/classes][cell%classes]; u < 0 {
			return cell
		}
	}
	return classes*classes - 1
}

// f1Of is the F1 score of samples with their cells.
func f1Of(cells []int, classes int) func(rows []int) float64 {
	counts := make([][]float64, classes)
	for k := range counts {
		counts[k] = make([]float64, classes)
	}
	return func(rows []int) float64 {
		for k := range counts {
			clear(counts[k])
		}
		for _, r := range rows {
			counts[cells[r]/classes][cells[r]%classes]++
		}
		return f1(counts)
	}
}

// areaOf is the area under the ROC curve of samples with their scores, no two of which are equal.
func areaOf(scores []float64, positive []bool) func(rows []int) float64 {
	order, count := data.Range(len(scores)), make([]float64, len(scores))
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(scores[a], scores[b]) })
	return func(rows []int) float64 {
		clear(count)
		for _, r := range rows {
			count[r]++
		}
		yes, no, sum := 0.0, 0.0, 0.0
		for _, r := range order {
			if positive[r] {
				yes += count[r]
				sum += count[r] * no
			} else {
				no += count[r]
			}
		}
		return sum / (yes * no)
	}
}
