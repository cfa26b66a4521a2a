package rnn

import (
	"math/bits"

	"gorae/internal/kernel/gemm"
	"gorae/internal/kernel/vec"
)

// group is what the passes know of a group of samples.
type group struct {
	*products
	p  *Plan
	a  *Args
	r0 int // its first sample
}

func (p *Plan) group(i int, a *Args) group {
	r0, r1 := i*p.Batch/p.groups, (i+1)*p.Batch/p.groups
	q := p.sets[0]
	if r1-r0 != q.rows {
		q = p.sets[1]
	}
	return group{q, p, a, r0}
}

// at is where in time the step lies that is processed as number t.
func (p *Plan) at(t int) int {
	if p.Reverse {
		return p.Steps - 1 - t
	}
	return t
}

// place is where in y the output of that step lies.
func (p *Plan) place(t int) int {
	if p.InTime {
		return p.at(t)
	}
	return t
}

// all is the bits of all the samples.
func (g *group) all() uint32 { return uint32(1<<g.rows - 1) }

// alive is the samples that step t is not masked for, as bits.
func (g *group) alive(t int) uint32 {
	if g.a.Mask == nil {
		return g.all()
	}
	var set uint32
	at := g.r0*g.p.Steps + g.p.at(t)
	for r := range g.rows {
		if g.a.Mask[at] != 0 {
			set |= 1 << r
		}
		at += g.p.Steps
	}
	return set
}

// run cuts the lowest run of ones off a set of samples: r0 to r1.
func run(set uint32) (r0, r1 int, rest uint32) {
	r0 = bits.TrailingZeros32(set)
	r1 = r0 + bits.TrailingZeros32(^(set >> r0))
	return r0, r1, set &^ uint32(1<<r1-1)
}

// multiply runs all of a product on the calling goroutine.
func multiply(g *gemm.Plan, a, b, c, bias, scratch []float32) {
	for i := range g.Blocks() {
		g.Run(i, a, b, c, bias, nil, scratch)
	}
}

// part is a slice that hands out its front.
type part []float32

func (s *part) take(n int) []float32 {
	x := (*s)[:n:n]
	*s = (*s)[n:]
	return x
}

// gather lays the inputs of n steps from t0 on out by steps, then samples. Masked
// ones are 0: what stands there is not looked at.
func (g *group) gather(dst []float32, t0, n int) []float32 {
	p, a, in := g.p, g.a, g.p.In
	if p.XOrder.Grouped {
		return a.X[p.XOrder.at(g, t0, in):][:n*g.rows*in]
	}
	if a.DropX == nil && a.Mask == nil && (p.Steps == 1 || g.rows == 1 && !p.Reverse) {
		return a.X[(g.r0*p.Steps+t0)*in:][:n*g.rows*in]
	}
	dst = dst[:n*g.rows*in]
	for s := range n { // in the order of dst, which is written as one stream
		for r := range g.rows {
			i := (g.r0+r)*p.Steps + p.at(t0+s)
			to, x := dst[(s*g.rows+r)*in:][:in], a.X[i*in:][:in]
			switch {
			case a.Mask != nil && a.Mask[i] == 0:
				clear(to)
			case a.DropX != nil:
				for j, m := range row(a.DropX, g.r0+r, in) {
					to[j] = x[j] * m
				}
			case in < 8:
				for j := range to {
					to[j] = x[j]
				}
			default:
				copy(to, x)
			}
		}
	}
	return dst
}

// samples is the group's part of an array [Batch, n].
func (g *group) samples(x []float32, n int) []float32 { return x[g.r0*n:][:g.rows*n] }

// start copies the first state of the group, 0 if there is none.
func (g *group) start(dst, from []float32) {
	if from == nil {
		clear(dst)
	} else {
		copy(dst, g.samples(from, g.p.Units))
	}
}

// residual cuts a group's residual into gates [steps, rows, slots·units] and states
// [steps+1, rows, units].
func (g *group) residual(x []float32, steps int) (gates, h, c []float32) {
	n := g.rows * g.p.Units
	s := part(x)
	gates, h = s.take(steps*n*g.p.slots), s.take((steps+1)*n)
	if g.p.Cell == LSTM {
		c = s.take((steps + 1) * n)
	}
	return gates, h, c
}

