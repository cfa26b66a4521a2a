package conv

import "gorae/internal/kernel/gemm"

// inner is the implicit product of forward and of the gradient of the input: rows
// are pixels of the result, columns its channels, and the inner dimension runs over
// taps and channels of the source. In its first phase the weights are packed into
// panels, in the second the result is computed.
type inner struct {
	s       Shape
	kind    pass
	v       Variant // of which m is the kernels; gemm's are numbered alike
	m       *machine
	flags   int
	boxes   boxes
	source  source
	cs, cr  int // channels of the source and of the result in a group
	panels  []panel
	padded  int // columns of all panels
	classes []class
	packed  int    // floats of all packed weights
	lanes   *lanes // not nil: instead of products
}

// class is the pixels of the result with the same residues on the axes: they have
// their taps in common.
type class struct {
	residue [3]int
	first   [3]int // the offset of the first tap on each axis
	depth   int    // of a segment
	most    int    // segments of a pixel
	lines   lines
	taps    []int // places of the kernel in the order of packed weights
	packed  int   // where its packed weights begin
	// For lanes: where the taps begin in each plane of the source, from the first on, and in
	// the weights.
	offsets, weights []int
}

// lines says which segments the lines of a class have: taps that lie beyond the edge
// of axis 0 or 1 for a whole line are left out.
type lines struct {
	kind [2][]int    // by j on each axis: which range of taps
	at   [][]segment // by the kinds on both axes
	n    int         // kinds on axis 1
}

// of is the segments of line (i, j).
func (l *lines) of(i, j int) []segment { return l.at[l.kind[0][i]*l.n+l.kind[1][j]] }

// Sizes of blocks, the same on every machine so that the result depends on nothing
// else.
const (
	blockFloats = 1 << 17 // of the source and the result that a block sees: half of a second-level cache
	blockPixels = 64      // of the result are worth a block of their own,
	fewPixels   = 32      // or fewer, but so many,
	pixelsWork  = 1 << 20 // that take as many multiply-adds: 10 µs
	manyBlocks  = 16      // are enough for several threads
	longDepth   = 1 << 13 // taps are put together to segments up to this length
	// All classes keep so many segments; where kernel and picture are both so large that their lines have more, no
	// line leaves out taps.
	mostSegments = 1 << 20
)

func newInner(s Shape, e Epilogue, kind pass, v Variant) *inner {
	m := machines[v]
	p := &inner{s: s, kind: kind, v: v, m: m, flags: e.flags()}
	var axes [3]axis
	for a := range 3 {
		axes[a] = forwardAxis(s, a)
		if kind == inputGrad {
			axes[a] = inputGradAxis(s, a)
		}
	}
	shape := [4]int{s.N, s.Out[0], s.Out[1], s.Out[2]}
	cs, cr := s.C, s.F
	if kind == inputGrad {
		shape = [4]int{s.N, s.In[0], s.In[1], s.In[2]}
		cs, cr = cr, cs
	}
	if pointwise(s) { // one long line
		n := shape[0] * shape[1] * shape[2] * shape[3]
		shape = [4]int{1, 1, 1, n}
		for a := range 3 {
			axes[a].result, axes[a].extent = shape[a+1], shape[a+1]
		}
	}
	pixels := shape[0] * shape[1] * shape[2] * shape[3]
	p.cs, p.cr = cs/s.Groups, cr/s.Groups
	p.lanes = newLanes(s, p.cs, cr, v)
	p.boxes = cut(shape, max(worthBlock(s), min(ceil(pixels, manyBlocks), blockFloats/max(1, cs+cr+p.lanes.floats()))))
	p.boxes.even()
	p.source = newSource(axes, cs, &p.boxes, p.lanes != nil)
	p.lanes.lay(&p.source)
	line := p.boxes.largest()[3]
	p.panels = panels(m, p.cr, ceil(line, axes[2].step))
	p.padded = padded(m, p.panels)
	p.classify()
	return p
}

// worthBlock is how many pixels are worth a block of their own.
func worthBlock(s Shape) int {
	work := s.taps() * s.C / s.Groups * s.F // of a pixel
	return max(fewPixels, min(blockPixels, pixelsWork/max(1, work)))
}

// pointwise reports whether the result at a pixel depends on the source at that
// pixel alone.
func pointwise(s Shape) bool {
	return s.taps() == 1 && volume(s.Stride) == 1 && s.Pad == [3]int{} && s.In == s.Out
}

