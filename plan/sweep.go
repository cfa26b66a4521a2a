package plan

import (
	"fmt"
	"slices"
	"sync/atomic"

	"gorae/graph"
	"gorae/internal/kernel/sweep"
	"gorae/internal/kernel/vec"
)

// sweepKernel computes the optimisers' updates: weights, slots and gradient are read and written once. Updates whose
// results are assigned to the leaves they read, as in every training step, are made in place, all in one launch, after
// everything else of the step.
type sweepKernel struct{}

func (sweepKernel) Claim(c *graph.Call) bool { return newSweep(c) != nil }

const sweepGrain = 16 * 1024 // elements of a block

// sweeper is the update of one weight.
type sweeper struct {
	moved    []int // the operand whose next value each result is
	gradient int   // the operand that is the gradient
	// run updates m, the memory of the results, by the gradient g.
	run   func(x *Run, m [4][]float32, g sweep.Gradient, in []*Value)
	still bool // a gradient of 0 changes nothing
}

// updates is sweepOf once UseUpdates was called.
var updates atomic.Pointer[func(*graph.Call) *sweeper]

// UseUpdates lets plans that are compiled from now on compute the updates of optimizers by loops of their own; before,
// their definitions compute them. A training step calls it, so that a program that only predicts links no such loop.
func UseUpdates() {
	of := sweepOf
	updates.CompareAndSwap(nil, &of)
}

// newSweep returns the update that a call computes, nil for other calls.
func newSweep(c *graph.Call) *sweeper {
	if of := updates.Load(); of != nil {
		return (*of)(c)
	}
	return nil
}

// sweepOf is newSweep of a program that trains.
func sweepOf(c *graph.Call) *sweeper {
	op, ok := c.Op.(*graph.Composite)
	if !ok {
		return nil
	}
	for _, o := range c.Out { // the loops know no broadcasting
		if !o.Shape.Equal(c.In[0].Shape) {
			return nil
		}
	}
	num := func(x *Run, v *Value) float32 { return x.F(v)[0] }
	switch a := op.Attr.(type) {
	case nil:
		if op.Name == "sgd" {
			return &sweeper{moved: []int{0}, gradient: 1, still: true,
				run: func(x *Run, m [4][]float32, g sweep.Gradient, in []*Value) {
					sweep.SGD(m[0], g, num(x, in[2]))
				}}
		}
	case graph.MomentumAttr:
		return &sweeper{moved: []int{0, 1}, gradient: 2,
			run: func(x *Run, m [4][]float32, g sweep.Gradient, in []*Value) {
				sweep.Momentum(m[0], m[1], g, num(x, in[3]), float32(a.Momentum), a.Nesterov)
			}}
	case graph.RMSPropAttr:
		switch {
		case a.Centered: // rare: its body does
		case a.Momentum > 0:
			return &sweeper{moved: []int{0, 3, 4}, gradient: 1,
				run: func(x *Run, m [4][]float32, g sweep.Gradient, in []*Value) {
					sweep.RMSpropMomentum(m[0], m[1], m[2], g, num(x, in[2]), float32(a.Rho), float32(a.Epsilon),
						float32(a.Momentum))
				}}
		default:
			return &sweeper{moved: []int{0, 3}, gradient: 1,
				run: func(x *Run, m [4][]float32, g sweep.Gradient, in []*Value) {
					sweep.RMSprop(m[0], m[1], g, num(x, in[2]), float32(a.Rho), float32(a.Epsilon))
				}}
		}
	case graph.AdamAttr:
		return &sweeper{moved: []int{0, 1, 2}, gradient: 3,
			run: func(x *Run, m [4][]float32, g sweep.Gradient, in []*Value) {
				sweep.Adam(m[0], m[1], m[2], g, num(x, in[4]), float32(a.Beta1), float32(a.Beta2), float32(a.Epsilon))
			}}
	case graph.AdamWAttr:
		return &sweeper{moved: []int{0, 1, 2}, gradient: 3,
			run: func(x *Run, m [4][]float32, g sweep.Gradient, in []*Value) {
				sweep.AdamW(m[0], m[1], m[2], g, num(x, in[4]), float32(a.Beta1), float32(a.Beta2), float32(a.Epsilon),
					float32(a.WeightDecay)*num(x, in[5]))
			}}
	case graph.AMSGradAttr:
		return &sweeper{moved: []int{0, 1, 2, 3}, gradient: 4,
			run: func(x *Run, m [4][]float32, g sweep.Gradient, in []*Value) {
				sweep.AMSGrad(m[0], m[1], m[2], m[3], g, num(x, in[5]), float32(a.Beta1), float32(a.Beta2),
					float32(a.Epsilon), float32(a.WeightDecay)*num(x, in[6]))
			}}
	}
	return nil
}

