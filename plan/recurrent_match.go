package plan

import (
	"slices"

	"gorae/graph"
	"gorae/internal/kernel/rnn"
	"gorae/tensor"
)

// projectWide is the number of groups of samples from which on the kernel projects inputs wider than a quarter of the
// units: with fewer groups more threads share a product of its own. Rows that are looked up are shared out in any case.
const projectWide = 2

// lookupInputs is the number of inputs from which on listing the rows that occur pays: BenchmarkTable of package rnn on
// a Zen 5. Tests set it to 1.
var lookupInputs = 600

// surround finds the calls next to the loop that the kernel computes, and moves them into its steps.
func (b *builder) surround(r *recurrence) {
	for i := range r.states() {
		b.takeLast(r, i)
	}
	if r.grad != nil {
		b.takeFlows(r)
	}
	b.takeProjection(r)
}

// final returns the position of the step that is computed last.
func (r *recurrence) final() int {
	if r.shape.Reverse {
		return 0
	}
	return r.shape.Steps - 1
}

// takeLast takes the slice of the last state i where nothing else of that state is read.
func (b *builder) takeLast(r *recurrence, i int) {
	var slice *graph.Call
	for _, u := range b.readers(r.scan, i) {
		if u == r.grad {
			continue
		}
		op, ok := u.Op.(graph.Slice)
		at := r.final()
		if slice != nil || !ok || len(op.Start) != 3 || op.Start[1] != at || op.Stop[1] != at+1 ||
			u.Out[0].Shape.Size() != r.shape.Batch*r.shape.Units {
			return
		}
		slice = u
	}
	if slice == nil || b.outside(r.scan.Out[i]) || r.shape.Steps == 1 {
		return
	}
	r.last[i] = slice.Out[0]
	b.give(slice, r.scan)
}

// takeFlows separates the gradient of the last state, which comes from a slice and is padded with zeros, from that of
// all states.
func (b *builder) takeFlows(r *recurrence) {
	g := r.grad.Op.(graph.ScanGrad)
	at := g.Operands + g.Results
	for i := range r.states() {
		if !g.Flows[i] {
			continue
		}
		d := r.grad.In[at]
		at++
		r.flow[i].all = d
		alone := func(n *graph.Node, by *graph.Call) bool {
			us := b.users[n.Call]
			return !b.outside(n) && len(us) == 1 && us[0] == by
		}
		if !alone(d, r.grad) {
			continue
		}
		if x := r.padded(d); x != nil {
			r.flow[i].all, r.flow[i].last = nil, x
			b.give(d.Call, r.grad)
			continue
		}
		if op, ok := d.Call.Op.(graph.Elem); !ok || op.Kind != graph.Add {
			continue
		}
		for k, n := range d.Call.In {
			other := d.Call.In[1-k]
			if x := r.padded(n); x != nil && alone(n, d.Call) && other.Shape.Equal(d.Shape) {
				r.flow[i].all, r.flow[i].last = other, x
				b.give(n.Call, r.grad)
				b.give(d.Call, r.grad)
				break
			}
		}
	}
}

// padded returns the value of n at the last step if n is 0 at all other steps, else nil.
func (r *recurrence) padded(n *graph.Node) *graph.Node {
	op, ok := n.Call.Op.(graph.Pad)
	at := r.final()
	if !ok || op.Value != 0 || !slices.Equal(op.Lo, []int{0, at, 0}) ||
		!slices.Equal(op.Hi, []int{0, r.shape.Steps - 1 - at, 0}) || slices.Max(op.Inner) > 0 {
		return nil
	}
	return n.Call.In[0]
}

// unshaped returns the node behind reshapes.
func unshaped(n *graph.Node) *graph.Node {
	for {
		if _, ok := n.Call.Op.(graph.Reshape); !ok {
			return n
		}
		n = n.Call.In[0]
	}
}

// takeProjection takes the product of the inputs with the weights of the gates, and its gradients.
func (b *builder) takeProjection(r *recurrence) {
	s := r.shape
	p := unshaped(r.scan.In[r.x])
	sum, product := p.Call, p.Call
	var addend *graph.Node
	if op, ok := sum.Op.(graph.Elem); ok && op.Kind == graph.Add {
		for k, n := range sum.In {
			if m := unshaped(n); isProduct(m) && onlyColumns(sum.In[1-k], s.In) {
				product, addend = m.Call, sum.In[1-k]
				break
			}
		}
	}
	if !isProduct(product.Out[0]) || product.Out[0].Shape[1] != s.In {
		return
	}
	only := func(c *graph.Call, by ...*graph.Call) bool {
		return !b.outside(c.Out[0]) && !slices.ContainsFunc(b.users[c], func(u *graph.Call) bool {
			return !slices.Contains(by, u)
		})
	}
	if !only(sum, r.scan, r.grad) || product != sum && !only(product, sum) {
		return
	}
	a := r.surroundings
	a.input, a.weights, a.addend = product.In[0], product.In[1], addend
	var taken []*graph.Call
	if k := r.result(r.x); k >= 0 {
		if b.outside(r.grad.Out[k]) {
			return
		}
		for _, u := range b.readers(r.grad, k) {
			field := a.gradient(b, u, r.grad.Out[k], s)
			if field == nil || *field != nil {
				return
			}
			*field = u.Out[0]
			taken = append(taken, u)
		}
	}
	rows := b.findLookup(&a, r)
	if features := product.In[0].Shape[1]; rows == 0 && 4*features > s.Units &&
		rnn.New(s, false).Blocks(1) < projectWide {
		return
	}
	r.shape.Projected, r.shape.In, r.shape.Table = false, a.weights.Shape[0], rows
	r.surroundings = a
	if sum != product {
		b.give(sum, r.scan)
	}
	b.give(product, r.scan)
	for _, u := range taken {
		b.give(u, r.grad)
	}
}

