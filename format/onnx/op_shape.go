package onnx

import (
	"slices"

	"gorae/format/onnx/internal/pb"
	"gorae/graph"
	"gorae/tensor"
)

func init() {
	add(func(c *call) []*value {
		s := c.value(0).shape()
		from, to := c.int("start", 0), c.int("end", len(s))
		if from < 0 {
			from += len(s)
		}
		if to < 0 {
			to += len(s)
		}
		from = min(max(from, 0), len(s))
		to = min(max(to, from), len(s))
		return give(pb.I64, c.vector(tensor.Shape{to - from}, s[from:to]...))
	}, "Shape")
	add(func(c *call) []*value { return give(pb.I64, c.vector(tensor.Shape{}, c.value(0).shape().Size())) }, "Size")
	add(reshape, "Reshape")
	add(func(c *call) []*value {
		x := c.raw(0)
		perm := c.ints("perm")
		if perm == nil {
			for a := range x.Shape {
				perm = append(perm, len(x.Shape)-1-a)
			}
		}
		return c.like(0, x.Transpose(perm...))
	}, "Transpose")
	add(func(c *call) []*value {
		x := c.raw(0)
		a := c.int("axis", 1)
		if a < 0 {
			a += len(x.Shape)
		}
		if a < 0 || a > len(x.Shape) {
			c.fail("there is no axis %d among %d", a, len(x.Shape))
		}
		return c.like(0, x.Reshape(x.Shape[:a].Size(), x.Shape[a:].Size()))
	}, "Flatten")
	add(func(c *call) []*value {
		x := c.raw(0)
		drop := c.axes(c.list("axes", 1), len(x.Shape))
		var s tensor.Shape
		for a, d := range x.Shape {
			switch gone := slices.Contains(drop, a); {
			case gone && d != 1:
				c.fail("axis %d of %v has not the extent 1", a, x.Shape)
			case !gone && (len(drop) > 0 || d != 1):
				s = append(s, d)
			}
		}
		return c.like(0, x.Reshape(s...))
	}, "Squeeze")
	add(func(c *call) []*value {
		x := c.raw(0)
		list := c.list("axes", 1)
		s := x.Shape.Clone()
		for _, a := range c.axes(list, len(x.Shape)+len(list)) {
			s = slices.Insert(s, a, 1)
		}
		return c.like(0, x.Reshape(s...))
	}, "Unsqueeze")
	add(concat, "Concat")
	add(split, "Split")
	add(slice, "Slice")
	add(gather, "Gather").weights = []int{0}
	add(gatherElements, "GatherElements")
	add(gatherND, "GatherND")
	add(func(c *call) []*value {
		x := c.raw(0)
		s, err := graph.BroadcastShapes(x.Shape, c.bounded(c.list("shape", 1)))
		if err != nil {
			c.fail("%v", err)
		}
		return c.like(0, x.Broadcast(s...))
	}, "Expand")
	add(func(c *call) []*value {
		x := c.raw(0)
		n := c.list("repeats", 1)
		if len(n) != len(x.Shape) {
			c.fail("has %d repeats for %v", len(n), x.Shape)
		}
		c.bounded(n)
		return c.like(0, x.Tile(n...))
	}, "Tile")
	add(padded, "Pad")
	add(func(c *call) []*value {
		elem, v := pb.F32, c.graph.Scalar(0)
		if a := c.attribute("value"); a != nil && a.T != nil {
			x, err := (&constant{tensor: a.T}).read()
			if err != nil || len(x.Shape) > 1 || x.Shape.Size() != 1 {
				c.fail("its value is not one number")
			}
			elem, v = a.T.Elem, c.graph.Scalar(x.Float(0))
		}
		if s := c.list("shape", 0); len(s) > 0 {
			v = v.Broadcast(c.bounded(s)...)
		}
		return give(elem, v)
	}, "ConstantOfShape")
	add(rangeOf, "Range")
	add(trilu, "Trilu")
	add(oneHot, "OneHot")
	add(depth, "DepthToSpace", "SpaceToDepth")
	add(reverseSequence, "ReverseSequence")
}

