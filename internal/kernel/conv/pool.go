package conv

import (
	"fmt"

	"gorae/internal/kernel/vec"
)

// Window is a pooling of x [N, In…, C] to y [N, Out…, C]: element o of an axis of y
// belongs to the elements o·Stride − Pad to o·Stride − Pad + Kernel, end excluded, of
// that axis of x, as far as there are any; or, where Adaptive is set, to ⌊o·In/Out⌋ to
// ⌈(o + 1)·In/Out⌉ (PyTorch's rule). Unused leading axes have extent 1.
type Window struct {
	N, C                         int
	In, Out, Kernel, Stride, Pad [3]int
	Adaptive                     bool
}

// Pool is a pooling or its gradient, cut into blocks. It holds no numbers and may
// be used by many goroutines at once, each with scratch of its own.
type Pool struct {
	Window
	kind  poolKind
	m     *variant
	boxes boxes     // of y; of x for the gradient of windows that overlap
	spans [3][]span // by element of y
	axis  int       // that gradients are cut along: the first with an extent that is not 1
	apart bool      // no element of x has two windows
	whole bool      // and the gradient of a maximum writes every element of dx once
	far   bool      // blocks are samples whose windows are put together from runs (wide.go)
	halo  int       // the most positions of the axis that windows on an edge of a block reach over
}

// span is the elements lo to hi, end excluded.
type span struct{ lo, hi int }

type poolKind uint8

const (
	maxPool poolKind = iota
	avgPool
	maxPoolGrad
	avgPoolGrad
)

// MaxPool plans y, the greatest element of each window; NaN counts as the greatest.
// Run's x is x.
func MaxPool(w Window) *Pool { return newPool(w, maxPool, use()) }

// AvgPool plans y, the mean of each window; what lies beyond the edge does not
// count. Run's x is x.
func AvgPool(w Window) *Pool { return newPool(w, avgPool, use()) }

// MaxPoolGrad plans dx from x and dy: each dy goes to the first element of its
// window that is the greatest, and parts of windows that overlap are added. Run's
// x and dy are x and dy.
func MaxPoolGrad(w Window) *Pool { return newPool(w, maxPoolGrad, use()) }

// AvgPoolGrad plans dx from dy. Run's dy is dy.
func AvgPoolGrad(w Window) *Pool { return newPool(w, avgPoolGrad, use()) }

// use is the best variant.
func use() *variant {
	vs := variants()
	return vs[len(vs)-1]
}

func newPool(w Window, kind poolKind, m *variant) *Pool {
	p := &Pool{Window: w, kind: kind, m: m, apart: true}
	for a := range 3 {
		if w.N < 0 || w.C < 0 || w.In[a] < 0 || w.Out[a] < 0 {
			panic(fmt.Sprintf("conv: %+v: a negative extent", w))
		}
		p.spans[a] = w.spansOf(a)
		for o := 1; o < len(p.spans[a]); o++ {
			p.apart = p.apart && p.spans[a][o-1].hi <= p.spans[a][o].lo
		}
		if p.axis == a-1 && w.Out[p.axis] == 1 && w.In[p.axis] == 1 {
			p.axis = a
		}
	}
	shape := [4]int{w.N, w.Out[0], w.Out[1], w.Out[2]}
	pixels := w.N * volume(w.Out)
	switch {
	case !p.gradient():
		pixels = max(w.Out[2], min(ceil(pixels, manyBlocks), poolFloats/max(1, w.C)))
	case p.apart:
		// Blocks must lie apart in x and reach over whole lines, planes or samples.
		pixels = max(w.Out[2], min(ceil(pixels, manyBlocks), poolFloats/max(1, w.C)),
			volume(w.Out)/max(1, w.Out[p.axis]))
	default:
		// A block of x does all windows that reach into it, some of them again: few, large blocks.
		shape = [4]int{w.N, w.In[0], w.In[1], w.In[2]}
		pixels = max(ceil(w.N*volume(w.In), manyParts), volume(w.In)/max(1, w.In[p.axis]))
	}
	if p.far = p.wide(); p.far {
		pixels = volume(w.Out)
	}
	p.boxes = cut(shape, pixels)
	p.whole = p.direct()
	if p.overlaps() {
		for b := range p.boxes.count() {
			if x := p.boxes.at(b); !p.samples(x) {
				w := p.reach(x)
				for _, g := range [2][2]int{{w[0], w[1]}, {w[2], w[3]}} {
					lo, hi := p.over(g[0], g[1])
					p.halo = max(p.halo, hi-lo)
				}
			}
		}
	}
	return p
}

