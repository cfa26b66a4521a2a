package conv

// A pooling can follow a convolution block by block, while the block is in cache, where every
// block holds whole windows.

// Follows reports whether p, a forward pooling of the result of c, can be done for each of
// the blocks of c's last phase apart.
func (p *Pool) Follows(c *Plan) bool {
	last := c.Phases() - 1
	for i := range c.Blocks(last) {
		lo, hi := c.Region(i)
		if _, ok := p.windows(lo, hi); !ok {
			return false
		}
	}
	return !p.gradient() && !p.far && c.Blocks(last) > 0
}

// Rows computes the windows in the rows lo to hi, end excluded, of x as a matrix [·, C]: a
// Region of a plan that p follows.
func (p *Pool) Rows(lo, hi int, x, y []float32) {
	if len(x) < hi*p.C || len(y) < p.N*volume(p.Out)*p.C {
		panic("conv: an argument of Rows is too short")
	}
	b, _ := p.windows(lo, hi)
	p.lines(b, 0, x, nil, y, nil)
}

// windows is the windows in some rows of x: those of whole samples, or of some positions
// along the first axis. The result is false if there are windows that reach beyond the
// rows too.
func (p *Pool) windows(lo, hi int) (b box, ok bool) {
	sample := volume(p.In)
	b.hi = [4]int{0, p.Out[0], p.Out[1], p.Out[2]}
	if sample == 0 || lo%sample == 0 && hi%sample == 0 {
		b.lo[0], b.hi[0] = lo/max(1, sample), hi/max(1, sample)
		return b, true
	}
	n, spans := lo/sample, p.spans[p.axis]
	unit := sample / p.In[p.axis]
	if lo%unit != 0 || hi%unit != 0 || (hi-1)/sample != n {
		return b, false
	}
	b.lo[0], b.hi[0] = n, n+1
	from, to := (lo-n*sample)/unit, (hi-n*sample)/unit
	first := 0
	for first < len(spans) && spans[first].lo < from {
		if spans[first].hi > from {
			return b, false
		}
		first++
	}
	last := first
	for last < len(spans) && spans[last].lo < to {
		if spans[last].hi > to {
			return b, false
		}
		last++
	}
	b.lo[p.axis+1], b.hi[p.axis+1] = first, last
	return b, true
}
