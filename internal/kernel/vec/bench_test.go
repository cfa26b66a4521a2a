package vec

import (
	"math/rand/v2"
	"testing"
)

// Bytes are those read and written.

func BenchmarkElementwise(b *testing.B) {
	const n = 1024
	r := rand.New(rand.NewPCG(1, 2))
	dst, x, y := make([]float32, n), apart(r, n, 0.1, 3), apart(r, n, 0.1, 3)
	for _, v := range variants() {
		for op, f := range v.unary {
			b.Run(v.name+"/"+unaryNames[op], func(b *testing.B) {
				b.SetBytes(8 * n)
				for b.Loop() {
					f(dst, x)
				}
			})
		}
		for op, f := range v.binary {
			b.Run(v.name+"/"+binaryNames[op], func(b *testing.B) {
				b.SetBytes(12 * n)
				for b.Loop() {
					f(dst, x, y)
				}
			})
		}
		for op, f := range v.scalar {
			b.Run(v.name+"/"+scalarNames[op], func(b *testing.B) {
				b.SetBytes(8 * n)
				for b.Loop() {
					f(dst, x, 1.5)
				}
			})
		}
	}
}

func BenchmarkReduce(b *testing.B) {
	const n = 4096
	r := rand.New(rand.NewPCG(1, 2))
	x, y, dst := apart(r, n, 0, 1), apart(r, n, 0, 1), make([]float32, n)
	labels, loss := make([]int32, 64), make([]float32, 64)
	best := use
	defer func() { use = best }()
	for _, v := range variants() {
		use = v
		for _, k := range []struct {
			name  string
			bytes int64
			f     func()
		}{
			{"Sum", 4 * n, func() { Sum(x) }},
			{"SumSquares", 4 * n, func() { SumSquares(x) }},
			{"Dot", 8 * n, func() { Dot(x, y) }},
			{"ReduceMax", 4 * n, func() { ReduceMax(x) }},
			{"ArgMax", 4 * n, func() { ArgMax(x) }},
			{"Finite", 4 * n, func() { Finite(x) }},
			{"RowSum64x64", 4 * n, func() { RowSum(dst, x, 64, 64) }},
			{"ColSum64x64", 4 * n, func() { ColSum(dst, x, 64, 64, 64) }},
			{"ColSum512x8", 4 * n, func() { ColSum(dst, x, 512, 8, 8) }},
			{"ColMax64x64", 4 * n, func() { ColMax(dst, x, 64, 64, 64) }},
			{"Softmax64x64", 8 * n, func() { Softmax(dst, x, 64, 64) }},
			{"Softmax64x10", 8 * 640, func() { Softmax(dst, x, 64, 10) }},
			{"CrossEntropy64x10", 4 * 640, func() { CrossEntropy(loss, x, labels, 64, 10) }},
			{"CrossEntropyGrad64x10", 8 * 640, func() { CrossEntropyGrad(dst, x, labels, loss, 64, 10) }},
			{"Transpose64x64", 8 * n, func() { Transpose2D(dst, x, 64, 64) }},
			{"Fill", 4 * n, func() { Fill(dst, 1) }},
		} {
			b.Run(v.name+"/"+k.name, func(b *testing.B) {
				b.SetBytes(k.bytes)
				for b.Loop() {
					k.f()
				}
			})
		}
	}
}
