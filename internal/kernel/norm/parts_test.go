package norm

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestJoin: the moments of parts, joined, are those of all rows, far from 0 too.
func TestJoin(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	for _, rows := range [][]int{{5}, {1, 1, 1}, {100, 7, 0, 31}, {64, 64, 64, 64, 64}} {
		const C = 19
		all := 0
		for _, n := range rows {
			all += n
		}
		x := make([]float32, all*C)
		for i := range x {
			x[i] = float32(1e4 + r.NormFloat64())
		}
		parts := make([]float32, 2*len(rows)*C)
		at := 0
		for p, n := range rows {
			if n > 0 { // an empty part counts for nothing, whatever it says
				MeanVar(parts[2*p*C:], parts[(2*p+1)*C:], x[at*C:], n, C)
			}
			at += n
		}
		mean, variance := make([]float32, C), make([]float32, C)
		Join(mean, variance, parts, rows, C)
		for c := range C {
			m, v := 0.0, 0.0
			for i := range all {
				m += float64(x[i*C+c]) / float64(all)
			}
			for i := range all {
				v += (float64(x[i*C+c]) - m) * (float64(x[i*C+c]) - m) / float64(all)
			}
			if math.Abs(float64(mean[c])-m) > 1e-3 || math.Abs(float64(variance[c])-v) > 1e-4*(1e-2+v) {
				t.Fatalf("%v: channel %d has mean %v and variance %v, want %v and %v", rows, c, mean[c], variance[c],
					m, v)
			}
		}
	}
	mean := []float32{1}
	if Join(mean, mean, nil, nil, 1); mean[0] == mean[0] {
		t.Fatalf("the mean of nothing is %v", mean[0])
	}
}
