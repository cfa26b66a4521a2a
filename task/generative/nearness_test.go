package generative

import (
	"math"
	"math/rand/v2"
	"testing"

	"gorae/reduce"
)

// drawn is n pairs of normal numbers with a mean and a standard deviation.
func drawn(t *testing.T, r *rand.Rand, n int, mean, deviation float64) *seen {
	t.Helper()
	var all [][]float64
	for range n {
		all = append(all, []float64{mean + deviation*r.NormFloat64(), deviation * r.NormFloat64()})
	}
	s := &seen{n: n, d: 2, rows: reduce.Of(all)}
	var err error
	if s.normal, err = reduce.FitNormal(s.rows); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestCloser: the Fréchet distance of normal distributions with the same form is (μ − ν)² + d(σ − τ)², so that the
// difference of the two is 1 − 0.5 = 0.5 here; 95 % intervals of 200 such differences contain it in 91 to 99 % of the
// cases, and fewer than 100 pictures have none.
func TestCloser(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	covered := 0
	const times, want = 200, 0.5
	for range times {
		real := drawn(t, r, 300, 0, 1)
		_, _, i, err := closer(drawn(t, r, 300, 1, 1), drawn(t, r, 300, 0, 1.5), real)
		if err != nil {
			t.Fatal(err)
		}
		if i.Contains(want) {
			covered++
		}
	}
	if share := float64(covered) / times; share < 0.91 || share > 0.99 {
		t.Errorf("coverage %v", share)
	}
	real := drawn(t, r, 99, 0, 1)
	if _, _, i, err := closer(real, real, real); err != nil || !math.IsNaN(i.Low) {
		t.Errorf("%v %v", i, err)
	}
}
