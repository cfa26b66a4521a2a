package conv

// winograd is the method of Lavin and Gray for kernels of 3×3 or 3 and stride 1, forward
// and for the gradient of the input: tiles of 4×4 results from 36 products a channel
// instead of 144, or of 4 from 6 instead of 12. In its first phase the weights are
// transformed and packed; in the second, a block transforms the source tiles of some
// lines, multiplies the 36 or 6 matrices, and transforms the products back.
type winograd struct {
	s       Shape
	m       *machine
	form    form
	flags   int
	inner   *inner // packs the weights
	grid    tiles
	source  source
	cs, cr  int // channels of the source and of the result
	panels  []panel
	padded  int
	packing int // floats of one packed panel
}

// tiles is the cutting of [N, axis 0, axis 1, axis 2] into tiles of tall×4, and of
// these into boxes. The rows of the result that a box has lie side by side, so a box of
// squares has whole lines of them.
type tiles struct {
	result [3]int // extents
	tall   int    // results of a tile on axis 1
	down   int    // tiles on axis 1
	across int    // and on axis 2
	whole  int    // tiles of axis 2 that are one element of the boxes
	boxes  boxes
	most   int // tiles of a box
}

const side = 4 // of a tile

func newTiles(n int, result [3]int, tall, most int) tiles {
	t := tiles{result: result, tall: tall, down: ceil(result[1], tall), across: ceil(result[2], side), whole: 1}
	if tall > 1 {
		t.whole = max(1, t.across)
	}
	t.boxes = cut([4]int{n, result[0], t.down, ceil(t.across, t.whole)}, max(1, most/t.whole))
	e := t.boxes.largest()
	t.most = e[0] * e[1] * e[2] * e[3] * t.whole
	return t
}

// axes are those of a source of which each tile sees size elements on the axes that are
// transformed; first is the offset of a tile's first element.
func (t *tiles) axes(extent [3]int, first [2]int, size int) (a [3]axis) {
	line := func(result, extent, first, size, step int) axis {
		x := axis{result: result, extent: extent, step: 1, source: step, taps: make([][]tap, 1)}
		for i := range size {
			x.taps[0] = append(x.taps[0], tap{i, first + i})
		}
		return x
	}
	across := line(ceil(t.across, t.whole), extent[2], first[1], side*(t.whole-1)+size, side*t.whole)
	if t.tall == 1 {
		size = 1
	}
	return [3]axis{line(t.result[0], extent[0], 0, 1, 1), line(t.down, extent[1], first[0], size, t.tall), across}
}

// line is the tiles of axis 2 that a box has.
func (t *tiles) line(x box) (lo, hi int) { return x.lo[3] * t.whole, min(x.hi[3]*t.whole, t.across) }

// rows are the rows of the result that a box has.
func (t *tiles) rows(x box) (lo, hi int) {
	r := t.result
	from, to := t.line(x)
	lo = ((x.lo[0]*r[0]+x.lo[1])*r[1]+min(x.lo[2]*t.tall, r[1]))*r[2] + side*from
	hi = (((x.hi[0]-1)*r[0]+x.hi[1]-1)*r[1]+min(x.hi[2]*t.tall, r[1])-1)*r[2] + min(side*to, r[2])
	return lo, hi
}

// winogradForm is the form in which the method may be used for a pass and pays: where the
// products it makes, with what its transforms cost, are fewer than those of the definition.
// The product (inner.go) leaves out what lies beyond the edge of axis 1 for a whole line.
func winogradForm(s Shape, kind pass, v *variant) (f form, pays bool) {
	for a := range 3 {
		if s.Stride[a] != 1 || s.Dilation[a] != 1 || s.Pad[a] > s.Kernel[a]-1 ||
			s.Kernel[a] == 1 && s.In[a] != s.Out[a] {
			return f, false
		}
	}
	switch s.Kernel {
	case [3]int{1, 3, 3}:
		f = v.square()
	case [3]int{1, 1, 3}:
		f = v.flat()
	default:
		return f, false
	}
	result, taps := s.Out, s.Out[1]*s.Kernel[1]
	if kind == inputGrad {
		result = s.In
	}
	if kind != weightGrad {
		taps = 0
		for o := range s.Out[1] {
			for t := range s.Kernel[1] {
				if i := o + t - s.Pad[1]; i >= 0 && i < s.In[1] {
					taps++
				}
			}
		}
	}
	tiles := ceil(result[1], f.tall) * ceil(result[2], side)
	if s.Groups > 1 || min(s.C, s.F) < winoChannels || s.N*s.Out[0]*tiles < fewTiles {
		return f, false
	}
	gain := float64(taps*s.Kernel[2]*result[2]) / float64(tiles*f.products)
	channels := 2 / (1/float64(s.C) + 1/float64(s.F))
	return f, gain >= f.least+f.transforms/channels
}

// Where the method pays and how it is cut; BenchmarkMethod and BenchmarkConv on a Zen 4.
const (
	winoChannels = 16
	fewTiles     = 9        // less, and reading the weights costs more than is saved
	winoFloats   = 36 << 12 // of products and transformed source that are there at a time
	winoTiles    = 28       // but at least so many tiles: two tiles of the product
)

