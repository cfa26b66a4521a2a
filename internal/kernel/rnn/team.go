package rnn

import "gorae/internal/kernel/gemm"

// Threads runs the blocks of a task, each on one of a number of threads, and returns when all are done.
type Threads interface{ Run(blocks int, t Task) }

// Task is work cut into blocks. thread is the number of the thread that runs the block.
type Task interface{ Run(block, thread int) }

// Team is several threads that take the groups of a pass through their steps together: they share the products of each
// step by columns, so that each reads a part of the weights, and the rest by samples. The numbers are the same as when
// each group has a thread of its own.
type Team struct {
	threads Threads
	product product
	cells   cells
}

// Divisible reports whether the products of a step are large enough to be shared by a team.
func (p *Plan) Divisible() bool {
	return p.chain == nil && p.direct == nil && p.Units*p.columnsOfW() >= teamWeights
}

const (
	teamWeights = 1 << 18 // recurrent weights whose product with the states is worth being shared
	cellRows    = 4       // samples of a block of the rest of a step
)

// NewTeam makes a team of n threads for passes of a plan.
func (p *Plan) NewTeam(threads Threads, n int) *Team {
	t := &Team{threads: threads, cells: cells{p: p}}
	for range n {
		t.product.work = append(t.product.work, make([]float32, p.gemmScratch))
	}
	return t
}

// RunBy does all blocks of a phase by a team. It is Run for each block.
func (p *Plan) RunBy(t *Team, phase int, a *Args, shared, scratch []float32) (finite bool) {
	a.team, finite = t, true
	for block := range p.Blocks(phase) {
		finite = p.Run(phase, block, a, shared, scratch) && finite
	}
	a.team = nil
	return finite
}

// product is a product that a team shares.
type product struct {
	*gemm.Plan
	a, b, c, bias []float32
	work          [][]float32 // of each thread
}

// Run implements Task.
func (t *product) Run(block, thread int) {
	t.Plan.Run(block, t.a, t.b, t.c, t.bias, nil, t.work[thread])
}

// multiply runs all of a product: by the team, or on the calling goroutine where there is none.
func (t *Team) multiply(g *gemm.Plan, a, b, c, bias, work []float32) {
	if t == nil {
		multiply(g, a, b, c, bias, work)
		return
	}
	p := &t.product
	p.Plan, p.a, p.b, p.c, p.bias = g, a, b, c, bias
	t.threads.Run(g.Blocks(), p)
}

// cells is what follows the products of a step, for samples r0 to r1 of a group.
type cells struct {
	p      *Plan
	part   cellPart
	step   step
	back   back
	r0, r1 int
}

// cellPart is which part of a step it is. A GRU without ResetAfter has two, before and after its second product.
type cellPart uint8

const (
	forth cellPart = iota
	forth2
	backwards
	backwards2
)

// Run implements Task.
func (t *cells) Run(block, _ int) {
	rows := t.r1 - t.r0
	n := ceil(rows, cellRows)
	r0, r1 := t.r0+block*rows/n, t.r0+(block+1)*rows/n
	if t.part <= forth2 {
		t.p.forth(t.part, &t.step, r0, r1)
	} else {
		t.p.backwards(t.part, &t.back, r0, r1)
	}
}

// forth does a part of a step for some samples of a group.
func (p *Plan) forth(part cellPart, k *step, r0, r1 int) {
	some := k.rowsOf(r0, r1)
	if part == forth {
		p.forward(&some)
	} else {
		p.forward2(&some)
	}
}

func (p *Plan) backwards(part cellPart, k *back, r0, r1 int) {
	some := k.rowsOf(r0, r1, p.width())
	if part == backwards {
		p.backward(&some)
	} else {
		p.backward2(&some)
	}
}

// sharesCells reports whether the team shares the cells too: those in Go have memory for one thread.
func (t *Team) sharesCells(p *Plan) bool { return t != nil && p.fast != nil }

// forth does a part of a step for the samples of a set.
func (g *group) forth(part cellPart, k *step, live uint32) {
	for set := live; set != 0; {
		var r0, r1 int
		r0, r1, set = run(set)
		if g.a.team.sharesCells(g.p) {
			t := &g.a.team.cells
			t.part, t.step, t.r0, t.r1 = part, *k, r0, r1
			g.a.team.threads.Run(ceil(r1-r0, cellRows), t)
		} else {
			g.p.forth(part, k, r0, r1)
		}
	}
}

func (g *group) backwards(part cellPart, k *back, live uint32) {
	for set := live; set != 0; {
		var r0, r1 int
		r0, r1, set = run(set)
		if g.a.team.sharesCells(g.p) {
			t := &g.a.team.cells
			t.part, t.back, t.r0, t.r1 = part, *k, r0, r1
			g.a.team.threads.Run(ceil(r1-r0, cellRows), t)
		} else {
			g.p.backwards(part, k, r0, r1)
		}
	}
}
