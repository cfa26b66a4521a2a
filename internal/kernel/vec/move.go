package vec

import "math"

// Fill sets every element of dst to s.
func Fill(dst []float32, s float32) { use.fill(dst, s) }

// Copy sets dst to the first len(dst) elements of x.
func Copy(dst, x []float32) {
	need(len(dst), len(x))
	copy(dst, x)
}

// FromInt32 converts ids to numbers; beyond 2²⁴ they are rounded to even.
func FromInt32(dst []float32, x []int32) {
	need(len(dst), len(x))
	use.fromInt32(dst, x)
}

// FromUint8 converts pixels to numbers.
func FromUint8(dst []float32, x []uint8) {
	need(len(dst), len(x))
	whole := len(dst) &^ 15
	use.wholeFromUint8(dst[:whole], x)
	for i := whole; i < len(dst); i++ {
		dst[i] = float32(x[i])
	}
}

// ToInt32 truncates toward 0. NaN and what no int32 holds become −2³¹.
func ToInt32(dst []int32, x []float32) {
	need(len(dst), len(x))
	use.toInt32(dst, x)
}

// Transpose2D sets dst [cols, rows] to the transpose of x [rows, cols]. The two
// must not overlap.
func Transpose2D(dst, x []float32, rows, cols int) {
	need2(rows*cols, len(dst), len(x))
	use.transpose(dst, x, rows, cols)
}

// Fetch asks for x to be brought near, for who will soon read or write it. Rows that lie here and there are
// otherwise waited for one after the other.
func Fetch(x []float32) { use.fetch(x) }

// fetchAhead is how many elements of rows Gather asks for ahead.
const fetchAhead = 1024

// Gather copies rows: dst[i] = table[ids[i]], dst [len(ids), cols], table
// [len(table)/cols, cols]. An id outside the table gives a row of NaN.
func Gather(dst, table []float32, ids []int32, cols int) {
	need(len(ids)*cols, len(dst))
	if cols == 0 {
		return
	}
	rows := len(table) / cols
	ahead := max(1, fetchAhead/cols)
	for i, id := range ids {
		if k := i + ahead; k < len(ids) && uint32(ids[k]) < uint32(rows) {
			use.fetch(table[int(ids[k])*cols:][:cols])
		}
		d := dst[i*cols:][:cols]
		if id < 0 || int(id) >= rows {
			use.fill(d, float32(math.NaN()))
			continue
		}
		copy(d, table[int(id)*cols:][:cols])
	}
}

// ScatterAdd is the gradient of Gather: table[ids[i]] += src[i] for i in
// order, src [len(ids), cols], table [len(table)/cols, cols]. An id outside the
// table is passed over.
func ScatterAdd(table, src []float32, ids []int32, cols int) {
	need(len(ids)*cols, len(src))
	if cols == 0 {
		return
	}
	rows := len(table) / cols
	add := use.binary[opAdd]
	for i, id := range ids {
		if id < 0 || int(id) >= rows {
			continue
		}
		t := table[int(id)*cols:][:cols]
		add(t, t, src[i*cols:][:cols])
	}
}
