package gemm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// TestRowsAlike: each row of a product is the same to the bit, whatever the number of rows, where B is as layers have
// it. Predictions promise it of samples.
func TestRowsAlike(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	for _, v := range Variants() {
		for _, n := range []int{1, 3, 5, 7, 10, 11, 16, 33, 100} {
			for _, k := range []int{30, 128, 700} {
				t.Run(fmt.Sprintf("%v/%d×%d", v, k, n), func(t *testing.T) {
					const most = 70
					a, b := normal(rng, most*k), normal(rng, k*n)
					whole := productOf(v, a, b, most, n, k)
					for m := range most {
						for i, got := range productOf(v, a, b, m, n, k) {
							if math.Float32bits(got) != math.Float32bits(whole[i]) {
								t.Fatalf("%d rows: element %d is %v, of %d rows %v", m, i, got, most, whole[i])
							}
						}
					}
				})
			}
		}
	}
}

func normal(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	return x
}

func productOf(v Variant, a, b []float32, m, n, k int) []float32 {
	p := NewVariant(Shape{M: m, N: n, K: k}, Epilogue{}, v)
	c, scratch := make([]float32, m*n), make([]float32, p.Scratch())
	for i := range p.Blocks() {
		p.Run(i, a, b, c, nil, nil, scratch)
	}
	return c
}
