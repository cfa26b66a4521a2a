package rnn

import (
	"math/bits"

	"gorae/internal/kernel/vec"
)

// lane is where a lane adds up its gradients: the outputs themselves for the first, a
// part of shared for the others.
type lane struct {
	kernel, recurrent []float32 // kernel is nil with a table (tableGradients)
	sums              []float32 // of the columns of the gates' gradients
}

func (p *Plan) lane(i int, a *Args, shared []float32) lane {
	l := lane{recurrent: a.DRecurrent, sums: shared[p.sums+i*p.width():][:p.width()]}
	if p.Table == 0 {
		l.kernel = p.kernelOf(i, a, shared)
	}
	if i > 0 {
		l.recurrent = shared[p.partialU+(i-1)*p.sizeOfU():]
	}
	l.recurrent = l.recurrent[:p.sizeOfU()]
	return l
}

// kernelOf is where a lane adds up the gradient of the kernel.
func (p *Plan) kernelOf(lane int, a *Args, shared []float32) []float32 {
	if lane > 0 {
		return shared[p.partialW+(lane-1)*p.sizeOfW():][:p.sizeOfW()]
	}
	return a.DKernel[:p.sizeOfW()]
}

// runLane takes the groups of a lane back through all the steps, one after the other.
func (p *Plan) runLane(block int, a *Args, shared, scratch []float32) {
	l := p.lane(block, a, shared)
	clear(l.kernel)
	clear(l.recurrent)
	clear(l.sums)
	for i := block; i < p.groups; i += p.lanes {
		g := p.group(i, a)
		g.backward(l, shared, scratch)
	}
	if p.lanes == 1 {
		p.biasGrad(a.DBias, l.sums)
	}
}

// way is the arrays of a group on its way back.
type way struct {
	ahead
	dxs              []float32
	drops            []float32 // h₋₁·DropH of a chunk
	dh, dc, dr, into []float32
	tmp, zero, sums  []float32
	first            [maxRows]int // each sample's first step whose output is its state
}

// backward takes one group back through all the steps.
func (g *group) backward(l lane, shared, scratch []float32) {
	p, a := g.p, g.a
	n := g.rows * p.Units
	var w way
	own := part(scratch)
	w.ahead = g.ahead(&own)
	w.dxs = own.take(p.xs(g.rows))
	w.drops = own.take(n * p.chunk)
	w.dh, w.dc, w.dr, w.into = own.take(n), own.take(n), own.take(n), own.take(n)
	w.tmp, w.zero, w.sums = own.take(2*p.Units), own.take(p.Units), own.take(p.width())
	clear(w.zero)
	g.begin(&w)
	for i := ceil(p.Steps, p.chunk) - 1; i >= 0; i-- {
		t0 := i * p.chunk
		steps := min(p.chunk, p.Steps-t0)
		gates, h, c := g.chunk(&w, own, i, steps, shared)
		drops := h
		if a.DropH != nil {
			drops = w.drops
			for s := range steps {
				vec.Mul(drops[s*n:][:n], h[s*n:][:n], g.samples(a.DropH, p.Units))
			}
		}
		for s := steps - 1; s >= 0; s-- {
			g.fetch(h[s*n:][:n], t0+s-1)
			k := back{g: gates[s*n*p.slots:][:n*p.slots], units: p.Units, hPrev: h[s*n:][:n], hDrop: drops[s*n:][:n],
				h: h[(s+1)*n:][:n]}
			if p.Cell == LSTM {
				k.cPrev, k.c = c[s*n:][:n], c[(s+1)*n:][:n]
			}
			g.stepBack(&w, k, t0+s, shared)
		}
		g.gradients(&w, l, t0, steps, gates, drops, shared)
	}
	if a.DH0 != nil {
		copy(g.samples(a.DH0, p.Units), w.dh)
	}
	if a.DC0 != nil && p.Cell == LSTM {
		copy(g.samples(a.DC0, p.Units), w.dc)
	}
}

// chunk is the gates and states of the steps of chunk i, kept or computed again.
func (g *group) chunk(w *way, own []float32, i, steps int, shared []float32) (gates, h, c []float32) {
	p := g.p
	n := g.rows * p.Units
	kept := g.a.Residual[g.r0*p.perSample():]
	if !p.Recompute {
		t0 := i * p.chunk
		gates, h, c = g.residual(kept, p.Steps)
		gates, h = gates[t0*n*p.slots:][:steps*n*p.slots], h[t0*n:][:(steps+1)*n]
		if p.Cell == LSTM {
			c = c[t0*n:]
		}
		return gates, h, c
	}
	gates, h, c = g.residual(own, steps)
	if p.Cell == LSTM {
		copy(h[:n], kept[2*i*n:])
		copy(c[:n], kept[(2*i+1)*n:])
	} else {
		copy(h[:n], kept[i*n:])
	}
	g.advanceChunk(&w.ahead, gates, h, c, i*p.chunk, steps, shared)
	return gates, h, c
}