// runForward takes a group of samples through all the steps.
func (p *Plan) runForward(block int, a *Args, shared, scratch []float32) {
	g := p.group(block, a)
	n := g.rows * p.Units
	own := part(scratch)
	w := g.ahead(&own)
	keep := a.Residual != nil && !p.Recompute
	kept := part(a.Residual)
	if a.Residual != nil {
		kept = kept[g.r0*p.perSample():]
	}
	var gates, h, c []float32
	if keep {
		gates, h, c = g.residual(kept, p.Steps)
	} else {
		gates, h, c = g.residual(own, p.chunk)
	}
	g.start(h[:n], a.H0)
	if p.Cell == LSTM {
		g.start(c[:n], a.C0)
	}
	seen := uint32(0)
	if p.Hold {
		seen = g.all()
	}
	for t0 := 0; t0 < p.Steps; t0 += p.chunk {
		steps := min(p.chunk, p.Steps-t0)
		if a.Residual != nil && p.Recompute {
			copy(kept.take(n), h)
			if p.Cell == LSTM {
				copy(kept.take(n), c)
			}
		}
		g.advanceChunk(&w, gates, h, c, t0, steps, shared)
		for s := range steps {
			seen |= g.alive(t0 + s)
			g.output(t0+s, h[(s+1)*n:][:n], seen)
			if a.YC != nil && p.Cell == LSTM {
				g.cells(t0+s, c[(s+1)*n:][:n])
			}
		}
		if keep {
			gates = gates[steps*n*p.slots:]
			h = h[steps*n:]
			if p.Cell == LSTM {
				c = c[steps*n:]
			}
		} else {
			copy(h[:n], h[steps*n:][:n])
			if p.Cell == LSTM {
				copy(c[:n], c[steps*n:][:n])
			}
		}
	}
	if a.HT != nil {
		copy(g.samples(a.HT, p.Units), h[:n])
	}
	if a.CT != nil && p.Cell == LSTM {
		copy(g.samples(a.CT, p.Units), c[:n])
	}
}

// ahead is the arrays of a group on its way forward.
type ahead struct {
	work []float32
	xs   []float32
	drop []float32 // h₋₁·DropH of a step
}

func (g *group) ahead(own *part) ahead {
	p := g.p
	return ahead{own.take(p.gemmScratch), own.take(p.xs(g.rows)), own.take(g.rows * p.Units)}
}

// advanceChunk makes the gates of some steps from t0 on and the states after them;
// h and c begin with the state before.
func (g *group) advanceChunk(w *ahead, gates, h, c []float32, t0, steps int, shared []float32) {
	p := g.p
	n, wide := g.rows*p.Units, g.rows*p.width()
	by := g.source()
	switch {
	case by == inGates && p.Table > 0:
		g.choose(gates, t0, steps, shared)
	case by == inGates:
		p.project(&g.inputs[p.last(steps)], gates, g.gather(w.xs, t0, steps), steps*g.rows, g.a, shared, w.work)
	}
	for s := range steps {
		if by == chosen && t0+s+1 < p.Steps {
			g.fetchProjections(t0+s+1, shared)
		}
		k := step{g: gates[s*wide:][:wide], units: p.Units, hPrev: h[s*n:][:n], h: h[(s+1)*n:][:n]}
		if p.Cell == LSTM {
			k.cPrev, k.c = c[s*n:][:n], c[(s+1)*n:][:n]
		}
		g.step(k, t0+s, by, w.drop, shared, w.work)
	}
}

