package onnx

import (
	"slices"

	"gorae/graph"
	"gorae/tensor"
)

func split(c *call) []*value {
	x := c.raw(0)
	a := c.axis(c.int("axis", 0), len(x.Shape))
	parts := c.list("split", 1)
	if parts == nil {
		n := c.int("num_outputs", len(c.node.outputs))
		if n != len(c.node.outputs) {
			c.fail("makes %d parts and has %d outputs", n, len(c.node.outputs))
		}
		size := (x.Shape[a] + n - 1) / n
		for i := range n {
			parts = append(parts, max(0, min(size, x.Shape[a]-i*size)))
		}
	}
	var out []*value
	at := 0
	for _, n := range parts {
		if n < 0 || at+n > x.Shape[a] {
			c.fail("parts %v do not fit into axis %d of %v", parts, a, x.Shape)
		}
		out = append(out, c.like(0, x.Narrow(a, at, at+n))...)
		at += n
	}
	return out
}

// slice takes starts:ends:steps along axes, as Python counts.
func slice(c *call) []*value {
	x := c.raw(0)
	rank := len(x.Shape)
	starts, ends := c.list("starts", 1), c.list("ends", 2)
	axes, steps := c.list("axes", 3), c.list("steps", 4)
	if axes == nil {
		for i := range starts {
			axes = append(axes, i)
		}
	}
	if len(ends) != len(starts) || len(axes) != len(starts) || steps != nil && len(steps) != len(starts) {
		c.fail("has %d starts, %d ends, %d axes and %d steps", len(starts), len(ends), len(axes), len(steps))
	}
	from, to, by := make([]int, rank), x.Shape.Clone(), make([]int, rank)
	for a := range by {
		by[a] = 1
	}
	for i, a := range axes {
		a = c.axis(a, rank)
		n, step := x.Shape[a], 1
		if steps != nil {
			step = steps[i]
		}
		if step == 0 {
			c.fail("has a step of 0")
		}
		lo, hi := starts[i], ends[i]
		if lo < 0 {
			lo += n
		}
		if hi < 0 {
			hi += n
		}
		if step > 0 {
			from[a], by[a] = min(max(lo, 0), n), step
			to[a] = max(min(max(hi, 0), n), from[a])
			continue
		}
		var ids []int // backwards
		for k, stop := min(max(lo, -1), n-1), min(max(hi, -1), n-1); k > stop; k += step {
			ids = append(ids, k)
		}
		x = take(x, a, c.vector(tensor.Shape{len(ids)}, ids...))
		to[a] = len(ids)
	}
	return c.like(0, x.Slice(from, to, by))
}

// take gathers along an axis: the axes of ids take its place.
func take(x *graph.Node, a int, ids *graph.Node) *graph.Node {
	t := x.DType
	perm := []int{a}
	for b := range x.Shape {
		if b != a {
			perm = append(perm, b)
		}
	}
	y := x.AsFloat().Transpose(perm...).Gather(ids) // [ids…, the other axes]
	k := len(ids.Shape)
	var back []int
	for b := range a {
		back = append(back, k+b)
	}
	for b := range k {
		back = append(back, b)
	}
	for b := a + k; b < len(y.Shape); b++ {
		back = append(back, b)
	}
	return y.Transpose(back...).Cast(t)
}

// positive counts negative places from the end.
func positive(ids *graph.Node, n int) *graph.Node {
	x := ids.AsFloat()
	zero := x.Graph().Scalar(0)
	return x.Lt(zero).Where(x.AddC(float64(n)), x).Cast(tensor.Int32)
}

func gather(c *call) []*value {
	x := c.value(0).node()
	a := c.axis(c.int("axis", 0), len(x.Shape))
	ids := c.ids(1)
	if k, ok := c.known(c.value(1)); ok && len(k.V) == 1 { // one place: a part
		i := int(k.V[0])
		if i < 0 {
			i += x.Shape[a]
		}
		if i < 0 || i >= x.Shape[a] {
			c.fail("takes element %d along axis %d of %v", i, a, x.Shape)
		}
		s := slices.Delete(x.Shape.Clone(), a, a+1)
		if len(k.Shape) > 0 {
			s = slices.Insert(s, a, []int(k.Shape)...)
		}
		return c.like(0, x.Narrow(a, i, i+1).Reshape(s...))
	} else if ok {
		ids = positive(ids, x.Shape[a])
	}
	return c.like(0, take(x, a, ids))
}

