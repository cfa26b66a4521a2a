package emit

import (
	"gorae/format/onnx/internal/pb"
	"gorae/graph"
	"gorae/tensor"
)

// A masked loop leaves steps out wherever they stand; ONNX's recurrent operators know sequences of different lengths,
// whose first steps count. The steps that count are therefore moved to the front before the operator, in their order,
// and each step finds behind it the state that belongs to it: forward, that after as many steps as count up to it.

// eye is the matrix with ones on its diagonal.
func eye(n int) *tensor.Tensor {
	t := tensor.New(tensor.Float32, n, n)
	for i := range n {
		t.F32[i*n+i] = 1
	}
	return t
}

// at takes along the second axis of v [batch, steps, …] the elements at the positions of index [batch, n, 1].
func (r *recurrence) at(v, index string) string {
	return r.one("GatherND", []string{v, index}, Int("batch_dims", 1))
}

// compact returns the number of steps that count, [batch], and sets r.index to where they stand, those that count
// first: [batch, steps, 1].
func (r *recurrence) compact() (lens string) {
	l, f, c := r.l, r.l.f, r.c
	mask := l.in(r.p.mask, nil, pb.F32)
	lens = f.Reduce(c.Label, "ReduceSum", l.in(r.p.mask, nil, pb.I32), []int{1}, false)
	// Keys that descend: those of steps that count are above 0, and each is less by one than the one before.
	const far = 1 << 22
	e := l.shape(r.p.mask)[1]
	n, _ := l.dim(e)
	ones := r.one("Add", []string{r.one("Mul", []string{mask, f.Scalar(0)}), f.Scalar(1)})
	places := r.one("CumSum", []string{ones, f.Ints("axis", nil, 1)})
	keys := r.one("Sub", []string{r.one("Mul", []string{mask, f.Scalar(far)}), places})
	top := f.Node(c.Label, "TopK", []string{keys, n}, 2, Int("axis", 1), Int("largest", 1), Int("sorted", 1))
	r.index = f.Unsqueeze(c.Label, top[1], 2)
	return lens
}

// results lets the operator's results stand for those of the loop: y is [steps, 1, batch, units].
func (r *recurrence) results(y string) {
	l, f, c := r.l, r.l.f, r.c
	n := c.Out[0]
	y = f.Squeeze(c.Label, y, 1)
	if r.p.mask == nil {
		l.put(n, y, pb.F32, []int{1, 0, 2})
	} else if l.uses[n] > 0 && !l.onlyLast(n, r.o.Reverse) {
		l.put(n, r.spread(y), pb.F32, nil)
	} else {
		l.put(n, y, pb.F32, []int{1, 0, 2})
	}
	for i := range r.o.States {
		out := c.Out[i]
		if i > 0 {
			l.put(out, "unused", pb.F32, nil)
		}
		l.values[out].forms["last"] = r.last[i]
	}
}

// spread is the state that belongs to each step of a masked sequence, [batch, steps, units].
func (r *recurrence) spread(y string) string {
	l, f, c := r.l, r.l.f, r.c
	mask := l.in(r.p.mask, nil, pb.I64)
	sum := r.one("CumSum", []string{mask, f.Ints("axis", nil, 1)})
	// Of a loop forward the state of step t is that after as many steps as count up to t; backward that before as many
	// as count in front of t, where any are left.
	var place, none string
	if r.o.Reverse {
		place = r.one("Sub", []string{sum, mask})
		all := f.Reduce(c.Label, "ReduceSum", mask, []int{1}, true)
		none = r.one("GreaterOrEqual", []string{place, all})
		n, _ := l.dim(l.shape(r.p.mask)[1])
		place = r.one("Min", []string{place, r.one("Sub", []string{n, f.Ints("one", nil, 1)})})
	} else {
		place = r.one("Sub", []string{sum, f.Ints("one", nil, 1)})
		none = r.one("Less", []string{place, f.Ints("zero", nil, 0)})
		place = r.one("Max", []string{place, f.Ints("zero", nil, 0)})
	}
	y = r.one("Transpose", []string{y}, Ints("perm", 1, 0, 2))
	at := r.at(y, f.Unsqueeze(c.Label, place, 2))
	first := f.Scalar(0)
	if r.initial0() != "" {
		first = f.Unsqueeze(c.Label, r.initial0(), 1)
	}
	return r.one("Where", []string{f.Unsqueeze(c.Label, none, 2), first, at})
}

// initial0 is the first state of the output, "" for zeros.
func (r *recurrence) initial0() string {
	if r.initialIsZero(r.p.states[0]) {
		return ""
	}
	return r.l.in(r.p.states[0], nil, pb.F32)
}

func (r *recurrence) initialIsZero(s *graph.Node) bool {
	if b, ok := s.Call.Op.(graph.Broadcast); ok && len(b.Shape) == 2 {
		v, ok := r.l.number(s.Call.In[0])
		return ok && v == 0
	}
	return false
}
