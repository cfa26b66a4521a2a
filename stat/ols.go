package stat

import (
	"fmt"
	"math"
)

// Linear is a least-squares fit: y ≈ x·Coef.
type Linear struct {
	Coef []float64 // one per column of x
	Err  []float64 // the coefficients' standard errors, sqrt(s²·diag((xᵀx)⁻¹)), s² = SSR/(n − k); 0 where n = k
	SSR  float64   // Σ(y − x·Coef)²
	N    int       // rows
}

// LeastSquares fits y ≈ x·b, x being n rows of k numbers side by side, by
// Householder's QR: the condition of x is not squared, as the normal equations
// would. Neither x nor y is changed. Fewer rows than columns, or columns that
// depend on each other, are errors.
func LeastSquares(x []float64, k int, y []float64) (*Linear, error) {
	n := len(y)
	if k < 1 || n < k || len(x) != n*k {
		return nil, fmt.Errorf("least squares: %d observations for %d coefficients; give at least as many observations", n, k)
	}
	q := newQR(x, k, y)
	if dep := q.dependent(); dep >= 0 {
		return nil, fmt.Errorf("least squares: column %d is constant or a combination of the columns before it; leave it out", dep+1)
	}
	return q.solve(k), nil
}

// qr is a matrix brought to triangular form, column by column, with the right
// side carried along. Columns are kept whole: cols[j][i] is row i of column j.
type qr struct {
	cols [][]float64
	y    []float64
	norm []float64 // of the columns as they came
}

func newQR(x []float64, k int, y []float64) *qr {
	n := len(y)
	q := &qr{cols: make([][]float64, k), y: append([]float64(nil), y...), norm: make([]float64, k)}
	for j := range q.cols {
		c := make([]float64, n)
		for i := range c {
			c[i] = x[i*k+j]
		}
		q.cols[j] = c
		q.norm[j] = norm(c)
	}
	v := make([]float64, n)
	for j, c := range q.cols {
		// The reflection I − 2vvᵀ/vᵀv takes the rest of column j to (alpha, 0, …, 0).
		v := v[j:]
		copy(v, c[j:])
		alpha := norm(v)
		if v[0] > 0 {
			alpha = -alpha
		}
		v[0] -= alpha
		vv := dot(v, v)
		if vv == 0 {
			continue
		}
		for _, other := range q.cols[j+1:] {
			reflect(other[j:], v, vv)
		}
		reflect(q.y[j:], v, vv)
		c[j] = alpha
		clear(c[j+1:])
	}
	return q
}

func reflect(c, v []float64, vv float64) {
	s := 2 * dot(c, v) / vv
	for i := range c {
		c[i] -= s * v[i]
	}
}

// dependent is the first column that adds no direction, −1 if none.
func (q *qr) dependent() int {
	for j, c := range q.cols {
		if !(math.Abs(c[j]) > 1e-11*q.norm[j]) {
			return j
		}
	}
	return -1
}

// ssr is the sum of squared residuals of the fit to the first k columns alone.
func (q *qr) ssr(k int) float64 { return dot(q.y[k:], q.y[k:]) }

// solve fits the first k columns.
func (q *qr) solve(k int) *Linear {
	n := len(q.y)
	l := &Linear{Coef: make([]float64, k), Err: make([]float64, k), SSR: q.ssr(k), N: n}
	for i := k - 1; i >= 0; i-- {
		s := q.y[i]
		for j := i + 1; j < k; j++ {
			s -= q.cols[j][i] * l.Coef[j]
		}
		l.Coef[i] = s / q.cols[i][i]
	}
	if n == k {
		return l
	}
	s2 := l.SSR / float64(n-k)
	// Row r of R⁻¹ has the squared length diag((xᵀx)⁻¹)[r].
	inv := make([]float64, k)
	for r := range k {
		clear(inv)
		inv[r] = 1 / q.cols[r][r]
		for j := r + 1; j < k; j++ {
			s := 0.0
			for i := r; i < j; i++ {
				s += inv[i] * q.cols[j][i]
			}
			inv[j] = -s / q.cols[j][j]
		}
		l.Err[r] = math.Sqrt(s2 * dot(inv, inv))
	}
	return l
}

func dot(a, b []float64) float64 {
	s := 0.0
	for i, v := range a {
		s += v * b[i]
	}
	return s
}

// norm is the Euclidean length, safe from overflow.
func norm(a []float64) float64 {
	big := 0.0
	for _, v := range a {
		big = max(big, math.Abs(v))
	}
	if big == 0 || math.IsInf(big, 0) || math.IsNaN(big) {
		return big
	}
	s := 0.0
	for _, v := range a {
		s += (v / big) * (v / big)
	}
	return big * math.Sqrt(s)
}
