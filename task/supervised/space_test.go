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
	m, explained := codeMetric(codes, x, false)
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
	constant, none := codeMetric([][]float64{{1}, {1}, {1}}, [][]float64{{1}, {2}, {4}}, false)
	if constant[0][0] != 0 || none != 0 {
		t.Errorf("a code that is always the same has the weight %v", constant[0][0])
	}
}

// TestDirections: codes of samples of length 1 are as far apart as the samples, whatever the scale, the angle and the
// place of the codes; samples of other lengths have no such groups.
func TestDirections(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	var x, codes [][]float64
	for range 200 {
		a, b := math.Abs(r.NormFloat64()), math.Abs(r.NormFloat64())
		long := math.Hypot(a, b)
		a, b = a/long, b/long
		x = append(x, []float64{a, b, 0})
		codes = append(codes, []float64{3*a - b + 5, 2*b + 0.1*a - 4})
	}
	if !unitLength(x) || !unitLength(append([][]float64{{0, 0, 0}}, x...)) || unitLength(codes) ||
		unitLength([][]float64{{0}}) {
		t.Error("samples of length 1 are not told from others")
	}
	g := &Groups{}
	g.Metric, _ = codeMetric(codes, x, true)
	if !g.directions(2) {
		t.Fatalf("a matrix of %d rows", len(g.Metric))
	}
	for range 50 {
		i, j := r.IntN(200), r.IntN(200)
		want, got := distance(x[i], x[j]), distance(g.place(codes[i]), g.place(codes[j]))
		if math.Abs(got-want) > 1e-6 {
			t.Fatalf("distance %v of samples %d and %d, %v of their codes", want, i, j, got)
		}
	}
}

func distance(a, b []float64) float64 {
	sum := 0.0
	for k := range a {
		sum += (a[k] - b[k]) * (a[k] - b[k])
	}
	return math.Sqrt(sum)
}
