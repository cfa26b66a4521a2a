package conv

import "gorae/internal/kernel/vec"

// outer is the product of the gradient of the weights: rows are taps and channels of
// x, columns are channels of y, and the inner dimension runs over pixels of y, whose
// matrix dy is read in place. In the first phase parts of the pixels are summed
// apart, in the second the sums of the parts are added.
type outer struct {
	s        Shape
	m        *machine
	check    bool
	boxes    boxes // of y
	source   source
	cx, cy   int // channels of x and y in a group
	panels   []panel
	runs     []run
	rows     int       // of dw that a run has
	lines    []segment // where the lines of the largest box begin in a view and in dy
	parts    int
	splits   int    // blocks that share the columns of a part
	reducers int    // blocks of the second phase
	lanes    *lanes // not nil: instead of products
}

// run is rows of dw whose operands in x lie side by side: the taps of a line of the
// kernel, or one tap.
type run struct {
	first [3]int // offset of the first tap
	row   int    // of dw
}

// Sizes that shape the sums of parts.
const (
	manyParts    = 8
	partPixels   = 256     // a part has at least so many, or adding it would cost too much
	reduceFloats = 1 << 14 // floats of dw are worth a block of their own
)

func newOuter(s Shape, e Epilogue, v Variant) *outer {
	m := machines[v]
	p := &outer{s: s, m: m, check: e.Check}
	var axes [3]axis
	for a := range 3 {
		axes[a] = forwardAxis(s, a)
	}
	shape := [4]int{s.N, s.Out[0], s.Out[1], s.Out[2]}
	if pointwise(s) {
		n := shape[0] * shape[1] * shape[2] * shape[3]
		shape = [4]int{1, 1, 1, n}
		for a := range 3 {
			axes[a].result, axes[a].extent = shape[a+1], shape[a+1]
		}
	}
	pixels := shape[0] * shape[1] * shape[2] * shape[3]
	p.cx, p.cy = s.C/s.Groups, s.F/s.Groups
	p.lanes = newLanes(s, p.cx, s.F, v)
	p.boxes = cut(shape, max(blockPixels, min(ceil(pixels, manyParts), blockFloats/max(1, s.C+s.F+p.lanes.floats()))))
	p.source = newSource(axes, s.C, &p.boxes, p.lanes != nil)
	p.lanes.lay(&p.source)
	p.describe()
	p.panels = panels(m, p.cy, p.rows)
	p.parts = max(1, min(manyParts, p.boxes.count(), pixels/partPixels))
	p.splits = max(1, min(ceil(manyParts, p.parts), len(p.panels)*s.Groups))
	if p.lanes != nil {
		p.splits = 1
	}
	p.reducers = ceil(s.taps()*p.cx, p.reduceRows())
	return p
}

// describe lists the runs and the lines.
func (p *outer) describe() {
	x, k := &p.source.axes, p.s.Kernel
	p.rows = p.cx
	joined := p.s.Groups == 1 && x[2].consecutive()
	if joined {
		p.rows *= k[2]
	}
	for _, t0 := range x[0].taps[0] {
		for _, t1 := range x[1].taps[0] {
			for i, t2 := range x[2].taps[0] {
				if i > 0 && joined {
					continue
				}
				p.runs = append(p.runs, run{[3]int{t0.at, t1.at, t2.at},
					((t0.index*k[1]+t1.index)*k[2] + t2.index) * p.cx})
			}
		}
	}
	e, src := p.boxes.largest(), &p.source
	if p.lanes != nil {
		src = &p.lanes.source
	}
	for n := range e[0] {
		for i := range e[1] {
			for j := range e[2] {
				p.lines = append(p.lines, segment{n*src.stride[0] + i*x[0].source*src.stride[1] +
					j*x[1].source*src.stride[2], len(p.lines) * e[3]})
			}
		}
	}
}

func (p *outer) phases() int { return 2 }

func (p *outer) blocks(phase int) int {
	if phase == 0 {
		return p.parts * p.splits
	}
	return p.reducers
}

func (p *outer) scratch() int { return p.source.size + p.lanes.scratch() }
func (p *outer) shared() int  { return p.parts * p.s.sizeW() }

func (p *outer) sizes() (in, w, out, channels int) {
	return p.s.sizeX(), p.s.sizeY(), p.s.sizeW(), 0
}

// reduceRows is how many rows of dw a block of the second phase has.
func (p *outer) reduceRows() int { return max(1, reduceFloats/max(1, p.s.F)) }

func (p *outer) region(block int) (lo, hi int) {
	return block * p.reduceRows(), min((block+1)*p.reduceRows(), p.s.taps()*p.cx)
}

func (p *outer) run(phase, block int, o operands) (finite bool) {
	if phase == 1 {
		return p.reduce(block, &o)
	}
	part, split := block/p.splits, block%p.splits
	sum := o.shared[part*p.s.sizeW():][:p.s.sizeW()]
	jobs := len(p.panels) * p.s.Groups
	n := p.boxes.count()
	first, last := part*n/p.parts, (part+1)*n/p.parts
	if first == last { // no pixels at all
		clear(sum)
		return true
	}
	if p.lanes != nil {
		clear(sum)
	}
	for i := first; i < last; i++ {
		x := p.boxes.at(i)
		v := p.source.see(x, o.in, o.scratch)
		if p.lanes != nil {
			v = p.lanes.spread(x, v, o.scratch[p.source.size:])
			p.lineGrad(x, &v, o.w, sum)
			continue
		}
		for j := split * jobs / p.splits; j < (split+1)*jobs/p.splits; j++ {
			p.product(p.panels[j%len(p.panels)], j/len(p.panels), x, &v, o.w, sum, i > first)
		}
	}
	return true
}

// product adds what a box contributes to one panel of the columns of group g.
func (p *outer) product(n panel, g int, x box, v *view, dy, sum []float32, add bool) {
	src, f := &p.source, p.s.F
	lo, _ := p.boxes.rows(x)
	s := strip{
		outer: true, lines: 1, cols: n.cols, depth: x.hi[3] - x.lo[3],
		at:   p.lines[:(x.hi[0]-x.lo[0])*(x.hi[1]-x.lo[1])*(x.hi[2]-x.lo[2])],
		aRow: 1, aCol: src.axes[2].source * src.stride[3],
		b: dy[lo*f+g*p.cy+n.col:], bRow: f, ldc: f,
	}
	if add {
		s.flags = flagAdd
	}
	for _, r := range p.runs {
		var at [3]int
		for a := range 3 {
			at[a] = src.axes[a].source*x.lo[a+1] + r.first[a]
		}
		from := src.index(v, x.lo[0], at) + g*p.cx
		s.over(p.m, p.rows, v.data[from:], sum[r.row*f+g*p.cy+n.col:])
	}
}

// reduce adds the parts of some rows, the halves of the halves first.
func (p *outer) reduce(block int, o *operands) (finite bool) {
	lo, hi := p.region(block)
	lo, hi = lo*p.s.F, hi*p.s.F
	size := p.s.sizeW()
	part := func(i int) []float32 { return o.shared[i*size+lo : i*size+hi] }
	for step := 1; step < p.parts; step *= 2 {
		for i := 0; i+step < p.parts; i += 2 * step {
			vec.Add(part(i), part(i), part(i+step))
		}
	}
	copy(o.out[lo:hi], part(0))
	return !p.check || vec.Finite(o.out[lo:hi])
}
