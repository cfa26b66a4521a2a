package stat

import (
	"math"
	"testing"
)

// TestRows: blocks of rows give the coefficients of all rows at once, also where a column is a combination of others in
// the first blocks alone, or in all of them.
func TestRows(t *testing.T) {
	const n, k = 500, 6
	x, ys := make([]float64, 0, n*k), [][]float64{nil, nil}
	for i := range n {
		f := float64(i)
		row := []float64{1, math.Sin(f * 1.3), math.Cos(f * 0.7), 0, 0, math.Sin(f * f)}
		row[3] = row[1] + 2*row[2] // always a combination
		row[4] = row[2]
		if i >= 200 { // a combination in the first blocks
			row[4] = math.Cos(f * f * 0.11)
		}
		x = append(x, row...)
		ys[0] = append(ys[0], 3+2*row[1]-row[2]+0.5*row[4]+0.01*math.Sin(f*17))
		ys[1] = append(ys[1], row[5]-row[4])
	}
	want, err := LeastSquaresMany(x, k, ys, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range []int{7, 100, n} {
		r := NewRows(k, 2, 0)
		for from := 0; from < n; from += block {
			to := min(from+block, n)
			if err := r.Add(x[from*k:to*k], [][]float64{ys[0][from:to], ys[1][from:to]}); err != nil {
				t.Fatal(err)
			}
		}
		got, err := r.Coefficients()
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			for j, v := range got[i] {
				if math.Abs(v-want[i][j]) > 1e-9 {
					t.Errorf("blocks of %d: coefficient %d of %d is %v, of all rows %v", block, j, i, v, want[i][j])
				}
			}
		}
	}
	if _, err := NewRows(2, 1, 0).Coefficients(); err == nil {
		t.Error("no rows, and no error")
	}
	if err := NewRows(2, 1, 0).Add([]float64{1, 2, 3}, [][]float64{{1}}); err == nil {
		t.Error("three numbers for a row of two, and no error")
	}
}
