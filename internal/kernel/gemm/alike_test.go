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

// TestThreadsAlike: a product has the same bits for any number of threads that it is cut for.
func TestThreadsAlike(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 5))
	for _, v := range Variants() {
		for _, s := range []Shape{
			{M: 33, N: 700, K: 65}, {M: 300, N: 1100, K: 130}, {M: 64, N: 256, K: 1030, TransB: true},
			{M: 130, N: 520, K: 1100, TransA: true}, {M: 700, N: 40, K: 90}, {M: 1, N: 900, K: 400},
			{M: 200, N: 300, K: 257, TransA: true, TransB: true},
		} {
			a, b := normal(rng, s.M*s.K), normal(rng, s.K*s.N)
			want := runWhole(NewVariant(s, Epilogue{}, v), a, b)
			for threads := 1; threads < 6; threads++ {
				s.Threads = threads
				for i, got := range runWhole(NewVariant(s, Epilogue{}, v), a, b) {
					if math.Float32bits(got) != math.Float32bits(want[i]) {
						t.Fatalf("%v %v for %d threads: element %d is %v, want %v", v, s, threads, i, got, want[i])
					}
				}
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
	return runWhole(NewVariant(Shape{M: m, N: n, K: k}, Epilogue{}, v), a, b)
}

func runWhole(p *Plan, a, b []float32) []float32 {
	c, scratch := make([]float32, p.M*p.N), make([]float32, p.Scratch())
	for i := range p.Blocks() {
		p.Run(i, a, b, c, nil, nil, scratch)
	}
	return c
}
