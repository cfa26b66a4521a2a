package rnn

import (
	"fmt"

	"gorae/internal/kernel/gemm"
)

// Plan is a pass over one shape, cut into phases of blocks. It holds no numbers and
// may be used by many goroutines at once, each with scratch of its own; shared is one
// for all the blocks of a pass.
type Plan struct {
	Shape
	isBackward bool
	variant    gemm.Variant
	fast       *variant // the steps in assembly, if they are
	direct     *variant // fast, where its products of the steps are used; nil where those of package gemm are faster
	chain      *chain   // all the steps in one kernel, if they are

	slots  int // blocks of units floats in a row of gates
	groups int // of samples
	lanes  int // backward: groups whose weight gradients are added up apart
	lanesW int // the same of W's gradients, which with a table are not the groups'
	chunk  int // steps that go through the products at once
	order  []kind
	// Which columns of the weights go where in a row of gates.
	inputs, states []piece
	sets           [2]*products // for the smaller groups and the larger ones
	rows           onInputs     // for tableRows rows of a table
	packs, packsU  bool         // whether W, Uᵀ and Wᵀ are packed, and whether U is
	// The second operands: W and U as the way forward reads them and as the way back.
	forW, forU, backW, backU []operand
	packed                   []*operand
	overU                    []woven // what the steps in assembly read,
	overW                    *woven  // and W if they multiply it too
	wovens                   []*woven
	bias                     int // where in shared the gates' bias lies
	projected                int // the projections of a table's rows
	sums                     int // the sums of the columns of each lane's gates' gradients
	partialW, partialU       int // and the weight gradients of the lanes but the first
	shared                   int
	gemmScratch              int
	scratch                  int
}

// piece is a run of n columns: from w on in the weights, from g on in the gates.
type piece struct{ w, g, n int }

// operand is some columns of W or U as a product reads them: packed in shared, or in
// place.
type operand struct {
	plan   *gemm.Plan
	column int  // its first column
	state  bool // of U, not W
	back   bool // transposed
	packed bool
	at     int // in shared
}

func (o *operand) of(a *Args, shared []float32) []float32 {
	switch {
	case o.packed:
		return shared[o.at:]
	case o.state:
		return a.Recurrent[o.column:]
	}
	return a.Kernel[o.column:]
}

// products are the matrix products of a group of rows samples; those over a chunk
// are there for a whole one and for the last.
type products struct {
	rows    int
	inputs  [2]onInputs
	advance []*gemm.Plan    // gates += h₋₁·U
	toState []*gemm.Plan    // dh += dgates·Uᵀ
	toDrop  []*gemm.Plan    // the same, not added
	toU     [2][]*gemm.Plan // dU += h₋₁ᵀ·dgates
}

// onInputs are the products over some rows of inputs.
type onInputs struct {
	project  []*gemm.Plan // gates = x·W + b
	toInput  []*gemm.Plan // dx = dgates·Wᵀ
	toKernel []*gemm.Plan // dW += xᵀ·dgates
}

// Sizes that BenchmarkRNN on a Zen 4 chose (caches of 32 KB, 1 MB and 32 MB). They
// are constants so that the result depends on nothing else.
const (
	maxRows     = 32      // samples of a group at most: they fit the bits of a word (alive)
	chunkRows   = 256     // samples times steps of a chunk: a quarter of a megabyte of gates for 64 units of LSTM
	chunkInputs = 1 << 20 // numbers of x in a chunk, unless one step has more
	maxLanes    = 16      // copies of the weight gradients at most
	inPlace     = 6       // samples up to which U is read as it is
	reduceWork  = 1 << 15 // weights that one block of the last phase adds up
)

// New plans a pass with the best variant that the machine has. An impossible shape is
// a mistake of the program and panics.
func New(s Shape, backward bool) *Plan { return newVariant(s, backward, gemm.Best()) }

