package norm

import (
	"math"

	"gorae/internal/kernel/vec"
)

// Layer normalises each row of x [rows, cols]: dst = (x − mean[r])·invstd[r]·gamma
// + beta, with invstd = 1/√(variance + eps), the variance biased. gamma and beta
// [cols] may be nil for 1 and 0; mean and invstd [rows] are kept for LayerGrad.
// The mean is summed as distance from the first column, so that one far from 0
// keeps its digits. dst may be x.
func Layer(dst, mean, invstd, x, gamma, beta []float32, rows, cols int, eps float32) {
	need(rows*cols, len(dst))
	need(rows*cols, len(x))
	need(rows, len(mean))
	need(rows, len(invstd))
	for r := range rows {
		d, v := dst[r*cols:][:cols], x[r*cols:][:cols]
		first := float32(0)
		if cols > 0 {
			first = v[0]
		}
		vec.SubS(d, v, first)
		m := vec.Sum(d) / float32(cols)
		vec.SubS(d, d, m)
		s := float32(1 / math.Sqrt(float64(vec.SumSquares(d)/float32(cols))+float64(eps)))
		mean[r], invstd[r] = first+m, s
		vec.MulS(d, d, s)
		if gamma != nil {
			vec.Mul(d, d, gamma)
		}
		if beta != nil {
			vec.Add(d, d, beta)
		}
	}
}

// LayerGrad is the gradient through Layer: with x̂ = (x − mean[r])·invstd[r] and
// g = dy·gamma, dx = invstd[r]·(g − Σg/cols − x̂·Σ(g·x̂)/cols) by rows, and
// dgamma += Σ dy·x̂, dbeta += Σ dy over rows (either may be nil; the caller clears
// them first). scratch holds 2·cols elements. dx must not be dy or x.
func LayerGrad(dx, dgamma, dbeta, dy, x, mean, invstd, gamma []float32, rows, cols int, scratch []float32) {
	need(rows*cols, len(dx))
	need(rows*cols, len(dy))
	need(rows*cols, len(x))
	need(rows, len(mean))
	need(rows, len(invstd))
	need(2*cols, len(scratch))
	if cols == 0 {
		return
	}
	hat, t := scratch[:cols], scratch[cols:2*cols]
	n := 1 / float32(cols)
	for r := range rows {
		d, g, v := dx[r*cols:][:cols], dy[r*cols:][:cols], x[r*cols:][:cols]
		vec.SubS(hat, v, mean[r])
		vec.MulS(hat, hat, invstd[r])
		if dbeta != nil {
			vec.Add(dbeta[:cols], dbeta, g)
		}
		if dgamma != nil {
			vec.MulAdd(dgamma[:cols], g, hat, dgamma)
		}
		if gamma != nil {
			vec.Mul(t, g, gamma)
			g = t
		}
		sum, dot := vec.Sum(g)*n, vec.Dot(g, hat)*n
		vec.MulS(hat, hat, dot)
		vec.Sub(d, g, hat)
		vec.SubS(d, d, sum)
		vec.MulS(d, d, invstd[r])
	}
}
