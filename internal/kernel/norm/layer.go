package norm

import (
	"math"

	"gorae/internal/kernel/vec"
)

// rowBlock is the number of elements that the kernels of a row add up in float32; the blocks' sums are added in
// float64, so that the error of a long row is that of a short one.
const rowBlock = 4096

// blocks adds what sum gives for the blocks of a row of n elements.
func blocks(n int, sum func(lo, hi int) float32) float64 {
	s := 0.0
	for lo := 0; lo < n; lo += rowBlock {
		s += float64(sum(lo, min(lo+rowBlock, n)))
	}
	return s
}

// Layer normalises each row of x [rows, cols]: dst = (x − mean[r])·invstd[r]·gamma + beta, with
// invstd = 1/√(variance + eps), the variance biased. gamma and beta have cols elements; mean and invstd [rows] are kept
// for LayerGrad. The mean is summed as distance from the first column, so that one far from 0 keeps its digits. dst may
// be x.
func Layer(dst, mean, invstd, x, gamma, beta []float32, rows, cols int, eps float32) {
	need(rows*cols, len(dst))
	need(rows*cols, len(x))
	need(rows, len(mean))
	need(rows, len(invstd))
	need(cols, len(gamma))
	need(cols, len(beta))
	if cols == 0 {
		vec.Fill(mean[:rows], float32(math.NaN()))
		vec.Fill(invstd[:rows], float32(math.NaN()))
		return
	}
	n := float64(cols)
	for r := range rows {
		d, v := dst[r*cols:][:cols], x[r*cols:][:cols]
		first := v[0]
		m := first + float32(blocks(cols, func(lo, hi int) float32 { return use.rowShifted(v[lo:hi], first) })/n)
		q := blocks(cols, func(lo, hi int) float32 { return use.rowDeviation(v[lo:hi], m) }) / n
		s := float32(1 / math.Sqrt(q+float64(eps)))
		mean[r], invstd[r] = m, s
		use.rowNormalize(d, v, gamma, beta, m, s)
	}
}

// LayerGrad is the gradient through Layer: with x̂ = (x − mean[r])·invstd[r] and g = dy·gamma,
// dx = invstd[r]·(g − Σg/cols − x̂·Σ(g·x̂)/cols) by rows, and dgamma += Σ dy·x̂, dbeta += Σ dy over rows (the caller
// clears them first). dx may be dy or x.
func LayerGrad(dx, dgamma, dbeta, dy, x, mean, invstd, gamma []float32, rows, cols int) {
	need(rows*cols, len(dx))
	need(rows*cols, len(dy))
	need(rows*cols, len(x))
	need(rows, len(mean))
	need(rows, len(invstd))
	need(cols, len(gamma))
	need(cols, len(dgamma))
	need(cols, len(dbeta))
	n := float64(cols)
	for r := range rows {
		d, g, v := dx[r*cols:][:cols], dy[r*cols:][:cols], x[r*cols:][:cols]
		m, s := mean[r], float64(invstd[r])
		use.rowGradSums(dgamma[:cols], dbeta, g, v, m, invstd[r])
		sum := float64(vec.Dot(g, gamma))
		dot := blocks(cols, func(lo, hi int) float32 { return use.rowDot(g[lo:hi], gamma[lo:], v[lo:], m) })
		use.rowGradInput(d, g, gamma, v, m, invstd[r], float32(-s*s*s*dot/n), float32(-s*sum/n))
	}
}