func newVariant(s Shape, backward bool, v gemm.Variant) *Plan {
	if s.Cell > UGRNN || s.Batch < 0 || s.Steps < 1 || s.In < 1 || s.Units < 1 {
		panic(fmt.Sprintf("rnn: %+v: batch is at least 0, steps, in and units at least 1", s))
	}
	if s.Projected && s.In != s.Cell.Blocks()*s.Units {
		panic(fmt.Sprintf("rnn: %v: a projected input has %d columns", s, s.Cell.Blocks()*s.Units))
	}
	if (s.XOrder.Grouped || s.DXOrder.Grouped) && (s.Projected || s.Table > 0) || s.DYOrder.Grouped && !s.Sequences {
		panic(fmt.Sprintf("rnn: %v: only sequences of inputs and outputs lie in groups", s))
	}
	if s.Table > 0 && (s.Projected || s.Recompute) {
		panic(fmt.Sprintf("rnn: %v: the rows of a table are neither projected already nor computed again", s))
	}
	p := &Plan{Shape: s, isBackward: backward, variant: v}
	p.fast = p.assembly()
	if p.fast != nil && s.Units*s.Cell.Blocks()*s.Units < p.fast.large {
		p.direct = p.fast
	}
	p.columns()
	if p.chain = p.chained(); p.chain != nil {
		p.order = p.chain.order(s.Steps)
		p.chain.layout(p)
		return p
	}
	p.groups = ceil(s.Batch, groupRows(s.Units*s.Cell.Blocks()*s.Units))
	p.lanes = max(1, min(p.groups, maxLanes))
	p.lanesW = p.lanes
	if s.Table > 0 {
		p.lanesW = max(1, min(p.parts(), tableLanes))
	}
	rows := 1
	if p.groups > 0 {
		rows = ceil(s.Batch, p.groups)
	}
	most := min(chunkRows, max(rows, chunkInputs/s.In))
	p.chunk = ceil(s.Steps, ceil(s.Steps*rows, most))
	p.packs = s.Steps > 1
	p.packsU = p.packs && rows > inPlace
	if p.groups > 0 {
		p.sets[0] = p.products(s.Batch / p.groups)
		if s.Batch%p.groups > 0 {
			p.sets[1] = p.products(s.Batch/p.groups + 1)
		}
	}
	if s.Table > 0 {
		p.rows = p.onInputs(tableRows)
	}
	p.phases()
	p.layout(rows)
	return p
}

// groupRows is the greatest number of samples of a group for a layer of so many
// recurrent weights. Few samples make many groups, for many threads; but the weights are
// read once for all of a group, which counts where they no longer lie in the nearest
// caches, and steps of little work are to be few.
func groupRows(weights int) int {
	switch {
	case weights < 1<<13:
		return 16
	case weights <= 1<<16:
		return 8
	case weights < 1<<18:
		return 16
	}
	return maxRows
}

func ceil(n, d int) int { return (n + d - 1) / d }

// columns says how a row of gates is laid out: as the weights are, but that a GRU
// has a slot q before its candidate (cell.go).
func (p *Plan) columns() {
	u := p.Units
	p.slots = p.Cell.Blocks()
	p.inputs = []piece{{0, 0, p.slots * u}}
	p.states = p.inputs
	if p.Cell != GRU {
		return
	}
	p.slots = 4
	p.inputs = []piece{{0, 0, 2 * u}, {2 * u, 3 * u, u}}
	p.states = p.inputs
	if p.ResetAfter {
		p.states = []piece{{0, 0, 3 * u}}
	}
}

// resets reports whether the recurrence has a second product in each step.
func (p *Plan) resets() bool { return p.Cell == GRU && !p.ResetAfter }

// width is the length of a row of gates.
func (p *Plan) width() int { return p.slots * p.Units }

// rowsOfW is the number of rows of W, none where the input is projected already.
func (p *Plan) rowsOfW() int {
	if p.Projected {
		return 0
	}
	return p.In
}

// columnsOfW is the length of a row of weights.
func (p *Plan) columnsOfW() int { return p.Cell.Blocks() * p.Units }

