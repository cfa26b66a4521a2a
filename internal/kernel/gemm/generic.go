package gemm

// generic is the variant in Go: tiles of 4×4 in sixteen local variables.
type generic struct{}

func (generic) width() int            { return 4 }
func (generic) panel(m, left int) int { return 4 }
func (generic) tile(panel int) int    { return 4 }
func (generic) stride(rows int) int   { return 4 }
func (generic) sizes() sizes          { return sizes{blockK: 512} }

func (generic) packGroup(dst, src []float32, rows, ld, step int) { panic("gemm: a group is one panel") }

func (generic) packTiles(dst, src []float32, rows, ld, tiles, height, step int) {
	panic("gemm: packed tiles have gaps")
}

func (generic) packRows(dst, src []float32, rows, ld, cols, padded, stride int) {
	for r := range rows {
		n := copy(dst[r*stride:r*stride+padded], src[r*ld:r*ld+cols])
		clear(dst[r*stride+n : r*stride+padded])
	}
}

func (generic) packCols(dst, src []float32, rows, ld, cols, padded, stride int) {
	for r := range rows {
		for j, x := range src[r*ld : r*ld+cols] {
			dst[j*stride+r] = x
		}
	}
	for j := range cols {
		clear(dst[j*stride+rows : j*stride+padded])
	}
}

func (generic) strip(s *strip, flags int) (finite bool) {
	finite = true
	for t := range s.tiles {
		var sum [4][4]float32
		if s.k > 0 {
			a := s.a[t*s.aTile:]
			if s.rows == 4 {
				tile4x4(&sum, s.k, a, s.aRow, s.aCol, s.b, s.bRow)
			} else {
				for i := range s.rows {
					tile1x4(&sum[i], s.k, a[i*s.aRow:], s.aCol, s.b, s.bRow)
				}
			}
		}
		for i := range s.rows {
			at := (t*s.rows + i) * s.ldc
			c := s.c[at : at+s.cols]
			var mask []float32
			if flags&flagMask != 0 {
				mask = s.mask[at : at+s.cols]
			}
			if !finish(c, sum[i][:s.cols], s.bias, mask, flags) {
				finite = false
			}
		}
	}
	return finite
}

func (generic) dot8(x []float32, ld, rows int, y []float32, k int) (sums [8]float32) {
	y = y[:k]
	for i := range rows {
		r := x[i*ld:][:len(y)]
		var s0, s1, s2, s3 float32
		j := 0
		for ; j+4 <= len(y); j += 4 {
			s0 += r[j] * y[j]
			s1 += r[j+1] * y[j+1]
			s2 += r[j+2] * y[j+2]
			s3 += r[j+3] * y[j+3]
		}
		for ; j < len(y); j++ {
			s0 += r[j] * y[j]
		}
		sums[i] = (s0 + s1) + (s2 + s3)
	}
	return sums
}

func (generic) hasDots() bool { return false }

func (generic) dots([]float32, int, int, []float32, int, int, int) (sums [20]float32) { return sums }

// tile4x4 adds a [4, k] times b [k, 4] to sum.
func tile4x4(sum *[4][4]float32, k int, a []float32, aRow, aCol int, b []float32, bRow int) {
	var s00, s01, s02, s03, s10, s11, s12, s13 float32
	var s20, s21, s22, s23, s30, s31, s32, s33 float32
	for i, j := 0, 0; k > 0; k-- {
		r := b[j : j+4 : j+4]
		b0, b1, b2, b3 := r[0], r[1], r[2], r[3]
		x := a[i]
		s00 += x * b0
		s01 += x * b1
		s02 += x * b2
		s03 += x * b3
		x = a[i+aRow]
		s10 += x * b0
		s11 += x * b1
		s12 += x * b2
		s13 += x * b3
		x = a[i+2*aRow]
		s20 += x * b0
		s21 += x * b1
		s22 += x * b2
		s23 += x * b3
		x = a[i+3*aRow]
		s30 += x * b0
		s31 += x * b1
		s32 += x * b2
		s33 += x * b3
		i += aCol
		j += bRow
	}
	*sum = [4][4]float32{{s00, s01, s02, s03}, {s10, s11, s12, s13}, {s20, s21, s22, s23}, {s30, s31, s32, s33}}
}

// tile1x4 adds a [1, k] times b [k, 4] to sum.
func tile1x4(sum *[4]float32, k int, a []float32, aCol int, b []float32, bRow int) {
	var s0, s1, s2, s3 float32
	for i, j := 0, 0; k > 0; k-- {
		x, r := a[i], b[j:j+4:j+4]
		s0 += x * r[0]
		s1 += x * r[1]
		s2 += x * r[2]
		s3 += x * r[3]
		i += aCol
		j += bRow
	}
	*sum = [4]float32{s0, s1, s2, s3}
}

// finish is the epilogue of one row of a tile.
func finish(c, sum, bias, mask []float32, flags int) (finite bool) {
	var zero float32 // stays 0 as long as all is finite: x·0 is NaN for NaN and ±Inf
	for j, x := range sum {
		if flags&flagAdd != 0 {
			x += c[j]
		}
		if flags&flagBias != 0 {
			x += bias[j]
		}
		if flags&flagRelu != 0 && x < 0 {
			x = 0
		}
		if flags&flagMask != 0 && !(mask[j] > 0) {
			x = 0
		}
		c[j] = x
		zero += x * 0
	}
	return zero == 0 || flags&flagCheck == 0
}
