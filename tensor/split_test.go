package tensor

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestSplit: three float32 hold a float64 exactly, two of them 48 bits, one as float32 does.
func TestSplit(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	values := []float64{0, 1, -1, 0.1, 1e8 + 0.1, 1e24 / 3, -1e-21 / 7, math.MaxFloat32, math.Nextafter(1, 2)}
	for range 10000 {
		values = append(values, r.NormFloat64()*math.Pow(10, 48*r.Float64()-24))
	}
	parts := make([]float32, 3)
	for _, v := range values {
		for n, bound := range []float64{0x1p-24, 0x1p-48, 0} {
			Split(v, parts[:n+1])
			if got := Sum(parts[:n+1]); !(math.Abs(got-v) <= bound*math.Abs(v)) {
				t.Fatalf("%v in %d parts %v is %v", v, n+1, parts[:n+1], got)
			}
		}
	}
}
