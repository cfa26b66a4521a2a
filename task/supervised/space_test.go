package supervised

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestCodeMetric: codes that are samples at another scale and angle have the distances of the samples again, a code
// without any share of the samples adds nothing, and neither does one that is the sum of others.
func TestCodeMetric(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	var x, codes [][]float64
	for range 200 {
		a, b := r.NormFloat64(), 5*r.NormFloat64()
		x = append(x, []float64{a, b, a + b})
		// The first two codes are a and b turned, stretched and moved; the third is noise, the fourth a sum.
		u, v := 100*(a+0.01*b)+7, 0.3*(b-2*a)
		codes = append(codes, []float64{u, v, r.NormFloat64(), u + v})
	}
	m, explained := codeMetric(codes, x)
	if math.Abs(explained-1) > 1e-5 {
		t.Errorf("the map explains %v of the variance", explained)
	}
	for range 50 {
		i, j := r.IntN(200), r.IntN(200)
		want, got := distance(x[i], x[j]), distance(product(m, codes[i]), product(m, codes[j]))
		if math.Abs(got-want) > 1e-4*(1+want) {
			t.Fatalf("distance %v of samples %d and %d, %v of their codes", want, i, j, got)
		}
	}
	constant, none := codeMetric([][]float64{{1}, {1}, {1}}, [][]float64{{1}, {2}, {4}})
	if constant[0][0] != 0 || none != 0 {
		t.Errorf("a code that is always the same has the weight %v", constant[0][0])
	}
}

func distance(a, b []float64) float64 {
	sum := 0.0
	for k := range a {
		sum += (a[k] - b[k]) * (a[k] - b[k])
	}
	return math.Sqrt(sum)
}
