package rnn

import "gorae/internal/kernel/gemm"

//go:generate go run -C ../gen ./rnn -pkg rnn -out ../rnn/rnn_amd64.s -stubs ../rnn/stubs_amd64.go -table ../rnn/table_amd64.go

// The parts of a step are known by their cells; a GRU without ResetAfter has two, before
// and after its second product.
const (
	reset = UGRNN + 1 + iota
	reset2
	nParts
)

// variant is the steps in assembly, for tanh and sigmoid; rows, tiles, units ≥ 1.
//
// prev is c₋₁ for LSTM and h₋₁ for GRU and UGRNN; what a cell does not use is ignored.
type variant struct {
	name  string
	lanes int // units side by side in a vector
	// large is the number of recurrent weights from which on the products of the steps are those of package gemm.
	large int
	// chain goes through all the steps of a bare pass, by samples; nil for numbers that have no kernel.
	chain [UGRNN + 1][maxChain + 1]chainKernel
	// products[part][i] takes tiles of 1<<i rows, nil where there is none: it makes the gates' sums of the inputs' part
	// and a·u. The inputs' part is bias + x·w; where in is 0 it is in rows of from, of which ranks has the numbers, and
	// where from is nil in the gates already. Steps and strides are in elements, of rows of a, x and ranks, and of
	// weights as [woven] has them; group rows a step further lie the gates of the next one: they are fetched in every
	// turn of the products, aheadStep bytes from turn to turn.
	products [nParts][4]func(gates, a, u, x, w, bias, from *float32, ranks *int32, tiles, units, aStep, uSlot, uRow,
		uBlock, in, xStep, wSlot, wRow, wBlock, rankStep, group, aheadStep int)
	// forward[part] makes gates and states of the sums; the states that lie ahead floats on are fetched.
	forward [nParts]func(g, prev, c, h []float32, rows, units, ahead int)
	// stateGrad[i] is the product of the gates' gradients with the transposed recurrent weights, for tiles of 1<<i
	// rows: dst = a·b, b being packed by package gemm, and the old dst added if add is not 0. What a and states
	// have group rows before is fetched meanwhile, gatesStep and statesStep bytes in each turn.
	stateGrad [4]func(dst, a, b, states *float32, tiles, units, n, aStep, add, group, gatesStep, statesStep int)
	// backward[part] turns gates into the gradients of their sums. h is the state, but for the part before a GRU's
	// second product.
	backward [nParts]func(g, prev, h, dh, dc, dy []float32, rows, units, dyStep int)
}

const maxChain = 6 // samples of a chain at most

// variants are those that the machine has, by the variant of their products.
var variants [gemm.NEON + 1]*variant

// assembly is that of a plan's steps, nil where there is none.
func (p *Plan) assembly() *variant {
	if p.Activation != Tanh || p.Cell != Simple && p.Recurrent != Sigmoid {
		return nil
	}
	return variants[p.variant]
}

// woven is weights in the order in which a step forward reads them: for each vector of units all rows, and
// of each row one vector for each of the slots. For few steps they are read where they stand.
type woven struct {
	rows, slots, column int  // slots blocks of units columns from column on
	state               bool // of U, not W
	packed              bool
	at                  int // in shared
}

// weaveSteps is how many rows times steps are worth weaving the weights: BenchmarkInfer on a Zen 4.
const weaveSteps = 16

// weave plans the weights of the steps forward, and what of the inputs they take directly.
func (p *Plan) weave(rows int) {
	packed := p.Steps*rows >= weaveSteps
	p.overU = []woven{{rows: p.Units, slots: p.Cell.Blocks(), state: true, packed: packed}}
	if p.resets() {
		p.overU = []woven{{rows: p.Units, slots: 2, state: true, packed: packed},
			{rows: p.Units, slots: 1, column: 2 * p.Units, state: true, packed: packed}}
	}
	if !p.Projected && p.Table == 0 && p.In <= directInputs {
		p.overW = &woven{rows: p.In, slots: p.Cell.Blocks(), packed: packed}
	}
	for i := range p.overU {
		p.wovens = append(p.wovens, &p.overU[i])
	}
	if p.overW != nil {
		p.wovens = append(p.wovens, p.overW)
	}
	for _, w := range p.wovens {
		if w.at = p.shared; packed {
			p.shared += ceil(p.Units, p.fast.lanes) * p.fast.lanes * w.rows * w.slots
		}
	}
}

// directInputs is how many inputs at most a step multiplies itself, without a product over a chunk.
const directInputs = 16

