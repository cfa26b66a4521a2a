// Package vec holds the loops over slices of float32 that are not matrix
// products: elementwise functions, reductions, softmax and its kin, moves.
//
// A plan runs a chain of elementwise operations as an elementwise program: for each block of
// about a thousand elements that lie in the first-level cache, one call of this
// package per operation. Calls therefore cost little, allocate nothing, and a
// destination may be exactly the same slice as a source (partial overlap is not
// allowed). The destination's length decides; a shorter source is a mistake of
// the caller and panics.
//
// Every function has up to three variants: assembly for AVX-512 and for
// AVX2+FMA, and portable Go. Package internal/cpu says which is used. The bits
// of a result depend on the variant and on the sizes, and on nothing else.
// Assembly reads denormal numbers as 0 and writes 0 for them; portable Go keeps
// them. Exp, Log, Tanh, Sigmoid and Erf are within 2 units in the last place of
// the true value, the other functions within 4, Pow and its scalar forms
// within 8.
package vec

// variant is one implementation of all kernels.
type variant struct {
	name   string
	unary  [nUnary]func(dst, x []float32)
	binary [nBinary]func(dst, a, b []float32)
	scalar [nScalar]func(dst, a []float32, s float32)

	where       func(dst, c, a, b []float32)
	mulAdd      func(dst, a, b, c []float32)
	reluGrad    func(dst, dy, y []float32)
	sigmoidGrad func(dst, dy, y []float32)
	tanhGrad    func(dst, dy, y []float32)
	fill        func(dst []float32, s float32)
	fromInt32   func(dst []float32, x []int32)
	// fromUint8 is given whole vectors: a multiple of 16 elements.
	wholeFromUint8 func(dst []float32, x []uint8)
	toInt32        func(dst []int32, x []float32)

	// Reductions of one block; see reduce.go.
	sum        func(x []float32) float32
	sumSquares func(x []float32) float32
	dot        func(a, b []float32) float32
	maxOf      func(x []float32) float32
	minOf      func(x []float32) float32
	// Σ x·0: 0, or NaN if an x is not finite.
	zeroIfFinite func(x []float32) float32

	// dst = exp(x − s) and the sum of it; the sum alone. s is the largest x.
	expSum func(dst, x []float32, s float32) float32
	sumExp func(x []float32, s float32) float32
	// Softmax and cross-entropy of rows of 1 to smallCols columns, rows ≥ 1.
	smallCols         int
	softmaxSmall      func(dst, x []float32, rows, cols int)
	crossEntropySmall func(loss, x []float32, labels []int32, rows, cols int)
	// dst = y·(dy − s), the gradient through one row of a softmax.
	softmaxGrad func(dst, dy, y []float32, s float32)
	// dst = dy − s·exp(y), the gradient through one row of a log-softmax.
	logSoftmaxGrad func(dst, dy, y []float32, s float32)

	// Column reductions of [rows, len(dst)] with row stride ld; rows ≥ 1.
	colSum func(dst, x []float32, rows, ld int)
	colMax func(dst, x []float32, rows, ld int)
	colMin func(dst, x []float32, rows, ld int)

	transpose func(dst, x []float32, rows, cols int)
	fetch     func(x []float32)
}

// use is the variant in use.
var use = func() *variant {
	vs := variants()
	return vs[len(vs)-1]
}()

// need panics unless a source of length x covers a destination of length n.
func need(n, x int) {
	if x < n {
		panic("vec: a source is shorter than the destination")
	}
}

func need2(n, a, b int) {
	if a < n || b < n {
		panic("vec: a source is shorter than the destination")
	}
}
