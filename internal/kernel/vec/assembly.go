//go:build (amd64 || arm64) && !noasm

package vec

import "math"

//go:generate go run -C ../gen ./vec -pkg vec -out ../vec/vec_amd64.s -stubs ../vec/stubs_amd64.go -table ../vec/table_amd64.go

// assembly is a variant of vectors of so many lanes that has fill's kernels
// where there are some.
func assembly(fill func(*variant), lanes int) *variant {
	v := *generic
	fill(&v)
	v.smallCols = 2 * lanes
	v.scalar[opPowS] = powS(v.unary[opSquare], v.unary[opRecip], v.unary[opSqrt], v.scalar[opPowS])
	for _, op := range []int{opSin, opCos} {
		v.unary[op] = v.nearZero(v.unary[op], generic.unary[op])
	}
	return &v
}

// nearZero calls fast where all |x| ≤ 10⁴, beyond which the kernels' reduction
// by π/2 loses digits, and slow elsewhere.
func (v *variant) nearZero(fast, slow func(dst, x []float32)) func(dst, x []float32) {
	const far = 1e4
	maxOf, minOf := v.maxOf, v.minOf
	return func(dst, x []float32) {
		x = x[:len(dst)]
		hi, lo := float64(maxOf(x)), float64(minOf(x))
		if math.Max(hi, -lo) <= far {
			fast(dst, x)
		} else {
			slow(dst, x)
		}
	}
}
