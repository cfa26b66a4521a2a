package main

import (
	"fmt"
	"math"

	"gorae/stat"
)

// crowd is configurations that are compared on the same samples, and what each is worth on all further samples.
type crowd struct {
	what    string
	samples int
	scores  func(s *simulation, configuration, sample int, ease float64) float64
	worth   func(configuration int) float64
}

// configurations is the number of those that are compared, as of trials in a study.
const configurations = 40

// bestOf simulates the corrected value of the best of 40 configurations ([stat.CorrectBest]): how often its interval
// holds what the chosen configuration is worth, and the bias of the raw and of the corrected value.
func (s *simulation) bestOf() {
	s.title("Best of %d configurations: coverage of the corrected interval at 95 %% (bias of the raw and of the "+
		"corrected value)", configurations)
	accuracy := func(what string, n int, right func(configuration int) float64) crowd {
		return crowd{what, n, func(s *simulation, k, _ int, ease float64) float64 {
			// ease, which all configurations share, moves the chance of being right by a quarter of its spread
			p := right(k)
			if s.r.Float64() < p+0.5*(ease-0.5)*2*min(p, 1-p) {
				return 1
			}
			return 0
		}, right}
	}
	loss := func(what string, n int, mean func(configuration int) float64) crowd {
		return crowd{what, n, func(s *simulation, k, _ int, ease float64) float64 {
			return -mean(k) * (0.5*s.r.ExpFloat64() - 0.5*math.Log(1-ease))
		}, func(k int) float64 { return -mean(k) }}
	}
	equal := func(v float64) func(int) float64 { return func(int) float64 { return v } }
	spread := func(low, high float64) func(int) float64 {
		return func(k int) float64 { return low + (high-low)*float64(k)/(configurations-1) }
	}
	one := func(v, best float64) func(int) float64 {
		return func(k int) float64 {
			if k == 7 {
				return best
			}
			return v
		}
	}
	for _, n := range []int{50, 200, 800} {
		for _, c := range []crowd{
			accuracy("accuracy, all 0.80", n, equal(0.8)),
			accuracy("accuracy, 0.70 to 0.90", n, spread(0.7, 0.9)),
			accuracy("accuracy, one 0.90, others 0.80", n, one(0.8, 0.9)),
			loss("loss, all 0.3", n, equal(0.3)),
			loss("loss, 0.2 to 0.6", n, spread(0.6, 0.2)),
		} {
			s.crowd(c)
		}
	}
}

// crowd simulates one case.
func (s *simulation) crowd(c crowd) {
	hits, raw, corrected := 0, 0.0, 0.0
	times := max(1, s.times/10)
	scores := make([][]float64, configurations)
	for range times {
		for k := range scores {
			scores[k] = make([]float64, c.samples)
		}
		for i := range c.samples {
			ease := s.r.Float64()
			for k := range scores {
				scores[k][i] = c.scores(s, k, i, ease)
			}
		}
		value := func(k int, samples []int) float64 {
			sum := 0.0
			for _, i := range samples {
				sum += scores[k][i]
			}
			return sum / float64(len(samples))
		}
		b, err := stat.CorrectBest(configurations, c.samples, value, func(a, b float64) bool { return a > b },
			stat.Resampling{Seed: s.r.Uint64(), Times: 500})
		if err != nil {
			continue
		}
		truth := c.worth(b.Best)
		if b.Interval.Contains(truth) {
			hits++
		}
		raw, corrected = raw+b.Value-truth, corrected+b.Corrected-truth
	}
	n := float64(times)
	s.of(fmt.Sprintf("%d samples, %s (%+.3f, %+.3f)", c.samples, c.what, raw/n, corrected/n), float64(hits)/n, n)
}
