package graph

import (
	"slices"

	"gorae/tensor"
)

// Gradients returns the gradient of Σ dys·ys with respect to each of xs, as nodes of
// the same graph. dys may be nil: ones. A node that does not influence ys has a nil gradient.
//
// Calls are visited once, last first. The gradients of a value's uses are added in the order of the visit, so that the
// sum has the same bits at every run.
func Gradients(ys, dys, xs []*Node) []*Node {
	if len(ys) == 0 {
		return make([]*Node, len(xs))
	}
	g := ys[0].Graph()
	for _, n := range slices.Concat(ys, xs) {
		if n.Graph() != g {
			g.Fail("gradient", "%v belongs to another graph", n.Call.Op)
		}
	}
	if dys != nil && len(dys) != len(ys) {
		g.Fail("gradient", "%d values and %d gradients", len(ys), len(dys))
	}
	grad := map[*Node]*Node{}
	add := func(x, d *Node) {
		if d == nil {
			return
		}
		if !d.Type.Equal(x.Type) {
			g.Fail("gradient", "%v is %v and got a gradient that is %v", x.Call.Op, x.Type, d.Type)
		}
		if old := grad[x]; old != nil {
			d = old.Add(d)
		}
		grad[x] = d
	}
	for i, y := range ys {
		d := (*Node)(nil)
		if dys != nil {
			d = dys[i]
		} else {
			d = g.Scalar(1).Broadcast(y.Shape...)
		}
		add(y, d)
	}
	for _, c := range pathCalls(ys, xs) {
		dy := make([]*Node, len(c.Out))
		any := false
		for i, o := range c.Out {
			dy[i] = grad[o]
			any = any || dy[i] != nil
		}
		if !any || len(c.In) == 0 {
			continue
		}
		old := g.label
		g.label = c.Label
		for i, d := range c.Op.Grad(c.Out, dy) {
			add(c.In[i], d)
		}
		g.label = old
	}
	dxs := make([]*Node, len(xs))
	for i, x := range xs {
		dxs[i] = grad[x]
	}
	return dxs
}

// pathCalls lists the calls that depend on xs and are not after ys, last first. Calls before the first of xs cannot
// depend on them and are skipped, so that the gradient of a composite costs its own body, however long the graph before
// it is.
func pathCalls(ys, xs []*Node) []*Call {
	if len(xs) == 0 {
		return nil
	}
	all := ys[0].Graph().Calls
	first, last := len(all), -1
	for _, x := range xs {
		first = min(first, x.Call.ID)
	}
	for _, y := range ys {
		last = max(last, y.Call.ID)
	}
	want := make([]bool, max(last-first+1, 0))
	for _, x := range xs {
		if x.Call.ID <= last {
			want[x.Call.ID-first] = true
		}
	}
	var calls []*Call
	for id := first; id <= last; id++ {
		for _, in := range all[id].In {
			want[id-first] = want[id-first] || (in.Call.ID >= first && want[in.Call.ID-first])
		}
		if want[id-first] {
			calls = append(calls, all[id])
		}
	}
	slices.Reverse(calls)
	return calls
}

// sumTo undoes a broadcast: it sums d over the axes along which shape was repeated.
func sumTo(d *Node, shape tensor.Shape) *Node {
	if d.Shape.Equal(shape) {
		return d
	}
	lead := len(d.Shape) - len(shape)
	var axes []int
	for i := range d.Shape {
		if i < lead || (shape[i-lead] == 1 && d.Shape[i] != 1) {
			axes = append(axes, i)
		}
	}
	if len(axes) > 0 {
		d = d.Sum(axes...)
	}
	return d.Reshape(shape...)
}
