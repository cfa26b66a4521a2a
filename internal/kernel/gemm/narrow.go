package gemm

// A C of few columns would leave most lanes of its vectors empty. With B as its columns stored one after
// the other the product is inner products of rows, which fill all lanes: k runs along them, and tiles of
// C use each vector that is loaded several times.

// Which products: those that fill the tiles' five columns well, and are so long that adding up the lanes costs little.
// BenchmarkGemm on a Zen 4. The number of rows has no say, though below 12 of them turning B takes longer than it saves
// (half a microsecond for 512 × 10): elements are added up in one order, however many rows there are.
const (
	minNarrow  = 5
	maxNarrow  = 10
	minNarrowK = 128
)

// isNarrow reports whether the product is to be computed so.
func (p *Plan) isNarrow() bool {
	return p.m.hasDots() && !p.TransA && !p.BPacked && !p.byDots && p.K >= minNarrowK && p.N >= minNarrow &&
		p.N <= maxNarrow
}

// columnLength is the distance between the columns of B in scratch: whole vectors.
func (p *Plan) columnLength() int { return ceil(p.K, p.m.width()) * p.m.width() }

// columns writes B with its columns one after the other. A square of B is read beyond its N columns, into
// the next row, where there is one.
func (p *Plan) columns(dst, b []float32) {
	w, ld := p.m.width(), p.columnLength()
	for k := 0; k < p.K; k += w {
		rows, cols := min(w, p.K-k), w
		if rows < w || k+rows == p.K {
			cols = p.N
		}
		p.m.packCols(dst[k:], b[k*p.LDB:], rows, p.LDB, cols, w, ld)
	}
}

// runNarrow is Run for narrow products.
func (p *Plan) runNarrow(block int, a, b, c, bias, mask, scratch []float32) (finite bool) {
	r0, r1, _, _ := p.Region(block)
	y, ld := b, p.LDB
	if !p.TransB {
		y, ld = scratch, p.columnLength()
		p.columns(y, b)
	}
	for i := r0; i < r1; i += 4 {
		rows := min(4, r1-i)
		for j := 0; j < p.N; j += 5 {
			cols := min(5, p.N-j)
			sums := p.m.dots(a[i*p.LDA:], p.LDA, rows, y[j*ld:], ld, cols, p.K)
			for r := range rows {
				to := c[(i+r)*p.LDC+j:][:cols]
				for q := range to {
					if p.Accumulate {
						sums[4*q+r] += to[q]
					}
					to[q] = sums[4*q+r]
				}
			}
		}
	}
	// The rest is what a product with k = 0 does to the old C.
	flags := p.flags(0, p.K) | flagAdd
	finite = true
	r := r0
	for _, g := range p.tiles(r1 - r0) {
		if g.tiles == 0 {
			continue
		}
		s := strip{tiles: g.tiles, rows: g.rows, cols: p.N, aRow: 1, c: c[r*p.LDC:], ldc: p.LDC, bias: bias}
		if p.Mask {
			s.mask = mask[r*p.LDC:]
		}
		finite = p.strip(&s, flags) && finite
		r += g.tiles * g.rows
	}
	return finite
}
