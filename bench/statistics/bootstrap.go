package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gorae/metric"
	"gorae/stat"
)

// resamples of an interval in a simulation: fewer than in use, for time.
const resamples = 1000

// covered counts the bootstrap's intervals that contain the truth: the one in use, expanded, BCa and percentile.
type covered struct {
	given int // cases that have intervals
	hits  [4]int
}

// add simulates one interval of a statistic of n samples, whose influences are nil or known. One that is refused is not
// given.
func (c *covered) add(s *simulation, n int, clusters [][]int, truth float64, statistic func(rows []int) float64,
	influence stat.Influence) {
	b, err := stat.Bootstrap(n, statistic, stat.Resampling{Times: resamples, Seed: s.r.Uint64(), Clusters: clusters,
		Influence: influence})
	if err != nil {
		return
	}
	c.given++
	for k, i := range []stat.Interval{b.Interval(), b.Expanded, b.BCa, b.Percentile} {
		if i.Contains(truth) {
			c.hits[k]++
		}
	}
}

// line prints the coverage of the interval in use beside those of all that the bootstrap gives.
func (c *covered) line(s *simulation, what string) {
	of := float64(max(1, c.given))
	per := 100 / of
	what += fmt.Sprintf(" (expanded %.1f, BCa %.1f, percentile %.1f", per*float64(c.hits[1]), per*float64(c.hits[2]),
		per*float64(c.hits[3]))
	if c.given < s.times {
		what += fmt.Sprintf(", none %.1f", 100-100*of/float64(s.times))
	}
	s.of(what+")", float64(c.hits[0])/of, of)
}

// pair is the truth and the prediction of a sample.
type pair struct{ truth, said float64 }

// regression is a metric of numbers. right is that of a population whose errors have the mean square square and the
// mean absolute value size, beside a truth of variance 4.
type regression struct {
	name  string
	value func(all []pair, rows []int) float64
	right func(square, size float64) float64
	// influence is nil where stat.Bootstrap finds it.
	influence func(all []pair) stat.Influence
}

// regressions are the metrics whose intervals are simulated.
var regressions = []regression{
	{"rmse", func(all []pair, rows []int) float64 {
		sum := 0.0
		for _, r := range rows {
			d := all[r].truth - all[r].said
			sum += d * d
		}
		return math.Sqrt(sum / float64(len(rows)))
	}, func(square, _ float64) float64 { return math.Sqrt(square) }, nil},
	{"mae", func(all []pair, rows []int) float64 {
		sum := 0.0
		for _, r := range rows {
			sum += math.Abs(all[r].truth - all[r].said)
		}
		return sum / float64(len(rows))
	}, func(_, size float64) float64 { return size }, nil},
	{"r2", func(all []pair, rows []int) float64 {
		return metric.R2Score{}.Result(r2Sums(nil, all, rows))
	}, func(square, _ float64) float64 { return 1 - square/4 }, func(all []pair) stat.Influence {
		each, one := make([][]float64, len(all)), make([]int, 1)
		for i := range all {
			one[0] = i
			each[i] = r2Sums(nil, all, one)
		}
		var sums []float64
		return func(rows []int, u []float64) {
			sums = r2Sums(sums, all, rows)
			for i, r := range rows {
				u[i] = metric.R2Score{}.Influence(sums, each[r])
			}
		}
	}},
}

// influences is the influence of each sample on the metric.
func (m regression) influences(all []pair) stat.Influence {
	if m.influence != nil {
		return m.influence(all)
	}
	return stat.InfluenceOf(len(all), func(rows []int) float64 { return m.value(all, rows) })
}

// r2Sums is the sums of R² of samples, in the memory of sums where it is not nil.
func r2Sums(sums []float64, all []pair, rows []int) []float64 {
	clear(sums)
	var truth, said [1]float64
	for _, r := range rows {
		truth[0], said[0] = all[r].truth, all[r].said
		sums = metric.R2Score{}.Sample(sums, truth[:], said[:], 1)
	}
	return sums
}

// errorLaws are laws of errors: normal ones, and Laplace's, whose squares vary 2.5 times as much.
var errorLaws = []struct {
	name         string
	draw         func(r *rand.Rand) float64
	square, size float64
}{
	{"normal", (*rand.Rand).NormFloat64, 1, math.Sqrt(2 / math.Pi)},
	{"Laplace", func(r *rand.Rand) float64 { return r.ExpFloat64() - r.ExpFloat64() }, 2, 1},
}