// findLookup returns the number of rows of the weight in which the inputs are looked up, 0 if they are not. In
// prediction rows are read as they come, without lists.
func (b *builder) findLookup(a *surroundings, r *recurrence) int {
	rows := unshaped(a.input)
	if _, ok := rows.Call.Op.(graph.Gather); !ok || r.grad == nil || r.shape.Recompute {
		return 0
	}
	weight, ids := rows.Call.In[0], rows.Call.In[1]
	if len(weight.Shape) != 2 || weight.Shape[0] == 0 || ids.Shape.Size() != r.shape.Batch*r.shape.Steps ||
		ids.Shape.Size() < lookupInputs || a.dInput != nil && !b.scattered(a.dInput, ids) {
		return 0
	}
	a.input, a.ids, a.gather = weight, ids, rows.Call
	return weight.Shape[0]
}

// scattered reports whether a gradient of rows is used for sums over the rows of each id alone. Then the position at
// which an id has its sum does not matter.
func (b *builder) scattered(d, ids *graph.Node) bool {
	users := b.users[d.Call]
	if b.outside(d) || len(users) == 0 {
		return false
	}
	return !slices.ContainsFunc(users, func(u *graph.Call) bool {
		switch op := u.Op.(type) {
		case graph.ScatterAdd:
			return b.value[u.In[1]] != b.value[ids]
		case graph.Elem:
			return op.Kind != graph.Add || u.In[0].Shape.Size() != u.In[1].Shape.Size() || !b.scattered(u.Out[0], ids)
		}
		return true
	})
}

// lookupFusion moves a gather into the loop that looks the rows up itself, where only such loops read it.
type lookupFusion struct{}

func (lookupFusion) match(b *builder, c *graph.Call) pattern {
	if _, ok := c.Op.(graph.Gather); !ok || b.outside(c.Out[0]) {
		return nil
	}
	looksUp := func(u *graph.Call) bool {
		r := b.loop(b.stepOf[u])
		return r != nil && r.ids != nil
	}
	if slices.ContainsFunc(b.users[c], func(u *graph.Call) bool { return !looksUp(u) }) {
		return nil
	}
	for _, s := range b.g.Calls {
		if r := b.loop(b.stepOf[s]); r != nil && r.scan == s && r.gather == c {
			b.give(c, s)
			return nil
		}
	}
	return nil
}

// stack finds a loop below whose states are read by r alone, and whose states' gradient r alone makes. Neither is then
// laid out as a sequence: they stay in the order in which the kernels go through them.
func (b *builder) stack(r *recurrence) {
	below := b.loop(b.stepOf[unshaped(r.input).Call])
	if below == nil || below.scan.Out[0] != unshaped(r.input) || below.residual == nil || below.shape.Recompute ||
		b.outside(r.input) {
		return
	}
	own := func(u *graph.Call) bool {
		return u == below.grad || slices.Contains([]*step{b.stepOf[r.scan], b.stepOf[r.grad]}, b.stepOf[u])
	}
	p := rnn.New(below.shape, false)
	if slices.ContainsFunc(b.readers(below.scan, 0), func(u *graph.Call) bool { return !own(u) }) ||
		!p.Alike(rnn.New(r.shape, false)) {
		return
	}
	r.below, r.shape.XOrder, below.stacked = below, p.States(), true
	all := below.flow[0].all
	if r.dInput == nil || all == nil || b.value[all] != b.value[r.dInput] || b.outside(r.dInput) ||
		len(b.users[r.dInput.Call]) != 1 {
		return
	}
	order := rnn.Order{Grouped: true, PerSample: r.shape.Steps * r.shape.In}
	r.shape.DXOrder, below.shape.DYOrder = order, order
}

// gradient returns the field for the gradient of the projection that a call computes from d, that of its result; nil if
// it computes none.
func (a *surroundings) gradient(b *builder, c *graph.Call, d *graph.Node, s rnn.Shape) **graph.Node {
	is := func(x, y *graph.Node) bool { return b.value[x] == b.value[y] }
	switch op := c.Op.(type) {
	case graph.MatMul:
		switch {
		case op.TransA && !op.TransB && is(c.In[0], a.input) && is(c.In[1], d) && len(c.In[0].Shape) == 2:
			return &a.dWeights
		case !op.TransA && op.TransB && is(c.In[0], d) && is(c.In[1], a.weights) && len(c.In[0].Shape) == 2:
			return &a.dInput
		}
	case graph.Reduce:
		last := len(c.In[0].Shape) - 1
		if a.addend != nil && op.Kind == graph.ReduceSum && c.In[0].Shape[last] == s.In && len(op.Axes) == last &&
			!slices.Contains(op.Axes, last) {
			return &a.dAddend
		}
	}
	return nil
}

// isProduct reports whether n is the product of two matrices without transposition.
func isProduct(n *graph.Node) bool {
	op, ok := n.Call.Op.(graph.MatMul)
	return ok && op == graph.MatMul{} && len(n.Call.In[0].Shape) == 2 && len(n.Call.In[1].Shape) == 2
}

// onlyColumns reports whether n holds one number for each column.
func onlyColumns(n *graph.Node, columns int) bool {
	s := n.Shape
	return len(s) > 0 && s[len(s)-1] == columns && s.Size() == columns && n.DType == tensor.Float32
}