// of is the weights, and the strides from slot to slot, row to row, vector to vector.
func (w *woven) of(p *Plan, a *Args, shared []float32) (from []float32, slot, row, block int) {
	l := p.fast.lanes
	switch {
	case w.packed:
		return shared[w.at:], l, l * w.slots, l * w.slots * w.rows
	case w.state:
		return a.Recurrent[w.column:], p.Units, p.columnsOfW(), l
	}
	return a.Kernel[w.column:], p.Units, p.columnsOfW(), l
}

// pack weaves the weights; what pads the last vector is never read.
func (w *woven) pack(p *Plan, a *Args, shared []float32) {
	from := a.Kernel
	if w.state {
		from = a.Recurrent
	}
	to, l, cols := part(shared[w.at:]), p.fast.lanes, p.columnsOfW()
	for j := 0; j < p.Units; j += l {
		n := min(l, p.Units-j)
		for k := range w.rows {
			row := from[k*cols+w.column+j:]
			for s := range w.slots {
				copy(to.take(l)[:n], row[s*p.Units:])
			}
		}
	}
}

// inputs says where the inputs' part of a step's gates comes from.
type inputs uint8

const (
	inGates    inputs = iota // it is there already
	multiplied               // the step multiplies x itself
	chosen                   // rows of a table that are projected
)

// source is where it comes from at the start of a step.
func (g *group) source() inputs {
	switch {
	case g.p.Table > 0 && g.p.direct != nil:
		return chosen
	case g.p.overW != nil && g.a.DropX == nil:
		return multiplied
	}
	return inGates
}

// fastProducts makes the sums of the gates of samples r0 to r1 of the group, for a part of step t.
func (g *group) fastProducts(which Cell, gates []float32, w *woven, a []float32, aStep, t, r0, r1 int, by inputs,
	shared []float32) {
	p, n := g.p, g.p.Units
	u, uSlot, uRow, uBlock := w.of(p, g.a, shared)
	bias := shared[p.bias:][:p.width()]
	var x, kernel, from []float32
	var ranks []int32
	var in, xStep, wSlot, wRow, wBlock int
	at := g.r0*p.Steps + p.at(t)
	switch by {
	case multiplied:
		kernel, wSlot, wRow, wBlock = p.overW.of(p, g.a, shared)
		x, in, xStep = g.a.X[at*p.In:], p.In, p.Steps*p.In
		if p.XOrder.Grouped {
			x, xStep = g.a.X[p.XOrder.at(g, t, in):], in
		}
	case chosen:
		from, ranks = shared[p.projected:], p.lists(g.a).rank[at:]
	}
	// The turns of the products and the bytes of the next step's gates are both in proportion to the rows.
	turns := ceil(n, p.fast.lanes) * (n + in)
	for i := len(p.direct.products[which]) - 1; r0 < r1; i-- {
		f, tiles := p.direct.products[which][i], (r1-r0)>>i
		if f == nil || tiles == 0 {
			continue
		}
		var xr, kr, fr *float32
		var rr *int32
		switch by {
		case multiplied:
			xr, kr = &x[r0*xStep], &kernel[0]
		case chosen:
			fr, rr = &from[0], &ranks[r0*p.Steps]
		}
		f(&gates[r0*p.width()], &a[r0*aStep], &u[0], xr, kr, &bias[0], fr, rr, tiles, n, aStep, uSlot, uRow, uBlock,
			in, xStep, wSlot, wRow, wBlock, p.Steps, g.rows, 4*p.width()<<i/turns)
		r0 += tiles << i
	}
}

// fastStateGrad is dst = gates·Uᵀ for the gradients of a step's gates, added to the old dst if add is not 0;
// states is what the step before will read as the state before it.
func (g *group) fastStateGrad(dst, gates, states []float32, add int, shared []float32) {
	p, n := g.p, g.p.Units
	b := p.backU[0].of(g.a, shared)
	width, k := p.width(), p.states[0].n
	panels := ceil(n, 2*p.fast.lanes)
	for i, r := len(p.fast.stateGrad)-1, 0; r < g.rows; i-- {
		f, tiles := p.fast.stateGrad[i], (g.rows-r)>>i
		if f == nil || tiles == 0 {
			continue
		}
		f(&dst[r*n], &gates[r*width], &b[0], &states[r*n], tiles, n, k, width, add, g.rows, 4*width<<i/(panels*k),
			4*n<<i/(panels*k))
		r += tiles << i
	}
}
