package conv

import "gorae/internal/kernel/vec"

// winogradGrad is the gradient of the weights by the transpose of Winograd's method:
// the sums over tiles of 36 or 6 outer products, and these transformed back to 3×3 or 3. The
// first phase sums parts of the tiles apart, the second adds the parts and
// transforms, the third looks whether the result is finite.
type winogradGrad struct {
	s             Shape
	m             *machine
	form          form
	check         bool
	grid          tiles
	x, y          source
	panels        []panel
	parts, splits int
}

// Sizes of the sums; BenchmarkConv on a Zen 4.
const (
	gradFloats = 36 << 13 // of transformed tiles that are there at a time
	gradTiles  = 48       // but at least so many tiles
	partTiles  = 96       // a part has at least so many
	gradParts  = 4        // blocks are enough
	sumFloats  = 1 << 11  // of one of the matrices are a block of the second phase
)

func newWinogradGrad(s Shape, e Epilogue, v Variant, f form) *winogradGrad {
	m := machines[v]
	p := &winogradGrad{s: s, m: m, form: f, check: e.Check}
	all := s.N * s.Out[0] * ceil(s.Out[1], f.tall) * ceil(s.Out[2], side)
	p.parts = max(1, min(manyParts, all/partTiles))
	p.grid = newTiles(s.N, s.Out, f.tall, min(max(gradTiles, gradFloats/f.products/(s.C+s.F)), ceil(all, p.parts)))
	p.parts = min(p.parts, p.grid.boxes.count())
	p.x = newSource(p.grid.axes(s.In, [2]int{-s.Pad[1], -s.Pad[2]}, 6), s.C, &p.grid.boxes, false)
	p.y = newSource(p.grid.axes(s.Out, [2]int{}, side), s.F, &p.grid.boxes, false)
	p.panels = panels(m, s.F, s.C)
	p.splits = max(1, min(ceil(gradParts, p.parts), len(p.panels)))
	return p
}

func (p *winogradGrad) phases() int { return 3 }

// sumRows is how many rows of each matrix a block of the second phase has.
func (p *winogradGrad) sumRows() int { return max(1, sumFloats/p.s.F) }

// checkRows is how many rows of dw a block of the third phase has.
func (p *winogradGrad) checkRows() int { return max(1, reduceFloats/p.s.F) }

func (p *winogradGrad) blocks(phase int) int {
	switch phase {
	case 0:
		return p.parts * p.splits
	case 1:
		return ceil(p.s.C, p.sumRows())
	}
	return ceil(p.s.taps()*p.s.C, p.checkRows())
}

func (p *winogradGrad) scratch() int {
	return winoTmp + p.x.size + p.y.size + p.form.products*p.grid.most*(p.s.C+p.s.F)
}

func (p *winogradGrad) shared() int { return p.parts * p.form.products * p.s.C * p.s.F }

func (p *winogradGrad) sizes() (in, w, out, channels int) {
	return p.s.sizeX(), p.s.sizeY(), p.s.sizeW(), 0
}

func (p *winogradGrad) region(block int) (lo, hi int) {
	return block * p.checkRows(), min((block+1)*p.checkRows(), p.s.taps()*p.s.C)
}

func (p *winogradGrad) run(phase, block int, o operands) (finite bool) {
	switch phase {
	case 0:
		p.sum(block/p.splits, block%p.splits, &o)
	case 1:
		p.reduce(block, &o)
	case 2:
		lo, hi := p.region(block)
		return !p.check || vec.Finite(o.out[lo*p.s.F:hi*p.s.F])
	}
	return true
}

// sum adds up the products of a part of the tiles for a share of the columns.
func (p *winogradGrad) sum(part, split int, o *operands) {
	tmp, scratch := o.scratch[:winoTmp], o.scratch[winoTmp:]
	copyX, copyY, scratch := scratch[:p.x.size], scratch[p.x.size:p.x.size+p.y.size], scratch[p.x.size+p.y.size:]
	c, f, products, most := p.s.C, p.s.F, p.form.products, p.grid.most
	v, z := scratch[:products*most*c], scratch[products*most*c:]
	sums := o.shared[part*products*c*f:][:products*c*f]
	columns := p.panels[split*len(p.panels)/p.splits : (split+1)*len(p.panels)/p.splits]
	s := strip{outer: true, lines: 1, at: origin, aRow: 1, aCol: c, bRow: f, ldc: f}
	n := p.grid.boxes.count()
	for i := part * n / p.parts; i < (part+1)*n/p.parts; i++ {
		b := p.grid.boxes.at(i)
		x, y := p.x.see(b, o.in, copyX), p.y.see(b, o.w, copyY)
		s.depth = p.x.transform(p.form.input, &p.grid, b, &x, v, tmp, most)
		p.y.transform(p.form.grad, &p.grid, b, &y, z, tmp, most)
		for e := range products {
			for _, n := range columns {
				s.cols = n.cols
				s.b = z[e*most*f+n.col:]
				s.over(p.m, c, v[e*most*c:], sums[e*c*f+n.col:])
			}
		}
		s.flags = flagAdd
	}
}

// reduce adds the parts of some rows of the matrices, the halves of the halves
// first, and transforms them.
func (p *winogradGrad) reduce(block int, o *operands) {
	c, f, products := p.s.C, p.s.F, p.form.products
	lo, hi := block*p.sumRows()*f, min((block+1)*p.sumRows(), c)*f
	for e := range products {
		part := func(i int) []float32 { return o.shared[(i*products+e)*c*f:][lo:hi] }
		for step := 1; step < p.parts; step *= 2 {
			for i := 0; i+step < p.parts; i += 2 * step {
				vec.Add(part(i), part(i), part(i+step))
			}
		}
	}
	p.form.sum(o.out[lo:], o.shared[lo:], o.scratch[:winoTmp], hi-lo, 1, 0, 3*c*f, c*f, 0, 6*c*f, c*f)
}
