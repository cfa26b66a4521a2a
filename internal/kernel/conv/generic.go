package conv

// The variant in Go: tiles of 4×4 in sixteen local variables.

func genericTile(vecs int) int {
	if vecs == 1 {
		return 4
	}
	return 0
}

func genericStrip(s *strip) (finite bool) {
	finite = true
	for l := range s.lines {
		for t := range s.tiles {
			var sum [4][4]float32
			for _, at := range s.at {
				a := s.a[l*s.aLine+at.a+t*s.rows*s.aRow:]
				b := s.b[at.b*s.bRow:]
				if s.rows == 4 && s.cols == 4 {
					tile4x4(&sum, s.depth, a, s.aRow, s.aCol, b, s.bRow)
				} else {
					tileSmall(&sum, s.rows, s.cols, s.depth, a, s.aRow, s.aCol, b, s.bRow)
				}
			}
			for i := range s.rows {
				at := l*s.cLine + (t*s.rows+i)*s.ldc
				var mask []float32
				if s.flags&flagMask != 0 {
					mask = s.mask[at : at+s.cols]
				}
				if !finish(s.c[at:at+s.cols], sum[i][:s.cols], s.bias, mask, s.flags) {
					finite = false
				}
			}
		}
	}
	return finite
}

// tile4x4 adds a [4, k] times b [k, 4] to sum.
func tile4x4(sum *[4][4]float32, k int, a []float32, aRow, aCol int, b []float32, bRow int) {
	s0, s1, s2, s3 := sum[0], sum[1], sum[2], sum[3]
	s00, s01, s02, s03 := s0[0], s0[1], s0[2], s0[3]
	s10, s11, s12, s13 := s1[0], s1[1], s1[2], s1[3]
	s20, s21, s22, s23 := s2[0], s2[1], s2[2], s2[3]
	s30, s31, s32, s33 := s3[0], s3[1], s3[2], s3[3]
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

// tileSmall is tile4x4 for fewer rows or columns.
func tileSmall(sum *[4][4]float32, rows, cols, k int, a []float32, aRow, aCol int, b []float32, bRow int) {
	for k := range k {
		r := b[k*bRow : k*bRow+cols]
		for i := range rows {
			x := a[i*aRow+k*aCol]
			for j, y := range r {
				sum[i][j] += x * y
			}
		}
	}
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