// bounded checks the extents that a file asks for.
func (c *call) bounded(s tensor.Shape) tensor.Shape {
	for _, d := range s {
		if d < 0 {
			c.fail("its result has the shape %v", s)
		}
	}
	if size(s) > mostElements {
		c.fail("its result has the shape %v", s)
	}
	return s
}

// reshape: 0 is the extent of the operand, −1 what is left.
func reshape(c *call) []*value {
	x := c.raw(0)
	s := slices.Clone(c.list("shape", 1))
	open, size := -1, 1
	for a, d := range s {
		switch {
		case d == 0 && c.int("allowzero", 0) == 0:
			if a >= len(x.Shape) {
				c.fail("axis %d is to stay as in %v", a, x.Shape)
			}
			s[a] = x.Shape[a]
		case d < 0:
			open = a
			continue
		}
		size *= s[a]
	}
	if open >= 0 {
		if size == 0 || x.Shape.Size()%size != 0 {
			c.fail("%v does not fit into %v", x.Shape, tensor.Shape(s))
		}
		s[open] = x.Shape.Size() / size
	}
	return c.like(0, x.Reshape(c.bounded(s)...))
}

// same gives nodes one type.
func same(xs []*graph.Node) []*graph.Node {
	out := slices.Clone(xs)
	for _, x := range xs {
		if x.DType != xs[0].DType {
			for i, x := range xs {
				out[i] = x.AsFloat()
			}
			break
		}
	}
	return out
}

func concat(c *call) []*value {
	var vs []*value
	for i := range c.in {
		vs = append(vs, c.value(i))
	}
	if len(vs) == 0 {
		c.fail("has no operands")
	}
	rank := len(vs[0].shape())
	a := c.axis(c.int("axis", 1), rank)
	last := true
	var xs []*graph.Node
	for _, v := range vs {
		last = last && v.n == nil
		if v.n == nil {
			xs = append(xs, v.last)
		}
	}
	if last { // N, channels, … is N, …, channels
		at := map[int]int{0: 0, 1: rank - 1}
		for i := 2; i < rank; i++ {
			at[i] = i - 1
		}
		return []*value{{last: graph.Concatenate(at[a], same(xs)...), elem: vs[0].elem}}
	}
	xs = nil
	for _, v := range vs {
		if n := v.node(); n.Shape.Size() > 0 || len(vs) == 1 { // an empty list joins nothing
			xs = append(xs, n)
		}
	}
	if len(xs) == 0 {
		xs = []*graph.Node{vs[0].node()}
	}
	return c.like(0, graph.Concatenate(a, same(xs)...))
}

// padded puts numbers around x: constant, the edge's, or those on the other side of it.
func padded(c *call) []*value {
	x := c.raw(0)
	rank := len(x.Shape)
	pads := c.list("pads", 1)
	axes := c.list("axes", 3)
	if axes == nil {
		for a := range rank {
			axes = append(axes, a)
		}
	}
	if len(pads) != 2*len(axes) {
		c.fail("has %d margins for %d axes", len(pads), len(axes))
	}
	lo, hi := make([]int, rank), make([]int, rank)
	for i, a := range axes {
		a = c.axis(a, rank)
		lo[a], hi[a] = pads[i], pads[len(axes)+i]
	}
	for a := range rank { // negative margins cut
		cutLo, cutHi := max(-lo[a], 0), max(-hi[a], 0)
		if cutLo+cutHi > x.Shape[a] {
			c.fail("cuts %d and %d off axis %d of %v", cutLo, cutHi, a, x.Shape)
		}
		x = x.Narrow(a, cutLo, x.Shape[a]-cutHi)
		lo[a], hi[a] = max(lo[a], 0), max(hi[a], 0)
	}
	mode := c.text("mode", "constant")
	if mode == "constant" {
		value := c.float("value", 0)
		if c.attribute("value") == nil && c.has(2) {
			value = c.number("constant_value", 2, 0)
		}
		return c.like(0, x.AsFloat().Pad(lo, hi, value))
	}
	for a, n := range x.Shape.Clone() {
		if lo[a]+hi[a] == 0 {
			continue
		}
		c.most(lo[a] + n + hi[a])
		ids := make([]int, 0, lo[a]+n+hi[a])
		for i := -lo[a]; i < n+hi[a]; i++ {
			k := i
			switch mode {
			case "edge":
				k = min(max(i, 0), n-1)
			case "reflect":
				if n == 1 {
					k = 0
					break
				}
				k = ((i % (2*n - 2)) + 2*n - 2) % (2*n - 2)
				if k >= n {
					k = 2*n - 2 - k
				}
			case "wrap":
				k = ((i % n) + n) % n
			default:
				c.fail("its mode is %q", mode)
			}
			ids = append(ids, k)
		}
		x = take(x, a, c.vector(tensor.Shape{len(ids)}, ids...))
	}
	return c.like(0, x)
}

