package gemm

// Products of few rows or columns with a transposed B are inner products of rows
// as they are stored: nothing is packed, K runs along the lanes.

// maxDots is the number of rows of C (or of columns) up to which inner products
// beat packing B; BenchmarkGemm on a Zen 4.
const maxDots = 4

// dotPiece is how much of K one call runs through: a quarter of a megabyte of x,
// far below a millisecond.
const dotPiece = 1 << 13

// runDots is Run for plans of inner products.
func (p *Plan) runDots(block int, a, b, c, bias, mask []float32) (finite bool) {
	r0, r1, c0, c1 := p.Region(block)
	flags := p.flags(0, p.K)
	finite = true
	one := func(i, j int, sum float32) {
		at := i*p.LDC + j
		var m, v []float32
		if p.Mask {
			m = mask[at : at+1]
		}
		if p.Bias {
			v = bias[j : j+1]
		}
		s := [1]float32{sum}
		if !finish(c[at:at+1], s[:], v, m, flags) {
			finite = false
		}
	}
	if r1-r0 > c1-c0 {
		for i := r0; i < r1; i += 8 {
			rows := min(8, r1-i)
			for j := c0; j < c1; j++ {
				sums := p.dots(a[i*p.LDA:], p.LDA, rows, b[j*p.LDB:])
				for r := range rows {
					one(i+r, j, sums[r])
				}
			}
		}
		return finite
	}
	for j := c0; j < c1; j += 8 {
		cols := min(8, c1-j)
		for i := r0; i < r1; i++ {
			sums := p.dots(b[j*p.LDB:], p.LDB, cols, a[i*p.LDA:])
			for r := range cols {
				one(i, j+r, sums[r])
			}
		}
	}
	return finite
}

// dots is up to eight inner products over the whole of K.
func (p *Plan) dots(x []float32, ld, rows int, y []float32) (sums [8]float32) {
	for k := 0; k < p.K; k += dotPiece {
		part := p.m.dot8(x[k:], ld, rows, y[k:], min(dotPiece, p.K-k))
		for i := range sums {
			sums[i] += part[i]
		}
	}
	return sums
}
