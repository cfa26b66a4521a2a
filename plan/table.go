package plan

import (
	"gorae/graph"
	"gorae/internal/kernel/vec"
	"gorae/tensor"
)

// table is the gradient of a weight that is read by ids alone, an embedding, on its way into the
// weight's update: as many rows as there are ids, not as the weight has. The rows of one id are
// added up where the first of them stands, and the sweep finds them by lists.
type table struct {
	scatter    *graph.Call
	rows, cols int
	dx, ids    *Value
	sums       *Value // of the rows, each at the first place of its id; dx itself where that is read no more
	first      *Value // the first place of each id, −1 for ids that are not there
	next       *Value // the next place with the same id, −1 after the last
	check      bool
	loop       *recurrence // who has listed the rows and added them up: sums and first are its dx, by rank, and lists
}

// tables finds the scattered gradients that nothing but a sweep in place reads.
func (b *builder) tables() {
	for _, c := range b.g.Calls {
		if !b.swept[c] {
			continue
		}
		s := newSweep(c)
		d := c.In[s.gradient]
		dense := b.value[d]
		m := b.makerCall(d)
		if m == nil || len(b.users[m]) != 1 || b.keep[dense] {
			continue
		}
		if _, ok := m.Op.(graph.ScatterAdd); !ok || b.value[m.In[0]].Size == 0 {
			continue
		}
		shape := m.Out[0].Shape
		t := &table{scatter: m, rows: shape[0], cols: shape[1:].Size(), dx: b.value[m.In[0]], ids: b.value[m.In[1]], check: b.check[dense]}
		delete(b.check, dense)
		b.table[m] = t
		b.fromLoop(t)
	}
}

// fromLoop sees whether a loop's kernel has listed the rows and added them up already.
func (b *builder) fromLoop(t *table) {
	for _, r := range b.recurrent {
		if r.ids == nil || r.dInput == nil || b.value[r.dInput] != t.dx || len(b.users[r.dInput.Call]) != 1 {
			continue
		}
		t.sums, t.first, t.loop = t.dx, r.lists, r
		r.shape.ByRank, r.check = true, t.check
		b.give(t.scatter, r.grad)
		return
	}
}

// newInts is a value of n int32s that no node stands for.
func (b *builder) newInts(n int) *Value {
	v := b.newBuffer(n)
	v.DType = tensor.Int32
	return v
}

// prepareTable makes the lists and the sums a step.
func (b *builder) prepareTable(s *step, t *table) {
	t.sums, t.first, t.next = b.newBuffer(t.dx.Size), b.newInts(t.rows), b.newInts(t.ids.Size)
	s.out = []*Value{t.sums, t.first, t.next}
	s.inPlace = [][2]*Value{{t.sums, t.dx}}
	name := "rows of " + t.scatter.Op.String()
	if t.check {
		name += " check"
	}
	blocks, part := share(t.ids.Size, max(1, tapeGrain/max(1, t.cols)))
	s.bind = func(b *builder) Launch {
		return Launch{
			Name: name, Flops: float64(t.dx.Size), Bytes: 8 * float64(t.dx.Size),
			Run: func(x *Run, _ int, _ []float32) { t.list(x) },
			Next: &Launch{Name: name, Blocks: blocks, Run: func(x *Run, block int, _ []float32) {
				lo, hi := part(block)
				t.add(x, lo, hi)
			}},
		}
	}
}

// list threads the places of each id, in their order.
func (t *table) list(x *Run) {
	first, next, ids := x.I(t.first), x.I(t.next), x.I(t.ids)
	for i := range first {
		first[i] = -1
	}
	for i := len(ids) - 1; i >= 0; i-- {
		if id := ids[i]; id >= 0 && int(id) < t.rows {
			next[i], first[id] = first[id], int32(i)
		}
	}
}

// add sums the rows of the ids that stand first at places lo to hi. Only their own places
// are written, and no other block reads those.
func (t *table) add(x *Run, lo, hi int) {
	first, next, ids := x.I(t.first), x.I(t.next), x.I(t.ids)
	sums, dx, cols := x.F(t.sums), x.F(t.dx), t.cols
	for i := lo; i < hi; i++ {
		id := ids[i]
		if id < 0 || int(id) >= t.rows || first[id] != int32(i) {
			continue
		}
		row := sums[i*cols:][:cols]
		copy(row, dx[i*cols:])
		for j := next[i]; j >= 0; j = next[j] {
			vec.Add(row, row, dx[int(j)*cols:][:cols])
		}
		if t.check && !vec.Finite(row) {
			x.Bad()
		}
	}
}

// index says for each row of the weight which row of sums is its gradient, −1 for one that no id has asked for.
func (t *table) index(x *Run) []int32 {
	if t.loop != nil {
		return t.loop.shape.Rows(x.I(t.first))
	}
	return x.I(t.first)
}

// each calls f with those of the rows lo to hi of the gradient that an id has asked for.
func (t *table) each(x *Run, lo, hi int, f func(g []float32, row int)) {
	sums := x.F(t.sums)
	for r, i := range t.index(x)[lo:hi] {
		if i >= 0 {
			f(sums[int(i)*t.cols:][:t.cols], lo+r)
		}
	}
}
