package emit

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/format/onnx/internal/pb"
	"gorae/graph"
)

// dim is the name of a tensor of one element, an extent at run time; ok is false where nothing has it.
func (l *lowering) dim(e extent) (name string, ok bool) {
	if e.fixed() {
		return l.f.Ints("extent", []int64{1}, int64(e[0])), true
	}
	key := fmt.Sprint(e)
	if name := l.sources[key]; name != "" {
		return name, true
	}
	if l.outer != nil {
		if name, ok := l.outer.known(e); ok {
			return name, true
		}
	}
	found := func(tensor string, axis, factor int) (string, bool) {
		s := l.f.One("", "Shape", []string{tensor})
		name = l.f.One("", "Gather", []string{s, l.f.List("axis", axis)})
		if factor > 1 {
			name = l.f.One("", "Mul", []string{name, l.f.List("times", factor)})
		}
		l.sources[key] = name
		return name, true
	}
	// An axis that has the extent; else one of which it is a multiple.
	for _, whole := range []bool{false, true} {
		for _, g := range l.given {
			for a, d := range g.shape {
				if k, ok := multiple(e, d); ok && (k == 1 || whole) {
					return found(g.name, a, k)
				}
			}
		}
		for _, n := range l.order {
			v := l.values[n]
			for a, d := range l.shape(n) {
				if k, ok := multiple(e, d); ok && (k == 1 || whole) {
					return found(v.name, axisIn(v.perm, a), k)
				}
			}
		}
	}
	return "", false
}

// givenShape is a tensor of the file with its shape.
type givenShape struct {
	name  string
	shape shape
}

// multiple returns how many times d is e.
func multiple(e, d extent) (k int, ok bool) {
	if d.fixed() || d[0] == 0 {
		return 0, false
	}
	k = e[0] / d[0]
	for i := range e {
		if d[i]*k != e[i] {
			return 0, false
		}
	}
	return k, k > 0
}

// known is dim of an extent that has been computed already.
func (l *lowering) known(e extent) (string, bool) {
	name := l.sources[fmt.Sprint(e)]
	if name == "" && l.outer != nil {
		return l.outer.known(e)
	}
	return name, name != ""
}

// target is the name of a tensor that holds a shape.
func (l *lowering) target(c *graph.Call, s shape) (string, bool) {
	var parts []string
	var fixed []int64
	flush := func() {
		if len(fixed) > 0 {
			parts = append(parts, l.f.Ints("extents", []int64{int64(len(fixed))}, fixed...))
		}
		fixed = nil
	}
	for _, e := range s {
		if e.fixed() {
			fixed = append(fixed, int64(e[0]))
			continue
		}
		flush()
		name, ok := l.dim(e)
		if !ok {
			return "", false
		}
		parts = append(parts, name)
	}
	flush()
	switch len(parts) {
	case 0:
		return l.f.Ints("extents", []int64{0}), true
	case 1:
		return parts[0], true
	}
	return l.f.One(c.Label, "Concat", parts, Int("axis", 0)), true
}

// reshaped is a tensor of the elements of another one, in the order of a shape that n has.
func (l *lowering) reshaped(c *graph.Call, name string, from, to shape) (string, bool) {
	want := make([]int64, len(to))
	open := 0
	for i, e := range to {
		switch {
		case e.fixed():
			want[i] = int64(e[0])
		case i < len(from) && slices.Equal(e, from[i]):
			want[i] = 0 // that of the tensor
		default:
			want[i] = -1
			open++
		}
	}
	empty := slices.ContainsFunc(to, func(e extent) bool { return e.fixed() && e[0] == 0 })
	if open == 0 && !empty {
		if i := slices.Index(want, 0); i >= 0 && !slices.Contains(want[i+1:], 0) {
			want[i] = -1 // as others write it
		}
	}
	if open > 1 || empty {
		t, ok := l.target(c, to)
		if !ok {
			return "", false
		}
		return l.f.One(c.Label, "Reshape", []string{name, t}), true
	}
	return l.f.One(c.Label, "Reshape", []string{name, l.f.Ints("shape", []int64{int64(len(want))}, want...)}), true
}

// reshape lowers a Reshape.
func (l *lowering) reshape(n *graph.Node) {
	c, x := n.Call, n.Call.In[0]
	if l.matMulOfRows(n) || l.kept(n) || l.repeated(n) || l.last(n) {
		return
	}
	name, ok := l.reshaped(c, l.plain(x), l.shape(x), l.shape(n))
	if !ok {
		l.refuse(c)
		return
	}
	l.put(n, name, natural(n), nil)
}

// refuse notes that a call cannot be written, and whatever of that which it reads.
func (l *lowering) refuse(c *graph.Call) {
	what := c.Op.String()
	if m, ok := c.Op.(graph.Map); ok {
		what = m.Table.String()
	}
	if i := strings.IndexAny(what, "([ "); i > 0 {
		what = what[:i]
	}
	l.f.Refuse(c.Label, what)
	for _, x := range c.In {
		l.value(x)
	}
}

