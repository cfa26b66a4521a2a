package ops

import (
	"slices"

	"gorae/graph"
	"gorae/layer"
	"gorae/tensor"
)

func init() {
	add("numpy", "x key", getItem, "GetItem")
	add("numpy", "x indices | axis=None", take, "Take")
	add("core", "inputs start_indices | shape", func(c *call) []*graph.Node {
		x := c.node("inputs")
		start, _ := c.ints("start_indices")
		size, _ := c.ints("shape")
		if len(start) != len(x.Shape) || len(size) != len(x.Shape) || start[0] != 0 {
			c.Fail("start_indices are %v and shape is %v; give both for each axis of %v, and all samples", start, size,
				layer.Features(x.Shape))
		}
		stop := make([]int, len(start))
		size[0] = x.Shape[0]
		for i := range start {
			stop[i] = start[i] + size[i]
		}
		return one(x.Slice(start, stop, nil).Named("slice"))
	}, "Slice")
	triangle := func(below bool) func(c *call) []*graph.Node {
		return func(c *call) []*graph.Node {
			x := c.node("x")
			rank := len(x.Shape)
			if rank < 3 {
				c.Fail("takes a matrix for each sample, got %v", layer.Features(x.Shape))
			}
			rows, cols, k := x.Shape[rank-2], x.Shape[rank-1], c.int("k")
			keep := tensor.New(tensor.Float32, rows, cols)
			for i := range rows {
				for j := range cols {
					if below && j <= i+k || !below && j >= i+k {
						keep.F32[i*cols+j] = 1
					}
				}
			}
			return one(c.like(c.Graph.Const(keep).Where(x.AsFloat(), c.Graph.Scalar(0)), x))
		}
	}
	add("numpy", "x | k=0", triangle(true), "Tril")
	add("numpy", "x | k=0", triangle(false), "Triu")
}

// isAll reports whether an index is that of all elements, ":".
func isAll(v any) bool {
	s, is := slice(v)
	return is && s["start"] == nil && s["stop"] == nil && (s["step"] == nil || s["step"] == 1.0)
}

// slice is start, stop and step of an index that is a slice.
func slice(v any) (map[string]any, bool) {
	m, ok := v.(map[string]any)
	if !ok || m["class_name"] != "__slice__" {
		return nil, false
	}
	s, ok := m["config"].(map[string]any)
	return s, ok
}

// Span is the index start:stop of a GetItem; nil leaves an end open.
func Span(start, stop any) any { return SpanBy(start, stop, nil) }

// SpanBy is the index start:stop:step of a GetItem.
func SpanBy(start, stop, step any) any {
	return map[string]any{"class_name": "__slice__", "config": map[string]any{"start": start, "stop": stop,
		"step": step}}
}

// Ellipsis is the index "..." of a GetItem: all axes that no other index takes.
func Ellipsis() any { return map[string]any{"class_name": "__ellipsis__", "config": map[string]any{}} }

func isEllipsis(v any) bool {
	m, ok := v.(map[string]any)
	return ok && m["class_name"] == "__ellipsis__"
}

// getItem is x[key]: for each axis a number, a slice or null, which makes a new axis.
func getItem(c *call) []*graph.Node {
	x := c.node("x")
	key, isTuple := asList(c.arg("key"))
	if !isTuple {
		key = []any{c.arg("key")}
	}
	used := 0
	for _, k := range key {
		if k != nil && !isEllipsis(k) {
			used++
		}
	}
	if used > len(x.Shape) {
		c.Fail("takes %d indices of %v", used, layer.Features(x.Shape))
	}
	if at := slices.IndexFunc(key, isEllipsis); at >= 0 {
		var rest []any
		for range len(x.Shape) - used {
			rest = append(rest, Span(nil, nil))
		}
		key = slices.Concat(key[:at], rest, key[at+1:])
	}
	if len(key) == 0 || !isAll(key[0]) {
		c.Fail("picks samples by the first index %v; give : or ... for axis 0", c.arg("key"))
	}
	start, stop, step := make([]int, len(x.Shape)), x.Shape.Clone(), make([]int, len(x.Shape))
	for i := range step {
		step[i] = 1
	}
	shape := tensor.Shape{}
	a := 0
	var reversed []int
	for _, k := range key {
		if k == nil {
			shape = append(shape, 1)
			continue
		}
		n := x.Shape[a]
		if s, is := slice(k); is {
			var back bool
			if start[a], stop[a], step[a], back = c.span(s, n); back {
				reversed = append(reversed, len(shape))
			}
			shape = append(shape, (stop[a]-start[a]+step[a]-1)/step[a])
		} else {
			i, ok := whole(k)
			if !ok {
				c.Fail("the index %v is neither a number nor a slice", k)
			}
			if i < 0 {
				i += n
			}
			if i < 0 || i >= n {
				c.Fail("the index %v is outside of axis %d of %v", k, a, layer.Features(x.Shape))
			}
			start[a], stop[a] = i, i+1
		}
		a++
	}
	shape = append(shape, x.Shape[a:]...)
	y := x.Slice(start, stop, step).Reshape(shape...)
	for _, a := range reversed {
		y = flip(y, a)
	}
	return one(y.Named("item"))
}