// gatherElements takes, for each place, the element whose position along the axis is in the indices.
func gatherElements(c *call) []*value {
	x, ids := c.raw(0), c.ids(1)
	a := c.axis(c.int("axis", 0), len(x.Shape))
	lo, hi := make([]int, len(x.Shape)), ids.Shape.Clone()
	hi[a] = x.Shape[a]
	part := x.Slice(lo, hi, nil)
	perm := make([]int, 0, len(x.Shape))
	for b := range x.Shape {
		if b != a {
			perm = append(perm, b)
		}
	}
	perm = append(perm, a) // the axis last
	rows, n := part.AsFloat().Transpose(perm...), x.Shape[a]
	at := positive(ids, n).Transpose(perm...)
	flat := rows.Reshape(rows.Shape.Size())
	k := ids.Shape[a]
	count := ids.Shape.Size() / max(k, 1)
	c.most(count)
	base := tensor.New(tensor.Float32, count, 1)
	for i := range count {
		base.F32[i] = float32(i * n)
	}
	place := at.AsFloat().Reshape(count, k).Add(c.graph.Const(base)).Cast(tensor.Int32)
	y := flat.Reshape(flat.Shape[0], 1).Gather(place).Reshape(at.Shape...)
	return c.like(0, y.Transpose(inverse(perm)...).Cast(x.DType))
}

func inverse(perm []int) []int {
	back := make([]int, len(perm))
	for i, p := range perm {
		back[p] = i
	}
	return back
}

// gatherND takes the parts of x whose positions behind the first batch_dims are the last axis of the indices; the first
// are those of the indices themselves.
func gatherND(c *call) []*value {
	x, ids := c.raw(0), c.raw(1)
	batch, last := c.int("batch_dims", 0), len(ids.Shape)-1
	if batch < 0 || batch > last || last < 0 || batch > len(x.Shape) || !x.Shape[:batch].Equal(ids.Shape[:batch]) {
		c.fail("batch_dims is %d for places %v in %v", batch, ids.Shape, x.Shape)
	}
	k := batch + ids.Shape[last]
	if k > len(x.Shape) {
		c.fail("takes places of %d positions in %v", k, x.Shape)
	}
	var place *graph.Node
	for i := range k {
		var p *graph.Node
		if i < batch {
			s := slices.Repeat([]int{1}, last+1)
			s[i] = x.Shape[i]
			own := tensor.New(tensor.Float32, s...)
			for j := range own.F32 {
				own.F32[j] = float32(j)
			}
			p = c.graph.Const(own).Broadcast(append(ids.Shape[:last].Clone(), 1)...)
		} else {
			p = positive(ids.Narrow(-1, i-batch, i-batch+1), x.Shape[i]).AsFloat()
		}
		if place == nil {
			place = p
			continue
		}
		place = place.MulC(float64(x.Shape[i])).Add(p)
	}
	if place == nil {
		c.fail("takes places of no position")
	}
	s := append(tensor.Shape(ids.Shape[:len(ids.Shape)-1]).Clone(), x.Shape[k:]...)
	rows := x.AsFloat().Reshape(append([]int{x.Shape[:k].Size()}, x.Shape[k:]...)...)
	flat := place.Cast(tensor.Int32).Reshape(ids.Shape[:len(ids.Shape)-1]...)
	return c.like(0, rows.Gather(flat).Reshape(s...).Cast(x.DType))
}

func oneHot(c *call) []*value {
	ids := c.raw(0)
	n := int(c.number("depth", 1, 0))
	off := c.array(2, "values")
	if n < 1 || len(off.V) != 2 {
		c.fail("has a depth of %d and %d values", n, len(off.V))
	}
	a := c.axis(c.int("axis", -1), len(ids.Shape)+1)
	hot := positive(towardZero(ids.AsFloat()), n).OneHot(n)
	y := hot.MulC(off.V[1] - off.V[0]).AddC(off.V[0])
	perm := make([]int, 0, len(y.Shape))
	for b := range len(y.Shape) - 1 {
		perm = append(perm, b)
	}
	return give(c.value(2).elem, y.Transpose(slices.Insert(perm, a, len(y.Shape)-1)...))
}

// reverseSequence turns the first lengths[b] steps of each sequence b around.
func reverseSequence(c *call) []*value {
	x := c.raw(0)
	batch, time := c.axis(c.int("batch_axis", 1), len(x.Shape)), c.axis(c.int("time_axis", 0), len(x.Shape))
	if batch+time != 1 {
		c.fail("its axes are %d and %d; the operator has 0 and 1", batch, time)
	}
	y := x.AsFloat()
	if batch == 1 {
		y = swap(y)
	}
	n, steps := y.Shape[0], y.Shape[1]
	lengths := c.x(1).Reshape(n, 1)
	at := tensor.New(tensor.Float32, 1, steps)
	for i := range steps {
		at.F32[i] = float32(i)
	}
	t := c.graph.Const(at)
	place := t.Lt(lengths).Where(lengths.Sub(t).AddC(-1), t) // [n, steps]
	base := tensor.New(tensor.Float32, n, 1)
	for i := range n {
		base.F32[i] = float32(i * steps)
	}
	row := y.Shape[2:].Size()
	ids := place.Add(c.graph.Const(base)).Cast(tensor.Int32)
	y = y.Reshape(n*steps, row).Gather(ids).Reshape(y.Shape...)
	if batch == 1 {
		y = swap(y)
	}
	return c.like(0, y.Cast(x.DType))
}