// plan plans a product that multiply runs.
func (p *Plan) plan(s gemm.Shape, e gemm.Epilogue) *gemm.Plan {
	if !p.Divisible() {
		s.Threads = 1
	}
	g := gemm.NewVariant(s, e, p.variant)
	p.gemmScratch = max(p.gemmScratch, g.Scratch())
	return g
}

// onInputs plans the products over m rows of inputs.
func (p *Plan) onInputs(m int) (in onInputs) {
	wide, cols := p.width(), p.columnsOfW()
	for _, c := range p.inputs {
		if p.goesForward() {
			in.project = append(in.project, p.plan(gemm.Shape{M: m, N: c.n, K: p.In, LDB: cols, LDC: wide,
				BPacked: p.packs}, gemm.Epilogue{Bias: true}))
		}
		if !p.isBackward {
			continue
		}
		in.toInput = append(in.toInput, p.plan(gemm.Shape{M: m, N: p.In, K: c.n, LDA: wide, TransB: true, LDB: cols,
			BPacked: p.packs}, gemm.Epilogue{Accumulate: c.w > 0}))
		in.toKernel = append(in.toKernel, p.plan(gemm.Shape{M: p.In, N: c.n, K: m, TransA: true, LDB: wide, LDC: cols},
			gemm.Epilogue{Accumulate: true}))
	}
	return in
}

// products plans what a group of rows samples needs.
func (p *Plan) products(rows int) *products {
	q := &products{rows: rows}
	wide, cols := p.width(), p.columnsOfW()
	for last := range 2 {
		m := p.chunk * rows
		if last == 1 {
			m = p.Steps % p.chunk * rows
		}
		if !p.Projected && p.Table == 0 {
			q.inputs[last] = p.onInputs(m)
		}
		for i, c := range p.states {
			if !p.isBackward {
				continue
			}
			s := gemm.Shape{M: p.Units, N: c.n, K: m, TransA: true, LDB: wide, LDC: cols}
			if p.resets() && i == 1 {
				s.LDA = wide
			}
			q.toU[last] = append(q.toU[last], p.plan(s, gemm.Epilogue{Accumulate: true}))
		}
	}
	for i, c := range p.states {
		s := gemm.Shape{M: rows, N: c.n, K: p.Units, LDB: cols, LDC: wide, BPacked: p.packsU}
		if p.resets() && i == 1 {
			s.LDA = wide
		}
		if p.goesForward() && p.direct == nil {
			q.advance = append(q.advance, p.plan(s, gemm.Epilogue{Accumulate: true}))
		}
		if !p.isBackward {
			continue
		}
		s = gemm.Shape{M: rows, N: p.Units, K: c.n, LDA: wide, TransB: true, LDB: cols, BPacked: p.packs}
		q.toState = append(q.toState, p.plan(s, gemm.Epilogue{Accumulate: true}))
		q.toDrop = append(q.toDrop, p.plan(s, gemm.Epilogue{}))
	}
	return q
}

// layout gives shared and scratch their parts.
func (p *Plan) layout(rows int) {
	p.bias = 0
	p.shared = p.width()
	if q := p.sets[0]; q != nil {
		p.forU = p.operands(q.advance, p.states, operand{state: true, packed: p.packsU})
		if p.direct != nil && p.goesForward() {
			p.weave(rows)
		}
		in := q.inputs[0]
		if p.Table > 0 {
			in = p.rows
		}
		p.forW = p.operands(in.project, p.inputs, operand{packed: p.packs})
		p.backU = p.operands(q.toState, p.states, operand{state: true, back: true, packed: p.packs})
		p.backW = p.operands(in.toInput, p.inputs, operand{back: true, packed: p.packs})
	}
	x, u := p.xs(rows), rows*p.Units
	p.scratch = p.gemmScratch + x + u
	if !p.isBackward || p.Recompute {
		p.scratch += u*p.chunk*p.slots + 2*u*(p.chunk+1)
	}
	p.projected = p.shared
	if p.Table > 0 && !p.isBackward {
		p.shared += p.parts() * tableRows * p.width()
	}
	if p.isBackward {
		p.sums = p.shared
		p.partialW = p.sums + p.lanes*p.width()
		p.partialU = p.partialW + (p.lanesW-1)*p.sizeOfW()
		p.shared = p.partialU + (p.lanes-1)*p.sizeOfU()
		p.scratch += x + u*p.chunk + 4*u + 3*p.Units + p.width()
	}
	if p.Table > 0 {
		p.scratch = max(p.scratch, p.gemmScratch+tableRows*(2*p.In+p.width()))
	}
}

