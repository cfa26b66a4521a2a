package ops

import (
	"slices"

	"gorae/graph"
	"gorae/layer"
	"gorae/tensor"
)

func init() {
	add("numpy", "x | newshape", reshape, "Reshape")
	add("numpy", "x | axes=None", transpose, "Transpose")
	add("numpy", "x | axis1 axis2", func(c *call) []*graph.Node {
		x := c.node("x")
		perm := identity(len(x.Shape))
		a, b := c.position(c.int("axis1"), len(perm)), c.position(c.int("axis2"), len(perm))
		perm[a], perm[b] = b, a
		return one(x.Transpose(perm...))
	}, "Swapaxes")
	add("numpy", "x | source destination", moveAxis, "Moveaxis")
	add("numpy", "x | axis", func(c *call) []*graph.Node {
		x := c.node("x")
		list, _ := c.ints("axis")
		rank := len(x.Shape) + len(list)
		s := x.Shape.Clone()
		for i, a := range list {
			list[i] = c.position(a, rank)
		}
		slices.Sort(list)
		for _, a := range list {
			s = slices.Insert(s, a, 1)
		}
		return one(x.Reshape(s...).Named("expanded"))
	}, "ExpandDims")
	add("numpy", "x | axis=None", squeeze, "Squeeze")
	add("numpy", "x | shape", func(c *call) []*graph.Node {
		x := c.node("x")
		s, _ := c.ints("shape")
		if len(s) != len(x.Shape) {
			c.Fail("shape is %v; give an extent for each axis of %v, null for that of the samples", s,
				layer.Features(x.Shape))
		}
		s[0] = x.Shape[0]
		return one(x.Broadcast(s...).Named("broadcast"))
	}, "BroadcastTo")
	add("numpy", "x | repeats", func(c *call) []*graph.Node {
		x := c.node("x")
		n, _ := c.ints("repeats")
		for len(n) < len(x.Shape) {
			n = append([]int{1}, n...)
		}
		if len(n) > len(x.Shape) || n[0] != 1 {
			c.Fail("repeats are %v; give one for each axis of %v, 1 for that of the samples", n,
				layer.Features(x.Shape))
		}
		return one(x.Tile(n...).Named("tile"))
	}, "Tile")
	add("numpy", "x | repeats axis=None", repeat, "Repeat")
	add("numpy", "xs... | axis=0", func(c *call) []*graph.Node {
		xs := c.oneType(c.nodes("xs"))
		return one(graph.Concatenate(c.axis(xs[0]), xs...).Named("joined"))
	}, "Concatenate")
	add("numpy", "xs... | axis=0", func(c *call) []*graph.Node {
		xs := c.oneType(c.nodes("xs"))
		a := c.position(c.int("axis"), len(xs[0].Shape)+1)
		for i, x := range xs {
			xs[i] = x.Reshape(slices.Insert(x.Shape.Clone(), a, 1)...)
		}
		return one(graph.Concatenate(a, xs...).Named("stacked"))
	}, "Stack")
	add("numpy", "x | indices_or_sections axis=0", split, "Split")
	add("core", "x | num=None axis=0", func(c *call) []*graph.Node {
		x := c.node("x")
		a := c.axis(x)
		var ys []*graph.Node
		for i := range x.Shape[a] {
			ys = append(ys, x.Narrow(a, i, i+1).Reshape(slices.Delete(x.Shape.Clone(), a, a+1)...).Named("part"))
		}
		return ys
	}, "Unstack")
	add("numpy", "x | axis=None", func(c *call) []*graph.Node {
		x := c.node("x")
		for _, a := range c.axes(x) {
			x = flip(x, a)
		}
		return one(x.Named("flipped"))
	}, "Flip")
	add("numpy", "x | shift axis=None", func(c *call) []*graph.Node {
		x := c.node("x")
		axes := c.axes(x)
		by, _ := c.ints("shift")
		for i, a := range axes {
			n := x.Shape[a]
			k := ((by[min(i, len(by)-1)] % n) + n) % n
			x = graph.Concatenate(a, x.Narrow(a, n-k, n), x.Narrow(a, 0, n-k))
		}
		return one(x.Named("rolled"))
	}, "Roll")
	add("numpy", "x constant_values=None | pad_width mode=constant", pad, "Pad")
}

func identity(rank int) []int {
	perm := make([]int, rank)
	for i := range perm {
		perm[i] = i
	}
	return perm
}

// toLast is x with axis a behind all others.
func toLast(x *graph.Node, a int) *graph.Node {
	perm := slices.Delete(identity(len(x.Shape)), a, a+1)
	return x.Transpose(append(perm, a)...)
}