// begin sets the gradients of the last state.
func (g *group) begin(w *way) {
	p, a, u := g.p, g.a, g.p.Units
	g.start(w.dh, a.DHT)
	g.start(w.dc, a.DCT)
	for r := range g.rows {
		w.first[r] = 0
		if p.Hold {
			w.first[r] = -1
		} else if a.Mask != nil {
			for w.first[r] < p.Steps && a.Mask[(g.r0+r)*p.Steps+p.at(w.first[r])] == 0 {
				w.first[r]++
			}
		}
		if a.DY != nil && !p.Sequences && w.first[r] < p.Steps {
			dh := row(w.dh, r, u)
			vec.Add(dh, dh, row(a.DY, g.r0+r, u))
		}
	}
}

// fetch asks for what no kernel fetches before it is read: the states that U's gradient takes of a step, and the
// gradients of the outputs of step t.
func (g *group) fetch(h []float32, t int) {
	p := g.p
	vec.Fetch(h)
	if g.a.DY == nil || !p.Sequences || p.DYOrder.Grouped || t < 0 { // what lies in one stream comes by itself
		return
	}
	at := (g.r0*p.Steps + p.place(t)) * p.Units
	for range g.rows {
		vec.Fetch(g.a.DY[at:][:p.Units])
		at += p.Steps * p.Units
	}
}

// stepBack turns the gates of step t into the gradients of their sums, and the
// gradients of the state after the step into those of the state before.
func (g *group) stepBack(w *way, k back, t int, shared []float32) {
	p, a, u := g.p, g.a, g.p.Units
	live := g.alive(t)
	k.dh, k.dc, k.dr, k.tmp = w.dh, w.dc, w.dr, w.tmp
	k.dy, k.dyStep = w.zero, 0
	switch {
	case a.DY != nil && p.DYOrder.Grouped:
		k.dy, k.dyStep = a.DY[p.DYOrder.at(g, t, u):], u
	case a.DY != nil && p.Sequences:
		k.dy, k.dyStep = a.DY[(g.r0*p.Steps+p.place(t))*u:], p.Steps*u
	}
	if a.DropH != nil {
		k.dropH = g.samples(a.DropH, u)
	}
	if a.DYC != nil && p.Cell == LSTM {
		for r := range g.rows {
			dc := row(w.dc, r, u)
			vec.Add(dc, dc, row(a.DYC, (g.r0+r)*p.Steps+p.place(t), u))
		}
	}
	for set := g.all() &^ live; set != 0; set &= set - 1 {
		r := bits.TrailingZeros32(set)
		clear(row(k.g, r, p.width()))
		if t > w.first[r] {
			dh := row(k.dh, r, u)
			vec.Add(dh, dh, k.dy[r*k.dyStep:][:u])
		}
	}
	g.backwards(backwards, &k, live)
	if p.resets() {
		g.a.team.multiply(g.toDrop[1], k.g[p.states[1].g:], p.backU[1].of(a, shared), k.dr, nil, w.work)
		g.backwards(backwards2, &k, live)
	}
	b := p.backU[0].of(a, shared)
	before := k.hPrev
	if p.Cell == LSTM {
		before = k.cPrev
	}
	switch fast := p.direct != nil && p.packs; {
	case fast && a.DropH == nil:
		g.fastStateGrad(w.dh, k.g, before, 1, shared)
		return
	case a.DropH == nil:
		g.a.team.multiply(g.toState[0], k.g, b, w.dh, nil, w.work)
		return
	case fast:
		g.fastStateGrad(w.into, k.g, before, 0, shared)
	default:
		g.a.team.multiply(g.toDrop[0], k.g, b, w.into, nil, w.work)
	}
	vec.MulAdd(w.dh, w.into, k.dropH, w.dh)
}

