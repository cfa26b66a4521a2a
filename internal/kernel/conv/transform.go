package conv

// The matrices of F(4×4, 3×3) for the points 0, ±1, ±2 and ∞ (Lavin and Gray, Fast
// Algorithms for Convolutional Neural Networks, 2015, section 4.3): with d a 6×6 part
// of the source and g the 3×3 weights, the 4×4 results are
//
//	Aᵀ·[(G·g·Gᵀ) ⊙ (Bᵀ·d·B)]·A
//
// and by the chain rule, with dy their gradient, that of g is
//
//	Gᵀ·[(Bᵀ·d·B) ⊙ (A·dy·Aᵀ)]·G
//
// F(4, 3), on one axis, is the same without the second factor of each transform.
type matrix [6][6]float32

var winoB = matrix{ // Bᵀ
	{4, 0, -5, 0, 1, 0},
	{0, -4, -4, 1, 1, 0},
	{0, 4, -4, -1, 1, 0},
	{0, -2, -1, 2, 1, 0},
	{0, 2, -1, -2, 1, 0},
	{0, 4, 0, -5, 0, 1},
}

var winoG = matrix{
	{1. / 4, 0, 0},
	{-1. / 6, -1. / 6, -1. / 6},
	{-1. / 6, 1. / 6, -1. / 6},
	{1. / 24, 1. / 12, 1. / 6},
	{1. / 24, -1. / 12, 1. / 6},
	{0, 0, 1},
}

var winoA = matrix{
	{1, 0, 0, 0},
	{1, 1, 1, 1},
	{1, -1, 1, -1},
	{1, 2, 4, 8},
	{1, -2, 4, -8},
	{0, 0, 0, 1},
}

func transposed(m *matrix) *matrix {
	var t matrix
	for i := range m {
		for j := range m {
			t[j][i] = m[i][j]
		}
	}
	return &t
}

// winoTmp is the number of floats that a transform needs for itself.
const winoTmp = 6 * 6 * 16

// squares maps one element of a tile: to = l·x·lᵀ, x from×from.
func (l *matrix) squares(from, to int, x, y *matrix) {
	var h matrix
	for i := range to {
		for j := range from {
			var s float32
			for k := range from {
				s += l[i][k] * x[k][j]
			}
			h[i][j] = s
		}
	}
	for i := range to {
		for j := range to {
			var s float32
			for k := range from {
				s += h[i][k] * l[j][k]
			}
			y[i][j] = s
		}
	}
}

// square is the transform by l of squares of side from to squares of side to.
func square(from, to int, l *matrix) transform {
	return func(dst, src, tmp []float32, n, tiles, dstTile, dstRow, dstCol, srcTile, srcRow, srcCol int) {
		var x, y matrix
		for t := range tiles {
			for c := range n {
				for i := range from {
					for j := range from {
						x[i][j] = src[t*srcTile+i*srcRow+j*srcCol+c]
					}
				}
				l.squares(from, to, &x, &y)
				for i := range to {
					for j := range to {
						dst[t*dstTile+i*dstRow+j*dstCol+c] = y[i][j]
					}
				}
			}
		}
	}
}

// flat is the transform by l of lines of from vectors to lines of to; what concerns
// rows is not used.
func flat(from, to int, l *matrix) transform {
	return func(dst, src, tmp []float32, n, tiles, dstTile, dstRow, dstCol, srcTile, srcRow, srcCol int) {
		for t := range tiles {
			for c := range n {
				for i := range to {
					var s float32
					for k := range from {
						s += l[i][k] * src[t*srcTile+k*srcCol+c]
					}
					dst[t*dstTile+i*dstCol+c] = s
				}
			}
		}
	}
}

var winoAT = transposed(&winoA)

// winoOutputGo is the transform of products to results, of which only the first rows
// rows and cols columns are stored. mask is laid out as dst.
func winoOutputGo(dst, src, tmp, bias, mask []float32, n, tiles, dstTile, dstRow, dstCol, srcTile, srcRow, srcCol,
	rows, cols, flags int) (bad int) {
	var x, y matrix
	for t := range tiles {
		for c := range n {
			for i := range 6 {
				for j := range 6 {
					x[i][j] = src[t*srcTile+i*srcRow+j*srcCol+c]
				}
			}
			winoAT.squares(6, 4, &x, &y)
			for i := range rows {
				bad |= keep(dst, y[i][:cols], bias, mask, t*dstTile+i*dstRow, dstCol, c, flags)
			}
		}
	}
	return bad
}

// flatOutputGo is the transform of products to results on a line.
func flatOutputGo(dst, src, tmp, bias, mask []float32, n, tiles, dstTile, dstRow, dstCol, srcTile, srcRow, srcCol,
	rows, cols, flags int) (bad int) {
	var y [side]float32
	for t := range tiles {
		for c := range n {
			for i := range y {
				y[i] = 0
				for k := range 6 {
					y[i] += winoAT[i][k] * src[t*srcTile+k*srcCol+c]
				}
			}
			bad |= keep(dst, y[:cols], bias, mask, t*dstTile, dstCol, c, flags)
		}
	}
	return bad
}

// keep stores results of channel c, step apart from at on.
func keep(dst, y, bias, mask []float32, at, step, c, flags int) (bad int) {
	for j := range y {
		at := at + j*step + c
		var b, k []float32
		if flags&flagBias != 0 {
			b = bias[c : c+1]
		}
		if flags&flagMask != 0 {
			k = mask[at : at+1]
		}
		if !finish(dst[at:at+1], y[j:j+1], b, k, flags|flagCheck) {
			bad = 1
		}
	}
	return bad
}

// form is a way to cut results into tiles: squares of 4×4 on axes 1 and 2, or 4 on
// axis 2.
type form struct {
	tall                     int // results of a tile on axis 1
	products                 int // of a tile
	input, weight, grad, sum transform
	output                   outputTransform
	// The form pays from this ratio of the products of the definition to its own on, plus
	// transforms by the channels (the harmonic mean of both sides); BenchmarkMethod on a Zen 4.
	least, transforms float64
}

func (v *variant) square() form {
	return form{side, 36, v.winoInput, v.winoWeight, v.winoGrad, v.winoSum, v.winoOutput, 1.4, 31}
}

func (v *variant) flat() form {
	return form{1, 6, v.flatInput, v.flatWeight, v.flatGrad, v.flatSum, v.flatOutput, 1.2, 10}
}
