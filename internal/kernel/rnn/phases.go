package rnn

// kind is what a phase does.
type kind uint8

const (
	packing       kind = iota // of the weights
	listing                   // which rows of a table occur
	projecting                // them
	running                   // through the steps, forward or back
	fromTable                 // the gradients of the projection of a table's rows
	adding                    // the lanes' weight gradients
	runningChains             // through the steps, forward, by the kernels of chain.go
)

// phases lists them.
func (p *Plan) phases() {
	p.order = []kind{packing}
	if p.Table > 0 && !p.isBackward {
		p.order = append(p.order, listing, projecting)
	}
	p.order = append(p.order, running)
	if p.Table > 0 && p.isBackward {
		p.order = append(p.order, fromTable)
	}
	if p.isBackward && max(p.lanes, p.lanesW) > 1 {
		p.order = append(p.order, adding)
	}
}

// Phases is the number of phases; one begins when all blocks of the one before are
// done.
func (p *Plan) Phases() int { return len(p.order) }

// Blocks is the number of independent pieces of a phase.
func (p *Plan) Blocks(phase int) int {
	if p.chain != nil {
		return p.chain.blocksOf(phase)
	}
	switch p.order[phase] {
	case packing:
		return 1 + len(p.packed) + len(p.wovens)
	case listing:
		return 1
	case projecting:
		return p.parts()
	case fromTable:
		return p.lanesW
	case adding:
		return ceil(p.sizeOfW()+p.sizeOfU(), reduceWork)
	}
	if p.isBackward {
		return p.lanes
	}
	return p.groups
}

// StepByStep reports whether every step is a phase of its own, which needs no scratch.
func (p *Plan) StepByStep() bool { return p.chain != nil && p.chain.wide > 0 }

// Run does one block of a phase. The result is false if the gradients of a table's rows are not all finite.
func (p *Plan) Run(phase, block int, a *Args, shared, scratch []float32) (finite bool) {
	p.measure(a, shared, scratch)
	finite = true
	switch p.order[phase] {
	case packing:
		p.pack(block, a, shared)
	case listing:
		p.list(a)
	case projecting:
		p.projectTable(block, a, shared, scratch)
	case running:
		if p.isBackward {
			p.runLane(block, a, shared, scratch)
		} else {
			p.runForward(block, a, shared, scratch)
		}
	case runningChains:
		p.chain.run(p, phase, block, a, shared, scratch)
	case fromTable:
		finite = p.tableGradients(block, a, shared, scratch)
	case adding:
		p.reduce(block, a, shared)
	}
	return finite
}

// pack lays a part of the weights out as the phases after it read them.
func (p *Plan) pack(block int, a *Args, shared []float32) {
	switch {
	case block == 0:
		if p.goesForward() {
			p.gateBias(shared[p.bias:][:p.width()], a.Bias)
		}
	case p.chain != nil:
		p.chain.pack(shared[p.width():], a.Recurrent, a.Kernel, p.Units)
	case block > len(p.packed):
		if w := p.wovens[block-1-len(p.packed)]; w.packed {
			w.pack(p, a, shared)
		}
	default:
		o := p.packed[block-1]
		from := a.Kernel
		if o.state {
			from = a.Recurrent
		} else if o.back && a.DX == nil {
			return
		}
		o.plan.Pack(shared[o.at:][:o.plan.PackedB()], from[o.column:])
	}
}
