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

func BenchmarkGemm(b *testing.B) {
	peak := PeakGFLOPS()
	for _, v := range Variants() {
		for _, s := range benchShapes {
			name := fmt.Sprintf("%v/%v", v, s)
			if s.BPacked {
				name += " packed"
			}
			b.Run(name, func(b *testing.B) {
				p := newProblem(rand.New(rand.NewPCG(1, 1)), Shape{M: s.M, N: s.N, TransA: s.TransA, TransB: s.TransB},
					Epilogue{})
				pl := NewVariant(s, Epilogue{Check: true}, v)
				x := make([]float32, s.M*s.K)
				y := make([]float32, max(s.N*s.K, pl.PackedB()))
				scratch := make([]float32, pl.Scratch())
				best := time.Hour // what disturbs a run only makes it slower
				for b.Loop() {
					start := time.Now()
					for i := range pl.Blocks() {
						pl.Run(i, x, y, p.c, nil, nil, scratch)
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
