// Package norm holds the loops of normalisation layers: statistics of the
// channels of x [rows, C] (batch normalisation) or of its rows (layer
// normalisation), their application and their gradients.
//
// Statistics are two-pass: the mean first, as distance from the first row, then
// the squared distances from the mean, each summed with compensation, so that data of mean 10⁴ and deviation 1 keep
// their digits. Variances are biased (divided by the count), as Keras's are.
package norm

import (
	"math"

	"gorae/internal/kernel/vec"
)

// variant is one implementation of the column kernels; rows ≥ 1, the columns
// are len of the per-channel slices. ld is their number.
type variant struct {
	name string
	// dst[c] = Σ over rows of x − shift[c]
	colShifted func(dst, x, shift []float32, rows, ld int)
	// dst[c] = Σ over rows of (x − mean[c])²
	colDeviation func(dst, x, mean []float32, rows, ld int)
	// dst[r, c] = (x[r, c] − mean[c])·scale[c] + shift[c]
	normalize func(dst, x, mean, scale, shift []float32, rows int)
	// dst[r, c] = x[r, c]·scale[c] + shift[c]
	apply func(dst, x, scale, shift []float32, rows int)
	// sum[c] = Σ dy, dot[c] = Σ dy·(x − mean[c])
	gradSums func(sum, dot, dy, x, mean []float32, rows, ld int)
	// dx = dy·p[c] + (x − mean[c])·q[c] + t[c]
	gradInput func(dx, dy, x, mean, p, q, t []float32, rows int)

	// The kernels of one row.

	// Σ x − shift, at most rowBlock elements
	rowShifted func(x []float32, shift float32) float32
	// Σ (x − mean)²
	rowDeviation func(x []float32, mean float32) float32
	// dst = (x − mean)·inv·gamma + beta
	rowNormalize func(dst, x, gamma, beta []float32, mean, inv float32)
	// Σ dy·gamma·(x − mean)
	rowDot func(dy, gamma, x []float32, mean float32) float32
	// dgamma += dy·(x − mean)·inv, dbeta += dy
	rowGradSums func(dgamma, dbeta, dy, x []float32, mean, inv float32)
	// dx = dy·gamma·inv + (x − mean)·q + t
	rowGradInput func(dx, dy, gamma, x []float32, mean, inv, q, t float32)
}

var use = func() *variant {
	vs := variants()
	return vs[len(vs)-1]
}()

func need(n, x int) {
	if x < n {
		panic("norm: a slice is shorter than its shape")
	}
}

// MeanVar sets mean[c] and variance[c] to the mean and the biased variance of
// column c of x [rows, C]; NaN where rows is 0.
func MeanVar(mean, variance, x []float32, rows, C int) {
	need(C, len(mean))
	need(C, len(variance))
	need(rows*C, len(x))
	if C == 0 {
		return
	}
	mean, variance = mean[:C], variance[:C]
	if rows == 0 {
		vec.Fill(mean, float32(math.NaN()))
		vec.Fill(variance, float32(math.NaN()))
		return
	}
	// The distances from the first row are summed, so that a mean far from 0 is
	// as exact as float32 can say it.
	use.colShifted(mean, x, x[:C], rows, C)
	vec.DivS(mean, mean, float32(rows))
	vec.Add(mean, mean, x)
	use.colDeviation(variance, x, mean, rows, C)
	vec.DivS(variance, variance, float32(rows))
}

// InvStd sets dst to 1/√(variance + eps).
func InvStd(dst, variance []float32, eps float32) {
	vec.AddS(dst, variance, eps)
	vec.Rsqrt(dst, dst)
}

// Apply sets dst [rows, C] to x·scale[c] + shift[c].
func Apply(dst, x, scale, shift []float32, rows, C int) {
	need(rows*C, len(dst))
	need(rows*C, len(x))
	need(C, len(scale))
	need(C, len(shift))
	if rows*C > 0 {
		use.apply(dst, x, scale[:C], shift[:C], rows)
	}
}

// Normalize sets dst [rows, C] to (x − mean[c])·scale[c] + shift[c]: for batch
// normalisation scale is gamma·invstd and shift is beta.
func Normalize(dst, x, mean, scale, shift []float32, rows, C int) {
	need(rows*C, len(dst))
	need(rows*C, len(x))
	need(C, len(mean))
	need(C, len(scale))
	need(C, len(shift))
	if rows*C > 0 {
		use.normalize(dst, x, mean[:C], scale[:C], shift[:C], rows)
	}
}

// Scratch is how many float32s of scratch Grad needs for C channels.
func Scratch(C int) int { return 3 * C }

// Grad is the gradient through y = (x − mean)·invstd·gamma + beta where mean and
// invstd are statistics of x [rows, C] itself: with x̂ = (x − mean)·invstd,
//
//	dbeta = Σ dy,  dgamma = Σ dy·x̂,
//	dx = gamma·invstd·(dy − dbeta/rows − x̂·dgamma/rows).
//
// A nil gamma is 1. dx may be dy or nil. scratch holds Scratch(C) elements.
func Grad(dx, dgamma, dbeta, dy, x, mean, invstd, gamma []float32, rows, C int, scratch []float32) {
	GradSums(dbeta, dgamma, dy, x, mean, rows, C)
	GradScales(scratch, dgamma, dbeta, invstd, gamma, rows, C)
	if dx != nil {
		GradInput(dx, dy, x, mean, scratch, rows, C)
	}
}
