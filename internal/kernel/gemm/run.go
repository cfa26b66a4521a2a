package gemm

// Run computes one block of C. bias has N floats, mask is laid out as C; each may
// be nil where the epilogue does not use it. c must not overlap the others.
// scratch has Scratch() floats. The result is false if Check is asked for and
// something stored is not finite.
func (p *Plan) Run(block int, a, b, c, bias, mask []float32, scratch []float32) (finite bool) {
	return p.run(block, a, b, c, bias, mask, scratch, [2][]float32{})
}

// run is Run. Tiles ask for after, what is read behind the block, where they have nothing else to ask for.
func (p *Plan) run(block int, a, b, c, bias, mask, scratch []float32, after [2][]float32) (finite bool) {
	if p.swapped {
		a, b = b, a
	}
	p.measure(a, b, c, bias, mask, scratch)
	if p.byDots {
		return p.runDots(block, a, b, c, bias, mask)
	}
	if p.narrow {
		return p.runNarrow(block, a, b, c, bias, mask, scratch)
	}
	r0, r1, c0, c1 := p.Region(block)
	if p.swapped {
		r0, r1, c0, c1 = c0, c1, r0, r1
	}
	finite = true
	packedA, packedB := scratch[:p.sizeA], scratch[p.sizeA:p.scratch]
	groups := p.tiles(r1 - r0)
	next := ahead{plan: p, b: b, c0: c0, c1: c1, later: after}
	if p.packsPanels() {
		half := len(packedB) / 2
		next.now, next.other = packedB[:half], packedB[half:]
	}
	for k0 := 0; ; k0 += p.blockK {
		k1 := min(k0+p.blockK, p.K)
		if p.packA && k1 > k0 {
			p.packBlock(packedA, a, r0, groups, k0, k1)
		}
		flags := p.flags(k0, k1)
		for j, from, to := c0, c0, c0; j < c1; {
			if !p.packsGroup() {
				from = j
			} else if j == to {
				from, to = j, min(j+p.panel*p.m.sizes().group, c1)
				p.packGroup(packedB, b, k0, k1, from, to)
			}
			w := p.panelAt(c1 - j)
			of := panel{k0, k1, j, min(w, c1-j), w}
			s := strip{k: k1 - k0, cols: of.cols, ldc: p.LDC}
			if p.packsPanels() && k1 > k0 {
				s.b, s.bRow = next.packed(of), w
			} else {
				p.panelB(&s, b, packedB[(j-from)*(k1-k0):], of)
			}
			s.next = s.b
			if p.asks {
				next.begin(of, c, r0, r1)
			}
			if p.Bias {
				s.bias = bias[j:]
			}
			r, at := r0, 0 // the row, and where its tile is in packed A
			for _, g := range groups {
				for left := g.tiles; left > 0; left -= s.tiles {
					s.tiles, s.rows = left, g.rows
					if p.asks {
						next.ask(&s)
					}
					switch {
					case p.packA:
						s.aTile, s.aRow, s.aCol = p.sizeOfTile(k1-k0, g.rows), 1, p.m.stride(g.rows)
						s.a = packedA[at:]
						at += s.tiles * s.aTile
					case p.TransA:
						s.aTile, s.aRow, s.aCol = g.rows, 1, p.LDA
						if k1 > k0 {
							s.a = a[k0*p.LDA+r:]
						}
					default:
						s.aTile, s.aRow, s.aCol = g.rows*p.LDA, p.LDA, 1
						if k1 > k0 {
							s.a = a[r*p.LDA+k0:]
						}
					}
					s.c = c[r*p.LDC+j:]
					if p.Mask {
						s.mask = mask[r*p.LDC+j:]
					}
					finite = p.strip(&s, flags) && finite
					if p.asks && p.packsPanels() {
						next.packTo(next.before)
					}
					r += s.tiles * g.rows
				}
			}
			j += w
		}
		if k1 == p.K {
			return finite
		}
	}
}

// strip computes tiles of C below each other and applies the flags. It is no method of machine: what an interface is
// given a pointer to moves to the heap, and copying a strip costs as much as calling its kernel.
func (p *Plan) strip(s *strip, flags int) (finite bool) {
	if p.asm != nil {
		return p.asm.strip(s, flags)
	}
	return generic{}.strip(s, flags)
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

// tiles covers the rows of a block by as few tiles as will do, as even as can be.
func (p *Plan) tiles(rows int) [2]group {
	n := ceil(rows, p.tile)
	h := rows / n
	return [2]group{{rows % n, h + 1}, {n - rows%n, h}}
}

// packBlock packs the rows of A that a block needs, tile after tile.
func (p *Plan) packBlock(dst, a []float32, r int, groups [2]group, k0, k1 int) {
	for _, g := range groups {
		size := p.sizeOfTile(k1-k0, g.rows)
		if p.TransA && p.m.sizes().columns > 0 && g.tiles > 0 {
			p.m.packTiles(dst, a[k0*p.LDA+r:], k1-k0, p.LDA, g.tiles, g.rows, size)
			dst, r = dst[g.tiles*size:], r+g.tiles*g.rows
			continue
		}
		for range g.tiles {
			p.packTile(dst[:size], a, r, g.rows, k0, k1)
			dst, r = dst[size:], r+g.rows
		}
	}
}

// panelAt is the width of the next panel where left columns remain.
func (p *Plan) panelAt(left int) int {
	if p.wide {
		return p.m.panel(p.M, left)
	}
	return packedPanel(p.m, left)
}

// panelB gives the strip a panel of op(B). It is read in place, or packed already, or here.
func (p *Plan) panelB(s *strip, b, packed []float32, of panel) {
	switch {
	case of.k0 == of.k1:
	case p.packsGroup():
		s.b, s.bRow = packed, of.w
	case p.BPacked:
		s.b, s.bRow = b[of.j*p.K+of.k0*of.w:], of.w
	case p.TransB || of.cols < of.w:
		s.b, s.bRow = packed, of.w
		p.packPanel(packed, b, of.k0, of.k1, of.j, of.cols, of.w)
	default:
		s.b, s.bRow = b[of.k0*p.LDB+of.j:], p.LDB
	}
}
