package plan

import (
	"slices"

	"gorae/graph"
	"gorae/internal/kernel/rnn"
	"gorae/internal/par"
)

// recurrentRun is one pass, forward or backward, with its values; absent ones are nil.
type recurrentRun struct {
	*recurrence
	plan                     *rnn.Plan
	shared                   *Value
	h0, c0, x, mask, u, drop *Value
	kernel, shift, bias      *Value // the biases of the projection and of the recurrence
	ids                      *Value // of the rows of x that are the inputs
	both, dboth              *Value // a GRU's two biases as the kernel has them, and their gradients
	y, yc, hT, cT            *Value
	dy, dyc, dhT, dcT        *Value
	dh0, dc0, dx, du         *Value
	dkernel, dshift, dbias   *Value
}

// lower plans the forward or the backward pass. What the forward pass begins with depends on weights alone and is a
// step of its own, before, so that a plan that moves no weights does it once for each version of them.
func (r *recurrence) lower(b *builder, s *step) (before *step) {
	backward := s.calls[0] == r.grad
	shape := r.shape
	shape.Bare = r.grad == nil && r.mask < 0 && r.drop < 0 && !b.readsCells(r)
	shape.Recompute = shape.Recompute && !shape.Bare // without gradients nothing is kept
	f := &recurrentRun{recurrence: r, plan: rnn.New(shape, backward)}
	f.shared = b.newBuffer(f.plan.Shared())
	s.in, s.out = nil, nil
	read := func(n *graph.Node) *Value {
		if n == nil {
			return nil
		}
		v := b.value[n]
		if !slices.Contains(s.in, v) {
			s.in = append(s.in, v)
		}
		return v
	}
	operand := func(i int) *Value {
		if i < 0 || (i == r.h0 || i == r.c0) && isZero(r.scan.In[i]) {
			return nil
		}
		return read(r.scan.In[i])
	}
	f.u, f.bias, f.kernel, f.shift = operand(r.u), operand(r.bias), read(r.weights), read(r.addend)
	weights := slices.Clone(s.in)
	f.h0, f.c0, f.mask, f.drop = operand(r.h0), operand(r.c0), operand(r.mask), operand(r.drop)
	switch {
	case r.below != nil:
		f.x = r.below.residual
		s.in = append(s.in, f.x)
	case r.input != nil:
		f.x, f.ids = read(r.input), read(r.surroundings.ids)
	default:
		f.x = operand(r.x)
	}
	own := []*Value{f.shared}
	if r.shape.Cell == rnn.GRU && r.shape.ResetAfter && (f.shift != nil || f.bias != nil) {
		f.both = b.newBuffer(6 * r.shape.Units)
		own = append(own, f.both)
	}
	write := func(n *graph.Node) *Value {
		if n == nil {
			return nil
		}
		s.out = append(s.out, b.value[n])
		return b.value[n]
	}
	if backward {
		s.in = append(s.in, r.kept()...)
		s.temps = append(s.temps, own...)
		b.prepareBackward(s, f, read, write)
		s.bind = func(b *builder) Launch { return f.launch(b, s, 0, f.plan.Phases()) }
		return nil
	}
	before = &step{calls: s.calls, in: weights, out: own}
	for _, v := range own {
		v.maker = before
	}
	s.in = append(s.in, own...)
	b.prepareForward(s, f, write)
	before.bind = func(b *builder) Launch { return f.launch(b, before, 0, 1) }
	s.bind = func(b *builder) Launch { return f.launch(b, s, 1, f.plan.Phases()) }
	return before
}

// readsCells reports whether LSTM's c of all steps, more than one, is read outside of the loop.
func (b *builder) readsCells(r *recurrence) bool {
	return r.states() > 1 && r.last[1] == nil && r.shape.Steps > 1 &&
		(b.outside(r.scan.Out[1]) ||
			slices.ContainsFunc(b.readers(r.scan, 1), func(u *graph.Call) bool { return u != r.grad }))
}

// prepareForward lists the results.
func (b *builder) prepareForward(s *step, f *recurrentRun, write func(*graph.Node) *Value) {
	f.hT, f.cT = write(f.last[0]), write(f.last[1])
	if f.last[0] == nil && !f.stacked {
		f.y = write(f.scan.Out[0])
	}
	switch {
	case b.readsCells(f.recurrence):
		f.yc = write(f.scan.Out[1])
	case f.states() > 1 && f.shape.Steps == 1: // all the steps are the last
		f.cT = write(f.scan.Out[1])
	}
	for _, v := range f.kept() {
		v.maker = s
		s.out = append(s.out, v)
	}
}

// kept lists the values that the forward pass leaves to the backward pass.
func (r *recurrence) kept() (kept []*Value) {
	for _, v := range []*Value{r.residual, r.lists} {
		if v != nil {
			kept = append(kept, v)
		}
	}
	return kept
}

// prepareBackward lists the gradients.
func (b *builder) prepareBackward(s *step, f *recurrentRun, read, write func(*graph.Node) *Value) {
	f.dy, f.dhT, f.dyc, f.dcT = read(f.flow[0].all), read(f.flow[0].last), read(f.flow[1].all), read(f.flow[1].last)
	given := func(i int) *Value {
		if k := f.result(i); k >= 0 {
			return write(f.grad.Out[k])
		}
		return nil
	}
	f.dh0, f.dc0, f.du, f.dbias = given(f.recurrence.h0), given(f.recurrence.c0), given(f.recurrence.u),
		given(f.recurrence.bias)
	if f.input == nil {
		f.dx = given(f.recurrence.x)
	} else {
		f.dx, f.dkernel, f.dshift = write(f.dInput), write(f.dWeights), write(f.dAddend)
	}
	own := func(n int) *Value {
		v := b.newBuffer(n)
		s.temps = append(s.temps, v)
		return v
	}
	if f.input != nil && f.dkernel == nil { // of weights that stand still; the kernel gives them all the same
		f.dkernel = own(f.kernel.Size)
	}
	if f.both != nil {
		f.dboth = own(f.both.Size)
	}
}