// overlaps reports whether blocks are of x, and windows of several blocks.
func (p *Pool) overlaps() bool { return p.gradient() && !p.apart }

// samples reports whether a block of x is whole samples.
func (p *Pool) samples(x box) bool { return x.lo[p.axis+1] == 0 && x.hi[p.axis+1] == p.In[p.axis] }

// reach sorts the windows of the axis that reach into a block of x: w[0] to w[1] begin before it,
// w[1] to w[2] lie in it, w[2] to w[3] end behind it only.
func (p *Pool) reach(x box) (w [4]int) {
	s := p.spans[p.axis]
	lo, hi := x.lo[p.axis+1], x.hi[p.axis+1]
	for w[0] < len(s) && s[w[0]].hi <= lo {
		w[0]++
	}
	for w[1] = w[0]; w[1] < len(s) && s[w[1]].lo < lo; w[1]++ {
	}
	for w[2] = w[1]; w[2] < len(s) && s[w[2]].hi <= hi; w[2]++ {
	}
	for w[3] = w[2]; w[3] < len(s) && s[w[3]].lo < hi; w[3]++ {
	}
	return w
}

// over is the positions that some windows of the axis reach over.
func (p *Pool) over(first, last int) (lo, hi int) {
	if first == last {
		return 0, 0
	}
	return p.spans[p.axis][first].lo, p.spans[p.axis][last-1].hi
}

// poolFloats is the part of y that a block writes.
const poolFloats = 1 << 13

func (p *Pool) gradient() bool { return p.kind >= maxPoolGrad }

// spansOf lists the elements of axis a of x by element of y.
func (w *Window) spansOf(a int) []span {
	in, out := w.In[a], w.Out[a]
	s := make([]span, out)
	for o := range s {
		if w.Adaptive {
			s[o] = span{o * in / out, ceil((o+1)*in, out)}
			continue
		}
		lo := o*max(1, w.Stride[a]) - w.Pad[a]
		s[o].hi = max(0, min(lo+max(1, w.Kernel[a]), in))
		s[o].lo = min(max(lo, 0), s[o].hi)
	}
	return s
}

// Blocks is the number of independent pieces.
func (p *Pool) Blocks() int {
	if p.C == 0 || p.gradient() && volume(p.In) == 0 {
		return 0
	}
	if p.gradient() && volume(p.Out) == 0 {
		return min(1, p.N)
	}
	return p.boxes.count()
}

// Scratch is the number of floats that a call of Run needs for itself.
func (p *Pool) Scratch() int {
	if p.gradient() { // maxima and gradients of a line, and dx on an edge of a block
		return 2*p.Out[2]*p.C + p.halo*volume(p.In)/max(1, p.In[p.axis])*p.C
	}
	return 0
}

// Region is the rows lo to hi, end excluded, of the result as a matrix [·, C] that a
// block writes completely.
func (p *Pool) Region(block int) (lo, hi int) {
	if !p.gradient() {
		return p.boxes.rows(p.boxes.at(block))
	}
	if volume(p.Out) == 0 {
		return 0, p.N * volume(p.In)
	}
	x := p.boxes.at(block)
	if p.overlaps() {
		return p.boxes.rows(x)
	}
	size := volume(p.In)
	if p.boxes.level == 0 {
		return x.lo[0] * size, x.hi[0] * size
	}
	// Between blocks of a sample, x is cut where the later one's windows begin.
	a := p.axis
	line := size / p.In[a]
	lo, hi = x.lo[0]*size, x.hi[0]*size
	if from := x.lo[a+1]; from > 0 {
		lo += p.spans[a][from].lo * line
	}
	if to := x.hi[a+1]; to < p.Out[a] {
		hi += (p.spans[a][to].lo - p.In[a]) * line
	}
	return lo, hi
}

