package prep

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Many values are sorted as few are: infinities, denormal numbers, zeros, equal ones and those that are no numbers too.
func TestSorted(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	special := []float64{math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), math.SmallestNonzeroFloat64,
		-math.SmallestNonzeroFloat64, math.MaxFloat64, -math.MaxFloat64, 1, -1}
	for _, n := range []int{0, 1, 10, leastRadix - 1, leastRadix, 3*leastRadix + 7} {
		for kind := range 5 {
			x := make([]float64, n)
			for i := range x {
				switch kind {
				case 0:
					x[i] = r.NormFloat64() * math.Exp(20*r.NormFloat64())
				case 1:
					x[i] = special[r.IntN(len(special))]
				case 2:
					x[i] = float64(r.IntN(100))
				case 3:
					x[i] = 7
				default:
					x[i] = []float64{math.NaN(), 3, -2}[r.IntN(3)]
				}
			}
			want, was := slices.Sorted(slices.Values(x)), slices.Clone(x)
			same := func(a, b float64) bool { return a == b || a != a && b != b }
			if got := sorted(x); !slices.EqualFunc(got, want, same) || !slices.EqualFunc(x, was, same) {
				t.Errorf("%d values of kind %d are not in order", n, kind)
			}
		}
	}
}