// args returns the kernel's arrays in a run.
func (f *recurrentRun) args(x *Run) rnn.Args {
	at := func(v *Value) []float32 {
		if v == nil {
			return nil
		}
		return x.stores[v.ID].f
	}
	a := rnn.Args{
		X: at(f.x), Kernel: at(f.kernel), Recurrent: at(f.u), Bias: at(f.shift), H0: at(f.h0), C0: at(f.c0),
		Mask: at(f.mask), DropH: at(f.drop),
		Y: at(f.y), YC: at(f.yc), HT: at(f.hT), CT: at(f.cT),
		DY: at(f.dy), DYC: at(f.dyc), DHT: at(f.dhT), DCT: at(f.dcT),
		DX: at(f.dx), DH0: at(f.dh0), DC0: at(f.dc0), DKernel: at(f.dkernel), DRecurrent: at(f.du), DBias: at(f.dshift),
		Residual: at(f.residual),
	}
	if f.ids != nil {
		a.IDs, a.Lists = x.I(f.ids), x.I(f.lists)
	}
	if f.both != nil {
		a.Bias, a.DBias = at(f.both), at(f.dboth)
	}
	return a
}

// launch runs the phases from one up to, not including, another.
func (f *recurrentRun) launch(b *builder, s *step, from, to int) Launch {
	p := f.plan
	name, flops := "rnn "+p.Shape.String(), p.Flops()
	switch {
	case s.calls[0] == f.grad:
		name, flops = "rnn gradient "+p.Shape.String(), 2*p.Flops()
	case from == 0:
		name, flops = "pack "+name, 0
	}
	var first *Launch
	if f.dboth != nil {
		first = &Launch{Name: name, Run: func(x *Run, _ int, _ []float32) { f.split(x) }}
	}
	if p.StepByStep() && from > 0 {
		to = from
		first = f.stepwise(name)
	}
	for i := to - 1; i >= from; i-- {
		if i > 0 && p.Divisible() && p.Blocks(i) < b.threads {
			first = &Launch{Name: name, Scratch: p.Scratch(), Next: first, PerRunner: f.teamwork(i)}
			continue
		}
		first = &Launch{Name: name, Blocks: p.Blocks(i), Scratch: p.Scratch(), Next: first,
			Run: func(x *Run, block int, scratch []float32) {
				a := f.args(x)
				if finite := p.Run(i, block, &a, x.stores[f.shared.ID].f, scratch[:p.Scratch()]); f.check && !finite {
					x.Bad()
				}
			}}
	}
	if f.both != nil && from == 0 {
		first = &Launch{Name: name, Next: first, Run: func(x *Run, _ int, _ []float32) { f.join(x) }}
	}
	first.Flops, first.Bytes = flops, b.bytes(s)
	return *first
}

// poolThreads is a pool as the kernel sees it.
type poolThreads struct{ *par.Pool }

// Run implements rnn.Threads.
func (p poolThreads) Run(blocks int, t rnn.Task) { p.Pool.Run(blocks, t) }

// teamwork runs a phase whose blocks are fewer than the threads: all threads take one block after the other.
func (f *recurrentRun) teamwork(phase int) func(x *Run) func(*Run, int, []float32) {
	return func(x *Run) func(*Run, int, []float32) {
		p := f.plan
		team := p.NewTeam(poolThreads{x.pool}, x.pool.Threads())
		return func(x *Run, _ int, scratch []float32) {
			a := f.args(x)
			if !p.RunBy(team, phase, &a, x.F(f.shared), scratch[:p.Scratch()]) && f.check {
				x.Bad()
			}
		}
	}
}

// join copies a GRU's two biases one after the other, 0 for an absent one.
func (f *recurrentRun) join(x *Run) {
	both := x.F(f.both)
	clear(both)
	if f.shift != nil {
		copy(both, x.F(f.shift))
	}
	if f.bias != nil {
		copy(both[len(both)/2:], x.F(f.bias))
	}
}

// split copies the gradients of the joined biases back.
func (f *recurrentRun) split(x *Run) {
	both := x.F(f.dboth)
	if f.dshift != nil {
		copy(x.F(f.dshift), both)
	}
	if f.dbias != nil {
		copy(x.F(f.dbias), both[len(both)/2:])
	}
}

// stepwise returns the launch after the first phase where every step is shared out to the threads.
func (f *recurrentRun) stepwise(name string) *Launch {
	return &Launch{Name: name, PerRunner: func(x *Run) func(*Run, int, []float32) {
		task := &stepTask{run: f}
		return func(x *Run, _ int, _ []float32) {
			task.args, task.shared = f.args(x), x.F(f.shared)
			for task.phase = 1; task.phase < f.plan.Phases(); task.phase++ {
				x.pool.Run(f.plan.Blocks(task.phase), task)
			}
		}
	}}
}

// stepTask is the running phase as the pool sees it. Such phases need no scratch.
type stepTask struct {
	run    *recurrentRun
	args   rnn.Args
	shared []float32
	phase  int
}

// Run does one block.
func (t *stepTask) Run(block, _ int) { t.run.plan.Run(t.phase, block, &t.args, t.shared, nil) }
