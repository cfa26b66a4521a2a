package supervised

import (
	"math/rand/v2"
	"testing"

	"gorae/loss"
	"gorae/prep"
	"gorae/task"
)

// TestResidualsLevel: of independent errors of a sound table, with three keys that mean nothing, something is said in
// at most 2 % of the cases (600 repetitions; the standard error of 2 % is 0.6 %, of which 2 are allowed for).
func TestResidualsLevel(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const times = 600
	for _, kind := range []prep.Task{prep.Regression, prep.Classification} {
		r := rand.New(rand.NewPCG(8, 9))
		g := &prep.Target{Name: "y", Task: kind}
		said := 0
		for range times {
			n := 30 + r.IntN(200)
			rows := r.Perm(4 * n)[:n]
			var keys []Key
			for _, groups := range []int{6, n / 3, n} {
				of := make([]int, 4*n)
				for i := range of {
					of[i] = r.IntN(groups+1) - 1
				}
				keys = append(keys, Key{Name: "k", Groups: func(rows []int) []int {
					var out []int
					for _, r := range rows {
						out = append(out, of[r])
					}
					return out
				}})
			}
			e := NewResiduals(Targets{g}, []task.Rule{{Predictions: loss.Probabilities, Probable: true}}, n, rows, keys,
				1)
			for i := range n {
				e.errors[0][i], e.truth[0][i] = r.NormFloat64(), r.NormFloat64()
				if kind == prep.Classification {
					p := r.Float64()
					e.truth[0][i] = float64(int(r.Float64() + p))
					e.errors[0][i] = e.truth[0][i] - p
				}
			}
			if len(e.Find()) > 0 {
				said++
			}
		}
		if share := float64(said) / times; share > 0.032 {
			t.Errorf("%s: something is said of %.3f of the sound tables", kind, share)
		}
	}
}

// TestInOrder: sorted numbers and classes by themselves are in order.
func TestInOrder(t *testing.T) {
	for _, c := range []struct {
		x             []float64
		number, class bool
	}{
		{[]float64{1, 2, 2, 5}, true, true},
		{[]float64{5, 2, 2, 1}, true, true},
		{[]float64{1, 1, 0, 0, 2, 2}, false, true},
		{[]float64{1, 0, 1, 0}, false, false},
	} {
		if inOrder(c.x, false) != c.number || inOrder(c.x, true) != c.class {
			t.Errorf("%v", c.x)
		}
	}
}