// classify lists the classes and their segments.
func (p *inner) classify() {
	x := &p.source.axes
	joined := p.s.Groups == 1 && x[2].consecutive() && p.s.Kernel[2]*p.cs <= longDepth
	for r0, t0 := range x[0].taps {
		for r1, t1 := range x[1].taps {
			for r2, t2 := range x[2].taps {
				c := class{residue: [3]int{r0, r1, r2}, depth: p.cs, packed: p.packed}
				if len(t0)*len(t1)*len(t2) > 0 {
					c.first = [3]int{t0[0].at, t1[0].at, t2[0].at}
				}
				if joined {
					c.depth = len(t2) * p.cs
				}
				for _, t0 := range t0 {
					for _, t1 := range t1 {
						for _, t2 := range t2 {
							c.taps = append(c.taps, (t0.index*p.s.Kernel[1]+t1.index)*p.s.Kernel[2]+t2.index)
							if l := p.lanes; l != nil {
								for i := range l.planes {
									c.weights = append(c.weights, (c.taps[len(c.taps)-1]*l.planes+i)*l.channels)
									c.offsets = append(c.offsets, i*l.size+p.offset(&c, &l.source, t0, t1, t2))
								}
							}
						}
					}
				}
				p.segments(&c, joined)
				p.packed += p.s.Groups * len(c.taps) * p.cs * p.padded
				p.classes = append(p.classes, c)
			}
		}
	}
}

// offset is where a tap lies in a view, from the first tap of its class on.
func (p *inner) offset(c *class, from *source, t0, t1, t2 tap) int {
	s := &from.stride
	return (t0.at-c.first[0])*s[1] + (t1.at-c.first[1])*s[2] + (t2.at-c.first[2])*s[3]
}

// segments lists the segments of the lines of a class.
func (p *inner) segments(c *class, joined bool) {
	x := &p.source.axes
	var ranges [2][]span
	for a := range 2 {
		c.lines.kind[a], ranges[a] = x[a].inside(c.residue[a])
	}
	taps := [3][]tap{x[0].taps[c.residue[0]], x[1].taps[c.residue[1]], x[2].taps[c.residue[2]]}
	most := mostSegments / max(1, len(x[0].taps)*len(x[1].taps)*len(x[2].taps))
	if n := used(ranges[0]) * used(ranges[1]); n > most || !joined && n*len(taps[2]) > most {
		for a := range 2 {
			clear(c.lines.kind[a])
			ranges[a] = []span{{0, len(taps[a])}}
		}
	}
	c.lines.n = len(ranges[1])
	for _, s0 := range ranges[0] {
		for _, s1 := range ranges[1] {
			var at []segment
			for i := s0.lo; i < s0.hi && p.cs > 0; i++ {
				for j := s1.lo; j < s1.hi; j++ {
					for k, t2 := range taps[2] {
						if k > 0 && joined {
							break
						}
						at = append(at, segment{p.offset(c, &p.source, taps[0][i], taps[1][j], t2),
							((i*len(taps[1])+j)*len(taps[2]) + k) * p.cs})
					}
				}
			}
			c.lines.at = append(c.lines.at, at)
			c.most = max(c.most, len(at))
		}
	}
}

// used is the number of taps in all ranges.
func used(ranges []span) (n int) {
	for _, s := range ranges {
		n += s.hi - s.lo
	}
	return n
}

func (p *inner) phases() int { return 2 }

func (p *inner) blocks(phase int) int {
	if phase == 0 && p.lanes != nil {
		return p.lanes.packs(p.kind)
	}
	if phase == 0 {
		return len(p.classes) * p.s.Groups * len(p.panels)
	}
	if p.cr == 0 {
		return 0
	}
	return p.boxes.count()
}

func (p *inner) scratch() int { return p.source.size + p.lanes.scratch() }

func (p *inner) shared() int {
	if p.lanes != nil {
		return p.lanes.packs(p.kind) * p.s.sizeW()
	}
	return p.packed
}

func (p *inner) sizes() (in, w, out, channels int) {
	if p.kind == inputGrad {
		return p.s.sizeY(), p.s.sizeW(), p.s.sizeX(), p.s.C
	}
	return p.s.sizeX(), p.s.sizeW(), p.s.sizeY(), p.s.F
}

func (p *inner) region(block int) (lo, hi int) { return p.boxes.rows(p.boxes.at(block)) }

func (p *inner) run(phase, block int, o operands) (finite bool) {
	if phase == 0 && p.lanes != nil {
		p.lanes.pack(p.s, o.w, o.shared)
		return true
	}
	if phase == 0 {
		p.pack(block, o.w, o.shared)
		return true
	}
	x := p.boxes.at(block)
	v := p.source.see(x, o.in, o.scratch)
	finite = true
	if p.lanes != nil {
		v = p.lanes.spread(x, v, o.scratch[p.source.size:])
		if p.lanes.packs(p.kind) > 0 {
			o.w = o.shared
		}
		for i := range p.classes {
			if !p.line(&p.classes[i], x, &v, &o) {
				finite = false
			}
		}
		return finite
	}
	for g := range p.s.Groups {
		for i := range p.classes {
			for j := range p.panels {
				if !p.product(&p.classes[i], g, p.panels[j], x, &v, &o) {
					finite = false
				}
			}
		}
	}
	return finite
}

// at is where the packed weights of a panel begin.
func (p *inner) at(c *class, g int, n panel) int {
	return c.packed + len(c.taps)*p.cs*(g*p.padded+n.col)
}