// oneType are values with one type: float32, unless all are whole numbers.
func (c *call) oneType(xs []*graph.Node) []*graph.Node {
	xs = slices.Clone(xs)
	for _, x := range xs {
		if x.DType != xs[0].DType || len(x.Shape) == 0 {
			for i, x := range xs {
				xs[i] = x.AsFloat()
			}
			break
		}
	}
	return xs
}

// reshape gives x another shape. The first extent is left open, −1, and what is one sample stays in whole rows.
func reshape(c *call) []*graph.Node {
	x := c.node("x")
	s, _ := c.ints("newshape")
	n := x.Shape[0]
	if len(s) == 0 || n == 0 {
		c.Fail("newshape is %v; begin it with -1, the number of samples", s)
	}
	sample, row, open := x.Shape.Size()/n, 1, -1
	for i, d := range s[1:] {
		if d < 0 {
			open = i + 1
			continue
		}
		row *= d
	}
	switch {
	case open > 0 && s[0] < 0: // null for the samples, as symbolic shapes have it
		s[0] = n
		if row == 0 || sample%row != 0 {
			c.Fail("newshape %v does not hold the %d numbers of a sample", s, sample)
		}
	case open > 0 || s[0] > 0 || row == 0 || sample%row != 0 && row%sample != 0:
		c.Fail("newshape is %v: rows of it would mix numbers of several samples of %v; begin it with -1, the number "+
			"of samples", s, layer.Features(x.Shape))
	}
	if s[0] < 0 && n*sample%row != 0 {
		c.Fail("newshape %v does not hold the numbers of %v", s, layer.Features(x.Shape))
	}
	return one(x.Reshape(s...).Named("reshaped"))
}

func transpose(c *call) []*graph.Node {
	x := c.node("x")
	rank := len(x.Shape)
	perm := identity(rank)
	if c.arg("axes") == nil {
		slices.Reverse(perm)
	} else if perm, _ = c.ints("axes"); len(perm) != rank {
		c.Fail("axes are %v; give each of the %d axes of %v once", perm, rank, layer.Features(x.Shape))
	}
	if rank > 1 && perm[0] != 0 && perm[0] != -rank {
		c.Fail("axes are %v: they put another axis in the place of the samples; begin with 0", perm)
	}
	seen := map[int]bool{0: true}
	perm[0] = 0
	for i, a := range perm[1:] {
		perm[i+1] = c.position(a, rank)
		seen[perm[i+1]] = true
	}
	if len(seen) != rank {
		c.Fail("axes are %v; give each of the %d axes of %v once", perm, rank, layer.Features(x.Shape))
	}
	return one(x.Transpose(perm...).Named("transposed"))
}

func moveAxis(c *call) []*graph.Node {
	x := c.node("x")
	from, _ := c.ints("source")
	to, _ := c.ints("destination")
	if len(from) != len(to) {
		c.Fail("source %v and destination %v differ in number", from, to)
	}
	rank := len(x.Shape)
	at := map[int]int{}
	rest := identity(rank)
	for i, a := range from {
		a = c.position(a, rank)
		at[c.position(to[i], rank)] = a
		rest = slices.DeleteFunc(rest, func(b int) bool { return b == a })
	}
	if len(at)+len(rest) != rank {
		c.Fail("source %v and destination %v name an axis twice", from, to)
	}
	var perm []int
	for i := range rank {
		if a, moved := at[i]; moved {
			perm = append(perm, a)
			continue
		}
		perm, rest = append(perm, rest[0]), rest[1:]
	}
	return one(x.Transpose(perm...).Named("moved"))
}

func squeeze(c *call) []*graph.Node {
	x := c.node("x")
	var axes []int
	if c.arg("axis") == nil {
		for a, d := range x.Shape {
			if a > 0 && d == 1 {
				axes = append(axes, a)
			}
		}
	} else {
		axes = c.axes(x)
	}
	s := tensor.Shape{}
	for a, d := range x.Shape {
		switch {
		case !slices.Contains(axes, a):
			s = append(s, d)
		case d != 1:
			c.Fail("axis %d has the extent %d; only an axis of extent 1 goes", a, d)
		}
	}
	return one(x.Reshape(s...).Named("squeezed"))
}

