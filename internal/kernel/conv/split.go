package conv

// Split shares out each dy[c] to the elements of column c of x [rows, c] that equal
// y[c], in equal parts; the others get 0. The number of columns is len(y), that of rows follows from len(x).
// tmp has two floats for each column. A column of which no element equals y[c], as with NaN, becomes NaN.
func Split(dx, x, y, dy, tmp []float32) { fastest.split(dx, x, y, dy, tmp) }

var fastest = use()

// splitRows is how many rows a kernel does in a call: some 0.1 ms.
func splitRows(cols int) int { return max(1, 1<<19/cols) }

func (v *variant) split(dx, x, y, dy, tmp []float32) {
	cols := len(y)
	if cols == 0 || len(x) == 0 {
		return
	}
	rows, most := len(x)/cols, splitRows(cols)
	dx, dy = dx[:rows*cols], dy[:cols]
	part, some := tmp[:cols:cols], tmp[cols:2*cols]
	clear(part)
	for r := 0; r < rows; r += most {
		v.hits(some, x[r*cols:], y, min(most, rows-r), cols)
		for c, n := range some {
			part[c] += n
		}
	}
	for c, n := range part {
		part[c] = dy[c] / n
	}
	for r := 0; r < rows; r += most {
		n := min(most, rows-r)
		v.spread(dx[r*cols:(r+n)*cols], x[r*cols:(r+n)*cols], y, part, n)
	}
}

// hitsGo sets dst[c] to how many elements of column c of x equal y[c].
func hitsGo(dst, x, y []float32, rows, ld int) {
	clear(dst)
	for r := range rows {
		for c, v := range x[r*ld:][:len(dst)] {
			if v == y[c] {
				dst[c]++
			}
		}
	}
}

// spreadGo sets dx to part where x equals y, else to 0 times part.
func spreadGo(dx, x, y, part []float32, rows int) {
	n := len(y)
	for r := range rows {
		to := dx[r*n:][:n]
		for c, v := range x[r*n:][:n] {
			var hit float32
			if v == y[c] {
				hit = 1
			}
			to[c] = hit * part[c]
		}
	}
}
