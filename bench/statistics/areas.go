package main

import (
	"fmt"
	"math"

	"gorae/stat"
)

// areas: coverage of the interval of 95 % of an area under the ROC curve, and of DeLong's as it stands, value ± 1.96
// standard errors. Scores are normal, those of negative samples with variance 1, those of positive ones with the
// deviation sd and the mean that gives the area.
func (s *simulation) areas() {
	s.title("Interval of 95 %% of an area under the ROC curve, coverage (sd: of the positives' scores)")
	z := stat.NormalQuantile(0.975)
	for _, sd := range []float64{1, 2, 0.5} {
		for _, c := range []struct {
			n         int
			positives float64
		}{{30, .5}, {30, .3}, {100, .5}, {100, .3}, {100, .1}, {300, .5}, {300, .3}, {300, .1}, {300, .05}, {1000, .1},
			{1000, .03}} {
			for _, area := range []float64{0.5, 0.7, 0.8, 0.9, 0.95, 0.98} {
				var given, covered, plain int
				for range s.times {
					scores, positive := s.scores(c.n, c.positives, area, sd)
					a, err := stat.AUC(scores, positive, 0.95)
					if err != nil {
						continue // there are not two samples of a class
					}
					given++
					if a.Interval.Contains(area) {
						covered++
					}
					if math.Abs(a.Value-area) <= z*math.Sqrt(a.Variance) {
						plain++
					}
				}
				of := max(1, float64(given))
				s.of(fmt.Sprintf("sd %g, %.0f %% positive, n = %d, area %.2f (DeLong %.1f)", sd, 100*c.positives, c.n,
					area, 100*float64(plain)/of), float64(covered)/of, of)
			}
		}
	}
}

// scores is a sample of scores and classes.
func (s *simulation) scores(n int, positives, area, sd float64) ([]float64, []bool) {
	scores, positive := make([]float64, n), make([]bool, n)
	for i := range scores {
		scores[i], positive[i] = s.r.NormFloat64(), s.r.Float64() < positives
		if positive[i] {
			scores[i] = sd*scores[i] + math.Sqrt(1+sd*sd)*stat.NormalQuantile(area)
		}
	}
	return scores, positive
}
