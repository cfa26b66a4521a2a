package gemm

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// benchShapes are a square product, the products of a 784-512-512-10 perceptron
// trained with 64 samples (forward, gradient of the input, gradient of the weights)
// and its prediction of one, and those of two recurrent layers over 6,400 words.
var benchShapes = []Shape{
	{M: 1024, N: 1024, K: 1024},
	{M: 1024, N: 1024, K: 1024, TransA: true},
	{M: 1024, N: 1024, K: 1024, TransB: true},
	{M: 256, N: 256, K: 256},
	{M: 64, N: 512, K: 784},
	{M: 64, N: 512, K: 784, BPacked: true},
	{M: 64, N: 512, K: 512},
	{M: 64, N: 10, K: 512},
	{M: 64, N: 512, K: 512, TransB: true},
	{M: 64, N: 512, K: 10, TransB: true},
	{M: 784, N: 512, K: 64, TransA: true},
	{M: 512, N: 512, K: 64, TransA: true},
	{M: 512, N: 10, K: 64, TransA: true},
	{M: 1, N: 512, K: 784},
	{M: 1, N: 512, K: 784, BPacked: true},
	{M: 1, N: 512, K: 512},
	{M: 1, N: 10, K: 512},
	{M: 1, N: 512, K: 512, TransB: true},
	{M: 4, N: 512, K: 512},
	{M: 8, N: 512, K: 512},
	{M: 16, N: 512, K: 512},
	{M: 32, N: 512, K: 512},
	{M: 32, N: 512, K: 512, TransB: true},
	{M: 256, N: 1, K: 512},
	{M: 20, N: 30, K: 40},
	{M: 64, N: 1024, K: 1024},
	{M: 128, N: 1024, K: 1024},
	{M: 128, N: 512, K: 512},
	{M: 64, N: 4096, K: 1024},
	{M: 128, N: 4096, K: 1024},
	{M: 6400, N: 256, K: 128},
	{M: 6400, N: 256, K: 64},
	{M: 6400, N: 128, K: 256, TransB: true},
	{M: 6400, N: 64, K: 256, TransB: true},
	{M: 128, N: 256, K: 6400, TransA: true},
	{M: 64, N: 256, K: 6400, TransA: true},
	{M: 512, N: 10, K: 64},
}

// largeShapes are square products and those of networks that outgrow the caches: a perceptron of 2,048 units and 256
// samples, two recurrent layers of 256 units over 6,400 steps, and one of 512. Forward, gradient of the input, gradient
// of the weights.
var largeShapes = []Shape{
	{M: 512, N: 512, K: 512},
	{M: 1024, N: 1024, K: 1024},
	{M: 2048, N: 2048, K: 2048},
	{M: 2048, N: 2048, K: 2048, TransA: true},
	{M: 2048, N: 2048, K: 2048, TransB: true},
	{M: 256, N: 2048, K: 784},
	{M: 256, N: 2048, K: 2048},
	{M: 256, N: 2048, K: 2048, TransB: true},
	{M: 784, N: 2048, K: 256, TransA: true},
	{M: 2048, N: 2048, K: 256, TransA: true},
	{M: 6400, N: 1024, K: 32},
	{M: 6400, N: 1024, K: 256},
	{M: 64, N: 1024, K: 256},
	{M: 64, N: 1024, K: 256, BPacked: true},
	{M: 64, N: 256, K: 1024, TransB: true},
	{M: 64, N: 256, K: 1024, BPacked: true},
	{M: 6400, N: 256, K: 1024, TransB: true},
	{M: 256, N: 1024, K: 6400, TransA: true},
	{M: 6400, N: 2048, K: 512},
	{M: 64, N: 2048, K: 512},
	{M: 64, N: 2048, K: 512, BPacked: true},
	{M: 64, N: 512, K: 2048, TransB: true},
	{M: 64, N: 512, K: 2048, BPacked: true},
	{M: 6400, N: 512, K: 2048, TransB: true},
	{M: 512, N: 2048, K: 6400, TransA: true},
}

func BenchmarkGemm(b *testing.B)  { benchmark(b, benchShapes) }
func BenchmarkLarge(b *testing.B) { benchmark(b, largeShapes) }

// benchmark measures products beside the FMA peak, by the best of their runs.
func benchmark(b *testing.B, shapes []Shape) {
	peak := PeakGFLOPS()
	for _, v := range Variants() {
		for _, s := range shapes {
			name := fmt.Sprintf("%v/%v", v, s)
			if s.BPacked {
				name += " packed"
			}
			b.Run(name, func(b *testing.B) {
				pl := NewVariant(s, Epilogue{Check: true}, v)
				c := make([]float32, s.M*s.N)
				r := rand.New(rand.NewPCG(1, 1))
				x, y := matrix(r, s.M, s.K, s.K), matrix(r, 1, max(s.N*s.K, pl.PackedB()), max(s.N*s.K, pl.PackedB()))
				scratch := make([]float32, pl.Scratch())
				best := time.Hour // what disturbs a run only makes it slower
				for b.Loop() {
					start := time.Now()
					for i := range pl.Blocks() {
						pl.Run(i, x, y, c, nil, nil, scratch)
					}
					best = min(best, time.Since(start))
				}
				peak = max(peak, PeakGFLOPS()) // a disturbed probe is too low
				g := 2 * float64(s.M*s.N*s.K) / best.Seconds() / 1e9
				b.ReportMetric(g, "GFLOP/s")
				b.ReportMetric(100*g/peak, "%peak")
			})
		}
	}
}

func BenchmarkPeak(b *testing.B) {
	for b.Loop() {
		b.ReportMetric(PeakGFLOPS(), "GFLOP/s")
	}
}
