package plan

import (
	"slices"

	"gorae/graph"
	"gorae/internal/kernel/rnn"
)

// recurrence is a scan, and its gradient if there is one, that the fused kernel computes: both
// or neither, because what the backward pass needs lies in a buffer of the kernel's own.
type recurrence struct {
	scan     *graph.Call
	grad     *graph.Call // nil in inference
	shape    rnn.Shape
	residual *Value
	// Operands of the scan by their part; −1 for those that are not there.
	h0, c0, x, mask, u, bias, drop int
}

// The activations that the kernel has, by the names that cells give them.
var recurrentActs = map[string]rnn.Act{
	"tanh": rnn.Tanh, "sigmoid": rnn.Sigmoid, "linear": rnn.Linear, "relu": rnn.Relu, "relu6": rnn.Relu6,
	"hard_sigmoid": rnn.HardSigmoid, "legacy_hard_sigmoid": rnn.HardSigmoid2, "softsign": rnn.Softsign,
}

// recurrences finds the scans that the fused kernel takes.
func (b *builder) recurrences() {
	for _, c := range b.g.Calls {
		if _, ok := c.Op.(graph.Scan); !ok {
			continue
		}
		r := b.recurrence(c)
		if r == nil {
			continue
		}
		b.recurrent[c] = r
		if r.grad != nil {
			b.recurrent[r.grad] = r
			p := rnn.New(r.shape, false)
			r.residual = b.newBuffer(p.Residual())
		}
	}
}

// recurrence describes a scan to the kernel, nil if it cannot take it.
func (b *builder) recurrence(c *graph.Call) *recurrence {
	op := c.Op.(graph.Scan)
	a, ok := op.Cell.Attr.(graph.CellAttr)
	cell, known := map[string]rnn.Cell{"simple_rnn_cell": rnn.Simple, "lstm_cell": rnn.LSTM, "gru_cell": rnn.GRU, "ugrnn_cell": rnn.UGRNN}[op.Cell.Name]
	act, okAct := recurrentActs[a.Activation]
	rec, okRec := recurrentActs[a.Recurrent]
	if !ok || !known || !okAct || !(okRec || cell == rnn.Simple) {
		return nil
	}
	r := &recurrence{scan: c, h0: 0, c0: -1, mask: -1, bias: -1, drop: -1}
	next := 1
	take := func() int { next++; return next - 1 }
	if cell == rnn.LSTM {
		r.c0 = take()
	}
	r.x = take()
	if op.Masked {
		r.mask = take()
	}
	r.u = take()
	if a.RecurrentBias {
		r.bias = take()
	}
	if a.Dropped {
		r.drop = take()
	}
	h, x := c.In[0].Shape, c.In[r.x].Shape
	r.shape = rnn.Shape{
		Cell: cell, Batch: h[0], Steps: x[1], In: x[2], Units: h[1], Activation: act, Recurrent: rec, ResetAfter: a.ResetAfter,
		Projected: true, Reverse: op.Reverse, InTime: true, Sequences: true,
	}
	if next != len(c.In) || h[0] < 1 || x[1] < 1 || x[2] != cell.Blocks()*h[1] {
		return nil
	}
	// A masked step repeats the output before it; before the first the kernel has 0, the scan its first state.
	if op.Masked && !isZero(c.In[r.h0]) {
		return nil
	}
	return b.readable(r)
}

// readable checks who reads what the kernel does not write: of the results after the first only the
// gradient may, and the cell's state where there is one step.
func (b *builder) readable(r *recurrence) *recurrence {
	for i, y := range r.scan.Out {
		v := b.value[y]
		if i > 0 && (b.keep[v] || b.check[v]) && !r.single(i) {
			return nil
		}
	}
	for _, u := range b.users[r.scan] {
		if g, ok := u.Op.(graph.ScanGrad); ok && b.value[u.In[g.Operands]] == b.value[r.scan.Out[0]] {
			if r.grad != nil || slices.Contains(g.Flows[1:], true) || b.wantsDrop(r, u, g) {
				return nil
			}
			r.grad = u
			continue
		}
		for _, x := range u.In {
			if i := slices.Index(r.scan.Out, b.value[x].Node); i > 0 && !r.single(i) {
				return nil
			}
		}
	}
	return r
}

// single reports whether result i is the cell's state of a sequence of one step: the kernel
// gives the last of them.
func (r *recurrence) single(i int) bool {
	return i == 1 && r.shape.Cell == rnn.LSTM && r.shape.Steps == 1
}

// wantsDrop reports whether somebody reads the gradient of the dropout's factors.
func (b *builder) wantsDrop(r *recurrence, c *graph.Call, g graph.ScanGrad) bool {
	for k, i := range g.Wanted(typesOf(c.In)) {
		if i != r.drop {
			continue
		}
		y := c.Out[k]
		for _, u := range b.users[c] {
			for _, x := range u.In {
				if b.value[x] == b.value[y] {
					return true
				}
			}
		}
		return b.keep[b.value[y]] || b.check[b.value[y]]
	}
	return false
}

// isZero reports whether a node is zeros known at compile time.
func isZero(n *graph.Node) bool {
	for {
		switch op := n.Call.Op.(type) {
		case graph.Broadcast, graph.Reshape:
			n = n.Call.In[0]
			continue
		case graph.Const:
			for i := range op.Value.Len() {
				if op.Value.Float(i) != 0 {
					return false
				}
			}
			return true
		}
		return false
	}
}

