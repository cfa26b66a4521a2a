package gemm

// Run computes one block of C. bias has N floats, mask is laid out as C; each may
// be nil where the epilogue does not use it. c must not overlap the others.
// scratch has Scratch() floats. The result is false if Check is asked for and
// something stored is not finite.
func (p *Plan) Run(block int, a, b, c, bias, mask []float32, scratch []float32) (finite bool) {
	p.measure(a, b, c, bias, mask, scratch)
	r0, r1, c0, c1 := p.Region(block)
	finite = true
	packedA, packedB := scratch[:p.sizeA], scratch[p.sizeA:p.scratch]
	tall, low := split(r1-r0, p.tile)
	for k0 := 0; ; k0 += p.blockK {
		k1 := min(k0+p.blockK, p.K)
		if p.packA {
			p.packBlock(packedA, a, r0, tall, low, k0, k1)
		}
		flags := p.flags(k0, k1)
		for j := c0; j < c1; {
			w := p.m.panel(p.M, c1-j)
			if p.BPacked {
				w = packedPanel(p.m, c1-j)
			}
			s := strip{k: k1 - k0, cols: min(w, c1-j), ldc: p.LDC}
			p.panelB(&s, b, packedB, j, w, k0, k1)
			if p.Bias {
				s.bias = bias[j:]
			}
			r := r0
			for i, g := range [2]group{tall, low} {
				if g.tiles == 0 {
					continue
				}
				s.tiles, s.rows = g.tiles, g.rows
				if p.packA {
					s.aTile, s.aRow, s.aCol = (k1-k0)*p.m.stride(), 1, p.m.stride()
					s.a = packedA[i*tall.tiles*s.aTile:]
				} else {
					s.aTile, s.aRow, s.aCol = g.rows*p.LDA, p.LDA, 1
					if k1 > k0 {
						s.a = a[r*p.LDA+k0:]
					}
				}
				s.c = c[r*p.LDC+j:]
				if p.Mask {
					s.mask = mask[r*p.LDC+j:]
				}
				if !p.m.strip(s, flags) {
					finite = false
				}
				r += g.tiles * g.rows
			}
			j += w
		}
		if k1 == p.K {
			return finite
		}
	}
}

// measure panics if an argument is too short, so that assembly never reads or
// writes beyond it.
func (p *Plan) measure(a, b, c, bias, mask, scratch []float32) {
	need := func(x []float32, n int, name string) {
		if len(x) < n {
			panic("gemm: " + p.Shape.String() + ": " + name + " is too short")
		}
	}
	ar, ac, br, bc := p.M, p.K, p.K, p.N
	if p.TransA {
		ar, ac = ac, ar
	}
	if p.TransB {
		br, bc = bc, br
	}
	need(a, extent(ar, ac, p.LDA), "A")
	if p.BPacked {
		need(b, p.PackedB(), "packed B")
	} else {
		need(b, extent(br, bc, p.LDB), "B")
	}
	need(c, extent(p.M, p.N, p.LDC), "C")
	if p.Bias {
		need(bias, p.N, "bias")
	}
	if p.Mask {
		need(mask, extent(p.M, p.N, p.LDC), "mask")
	}
	need(scratch, p.scratch, "scratch")
}

// flags are those of the piece k0 to k1 of K: what comes after the product waits
// for the last piece.
func (p *Plan) flags(k0, k1 int) (f int) {
	if p.Accumulate || k0 > 0 {
		f |= flagAdd
	}
	if k1 < p.K {
		return f
	}
	if p.Bias {
		f |= flagBias
	}
	if p.Relu {
		f |= flagRelu
	}
	if p.Mask {
		f |= flagMask
	}
	if p.Check {
		f |= flagCheck
	}
	return f
}

// group is a number of tiles of the same height.
type group struct{ tiles, rows int }

// split shares rows out to as few tiles of at most tile rows as will do, as evenly
// as can be.
func split(rows, tile int) (tall, low group) {
	n := ceil(rows, tile)
	h := rows / n
	return group{rows % n, h + 1}, group{n - rows%n, h}
}

// packBlock packs the rows of A that a block needs, tile after tile.
func (p *Plan) packBlock(dst, a []float32, r int, tall, low group, k0, k1 int) {
	for _, g := range [2]group{tall, low} {
		for range g.tiles {
			p.packTile(dst, a, r, g.rows, k0, k1)
			dst = dst[(k1-k0)*p.m.stride():]
			r += g.rows
		}
	}
}

// panelB gives the strip its part of op(B), columns j to j+cols, packing it where
// it cannot be read in place.
func (p *Plan) panelB(s *strip, b, packed []float32, j, w, k0, k1 int) {
	switch {
	case k0 == k1:
	case p.BPacked:
		s.b, s.bRow = b[j*p.K+k0*w:], w
	case p.packB || s.cols < w:
		s.b, s.bRow = packed, w
		p.packPanel(packed, b, k0, k1, j, s.cols, w)
	default:
		s.b, s.bRow = b[k0*p.LDB+j:], p.LDB
	}
}
