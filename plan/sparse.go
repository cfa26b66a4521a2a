package plan

import (
	"gorae/graph"
	"gorae/internal/kernel/vec"
	"gorae/tensor"
)

// sparseGradientFusion keeps the gradient of a weight that is read by ids alone, an embedding, as rows on its way into
// the weight's update.
type sparseGradientFusion struct{}

// sparseGradient is such a gradient: it has as many rows as there are ids, not as the weight has. The rows of one id
// are added up where the first of them stands, and the sweep finds them by lists.
type sparseGradient struct {
	scatter    *graph.Call
	rows, cols int    // of the weight
	dx, ids    *Value // the gradients of the rows that were read, and their ids
	sums       *Value // of the rows, each at the first position of its id; dx itself where that is read no more
	first      *Value // the first position of each id, −1 for ids that are not there
	next       *Value // the next position with the same id, −1 after the last
	check      bool
	loop       *recurrence // has listed the rows and added them up: sums is its dx by rank, first its lists
}

// match finds scattered gradients that nothing but a sweep in place reads.
func (sparseGradientFusion) match(b *builder, c *graph.Call) pattern {
	users := b.users[c]
	if _, ok := c.Op.(graph.ScatterAdd); !ok || len(users) != 1 || !b.swept[users[0]] || b.value[c.In[0]].Size == 0 {
		return nil
	}
	d := users[0].In[newSweep(users[0]).gradient]
	dense := b.value[d]
	if b.makerCall(d) != c || b.keep[dense] {
		return nil
	}
	shape := c.Out[0].Shape
	g := &sparseGradient{
		scatter: c, rows: shape[0], cols: shape[1:].Size(), dx: b.value[c.In[0]], ids: b.value[c.In[1]],
		check: b.check[dense],
	}
	delete(b.check, dense)
	if b.fromLoop(g) {
		return nil
	}
	return g
}

// fromLoop joins the step of a recurrent fusion that has listed the rows and added them up already.
func (b *builder) fromLoop(g *sparseGradient) bool {
	r := b.loop(g.dx.maker)
	if r == nil || r.ids == nil || r.dInput == nil || b.value[r.dInput] != g.dx || len(b.users[r.dInput.Call]) != 1 {
		return false
	}
	g.sums, g.first, g.loop = g.dx, r.lists, r
	r.shape.ByRank, r.check, r.sparse = true, g.check, g
	b.give(g.scatter, r.grad)
	return true
}

// sparse returns the sparse gradient that x is, nil if x is laid out in full.
func (b *builder) sparse(x *graph.Node) *sparseGradient {
	c := b.makerCall(x)
	if c == nil {
		return nil
	}
	switch p := b.stepOf[c].pattern.(type) {
	case *sparseGradient:
		return p
	case *recurrence:
		if p.sparse != nil && p.sparse.scatter == c {
			return p.sparse
		}
	}
	return nil
}

// newInts returns a value of n int32s without a node.
func (b *builder) newInts(n int) *Value {
	v := b.newBuffer(n)
	v.DType = tensor.Int32
	return v
}

// lower makes the lists, then the sums.
func (g *sparseGradient) lower(b *builder, s *step) (before *step) {
	g.sums, g.first, g.next = b.newBuffer(g.dx.Size), b.newInts(g.rows), b.newInts(g.ids.Size)
	s.out = []*Value{g.sums, g.first, g.next}
	s.inPlace = [][2]*Value{{g.sums, g.dx}}
	name := "rows of " + g.scatter.Op.String()
	if g.check {
		name += " check"
	}
	blocks, part := share(g.ids.Size, max(1, elemGrain/max(1, g.cols)))
	s.bind = func(b *builder) Launch {
		return Launch{
			Name: name, Flops: float64(g.dx.Size), Bytes: 8 * float64(g.dx.Size),
			Run: func(x *Run, _ int, _ []float32) { g.list(x) },
			Next: &Launch{Name: name, Blocks: blocks, Run: func(x *Run, block int, _ []float32) {
				lo, hi := part(block)
				g.add(x, lo, hi)
			}},
		}
	}
	return nil
}

// list links the positions of each id, in their order.
func (g *sparseGradient) list(x *Run) {
	first, next, ids := x.I(g.first), x.I(g.next), x.I(g.ids)
	for i := range first {
		first[i] = -1
	}
	for i := len(ids) - 1; i >= 0; i-- {
		if id := ids[i]; id >= 0 && int(id) < g.rows {
			next[i], first[id] = first[id], int32(i)
		}
	}
}

// add sums the rows of the ids whose first position lies from lo to hi. Only these positions are written, and no other
// block reads them.
func (g *sparseGradient) add(x *Run, lo, hi int) {
	first, next, ids := x.I(g.first), x.I(g.next), x.I(g.ids)
	sums, dx, cols := x.F(g.sums), x.F(g.dx), g.cols
	for i := lo; i < hi; i++ {
		id := ids[i]
		if id < 0 || int(id) >= g.rows || first[id] != int32(i) {
			continue
		}
		row := sums[i*cols:][:cols]
		copy(row, dx[i*cols:])
		for j := next[i]; j >= 0; j = next[j] {
			vec.Add(row, row, dx[int(j)*cols:][:cols])
		}
		if g.check && !vec.Finite(row) {
			x.Bad()
		}
	}
}

// index lists for each row of the weight which row of sums is its gradient, −1 for a row that no id names.
func (g *sparseGradient) index(x *Run) []int32 {
	if g.loop != nil {
		return g.loop.shape.Rows(x.I(g.first))
	}
	return x.I(g.first)
}

// each calls f with those of the gradient's rows lo to hi that an id names.
func (g *sparseGradient) each(x *Run, lo, hi int, f func(d []float32, row int)) {
	sums := x.F(g.sums)
	for r, i := range g.index(x)[lo:hi] {
		if i >= 0 {
			f(sums[int(i)*g.cols:][:g.cols], lo+r)
		}
	}
}
