package metric

import (
	"math"
	"testing"
)

// TestInfluence: what R² of weighted samples changes by when one of them weighs a little more, by differences, times
// the number of samples; the influences add up to 0.
func TestInfluence(t *testing.T) {
	truth := [][]float64{{1, 40}, {2, 10}, {4, -7}, {3, 3}, {9, 21}, {-2, 5}}
	said := [][]float64{{1.5, 30}, {1, 12}, {5, 0}, {3, 2}, {7, 20}, {0, 9}}
	for _, m := range []R2Score{{ClassAggregation: "uniform_average"}, {ClassAggregation: "variance_weighted_average"},
		{ClassAggregation: "uniform_average", NumRegressors: 2}, {column: 2}} {
		sums := func(heavier int, by float64) (all []float64) {
			for i := range truth {
				w := 1.0
				if i == heavier {
					w += by
				}
				all = m.Sample(all, truth[i], said[i], w)
			}
			return all
		}
		total, together := sums(-1, 0), 0.0
		for i := range truth {
			const step = 1e-5
			want := (m.Result(sums(i, step)) - m.Result(sums(i, -step))) / (2 * step) * float64(len(truth))
			got := Influence(Exact(m, Lift{}))(total, m.Sample(nil, truth[i], said[i], 1))
			if math.Abs(got-want) > 1e-8*max(1, math.Abs(want)) {
				t.Errorf("%+v, sample %d: %v, want %v", m, i, got, want)
			}
			together += got
		}
		if math.Abs(together) > 1e-12 {
			t.Errorf("%+v: the influences add up to %v", m, together)
		}
	}
	if Influence(AUC{}) != nil {
		t.Error("the area has influences")
	}
}
