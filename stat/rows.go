package stat

// Rows is a least-squares fit of several right sides to more rows than one wants to hold at a time. Rows come in
// blocks; each block is brought to triangular form together with the triangle of the blocks before it, which has the
// same least-squares solution (sequential QR). Unlike normal equations this does not square the condition of the rows.
//
// Source: Golub and Van Loan, Matrix Computations, 4th edition, section 6.5 (updating matrix factorizations).
type Rows struct {
	k         int
	tolerance float64
	last      *qr
	x         []float64   // the triangle, row by row
	ys        [][]float64 // its right sides
}

// NewRows is a fit of k coefficients to a number of right sides. tolerance is that of [LeastSquaresMany].
func NewRows(k, sides int, tolerance float64) *Rows {
	if tolerance == 0 {
		tolerance = dependence
	}
	return &Rows{k: k, tolerance: tolerance, ys: make([][]float64, sides)}
}

// Add takes a block of rows x, k numbers each, with their right sides.
func (r *Rows) Add(x []float64, ys [][]float64) error {
	if len(ys) != len(r.ys) {
		return failed("least squares", "%d right sides, not %d", len(ys), len(r.ys))
	}
	for i, y := range ys {
		if r.k < 1 || len(y) == 0 || len(x) != len(y)*r.k {
			return failed("least squares", "%d numbers are not %d rows of %d", len(x), len(y), r.k)
		}
		r.ys[i] = append(r.ys[i], y...)
	}
	r.last = newQR(append(r.x, x...), r.k, r.tolerance, r.ys...)
	rank := 0
	for _, p := range r.last.pivot {
		rank = max(rank, p+1)
	}
	r.x = r.x[:0]
	for row := range rank {
		for _, c := range r.last.cols {
			r.x = append(r.x, c[row])
		}
	}
	before := 0 // pivots of the columns before
	for j, p := range r.last.pivot {
		if p >= 0 {
			before++
			continue
		}
		for row := before; row < rank; row++ { // rounding, which the later reflections passed over
			r.x[row*r.k+j] = 0
		}
	}
	for i := range r.ys {
		r.ys[i] = append(r.ys[i][:0], r.last.ys[i][:rank]...)
	}
	return nil
}

// Coefficients are those of each right side; columns that are combinations of those before them have 0.
func (r *Rows) Coefficients() ([][]float64, error) {
	if r.last == nil {
		return nil, failed("least squares", "there are no rows")
	}
	out := make([][]float64, len(r.ys))
	for i := range r.ys {
		out[i] = r.last.coefficients(r.k, i)
	}
	return out, nil
}