// prepareRecurrence plans the forward or the backward pass. What comes before the forward pass depends on
// weights alone: it is a step of its own, so that a plan that moves no weights does it once for each version
// of them.
func (b *builder) prepareRecurrence(s *step, r *recurrence) (before *step) {
	backward := s.calls[0] == r.grad
	shape := r.shape
	shape.Bare = r.residual == nil && r.mask < 0 && r.drop < 0
	p := rnn.New(shape, backward)
	shared := b.newBuffer(p.Shared())
	f := &recurrentRun{recurrence: r, plan: p, shared: shared}
	in := func(i int) *Value {
		if i < 0 || (i == r.h0 || i == r.c0) && isZero(r.scan.In[i]) {
			return nil
		}
		return b.value[r.scan.In[i]]
	}
	f.h0, f.c0, f.x, f.mask, f.u, f.drop = in(r.h0), in(r.c0), in(r.x), in(r.mask), in(r.u), in(r.drop)
	if r.bias >= 0 { // the kernel wants both biases of a GRU; the first is in x already
		f.bias = b.value[r.scan.In[r.bias]]
		f.biases = b.newBuffer(2 * f.bias.Size)
	}
	s.in, s.out = nil, nil
	list := func(s *step, vs ...*Value) {
		for _, v := range vs {
			if v != nil && !slices.Contains(s.in, v) {
				s.in = append(s.in, v)
			}
		}
	}
	list(s, f.h0, f.c0, f.x, f.mask, f.u, f.bias, f.drop)
	if !backward {
		before = &step{calls: s.calls}
		list(before, f.u, f.bias)
		for _, v := range []*Value{shared, f.biases} {
			if v != nil {
				v.maker = before
				before.out = append(before.out, v)
			}
		}
		list(s, before.out...)
		before.bind = func(b *builder) Launch { return f.launch(b, before, 0, 1) }
		f.y = b.value[r.scan.Out[0]]
		s.out = []*Value{f.y}
		if r.single(1) {
			f.c = b.value[r.scan.Out[1]]
			s.out = append(s.out, f.c)
		}
		if r.residual != nil {
			r.residual.maker = s
			s.out = append(s.out, r.residual)
		}
		s.bind = func(b *builder) Launch { return f.launch(b, s, 1, p.Phases()) }
		return before
	}
	s.temps = append(s.temps, shared)
	if f.biases != nil {
		s.temps = append(s.temps, f.biases)
	}
	b.prepareBackward(s, f)
	s.bind = func(b *builder) Launch { return f.launch(b, s, 0, p.Phases()) }
	return nil
}

// prepareBackward finds the gradients' places.
func (b *builder) prepareBackward(s *step, f *recurrentRun) {
	g := f.grad.Op.(graph.ScanGrad)
	s.in = append(s.in, f.residual)
	if g.Flows[0] {
		f.dy = b.value[f.grad.In[g.Operands+g.Results]]
		s.in = append(s.in, f.dy)
	}
	for k, i := range g.Wanted(typesOf(f.grad.In)) {
		v := b.value[f.grad.Out[k]]
		switch i {
		case f.recurrence.h0:
			f.dh0 = v
		case f.recurrence.c0:
			f.dc0 = v
		case f.recurrence.x:
			f.dx = v
		case f.recurrence.u:
			f.du = v
		case f.recurrence.bias:
			f.dbias = v
			f.dbiases = b.newBuffer(2 * v.Size)
			s.temps = append(s.temps, f.dbiases)
		default: // the factors of a dropout, whose gradient nobody reads
			continue
		}
		s.out = append(s.out, v)
	}
}

// recurrentRun is one pass with its values; those that are not there are nil.
type recurrentRun struct {
	*recurrence
	plan                     *rnn.Plan
	shared, biases, dbiases  *Value
	h0, c0, x, mask, u, bias *Value
	drop, y, c               *Value
	dy, dh0, dc0, dx, du     *Value
	dbias                    *Value
}

// args are the arrays of a run.
func (f *recurrentRun) args(x *Run) rnn.Args {
	at := func(v *Value) []float32 {
		if v == nil {
			return nil
		}
		return x.stores[v.ID].f
	}
	return rnn.Args{
		X: at(f.x), Recurrent: at(f.u), Bias: at(f.biases), H0: at(f.h0), C0: at(f.c0), Mask: at(f.mask), DropH: at(f.drop),
		Y: at(f.y), CT: at(f.c), Residual: at(f.residual),
		DY: at(f.dy), DX: at(f.dx), DH0: at(f.dh0), DC0: at(f.dc0), DRecurrent: at(f.du), DBias: at(f.dbiases),
	}
}

// launch runs the phases from one to another.
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
	for i := to - 1; i >= from; i-- {
		l := &Launch{Name: name, Blocks: p.Blocks(i), Scratch: p.Scratch(), Next: first}
		last := first == nil
		l.Run = func(x *Run, block int, scratch []float32) {
			a := f.args(x)
			p.Run(i, block, &a, x.stores[f.shared.ID].f, scratch[:p.Scratch()])
		}
		if last && f.dbias != nil {
			l.Next = &Launch{Name: name, Run: func(x *Run, _ int, _ []float32) {
				copy(x.F(f.dbias), x.F(f.dbiases)[f.dbias.Size:])
			}}
		}
		first = l
	}
	if f.bias != nil && from == 0 {
		first = &Launch{Name: name, Next: first, Run: func(x *Run, _ int, _ []float32) {
			both := x.F(f.biases)
			clear(both[:f.bias.Size])
			copy(both[f.bias.Size:], x.F(f.bias))
		}}
	}
	first.Flops, first.Bytes = flops, b.bytes(s)
	return *first
}