// rangeOf is start, start + delta, … below limit.
func rangeOf(c *call) []*value {
	start, limit, delta := c.number("", 0, 0), c.number("", 1, 0), c.number("", 2, 1)
	if delta == 0 {
		c.fail("has a step of 0")
	}
	n := (limit - start) / delta
	if !(n <= mostKnown) {
		c.fail("gives %v numbers", n)
	}
	t := tensor.New(tensor.Float32, max(0, ceil(n)))
	for i := range t.F32 {
		t.F32[i] = float32(start + float64(i)*delta)
	}
	x := c.graph.Const(t)
	if !isFloat(c.in[0].elem) {
		x = x.Cast(tensor.Int32)
	}
	return c.like(0, x)
}

func ceil(v float64) int {
	n := int(v)
	if float64(n) < v {
		n++
	}
	return n
}

// trilu keeps the upper or lower triangle of matrices.
func trilu(c *call) []*value {
	x := c.x(0)
	rank := len(x.Shape)
	if rank < 2 {
		c.fail("takes matrices, got %v", x.Shape)
	}
	k := 0
	if c.has(1) {
		k = int(c.number("k", 1, 0))
	}
	rows, cols := x.Shape[rank-2], x.Shape[rank-1]
	c.most(rows, cols)
	keep := tensor.New(tensor.Float32, rows, cols)
	upper := c.int("upper", 1) == 1
	for i := range rows {
		for j := range cols {
			if upper && j >= i+k || !upper && j <= i+k {
				keep.F32[i*cols+j] = 1
			}
		}
	}
	return c.like(0, c.graph.Const(keep).Where(x, c.graph.Scalar(0)))
}

// depth moves blocks between channels and places.
func depth(c *call) []*value {
	x := c.raw(0)
	if len(x.Shape) != 4 {
		c.fail("takes pictures, got %v", x.Shape)
	}
	k := c.int("blocksize", 1)
	n, ch, h, w := x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3]
	if k < 1 {
		c.fail("has blocks of %d", k)
	}
	if c.node.op == "SpaceToDepth" {
		y := x.Reshape(n, ch, h/k, k, w/k, k).Transpose(0, 3, 5, 1, 2, 4)
		return c.like(0, y.Reshape(n, ch*k*k, h/k, w/k))
	}
	var y *graph.Node
	if c.text("mode", "DCR") == "DCR" {
		y = x.Reshape(n, k, k, ch/(k*k), h, w).Transpose(0, 3, 4, 1, 5, 2)
	} else {
		y = x.Reshape(n, ch/(k*k), k, k, h, w).Transpose(0, 1, 4, 2, 5, 3)
	}
	return c.like(0, y.Reshape(n, ch/(k*k), h*k, w*k))
}

// swap exchanges the first two axes.
func swap(x *graph.Node) *graph.Node {
	perm := []int{1, 0}
	for a := 2; a < len(x.Shape); a++ {
		perm = append(perm, a)
	}
	return x.Transpose(perm...)
}