// Run computes one block: out from x, dy or both. scratch has Scratch() floats.
func (p *Pool) Run(block int, x, dy, out, scratch []float32) {
	nx, ny := p.N*volume(p.In)*p.C, p.N*volume(p.Out)*p.C
	need := func(v []float32, n int) {
		if len(v) < n {
			panic(fmt.Sprintf("conv: %+v: an argument of Run is too short", p.Window))
		}
	}
	if p.kind != avgPoolGrad {
		need(x, nx)
	}
	if p.gradient() {
		need(dy, ny)
		need(out, nx)
	} else {
		need(out, ny)
	}
	need(scratch, p.Scratch())
	if p.gradient() && !p.whole {
		lo, hi := p.Region(block)
		clear(out[lo*p.C : hi*p.C])
	}
	if volume(p.Out) == 0 {
		return
	}
	b := p.boxes.at(block)
	if p.far {
		for n := b.lo[0]; n < b.hi[0]; n++ {
			p.sample(n, x, out)
		}
		return
	}
	if !p.overlaps() {
		b.lo[3], b.hi[3] = 0, p.Out[2]
		p.lines(b, 0, x, dy, out, scratch)
		return
	}
	// The windows of a block of x: all of its samples, or those within it along the axis, and then
	// those across its edges, of which a part belongs to it.
	y := box{b.lo, [4]int{b.hi[0], p.Out[0], p.Out[1], p.Out[2]}}
	y.lo[1], y.lo[2], y.lo[3] = 0, 0, 0
	if p.samples(b) {
		p.lines(y, 0, x, dy, out, scratch)
		return
	}
	a := p.axis + 1
	w := p.reach(b)
	y.lo[a], y.hi[a] = w[1], w[2]
	p.lines(y, 0, x, dy, out, scratch)
	line := volume(p.In) / p.In[p.axis] * p.C
	for _, g := range [2][2]int{{w[0], w[1]}, {w[2], w[3]}} {
		if g[0] == g[1] {
			continue
		}
		y.lo[a], y.hi[a] = g[0], g[1]
		lo, hi := p.over(g[0], g[1])
		dx := scratch[2*p.Out[2]*p.C:][:(hi-lo)*line]
		clear(dx)
		first := (b.lo[0]*p.In[p.axis] + lo) * line
		p.lines(y, first, x, dy, dx, scratch)
		lo, hi = max(lo, b.lo[a]), min(hi, b.hi[a])
		from, to := (b.lo[0]*p.In[p.axis]+lo)*line, (b.lo[0]*p.In[p.axis]+hi)*line
		vec.Add(out[from:to], out[from:to], dx[from-first:])
	}
}

// lines does the windows of a box of y; out begins at element first of dx, or is y.
func (p *Pool) lines(b box, first int, x, dy, out, scratch []float32) {
	for n := b.lo[0]; n < b.hi[0]; n++ {
		for i := b.lo[1]; i < b.hi[1]; i++ {
			for j := b.lo[2]; j < b.hi[2]; j++ {
				p.line(n, i, j, b.lo[3], b.hi[3], first, x, dy, out, scratch)
			}
		}
	}
}

// line is the windows lo to hi of a line, cut where their number of elements changes.
func (p *Pool) line(n, i, j, lo, hi, first int, x, dy, out, scratch []float32) {
	row := ((n*p.Out[0]+i)*p.Out[1] + j) * p.Out[2]
	s := p.spans[2][:hi]
	for k := lo; k < len(s); {
		same := 1
		for k+same < len(s) && s[k+same].hi-s[k+same].lo == s[k].hi-s[k].lo &&
			(same == 1 || s[k+same].lo-s[k+same-1].lo == s[k+1].lo-s[k].lo) {
			same++
		}
		step := p.C
		if same > 1 {
			step = (s[k+1].lo - s[k].lo) * p.C
		}
		r := windows{c: p.C, pixels: same, step: step, a0: p.spans[0][i], a1: p.spans[1][j], a2: s[k], in: p.In,
			sample: n, first: first}
		at := (row + k) * p.C
		size := same * p.C
		switch p.kind {
		case maxPool:
			r.fold(joins{p.m.max1, p.m.max4, p.m.max5}, x, out[at:at+size])
		case avgPool:
			r.fold(joins{p.m.add1, p.m.add4, p.m.add5}, x, out[at:at+size])
			r.scale(out[at : at+size])
		case maxPoolGrad:
			p.maxGrad(&r, x, dy[at:at+size], out, scratch)
		case avgPoolGrad:
			left := scratch[:size]
			copy(left, dy[at:at+size])
			r.scale(left)
			for t := range r.taps() {
				p.m.add1(out[r.at(t)-first:], left, r.pixels, r.c, r.step, r.c)
			}
		}
		k += same
	}
}