// Bind binds an update that is not in place: the operands are copied first.
func (sweepKernel) Bind(b *Binding) Launch {
	s := newSweep(b.Call)
	in, out := b.In, b.Out
	n := out[0].Size
	blocks, part := share(n, sweepGrain)
	return Launch{
		Name: composite(b.Call), Blocks: blocks, Bytes: 4 * float64((2*len(out)+1)*n), Flops: 10 * float64(n),
		Run: func(x *Run, block int, _ []float32) {
			lo, hi := part(block)
			var m [4][]float32
			for i, v := range out {
				m[i] = x.F(v)[lo:hi]
				copy(m[i], x.F(in[s.moved[i]])[lo:hi])
			}
			s.run(x, m, sweep.Dense(x.F(in[s.gradient])[lo:hi]), in)
		},
	}
}

// sweepStep returns one launch for all the updates in place.
func (b *builder) sweepStep(steps []*step) *step {
	type part struct {
		*sweeper
		*sparseGradient
		in     []*Value
		lo, hi int
	}
	var parts []part
	s := &step{commit: true}
	flops, bytes, scratch := 0.0, 0.0, 0
	name := ""
	for _, t := range steps {
		c := t.calls[0]
		p := part{sweeper: newSweep(c)}
		for _, x := range c.In {
			p.in = append(p.in, b.value[x])
		}
		s.in = append(s.in, p.in...)
		n := c.Out[0].Shape.Size()
		items, grain := n, sweepGrain
		if p.sparseGradient = b.sparse(c.In[p.gradient]); p.sparseGradient != nil {
			s.in = slices.DeleteFunc(s.in, func(v *Value) bool { return v == p.in[p.gradient] })
			s.in = append(s.in, p.sums, p.first)
			items, grain = p.rows, max(1, sweepGrain/max(1, p.cols))
			scratch = max(scratch, p.cols)
		}
		blocks, cut := share(items, grain)
		for i := range blocks {
			p.lo, p.hi = cut(i)
			parts = append(parts, p)
		}
		flops += 10 * float64(n)
		bytes += 4 * float64((2*len(c.Out)+1)*n)
		name = composite(c)
	}
	for _, v := range s.in { // the update runs after the check, in Commit
		v.pinned = v.pinned || v.inArena()
	}
	s.bind = func(*builder) Launch {
		return Launch{
			Name: fmt.Sprintf("%s ×%d", name, len(steps)), Blocks: len(parts),
			Scratch: scratch, Flops: flops, Bytes: bytes,
			Run: func(x *Run, block int, scratch []float32) {
				p := &parts[block]
				move := func(g sweep.Gradient, lo, hi int) {
					var m [4][]float32
					for i, k := range p.moved {
						m[i] = x.F(p.in[k])[lo:hi]
					}
					p.run(x, m, g, p.in)
				}
				switch {
				case p.sparseGradient == nil:
					move(sweep.Dense(x.F(p.in[p.gradient])[p.lo:p.hi]), p.lo, p.hi)
				case p.still:
					p.each(x, p.lo, p.hi, func(g []float32, r int) { move(sweep.Dense(g), r*p.cols, (r+1)*p.cols) })
				default:
					zeros := scratch[:p.cols]
					clear(zeros)
					move(sweep.Gradient{G: x.F(p.sums), Rows: p.index(x)[p.lo:p.hi], Zeros: zeros}, p.lo*p.cols,
						p.hi*p.cols)
				}
			},
		}
	}
	return s
}

// checkStep tests the checked values that no product has tested.
func (b *builder) checkStep() *step {
	type piece struct {
		v      *Value
		lo, hi int
	}
	var parts []piece
	s := &step{}
	for _, v := range b.p.values { // in order, not as the map has them
		if !b.check[v] || !v.inArena() {
			continue
		}
		s.in = append(s.in, v)
		blocks, cut := share(v.Size, 4*sweepGrain)
		for i := range blocks {
			lo, hi := cut(i)
			parts = append(parts, piece{v, lo, hi})
		}
	}
	if len(parts) == 0 {
		return nil
	}
	// Small values are tested together: waking a second thread costs more.
	total := 0
	for _, p := range parts {
		total += p.hi - p.lo
	}
	blocks, cut := share(len(parts), max(1, len(parts)*4*sweepGrain/max(1, total)))
	s.bind = func(*builder) Launch {
		return Launch{
			Name: fmt.Sprintf("check ×%d", len(s.in)), Blocks: blocks, Bytes: 4 * float64(total), Flops: float64(total),
			Run: func(x *Run, block int, _ []float32) {
				lo, hi := cut(block)
				for _, p := range parts[lo:hi] {
					if !vec.Finite(x.F(p.v)[p.lo:p.hi]) {
						x.Bad()
					}
				}
			},
		}
	}
	return s
}