// means: coverage of the bootstrap's intervals of 95 % of regression metrics.
func (s *simulation) means() {
	s.title("Bootstrap intervals of 95 %% of metrics of regressions, coverage")
	for _, law := range errorLaws {
		for _, n := range []int{30, 50, 100, 300} {
			counts := make([]covered, len(regressions))
			for range s.times {
				all := s.pairsOf(n, law.draw)
				for k, m := range regressions {
					var influence stat.Influence
					if m.influence != nil {
						influence = m.influence(all)
					}
					counts[k].add(s, n, nil, m.right(law.square, law.size),
						func(rows []int) float64 { return m.value(all, rows) }, influence)
				}
			}
			for k, m := range regressions {
				counts[k].line(s, fmt.Sprintf("%s errors, n = %d, %s", law.name, n, m.name))
			}
		}
	}
}

// groups: the same of samples in groups, whole groups drawn: errors whose correlation within a group is 0.5, and the
// share of samples that are wrong, 0.2, in groups whose chances differ.
func (s *simulation) groups() {
	s.title("Bootstrap intervals of 95 %% of samples in groups, coverage")
	limit := stat.NormalQuantile(0.8)
	const size = 5
	for _, groups := range []int{10, 20, 30, 50, 100} {
		n := groups * size
		var rmse, mae, share covered
		for range s.times {
			all, wrong, of := make([]pair, n), make([]pair, n), 0.0
			for i := range all {
				if i%size == 0 {
					of = s.r.NormFloat64() // the group's part of the errors
				}
				if all[i].said = (of + s.r.NormFloat64()) / math.Sqrt2; all[i].said > limit {
					wrong[i].said = 1
				}
			}
			clusters := stat.Blocks(n, size)
			rmse.add(s, n, clusters, 1, func(rows []int) float64 { return regressions[0].value(all, rows) }, nil)
			mae.add(s, n, clusters, math.Sqrt(2/math.Pi),
				func(rows []int) float64 { return regressions[1].value(all, rows) }, nil)
			share.add(s, n, clusters, 0.2, func(rows []int) float64 { return regressions[1].value(wrong, rows) },
				nil)
		}
		what := fmt.Sprintf("%d groups of %d, ", groups, size)
		rmse.line(s, what+"rmse")
		mae.line(s, what+"mae")
		share.line(s, what+"wrong of 0.2")
	}
}

// confusions are probabilities of a true class (row) and a predicted one.
var confusions = []struct {
	name string
	p    [][]float64
}{
	{"two classes, 50 and 50 %", [][]float64{{.40, .10}, {.10, .40}}},
	{"two classes, 90 and 10 %", [][]float64{{.86, .04}, {.04, .06}}},
	{"three classes, 60, 30 and 10 %", [][]float64{{.52, .06, .02}, {.06, .22, .02}, {.02, .03, .05}}},
	{"three classes alike, 95 % right", [][]float64{{.317, .009, .007}, {.009, .317, .008}, {.007, .008, .318}}},
}

// f1 is the macro average of 2·right/(true + predicted), 0 of a class that is neither, from the counts or probabilities
// of a true class (row) and a predicted one.
func f1(counts [][]float64) float64 {
	sum := 0.0
	for k := range counts {
		both := 0.0
		for j := range counts {
			both += counts[k][j] + counts[j][k]
		}
		if both > 0 {
			sum += 2 * counts[k][k] / both
		}
	}
	return sum / float64(len(counts))
}

// scoresOfClasses: coverage of the bootstrap's interval of 95 % of the F1 score (macro). There is none with fewer than
// five samples of a class, or without a mistake.
func (s *simulation) scoresOfClasses() {
	s.title("Bootstrap intervals of 95 %% of the F1 score (macro), coverage")
	for _, c := range confusions {
		classes, truth := len(c.p), f1(c.p)
		for _, n := range []int{30, 50, 100, 300} {
			var hits covered
			for range s.times {
				cells, of := make([]int, n), make([]int, classes)
				for i := range cells {
					cells[i] = s.cell(c.p)
					of[cells[i]/classes]++
				}
				if slices.Min(of) < 5 {
					continue
				}
				hits.add(s, n, nil, truth, f1Of(cells, classes), nil)
			}
			hits.line(s, fmt.Sprintf("%s, n = %d", c.name, n))
		}
	}
}
