package main

import (
	"fmt"
	"math"

	"gorae/stat"
)

// areas: coverage of the interval of 95 % of an area under the ROC curve, and of DeLong's as it stands, value ± 1.96
// standard errors. Scores are normal with variance 1, those of positive samples √2·Φ⁻¹(area) higher. Samples whose
// interval is refused, as that of an area of 1, count in neither; their share stands beside.
func (s *simulation) areas() {
	s.title("DeLong's interval of 95 %% of an area under the ROC curve, coverage")
	z := stat.NormalQuantile(0.975)
	for _, positives := range []float64{0.5, 0.3, 0.1} {
		for _, n := range []int{30, 100, 300} {
			for _, area := range []float64{0.5, 0.7, 0.8, 0.9, 0.95, 0.98} {
				var given, covered, plain int
				for range s.times {
					scores, positive := s.scores(n, positives, area)
					a, err := stat.DeLong(scores, positive, 0.95)
					if err != nil {
						continue
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
				s.of(fmt.Sprintf("%.0f %% positive, n = %d, area %.2f (as it stands %.1f, none %.1f)", 100*positives, n,
					area, 100*float64(plain)/of, 100*(1-of/float64(s.times))), float64(covered)/of, of)
			}
		}
	}
}

// scores is a sample of scores and classes.
func (s *simulation) scores(n int, positives, area float64) ([]float64, []bool) {
	scores, positive := make([]float64, n), make([]bool, n)
	for i := range scores {
		scores[i], positive[i] = s.r.NormFloat64(), s.r.Float64() < positives
		if positive[i] {
			scores[i] += math.Sqrt2 * stat.NormalQuantile(area)
		}
	}
	return scores, positive
}