// project sets some rows of gates to x·W + b.
func (p *Plan) project(by *onInputs, gates, xs []float32, rows int, a *Args, shared, work []float32) {
	bias := shared[p.bias:][:p.width()]
	for i, m := range by.project {
		c := p.inputs[i]
		a.team.multiply(m, xs, p.forW[i].of(a, shared), gates[c.g:], bias[c.g:], work)
	}
	if p.Projected {
		for r := range rows {
			for _, c := range p.inputs {
				vec.Add(gates[r*p.width()+c.g:][:c.n], xs[r*p.In+c.w:][:c.n], bias[c.g:])
			}
		}
	}
	if p.Cell == GRU && p.ResetAfter {
		u, wide := p.Units, p.width()
		for r := range rows {
			copy(gates[r*wide+2*u:][:u], bias[2*u:3*u])
		}
	}
}

// last is which of the products over a chunk have so many steps.
func (p *Plan) last(steps int) int {
	if steps < p.chunk {
		return 1
	}
	return 0
}

// step makes the state after step t; dead samples keep theirs.
func (g *group) step(k step, t int, by inputs, drop, shared, work []float32) {
	p, a, live := g.p, g.a, g.alive(t)
	k.hDrop = k.hPrev
	if a.DropH != nil {
		vec.Mul(drop, k.hPrev, g.samples(a.DropH, p.Units))
		k.hDrop = drop
	}
	g.advanceBy(0, k.g, k.hDrop, t, live, by, shared, work)
	g.forth(forth, &k, live)
	if p.resets() {
		g.advanceBy(1, k.g, k.g[2*p.Units:], t, live, inGates, shared, work)
		g.forth(forth2, &k, live)
	}
	g.rest(&k, live)
}

// advanceBy adds the products of a state with U to the gates: those of part i of the step.
func (g *group) advanceBy(i int, gates, state []float32, t int, live uint32, by inputs, shared, work []float32) {
	p := g.p
	if p.direct == nil {
		g.a.team.multiply(g.advance[i], state, p.forU[i].of(g.a, shared), gates[p.states[i].g:], nil, work)
		return
	}
	which, stateStep := p.Cell, p.Units
	switch {
	case i == 1:
		which, stateStep = reset2, p.width()
	case p.resets():
		which = reset
	}
	for set := live; set != 0; {
		var r0, r1 int
		r0, r1, set = run(set)
		g.fastProducts(which, gates, &p.overU[i], state, stateStep, t, r0, r1, by, shared)
	}
}

// rest keeps the states of dead samples.
func (g *group) rest(k *step, live uint32) {
	p := g.p
	for set := g.all() &^ live; set != 0; set &= set - 1 {
		r := bits.TrailingZeros32(set)
		copy(row(k.h, r, p.Units), row(k.hPrev, r, p.Units))
		if k.c != nil {
			copy(row(k.c, r, p.Units), row(k.cPrev, r, p.Units))
		}
	}
}

// rowsOf is the part of a step that samples r0 to r1 take.
func (k *step) rowsOf(r0, r1 int) step {
	u := k.units
	wide := len(k.g) / (len(k.h) / u)
	s := step{rows: r1 - r0, units: u, ahead: len(k.h), g: k.g[r0*wide : r1*wide],
		hPrev: k.hPrev[r0*u : r1*u], hDrop: k.hDrop[r0*u : r1*u], h: k.h[r0*u : r1*u]}
	if k.c != nil {
		s.cPrev, s.c = k.cPrev[r0*u:r1*u], k.c[r0*u:r1*u]
	}
	return s
}

// output writes the output of step t: the state of the samples that have seen one.
func (g *group) output(t int, h []float32, seen uint32) {
	p, u := g.p, g.p.Units
	if g.a.Y == nil || !p.Sequences && t < p.Steps-1 {
		return
	}
	at, next := g.r0*u, u
	if p.Sequences {
		at, next = (g.r0*p.Steps+p.place(t))*u, p.Steps*u
	}
	for r := range g.rows {
		y := g.a.Y[at+r*next:][:u]
		if seen>>r&1 != 0 {
			copy(y, row(h, r, u))
		} else {
			clear(y)
		}
	}
}

// cells writes LSTM's c after step t.
func (g *group) cells(t int, c []float32) {
	p, u := g.p, g.p.Units
	for r := range g.rows {
		copy(row(g.a.YC, (g.r0+r)*p.Steps+p.place(t), u), row(c, r, u))
	}
}