func repeat(c *call) []*graph.Node {
	x := c.node("x")
	a := c.axes(x)[0]
	times, _ := c.ints("repeats")
	n := x.Shape[a]
	if len(times) != 1 && len(times) != n {
		c.Fail("repeats are %v; give one, or one for each of the %d elements of axis %d", times, n, a)
	}
	var parts []*graph.Node
	for i := range n {
		k := times[min(i, len(times)-1)]
		if k < 0 {
			c.Fail("repeats are %v; give no negative number", times)
		}
		for range k {
			parts = append(parts, x.Narrow(a, i, i+1))
		}
	}
	if len(parts) == 0 {
		c.Fail("repeats are %v: nothing is left", times)
	}
	return one(graph.Concatenate(a, parts...).Named("repeated"))
}

// split cuts x along an axis: into equal parts, or before given places.
func split(c *call) []*graph.Node {
	x := c.node("x")
	a := c.axis(x)
	n := x.Shape[a]
	at, lone := c.ints("indices_or_sections")
	if lone {
		k := at[0]
		if k < 1 || n%k != 0 {
			c.Fail("axis %d of extent %d does not make %d equal parts", a, n, k)
		}
		at = nil
		for i := 1; i < k; i++ {
			at = append(at, i*n/k)
		}
	}
	var ys []*graph.Node
	from := 0
	for _, to := range append(at, n) {
		if to < 0 {
			to += n
		}
		to = min(max(to, from), n)
		if to == from {
			c.Fail("indices_or_sections is %v: a part of axis %d, of extent %d, is empty", at, a, n)
		}
		ys = append(ys, x.Narrow(a, from, to).Named("part"))
		from = to
	}
	return ys
}

// flip is x with axis a in reverse order.
func flip(x *graph.Node, a int) *graph.Node {
	var parts []*graph.Node
	for i := x.Shape[a] - 1; i >= 0; i-- {
		parts = append(parts, x.Narrow(a, i, i+1))
	}
	return graph.Concatenate(a, parts...)
}

// pad puts numbers around x; by their mode constant ones, the last one (edge), or those on the other side of it
// (reflect) or of the border (symmetric).
func pad(c *call) []*graph.Node {
	x := c.node("x")
	width := c.widths(x)
	if width[0] != [2]int{} {
		c.Fail("pad_width adds samples; give (0, 0) for axis 0")
	}
	mode, _ := c.arg("mode").(string)
	if mode == "constant" {
		v := 0.0
		if c.arg("constant_values") != nil {
			v = c.number("constant_values")
		}
		lo, hi := make([]int, len(width)), make([]int, len(width))
		for i, w := range width {
			lo[i], hi[i] = w[0], w[1]
		}
		return one(x.Pad(lo, hi, v).Named("padded"))
	}
	inner := map[string]int{"reflect": 1, "symmetric": 0}
	from, mirrors := inner[mode]
	if !mirrors && mode != "edge" {
		c.Fail("mode is %q; give constant, edge, reflect or symmetric", mode)
	}
	for a, w := range width {
		n := x.Shape[a]
		if mirrors && max(w[0], w[1])+from > n {
			c.Fail("pad_width %v is more than axis %d of extent %d can mirror", w, a, n)
		}
		var parts []*graph.Node
		for i := w[0] - 1; i >= 0; i-- {
			k := 0
			if mirrors {
				k = i + from
			}
			parts = append(parts, x.Narrow(a, k, k+1))
		}
		parts = append(parts, x)
		for i := range w[1] {
			k := n - 1
			if mirrors {
				k = n - 1 - from - i
			}
			parts = append(parts, x.Narrow(a, k, k+1))
		}
		x = graph.Concatenate(a, parts...)
	}
	return one(x.Named("padded"))
}

// widths are the numbers before and behind each axis: one pair for all, or one each.
func (c *call) widths(x *graph.Node) [][2]int {
	v := c.arg("pad_width")
	pair := func(v any) (p [2]int, ok bool) {
		if k, one := whole(v); one {
			return [2]int{k, k}, k >= 0
		}
		l, isList := asList(v)
		if !isList || len(l) != 2 {
			return p, false
		}
		a, ok1 := whole(l[0])
		b, ok2 := whole(l[1])
		return [2]int{a, b}, ok1 && ok2 && a >= 0 && b >= 0
	}
	var list [][2]int
	if p, ok := pair(v); ok {
		for range x.Shape {
			list = append(list, p)
		}
		return list
	}
	l, _ := asList(v)
	for _, e := range l {
		p, ok := pair(e)
		if !ok {
			l = nil
			break
		}
		list = append(list, p)
	}
	if len(list) == 1 && len(l) == 1 {
		for len(list) < len(x.Shape) {
			list = append(list, list[0])
		}
	}
	if len(list) != len(x.Shape) || l == nil {
		c.Fail("pad_width is %v; give two numbers, none negative, for each axis of %v", v, layer.Features(x.Shape))
	}
	return list
}