// broadcast lowers a Broadcast that no reader makes itself.
func (l *lowering) broadcast(n *graph.Node) {
	x := l.plain(n.Call.In[0])
	t, ok := l.target(n.Call, l.shape(n))
	if !ok {
		l.refuse(n.Call)
		return
	}
	l.one(n, nil, "Expand", []string{x, t})
}

// transpose gives the tensor of the operand another order and adds no node.
func (l *lowering) transpose(n *graph.Node) {
	x := n.Call.In[0]
	v := l.value(x)
	order := n.Call.Op.(graph.Transpose).Perm
	perm := make([]int, len(order))
	for i := range perm {
		a := i
		if v.perm != nil {
			a = v.perm[i]
		}
		perm[i] = slices.Index(order, a)
	}
	l.put(n, v.name, v.elem, perm)
}

// concat lowers a Concat.
func (l *lowering) concat(n *graph.Node) {
	perm := l.common(n.Call.In, len(n.Shape))
	var in []string
	for _, x := range n.Call.In {
		in = append(in, l.in(x, perm, natural(n)))
	}
	l.one(n, perm, "Concat", in, Int("axis", axisIn(perm, n.Call.Op.(graph.Concat).Axis)))
}

// The ends of slices.
const (
	toEnd   = math.MaxInt64
	toBegin = math.MinInt64
)

// bound is an end of a slice in all traces as ONNX counts it: from the begin, or from the end where that is what stays.
func bound(at, of extent) (int, bool) {
	rest := make(extent, len(at))
	for k := range at {
		rest[k] = at[k] - of[k]
	}
	switch {
	case at.fixed():
		return at[0], true
	case rest.fixed() && rest[0] == 0:
		return toEnd, true
	case rest.fixed():
		return rest[0], true
	}
	return 0, false
}

// slice lowers a Slice.
func (l *lowering) slice(n *graph.Node) {
	c, x := n.Call, n.Call.In[0]
	if name := l.lastState(n); name != "" {
		l.put(n, name, pb.F32, []int{1, 0, 2})
		return
	}
	v := l.value(x)
	list := ops[graph.Slice](l, c)
	var starts, ends, axes, steps []int
	for a, of := range l.shape(x) {
		at := func(of func(graph.Slice) []int) (e extent) {
			for _, o := range list {
				e = append(e, of(o)[a])
			}
			return e
		}
		start, stop := at(func(o graph.Slice) []int { return o.Start }), at(func(o graph.Slice) []int { return o.Stop })
		step := at(func(o graph.Slice) []int { return o.Step })
		from, ok := bound(start, of)
		to, ok2 := bound(stop, of)
		if !ok || !ok2 || !step.fixed() {
			l.refuse(c)
			return
		}
		if slices.Equal(stop, of) {
			to = toEnd
		}
		if from == 0 && to == toEnd && step[0] == 1 {
			continue
		}
		starts, ends = append(starts, from), append(ends, to)
		axes, steps = append(axes, axisIn(v.perm, a)), append(steps, step[0])
	}
	if len(axes) == 0 {
		l.put(n, v.name, v.elem, v.perm)
		return
	}
	l.put(n, l.f.Slice(c.Label, v.name, starts, ends, axes, steps), v.elem, v.perm)
}

// pad lowers a Pad.
func (l *lowering) pad(n *graph.Node) {
	c, x := n.Call, n.Call.In[0]
	v := l.value(x)
	list := ops[graph.Pad](l, c)
	rank := len(n.Shape)
	pads := make([]int, 2*rank)
	for k, o := range list {
		if k > 0 && (!slices.Equal(o.Lo, list[0].Lo) || !slices.Equal(o.Hi, list[0].Hi)) {
			l.refuse(c)
			return
		}
		for a := range rank {
			if o.Inner[a] != 0 {
				l.refuse(c)
				return
			}
			pads[axisIn(v.perm, a)], pads[rank+axisIn(v.perm, a)] = o.Lo[a], o.Hi[a]
		}
	}
	elem := natural(n)
	fill := l.f.Scalar(float64(list[0].Value))
	if elem != natural(x) || v.elem != elem {
		elem = natural(x)
	}
	if elem != v.elem { // a truth value
		v = &value{perm: v.perm, elem: elem, name: l.in(x, v.perm, elem)}
	}
	if n.DType != 0 && natural(n) != natural(x) {
		l.refuse(c)
		return
	}
	if s := natural(n).String(); s != "float32" {
		fill = l.f.Cast(c.Label, fill, natural(n))
	}
	l.one(n, v.perm, "Pad", []string{v.name, l.f.List("pads", pads...), fill})
}
