package conv

// variant is what pooling and the transforms of Winograd's method need of an
// instruction set. All pooling functions run over rows ≥ 1 rows of cols ≥ 1 floats;
// dense operands have rows of cols floats.
type variant struct {
	name string
	// dst = max(dst, a) or dst + a, rows dstStep and aStep apart; NaN is the greatest.
	max1, add1 func(dst, a []float32, rows, cols, dstStep, aStep int)
	// dst = max or sum of what lies at 0, b, c and d of x, whose rows are step apart; dst is dense.
	max4, add4 func(dst, x []float32, b, c, d, rows, cols, step int)
	// The same of these and dst.
	max5, add5 func(dst, x []float32, b, c, d, rows, cols, step int)
	// Where x equals y or is NaN, dx += left and left = 0; rows of dx and x are step
	// apart, y and left are dense.
	grad1 func(dx, x, y, left []float32, rows, cols, step int)
	// dy goes to the first greatest of the elements at 0, b, c and d of x, 0 to the
	// others; rows of dx and x are step apart, dy is dense.
	grad4 func(dx, x, dy []float32, b, c, d, rows, cols, step int)
	// dst[l·dstLine + p·dstStep + c] = Σ_t src[l·srcLine + p·srcStep + at[t] + c]·w[wAt[t] + c] with
	// the flags, c < n; lines, pixels ≥ 1.
	depth func(dst, src, w, bias, mask []float32, at, wAt []int, n, lines, pixels, dstLine, srcLine, dstStep, srcStep,
		flags int) (bad int)
	// dst[c] += Σ_l Σ_p x[l·xLine + p·xStep + c]·dy[l·dyLine + p·dyStep + c], c < n; lines ≥ 1.
	depthGrad func(dst, x, dy []float32, n, lines, pixels, xLine, dyLine, xStep, dyStep int)
	// dst[p·dstStep + c] = src[p·step + from[c]], c < len(from), where the from of a vector's c lie
	// within one vector.
	expand func(dst, src []float32, from []int32, pixels, dstStep, step int)
	// left goes to the first of the elements at 0, b, c and d of x that is y or NaN, 0 to
	// the others, and left is 0 then; rows of dx and x are step apart, y and left are dense.
	grad5 func(dx, x, y, left []float32, b, c, d, rows, cols, step int)
	// dst[c] is the number of elements of column c of x, rows ld apart, that equal y[c]; dx = part
	// where x equals y, else 0·part: both for Split.
	hits   func(dst, x, y []float32, rows, ld int)
	spread func(dx, x, y, part []float32, rows int)
	// The transforms; see transform.go.
	winoInput, winoWeight, winoGrad, winoSum transform
	flatInput, flatWeight, flatGrad, flatSum transform
	winoOutput, flatOutput                   outputTransform
}

// outputTransform is a transform to results, of which the first rows rows and cols columns
// are stored; mask is laid out as dst.
type outputTransform func(dst, src, tmp, bias, mask []float32, n, tiles, dstTile, dstRow, dstCol, srcTile, srcRow,
	srcCol, rows, cols, flags int) (bad int)

// transform maps, for each of tiles tiles, a square of vectors of n floats X to
// L·X·Lᵀ, or a line to L·X: element (i, j) of tile t lies at t·srcTile + i·srcRow + j·srcCol and that of
// the result at t·dstTile + i·dstRow + j·dstCol. tmp has winoTmp floats.
type transform func(dst, src, tmp []float32, n, tiles, dstTile, dstRow, dstCol, srcTile, srcRow, srcCol int)

// portable is the variant in Go.
var portable = &variant{
	name: "generic",
	max1: rowsOf(func(a, b float32) float32 { return max(a, b) }),
	add1: rowsOf(func(a, b float32) float32 { return a + b }),
	max4: fourOf(func(_, a, b, c, d float32) float32 { return max(a, b, c, d) }),
	add4: fourOf(func(_, a, b, c, d float32) float32 { return (a + b) + (c + d) }),
	max5: fourOf(func(dst, a, b, c, d float32) float32 { return max(dst, a, b, c, d) }),
	add5: fourOf(func(dst, a, b, c, d float32) float32 { return dst + ((a + b) + (c + d)) }),
	grad1: func(dx, x, y, left []float32, rows, cols, step int) {
		for r := range rows {
			for j := range cols {
				if v := x[r*step+j]; v == y[r*cols+j] || v != v {
					dx[r*step+j] += left[r*cols+j]
					left[r*cols+j] = 0
				}
			}
		}
	},
	grad4: func(dx, x, dy []float32, b, c, d, rows, cols, step int) {
		for r := range rows {
			for j := range cols {
				at := r*step + j
				g := [4]int{at, at + b, at + c, at + d}
				m := max(x[g[0]], x[g[1]], x[g[2]], x[g[3]])
				left := dy[r*cols+j]
				for _, at := range g {
					dx[at] = 0
					if v := x[at]; v == m || v != v {
						dx[at], left = left, 0
					}
				}
			}
		}
	},
	grad5: func(dx, x, y, left []float32, b, c, d, rows, cols, step int) {
		for r := range rows {
			for j := range cols {
				for _, at := range [4]int{0, b, c, d} {
					at += r*step + j
					dx[at] = 0
					if v := x[at]; v == y[r*cols+j] || v != v {
						dx[at], left[r*cols+j] = left[r*cols+j], 0
					}
				}
			}
		}
	},
	hits:       hitsGo,
	spread:     spreadGo,
	expand:     spreadChannels,
	depth:      depthGo,
	depthGrad:  depthGradGo,
	winoInput:  square(6, 6, &winoB),
	winoWeight: square(3, 6, &winoG),
	winoGrad:   square(4, 6, &winoA),
	winoSum:    square(6, 3, transposed(&winoG)),
	winoOutput: winoOutputGo,
	flatInput:  flat(6, 6, &winoB),
	flatWeight: flat(3, 6, &winoG),
	flatGrad:   flat(4, 6, &winoA),
	flatSum:    flat(6, 3, transposed(&winoG)),
	flatOutput: flatOutputGo,
}

func rowsOf(f func(a, b float32) float32) func(dst, a []float32, rows, cols, dstStep, aStep int) {
	return func(dst, a []float32, rows, cols, dstStep, aStep int) {
		for r := range rows {
			d, a := dst[r*dstStep:][:cols], a[r*aStep:][:cols]
			for j, x := range a {
				d[j] = f(d[j], x)
			}
		}
	}
}

func fourOf(f func(dst, a, b, c, d float32) float32) func(dst, x []float32, b, c, d, rows, cols, step int) {
	return func(dst, x []float32, b, c, d, rows, cols, step int) {
		for r := range rows {
			to, x := dst[r*cols:][:cols], x[r*step:]
			for j := range to {
				to[j] = f(to[j], x[j], x[b+j], x[c+j], x[d+j])
			}
		}
	}
}
