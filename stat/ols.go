package stat

import "math"

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
		return nil, failed("least squares", "%d observations for %d coefficients; give at least as many "+
			"observations", n, k)
	}
	q := newQR(x, k, dependence, y)
	if dep := q.dependent(); dep >= 0 {
		return nil, failed("least squares", "column %d is constant or a combination of the columns before it; "+
			"leave it out", dep+1)
	}
	return q.solve(k, 0), nil
}

// LeastSquaresMany fits several right sides to the same x at once; the result's
// rows are by right side. A column of which those before it leave no more than tolerance of its length
// is a combination of them: it gets the coefficient 0, and so do columns for which rows are lacking.
// 0 means 1e-11, for numbers of full precision; what was rounded to float32 wants 1e-6, or a
// combination is told from its rounding, and that is fitted.
func LeastSquaresMany(x []float64, k int, ys [][]float64, tolerance float64) ([][]float64, error) {
	for _, y := range ys {
		if k < 1 || len(y) == 0 || len(x) != len(y)*k {
			return nil, failed("least squares", "%d numbers are not %d rows of %d", len(x), len(y), k)
		}
	}
	if tolerance == 0 {
		tolerance = dependence
	}
	q := newQR(x, k, tolerance, ys...)
	out := make([][]float64, len(ys))
	for i := range ys {
		out[i] = q.coefficients(k, i)
	}
	return out, nil
}

// qr is a matrix brought to triangular form, column by column, with right sides
// carried along. cols[j][i] is row i of column j. Pivot[j] is the row in which
// column j ends, −1 where it adds no direction to the columns before it.
type qr struct {
	cols  [][]float64
	ys    [][]float64
	pivot []int
}

// A column is dependent where what the others leave of it is rounding.
const dependence = 1e-11

func newQR(x []float64, k int, tolerance float64, ys ...[]float64) *qr {
	n := len(ys[0])
	q := &qr{cols: make([][]float64, k), ys: make([][]float64, len(ys)), pivot: make([]int, k)}
	for i, y := range ys {
		q.ys[i] = append([]float64(nil), y...)
	}
	whole := make([]float64, k)
	for j := range q.cols {
		c := make([]float64, n)
		for i := range c {
			c[i] = x[i*k+j]
		}
		q.cols[j] = c
		whole[j] = norm(c)
	}
	buf := make([]float64, n)
	r := 0
	for j, c := range q.cols {
		q.pivot[j] = -1
		if r == n {
			continue
		}
		// The reflection I − 2vvᵀ/vᵀv takes the rest of column j to (alpha, 0, …, 0).
		v := buf[r:]
		copy(v, c[r:])
		alpha := norm(v)
		if !(alpha > tolerance*whole[j]) {
			continue
		}
		if v[0] > 0 {
			alpha = -alpha
		}
		v[0] -= alpha
		vv := dot(v, v)
		for _, other := range q.cols[j+1:] {
			reflect(other[r:], v, vv)
		}
		for _, y := range q.ys {
			reflect(y[r:], v, vv)
		}
		c[r] = alpha
		clear(c[r+1:])
		q.pivot[j] = r
		r++
	}
	return q
}

func reflect(c, v []float64, vv float64) {
	s := 2 * dot(c, v) / vv
	for i := range c {
		c[i] -= s * v[i]
	}
}

// dependent returns the first column that adds no direction, −1 if none.
func (q *qr) dependent() int {
	for j, r := range q.pivot {
		if r < 0 {
			return j
		}
	}
	return -1
}

// ssr returns the sum of squared residuals of the first right side's fit to the first k
// columns alone, none of them dependent.
func (q *qr) ssr(k int) float64 { return dot(q.ys[0][k:], q.ys[0][k:]) }

// coefficients fits right side i to the first k columns; dependent ones get 0.
func (q *qr) coefficients(k, i int) []float64 {
	b := make([]float64, k)
	for c := k - 1; c >= 0; c-- {
		r := q.pivot[c]
		if r < 0 {
			continue
		}
		s := q.ys[i][r]
		for j := c + 1; j < k; j++ {
			s -= q.cols[j][r] * b[j]
		}
		b[c] = s / q.cols[c][r]
	}
	return b
}

// solve fits right side i to the first k columns, none of them dependent.
func (q *qr) solve(k, i int) *Linear {
	n := len(q.ys[i])
	l := &Linear{Coef: q.coefficients(k, i), Err: make([]float64, k), SSR: dot(q.ys[i][k:], q.ys[i][k:]), N: n}
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

// norm returns the Euclidean length, safe from overflow.
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