// span is where a slice of an axis of extent n begins and ends and its step, by Python's rules; back says that it runs
// backwards over the same elements.
func (c *call) span(s map[string]any, n int) (start, stop, step int, back bool) {
	get := func(key string, def int) int {
		if s[key] == nil {
			return def
		}
		k, ok := whole(s[key])
		if !ok {
			c.Fail("the slice has %s %v; give a whole number", key, s[key])
		}
		if key != "step" && k < 0 {
			k += n
		}
		return k
	}
	step = get("step", 1)
	switch {
	case step == 0:
		c.Fail("the slice has the step 0")
	case step > 0:
		start, stop = min(max(get("start", 0), 0), n), min(max(get("stop", n), 0), n)
		stop = max(start, stop)
	default:
		first, last := min(get("start", n-1), n-1), max(get("stop", -1), -1)
		k := max(0, (first-last-step-1)/-step) // elements
		start, stop, step, back = first-(k-1)*-step, first+1, -step, true
		if k == 0 {
			start, stop = 0, 0
		}
	}
	if start == stop {
		c.Fail("the slice %v:%v of an axis of extent %d is empty", s["start"], s["stop"], n)
	}
	return start, stop, step, back
}

// take is the elements of x at places along an axis; without axis 0 x is an array whose rows are looked up.
func take(c *call) []*graph.Node {
	x, ids := c.node("x"), c.node("indices")
	table := !isOperand(c.arg("x"))
	a := 0
	if c.arg("axis") != nil {
		a = c.int("axis")
	} else if len(x.Shape) != 1 || !table {
		c.axes(x)
	}
	if !table {
		a = c.position(a, len(x.Shape))
		if isOperand(c.arg("indices")) {
			c.Fail("looks up places that differ from sample to sample; gorae takes those that are given as numbers")
		}
	} else if a != 0 && a != -len(x.Shape) {
		c.Fail("looks up along axis %d of an array; gorae does along axis 0", a)
	}
	var i *graph.Node
	if t, err := array(c.arg("indices")); err == nil {
		t = whole32(t, x.Shape[a])
		i = c.Graph.Const(t)
	} else {
		i = ids.Cast(tensor.Int32)
	}
	perm := append([]int{a}, slices.Delete(identity(len(x.Shape)), a, a+1)...)
	y := x.AsFloat().Transpose(perm...).Gather(i) // [indices…, the other axes]
	k := len(i.Shape)
	var back []int
	for b := range a {
		back = append(back, k+b)
	}
	back = append(back, identity(k)...)
	for b := a; b < len(x.Shape)-1; b++ {
		back = append(back, k+b)
	}
	return one(c.like(y.Transpose(back...), x))
}

func isOperand(v any) bool {
	_, is := v.(Operand)
	return is
}

// whole32 are numbers as int32, negative ones counted from the end of n.
func whole32(t *tensor.Tensor, n int) *tensor.Tensor {
	y := tensor.New(tensor.Int32, t.Shape...)
	for i := range y.I32 {
		y.I32[i] = int32(t.Float(i))
		if y.I32[i] < 0 {
			y.I32[i] += int32(n)
		}
	}
	return y
}

// oneHot gives each id an axis of num_classes numbers: 1 at the id, else 0.
func oneHot(c *call) []*graph.Node {
	x := c.node("x")
	c.only("sparse", false, nil)
	y := x.Cast(tensor.Int32).OneHot(c.int("num_classes"))
	if a := c.position(c.int("axis"), len(y.Shape)); a < len(y.Shape)-1 {
		perm := slices.Insert(identity(len(x.Shape)), a, len(x.Shape))
		y = y.Transpose(perm...)
	}
	if c.arg("dtype") != nil {
		y = c.cast(y)
	}
	return one(y)
}
