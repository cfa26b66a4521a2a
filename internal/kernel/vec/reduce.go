package vec

import "math"

// sumBlock is how many elements a kernel adds up in float32 lanes before the
// blocks' sums are added in float64. The error of a long sum is thereby that of
// a short one, and the result depends on the length alone.
const sumBlock = 4096

// Sum is Σ x.
func Sum(x []float32) float32 {
	if len(x) <= sumBlock {
		return use.sum(x)
	}
	var s float64
	for ; len(x) > sumBlock; x = x[sumBlock:] {
		s += float64(use.sum(x[:sumBlock]))
	}
	return float32(s + float64(use.sum(x)))
}

// SumSquares is Σ x².
func SumSquares(x []float32) float32 {
	if len(x) <= sumBlock {
		return use.sumSquares(x)
	}
	var s float64
	for ; len(x) > sumBlock; x = x[sumBlock:] {
		s += float64(use.sumSquares(x[:sumBlock]))
	}
	return float32(s + float64(use.sumSquares(x)))
}

// Dot is Σ a·b over len(a) elements.
func Dot(a, b []float32) float32 {
	need(len(a), len(b))
	if len(a) <= sumBlock {
		return use.dot(a, b)
	}
	var s float64
	for ; len(a) > sumBlock; a, b = a[sumBlock:], b[sumBlock:] {
		s += float64(use.dot(a[:sumBlock], b))
	}
	return float32(s + float64(use.dot(a, b)))
}

// ReduceMax is the largest element, NaN if one is NaN, −Inf of nothing.
func ReduceMax(x []float32) float32 { return use.maxOf(x) }

// ReduceMin is the smallest element, NaN if one is NaN, +Inf of nothing.
func ReduceMin(x []float32) float32 { return use.minOf(x) }

// Finite reports whether no element is NaN or infinite.
func Finite(x []float32) bool { return use.zeroIfFinite(x) == 0 }

// ArgMax is the index of the first largest element, of the first NaN if there
// is one, −1 of nothing.
func ArgMax(x []float32) int {
	if len(x) == 0 {
		return -1
	}
	m := use.maxOf(x)
	for i, v := range x {
		if v == m || v != v {
			return i
		}
	}
	return -1
}

// RowSum sets dst[r] to the sum of row r of x [rows, cols].
func RowSum(dst, x []float32, rows, cols int) {
	needRows(dst, x, rows, cols)
	for r := range rows {
		dst[r] = Sum(x[r*cols:][:cols])
	}
}

// RowSumSquares sets dst[r] to the sum of the squares of row r of x [rows, cols].
func RowSumSquares(dst, x []float32, rows, cols int) {
	needRows(dst, x, rows, cols)
	for r := range rows {
		dst[r] = SumSquares(x[r*cols:][:cols])
	}
}

// RowMax sets dst[r] to the largest element of row r of x [rows, cols].
func RowMax(dst, x []float32, rows, cols int) {
	needRows(dst, x, rows, cols)
	for r := range rows {
		dst[r] = use.maxOf(x[r*cols:][:cols])
	}
}

// RowMin sets dst[r] to the smallest element of row r of x [rows, cols].
func RowMin(dst, x []float32, rows, cols int) {
	needRows(dst, x, rows, cols)
	for r := range rows {
		dst[r] = use.minOf(x[r*cols:][:cols])
	}
}

func needRows(dst, x []float32, rows, cols int) {
	need(rows, len(dst))
	need(rows*cols, len(x))
}

// ColSum sets dst[c] to the sum of column c of x [rows, cols], whose rows lie
// ld ≥ cols elements apart. Columns are added up in blocks of rows, and the
// blocks' sums with compensation, so that the error does not grow with rows.
func ColSum(dst, x []float32, rows, cols, ld int) {
	if columns(dst, x, rows, cols, ld, 0) {
		use.colSum(dst[:cols], x, rows, ld)
	}
}

// ColMax sets dst[c] to the largest element of column c of x [rows, cols], whose
// rows lie ld ≥ cols elements apart; NaN if one is NaN, −Inf where rows is 0.
func ColMax(dst, x []float32, rows, cols, ld int) {
	if columns(dst, x, rows, cols, ld, float32(math.Inf(-1))) {
		use.colMax(dst[:cols], x, rows, ld)
	}
}

// ColMin sets dst[c] to the smallest element of column c of x [rows, cols],
// whose rows lie ld ≥ cols elements apart; NaN if one is NaN, +Inf where rows
// is 0.
func ColMin(dst, x []float32, rows, cols, ld int) {
	if columns(dst, x, rows, cols, ld, float32(math.Inf(1))) {
		use.colMin(dst[:cols], x, rows, ld)
	}
}

// columns checks the extents of a column reduction, and fills dst where there
// is nothing to reduce.
func columns(dst, x []float32, rows, cols, ld int, empty float32) bool {
	need(cols, len(dst))
	if ld < cols {
		panic("vec: row stride smaller than the row")
	}
	if rows == 0 || cols == 0 {
		use.fill(dst[:cols], empty)
		return false
	}
	need((rows-1)*ld+cols, len(x))
	return true
}