// rowsOf is the part of a step that samples r0 to r1 take.
func (k *back) rowsOf(r0, r1, wide int) back {
	u := k.units
	cut := func(x []float32) []float32 {
		if x == nil {
			return nil
		}
		return x[r0*u : r1*u]
	}
	return back{rows: r1 - r0, units: u, g: k.g[r0*wide : r1*wide], cPrev: cut(k.cPrev), c: cut(k.c),
		hPrev: cut(k.hPrev), hDrop: cut(k.hDrop), h: cut(k.h),
		dy: k.dy[r0*k.dyStep:], dyStep: k.dyStep, dh: cut(k.dh), dc: cut(k.dc), dr: cut(k.dr), dropH: cut(k.dropH),
		tmp: k.tmp}
}

// gradients adds a chunk's part of the weights' gradients, and gives those of x.
func (g *group) gradients(w *way, l lane, t0, steps int, gates, h, shared []float32) {
	p, a, last := g.p, g.a, g.p.last(steps)
	if p.Table == 0 {
		xs := g.gather(w.xs, t0, steps)
		for i, m := range g.inputs[last].toKernel {
			c := p.inputs[i]
			g.a.team.multiply(m, xs, gates[c.g:], l.kernel[c.w:], nil, w.work)
		}
	}
	for i, m := range g.toU[last] {
		c := p.states[i]
		from := h
		if i == 1 { // a GRU without ResetAfter: r⊙h₋₁ has stayed in q
			from = gates[2*p.Units:]
		}
		g.a.team.multiply(m, from, gates[c.g:], l.recurrent[c.w:], nil, w.work)
	}
	if a.DBias != nil {
		vec.ColSum(w.sums, gates, steps*g.rows, p.width(), p.width())
		vec.Add(l.sums, l.sums, w.sums)
	}
	if a.DX == nil || p.Table > 0 {
		return
	}
	dxs := w.dxs
	if p.DXOrder.Grouped {
		dxs = a.DX[p.DXOrder.at(g, t0, p.In):]
	}
	for i, m := range g.inputs[last].toInput {
		g.a.team.multiply(m, gates[p.inputs[i].g:], p.backW[i].of(a, shared), dxs, nil, w.work)
	}
	if p.DXOrder.Grouped {
		return
	}
	if p.Projected {
		for r := range steps * g.rows {
			for _, c := range p.inputs {
				copy(w.dxs[r*p.In+c.w:][:c.n], gates[r*p.width()+c.g:])
			}
		}
	}
	for r := range g.rows {
		for s := range steps {
			to, from := row(a.DX, (g.r0+r)*p.Steps+p.at(t0+s), p.In), row(w.dxs, s*g.rows+r, p.In)
			if a.DropX == nil {
				copy(to, from)
				continue
			}
			for j, m := range row(a.DropX, g.r0+r, p.In) {
				to[j] = from[j] * m
			}
		}
	}
}

// biasGrad lays the sums of the gates' gradients out as the bias.
func (p *Plan) biasGrad(dst, sums []float32) {
	u := p.Units
	switch {
	case dst == nil:
	case p.Cell != GRU:
		copy(dst[:len(sums)], sums)
	default:
		copy(dst[:2*u], sums)
		copy(dst[2*u:3*u], sums[3*u:])
		if p.ResetAfter {
			copy(dst[3*u:6*u], sums)
		}
	}
}

// reduce adds the lanes up in a tree: neighbours, then neighbours of those. The
// first lane's gradients lie in the outputs.
func (p *Plan) reduce(block int, a *Args, shared []float32) {
	if block == 0 && p.lanes > 1 {
		n := p.width()
		tree(shared[p.sums:][:n], shared[p.sums+n:], n, p.lanes)
		p.biasGrad(a.DBias, shared[p.sums:][:n])
	}
	w, u := p.sizeOfW(), p.sizeOfU()
	lo, hi := block*reduceWork, min((block+1)*reduceWork, w+u)
	if l, h := lo, min(hi, w); l < h && p.lanesW > 1 {
		tree(a.DKernel[l:h], shared[p.partialW+l:], w, p.lanesW)
	}
	if l, h := max(lo, w)-w, hi-w; l < h && p.lanes > 1 {
		tree(a.DRecurrent[l:h], shared[p.partialU+l:], u, p.lanes)
	}
}

// tree adds some floats of each lane to those of the first; those of lane i ≥ 1 lie
// (i−1)·apart into rest.
func tree(first, rest []float32, apart, lanes int) {
	for d := 1; d < lanes; d *= 2 {
		for i := 0; i+d < lanes; i += 2 * d {
			to := first
			if i > 0 {
				to = rest[(i-1)*apart:][:len(first)]
			}
			vec.Add(to, to, rest[(i+d-1)*apart:][:len(first)])
		}
	}
}
