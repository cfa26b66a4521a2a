package graph

import (
	"slices"

	"gorae/tensor"
)

// Gradients is the gradient of Σ dys·ys with respect to each of xs, as nodes of
// the same graph. dys may be nil: ones. A node that does not influence ys has a nil gradient.
//
// Calls are visited once, last first; where a value is used several times, the
// gradients of its uses are added in the order of the visit, which makes the
// sum the same at every run.
func Gradients(ys, dys, xs []*Node) []*Node {
	if len(ys) == 0 {
		return make([]*Node, len(xs))
	}
	g := ys[0].Graph()
	grad := map[*Node]*Node{}
	add := func(x, d *Node) {
		if d == nil {
			return
		}
		if !d.Type.Equal(x.Type) {
			g.Fail("gradient", "%v of type %v got a gradient of type %v", x.Call.Op, x.Type, d.Type)
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

// pathCalls lists the calls on the ways from xs to ys, last first.
func pathCalls(ys, xs []*Node) []*Call {
	want := map[*Call]bool{} // depends on some x
	for _, x := range xs {
		want[x.Call] = true
	}
	seen := map[*Call]bool{}
	var calls []*Call
	var visit func(c *Call) bool
	visit = func(c *Call) bool {
		if seen[c] {
			return want[c]
		}
		seen[c] = true
		for _, in := range c.In {
			if visit(in.Call) {
				want[c] = true
			}
		}
		if want[c] {
			calls = append(calls, c)
		}
		return want[c]
	}
	for _, y := range ys {
		visit(y.Call)
	}
	slices.SortFunc(calls, func(a, b *Call) int { return b.ID - a.ID })
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