// xs is the number of inputs of a chunk of a group, which a table has not.
func (p *Plan) xs(rows int) int {
	if p.Table > 0 {
		return 0
	}
	return rows * p.chunk * p.In
}

// operands gives the second operands of some products their places.
func (p *Plan) operands(plans []*gemm.Plan, pieces []piece, o operand) []operand {
	list := make([]operand, len(plans))
	for i, g := range plans {
		o.plan, o.column = g, pieces[i].w
		if o.packed {
			o.at = p.shared
			p.shared += g.PackedB()
			p.packed = append(p.packed, &list[i])
		}
		list[i] = o
	}
	return list
}

// goesForward reports whether the pass computes gates.
func (p *Plan) goesForward() bool { return !p.isBackward || p.Recompute }

// sizeOfW is the number of weights of the inputs, sizeOfU of the state.
func (p *Plan) sizeOfW() int { return p.rowsOfW() * p.columnsOfW() }
func (p *Plan) sizeOfU() int { return p.Units * p.columnsOfW() }

// perSample is the number of floats of a sample's residual: the gates of each step,
// the states with the first.
func (p *Plan) perSample() int {
	if p.Recompute {
		n := ceil(p.Steps, p.chunk) * p.Units
		if p.Cell == LSTM {
			n *= 2
		}
		return n
	}
	n := p.Steps*p.width() + (p.Steps+1)*p.Units
	if p.Cell == LSTM {
		n += (p.Steps + 1) * p.Units
	}
	return n
}

// Residual is the number of floats that a forward pass leaves for the backward pass:
// a sample and step cost 6, 5, 3 and 2 times Units for LSTM, GRU, UGRNN and Simple;
// with Recompute a sample costs Units, and LSTM twice that, for every chunk of steps.
func (p *Plan) Residual() int { return p.Batch * p.perSample() }

// States is where in the residual h after each step lies.
func (p *Plan) States() Order {
	return Order{true, p.perSample(), p.Steps*p.width() + p.Units}
}

// Alike reports whether the passes of two plans take the same samples together, in the same order of the steps.
func (p *Plan) Alike(q *Plan) bool {
	return p.Batch == q.Batch && p.Steps == q.Steps && p.groups == q.groups && p.Reverse == q.Reverse &&
		p.chain == nil && q.chain == nil
}

// Scratch is the number of floats that a call of Run needs for itself.
func (p *Plan) Scratch() int { return p.scratch }

// Shared is the number of floats that the blocks of a pass share: packed weights,
// and the weight gradients that are to be added up.
func (p *Plan) Shared() int { return p.shared }

// gateBias lays the bias out as a row of gates. A GRU with ResetAfter adds the two of
// z and r; q has the recurrent one.
func (p *Plan) gateBias(dst, bias []float32) {
	u := p.Units
	switch {
	case bias == nil:
		clear(dst)
	case p.Cell != GRU:
		copy(dst, bias[:len(dst)])
	case p.ResetAfter:
		for j := range 2 * u {
			dst[j] = bias[j] + bias[3*u+j]
		}
		copy(dst[2*u:3*u], bias[5*u:6*u])
		copy(dst[3*u:], bias[2*u:3*u])
	default:
		copy(dst[:2*u], bias)
		clear(dst[2*u : 3*u])
		copy(dst[3*u:], bias[2*u:3*u])
	}
}