// pack packs one panel: for each tap and channel of the source, the panel's columns.
func (p *inner) pack(block int, w, shared []float32) {
	n := p.panels[block%len(p.panels)]
	block /= len(p.panels)
	g, c := block%p.s.Groups, &p.classes[block/p.s.Groups]
	p.packTo(shared[p.at(c, g, n):][:len(c.taps)*p.cs*n.vecs*p.m.width()], w, c, g, n)
}

// packTo writes one packed panel to its place.
func (p *inner) packTo(to, w []float32, c *class, g int, n panel) {
	wide := n.vecs * p.m.width()
	ld := p.s.F // of w
	for _, tap := range c.taps {
		if p.kind == forward {
			from := tap*p.cs*ld + g*p.cr + n.col
			for range p.cs {
				copy(to, w[from:from+n.cols])
				clear(to[n.cols:wide])
				to, from = to[wide:], from+ld
			}
			continue
		}
		gemm.PackColumns(gemm.Variant(p.v), to, w[(tap*p.cr+n.col)*ld+g*p.cs:], n.cols, ld, p.cs, wide)
		to = to[p.cs*wide:]
	}
}

// product computes one panel of one class in a box.
func (p *inner) product(c *class, g int, n panel, x box, v *view, o *operands) (finite bool) {
	src := &p.source
	ax := &src.axes
	var j0, j1 [3]int
	for a := range 3 {
		if j0[a], j1[a] = ax[a].span(c.residue[a], x.lo[a+1], x.hi[a+1]); j0[a] >= j1[a] {
			return true
		}
	}
	channels := p.cr * p.s.Groups
	s := strip{
		cols: n.cols, depth: c.depth, bRow: n.vecs * p.m.width(), flags: p.flags,
		aRow: ax[2].source * src.stride[3], aCol: 1, aLine: ax[1].source * src.stride[2],
		ldc: ax[2].step * channels, cLine: ax[1].step * ax[2].result * channels,
	}
	if c.most > 0 {
		s.b = o.shared[p.at(c, g, n):]
	}
	if s.flags&flagBias != 0 {
		s.bias = o.bias[g*p.cr+n.col:]
	}
	taller, rest, rows := evenly(j1[2]-j0[2], p.m.tile(n.vecs))
	finite = true
	for sample := x.lo[0]; sample < x.hi[0]; sample++ {
		for i := j0[0]; i < j1[0]; i++ {
			for j := j0[1]; j < j1[1]; j += s.lines {
				s.at, s.lines = c.lines.of(i, j), 1
				for j+s.lines < j1[1] && c.lines.kind[1][j+s.lines] == c.lines.kind[1][j] {
					s.lines++
				}
				from := 0
				if len(s.at) > 0 {
					from = g*p.cs + src.index(v, sample,
						[3]int{ax[0].source*i + c.first[0], ax[1].source*j + c.first[1],
							ax[2].source*j0[2] + c.first[2]})
				}
				to := g*p.cr + n.col + channels*resultIndex(ax, c.residue, sample, [3]int{i, j, j0[2]})
				if taller > 0 {
					s.tiles, s.rows = taller, rows+1
					if !p.strips(s, from, to, n.vecs, v, o) {
						finite = false
					}
				}
				s.tiles, s.rows = rest, rows
				if !p.strips(s, from+taller*(rows+1)*s.aRow, to+taller*(rows+1)*s.ldc, n.vecs, v, o) {
					finite = false
				}
			}
		}
	}
	return finite
}

// strips runs a strip in calls that are not too long: some lines, or some tiles of
// one line, or some of the segments of one tile.
func (p *inner) strips(s strip, from, to, vecs int, v *view, o *operands) (finite bool) {
	finite = true
	one := s.rows * vecs * max(1, s.depth*len(s.at)) // tile
	tiles := min(max(1, longCall/one), s.tiles)
	lines := 1
	if tiles == s.tiles {
		lines = min(max(1, longCall/(one*tiles)), s.lines)
	}
	all, each := s.lines, s.tiles
	for l := 0; l < all; l += lines {
		s.lines = min(lines, all-l)
		for t := 0; t < each; t += tiles {
			s.tiles = min(tiles, each-t)
			if len(s.at) > 0 {
				s.a = v.data[from+l*s.aLine+t*s.rows*s.aRow:]
			}
			at := to + l*s.cLine + t*s.rows*s.ldc
			s.c = o.out[at:]
			if s.flags&flagMask != 0 {
				s.mask = o.mask[at:]
			}
			if one <= 4*longCall {
				if !p.m.strip(&s) {
					finite = false
				}
			} else if !p.pieces(s) {
				finite = false
			}
		}
	}
	return finite
}

// pieces runs the segments of one tile one by one; what comes after the product
// waits for the last.
func (p *inner) pieces(s strip) (finite bool) {
	at, flags := s.at, s.flags
	for i := range at {
		s.at, s.flags = at[i:i+1], 0
		if i+1 == len(at) {
			s.flags = flags
		}
		if i > 0 {
			s.flags |= flagAdd
		}
		finite = p.m.strip(&s)
	}
	return finite
}