func newWinograd(s Shape, e Epilogue, kind pass, v Variant, f form) *winograd {
	m := machines[v]
	p := &winograd{s: s, m: m, form: f, flags: e.flags(), cs: s.C, cr: s.F}
	result, extent, first := s.Out, s.In, [2]int{-s.Pad[1], -s.Pad[2]}
	if kind == inputGrad {
		result, extent, first = s.In, s.Out, [2]int{s.Pad[1] - s.Kernel[1] + 1, s.Pad[2] - 2}
		p.cs, p.cr = s.F, s.C
	}
	p.inner = newInner(s, e, kind, v)
	p.panels = p.inner.panels
	p.padded = padded(m, p.panels)
	all := s.N * result[0] * ceil(result[1], f.tall) * ceil(result[2], side)
	p.grid = newTiles(s.N, result, f.tall, min(max(winoTiles, winoFloats/f.products/(p.cs+p.cr)),
		max(fewTiles, ceil(all, manyParts))))
	p.source = newSource(p.grid.axes(extent, first, 6), p.cs, &p.grid.boxes, false)
	for _, n := range p.panels {
		p.packing = max(p.packing, s.taps()*p.cs*n.vecs*m.width())
	}
	return p
}

func (p *winograd) phases() int { return 2 }

func (p *winograd) blocks(phase int) int {
	if phase == 0 {
		return len(p.panels)
	}
	return p.grid.boxes.count()
}

func (p *winograd) scratch() int {
	return max(p.packing, p.source.size+p.form.products*p.grid.most*(p.cs+p.cr)) + winoTmp
}

func (p *winograd) shared() int { return p.form.products * p.cs * p.padded }

func (p *winograd) sizes() (in, w, out, channels int) { return p.inner.sizes() }

func (p *winograd) region(block int) (lo, hi int) { return p.grid.rows(p.grid.boxes.at(block)) }

func (p *winograd) run(phase, block int, o operands) (finite bool) {
	tmp, scratch := o.scratch[:winoTmp], o.scratch[winoTmp:]
	if phase == 0 {
		n := p.panels[block]
		size := p.cs * n.vecs * p.m.width()
		p.inner.packTo(scratch[:p.s.taps()*size], o.w, &p.inner.classes[0], 0, n)
		p.form.weight(o.shared[p.cs*n.col:], scratch, tmp, size, 1, 0, 6*p.cs*p.padded, p.cs*p.padded, 0, 3*size, size)
		return true
	}
	x := p.grid.boxes.at(block)
	view := p.source.see(x, o.in, scratch)
	scratch = scratch[p.source.size:]
	most := p.grid.most
	v, z := scratch[:p.form.products*most*p.cs], scratch[p.form.products*most*p.cs:]
	count := p.source.transform(p.form.input, &p.grid, x, &view, v, tmp, most)
	s := strip{lines: 1, depth: p.cs, at: origin, aRow: p.cs, aCol: 1, ldc: p.cr}
	for i := range p.form.products {
		for _, n := range p.panels {
			s.cols, s.bRow = n.cols, n.vecs*p.m.width()
			s.b = o.shared[i*p.cs*p.padded+p.cs*n.col:]
			s.over(p.m, count, v[i*most*p.cs:], z[i*most*p.cr+n.col:])
		}
	}
	return p.back(x, z, tmp, &o)
}

// origin is where a strip of one segment begins.
var origin = []segment{{}}

// callTiles is how many tiles a transform may take in one call, so that it does not
// hold up the collector: a vector of one takes some 0.1 µs.
func callTiles(channels int) int { return max(1, 1<<15/channels) }

// transform maps the tiles of a box to the matrices [most, channels] in v, and says how
// many tiles there are.
func (s *source) transform(f transform, t *tiles, x box, view *view, v, tmp []float32, most int) (count int) {
	from, to := t.line(x)
	for n := x.lo[0]; n < x.hi[0]; n++ {
		for i := x.lo[1]; i < x.hi[1]; i++ {
			for j := x.lo[2]; j < x.hi[2]; j++ {
				at := s.index(view, n, [3]int{i, s.axes[1].source*j + s.axes[1].taps[0][0].at,
					side*from + s.axes[2].taps[0][0].at})
				for end := count + to - from; count < end; {
					n := min(end-count, callTiles(s.channels))
					f(v[count*s.channels:], view.data[at:], tmp, s.channels, n, s.channels, 6*most*s.channels,
						most*s.channels, side*s.channels, s.stride[2], s.channels)
					count += n
					at += n * side * s.channels
				}
			}
		}
	}
	return count
}

// back transforms the products of a box to results.
func (p *winograd) back(x box, z, tmp []float32, o *operands) (finite bool) {
	t, c := &p.grid, p.cr
	r := t.result
	bad, count := 0, 0
	from, end := t.line(x)
	var mask []float32
	for n := x.lo[0]; n < x.hi[0]; n++ {
		for i := x.lo[1]; i < x.hi[1]; i++ {
			for j := x.lo[2]; j < x.hi[2]; j++ {
				rows := min(t.tall, r[1]-j*t.tall)
				whole := r[2] / side
				for at, tiles := from, 0; at < end; at += tiles {
					tiles = min(max(1, whole-at), end-at, callTiles(c)) // the last may be cut off
					to := (((n*r[0]+i)*r[1]+j*t.tall)*r[2] + at*side) * c
					if p.flags&flagMask != 0 {
						mask = o.mask[to:]
					}
					bad |= p.form.output(o.out[to:], z[(count+at-from)*c:], tmp, o.bias, mask, c, tiles, side*c,
						r[2]*c, c, c, 6*t.most*c, t.most*c, rows, min(side, r[2]-at*side), p.flags)
				}
				count += end - from
			}
		}
	}
	return bad == 0 || p.flags&flagCheck == 0
}
