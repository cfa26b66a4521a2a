package emit

import (
	"slices"

	"gorae/graph"
	"gorae/tensor"
)

// scope is a graph that is being written: that of the prediction, or the body of a loop.
//
// A node is constant (known from weights), a view of an array, or virtual: computed where its only reader reads it.
type scope struct {
	p        *program
	readers  map[*graph.Node][]*graph.Call // nil stands for a reader outside of the graph
	views    map[*graph.Node]view
	static   map[*graph.Node]bool
	leaf     func(l graph.Leaf) *graph.Array // the value of a leaf that is known; nil: it is not
	evaluate *graph.Evaluator
	outer    *scope                         // around the body of a loop
	operand  func(l graph.Leaf) *graph.Node // the value around the body that a leaf of it stands for
}

func newScope(p *program, roots ...*graph.Node) *scope {
	s := &scope{p: p, readers: map[*graph.Node][]*graph.Call{}, views: map[*graph.Node]view{},
		static: map[*graph.Node]bool{}}
	seen := map[*graph.Call]bool{}
	var visit func(n *graph.Node, by *graph.Call)
	visit = func(n *graph.Node, by *graph.Call) {
		if s.readers[n] = append(s.readers[n], by); seen[n.Call] {
			return
		}
		seen[n.Call] = true
		for _, x := range n.Call.In {
			visit(x, n.Call)
		}
	}
	for _, n := range roots {
		visit(n, nil)
	}
	return s
}

// isStatic reports whether a node depends on weights and constants alone. A repetition is none: it is an index.
func (s *scope) isStatic(n *graph.Node) bool {
	if known, ok := s.static[n]; ok {
		return known
	}
	ok := false
	switch op := n.Call.Op.(type) {
	case graph.Leaf:
		ok = s.leaf(op) != nil
	case graph.Const:
		ok = true
	case graph.Broadcast, graph.Scan:
	default:
		ok = !slices.ContainsFunc(n.Call.In, func(x *graph.Node) bool { return !s.isStatic(x) })
	}
	s.static[n] = ok
	return ok
}

// known is the value of a static node.
func (s *scope) known(n *graph.Node) *graph.Array {
	switch op := n.Call.Op.(type) {
	case graph.Leaf:
		return s.leaf(op)
	case graph.Const:
		return graph.ArrayOf(op.Value)
	}
	if s.evaluate == nil {
		s.evaluate = &graph.Evaluator{Single: true, Leaves: map[string]*graph.Array{}}
	}
	var leaves func(n *graph.Node)
	leaves = func(n *graph.Node) {
		if l, ok := n.Call.Op.(graph.Leaf); ok && s.evaluate.Leaves[l.Name] == nil {
			s.evaluate.Leaves[l.Name] = s.leaf(l)
		}
		for _, x := range n.Call.In {
			leaves(x)
		}
	}
	leaves(n)
	a, err := s.evaluate.Value(n)
	if err != nil {
		panic(err) // every leaf has a value of its type
	}
	return a
}

// isVirtual reports whether a node is computed in the loop of its only reader, which reads each element once.
func (s *scope) isVirtual(n *graph.Node) bool {
	if s.isStatic(n) || len(s.readers[n]) != 1 {
		return false
	}
	switch o := n.Call.Op.(type) {
	case graph.Leaf, graph.Concat, graph.Scan, graph.Slice, graph.Broadcast, *graph.Composite:
		return false
	case graph.Reshape:
		if squeezed(n.Call.In[0].Shape, o.Shape) == nil || !s.isVirtual(n.Call.In[0]) {
			return false
		}
	case graph.Transpose:
		if !s.isVirtual(n.Call.In[0]) {
			return false
		}
	}
	return s.isReadOnce(n)
}

// isReadOnce reports whether the only reader of a node reads each of its elements once.
func (s *scope) isReadOnce(n *graph.Node) bool {
	c := s.readers[n][0]
	if c == nil {
		return true
	}
	y := c.Out[0]
	switch o := c.Op.(type) {
	case graph.Elem:
		return n.Shape.Size() == y.Shape.Size()
	case graph.Cast, graph.Map, graph.Reduce, graph.Concat:
		return true
	case graph.Reshape:
		return squeezed(n.Shape, o.Shape) != nil && len(s.readers[y]) == 1 && s.isReadOnce(y)
	case graph.Transpose:
		return len(s.readers[y]) == 1 && s.isReadOnce(y)
	case graph.Scan:
		return slices.Index(c.In, n) < o.States
	}
	return false
}

// squeezed says which axis of the result of a Reshape each axis of its operand is, where these differ by axes of extent
// 1 alone; such an axis is −1. It is nil for all others.
func squeezed(from, to tensor.Shape) []int {
	at, b := make([]int, len(from)), 0
	for a, d := range from {
		if at[a] = -1; d == 1 {
			continue
		}
		for b < len(to) && to[b] == 1 {
			b++
		}
		if b == len(to) || to[b] != d {
			return nil
		}
		at[a] = b
		b++
	}
	if slices.ContainsFunc(to[b:], func(d int) bool { return d != 1 }) {
		return nil
	}
	return at
}

// ready writes whatever the loop that reads a node finds done.
func (s *scope) ready(n *graph.Node) {
	switch {
	case s.isStatic(n):
	case s.isVirtual(n):
		s.operands(n)
	default:
		s.view(n)
	}
}

// operands makes what a call reads ready.
func (s *scope) operands(n *graph.Node) {
	for _, x := range n.Call.In {
		switch n.Call.Op.(type) {
		case graph.Elem, graph.Cast, graph.Map, graph.Reduce, graph.Reshape, graph.Transpose:
			s.ready(x)
		default:
			if !s.isStatic(x) { // constants are made where they are read, in the order that suits
				s.view(x)
			}
		}
	}
}

// view is where a node lies; what computes it is written first.
func (s *scope) view(n *graph.Node) view {
	if v, ok := s.views[n]; ok {
		return v
	}
	var v view
	c := n.Call
	if s.isStatic(n) {
		v = s.weights(n, nil)
		s.views[n] = v
		return v
	}
	switch o := c.Op.(type) {
	case graph.Reshape:
		ok := false
		if v, ok = s.view(c.In[0]).reshaped(c.In[0].Shape, o.Shape); !ok {
			w := s.p.buffer(n)
			s.views[n] = contiguous(w, o.Shape)
			s.copy(contiguous(w, c.In[0].Shape), s.view(c.In[0]), c.In[0].Shape, s.title(n))
			return s.views[n]
		}
	case graph.Transpose:
		x := s.view(c.In[0])
		v = x
		v.strides = nil
		for _, a := range o.Perm {
			v.strides = append(v.strides, x.strides[a])
		}
	case graph.Broadcast:
		x := s.view(c.In[0])
		v = x
		v.strides = make([]int, len(o.Shape))
		for a, d := range c.In[0].Shape {
			if d != 1 {
				v.strides[len(o.Shape)-len(c.In[0].Shape)+a] = x.strides[a]
			}
		}
	case graph.Slice:
		v = s.view(c.In[0])
		strides := make([]int, len(o.Start))
		for a, d := range v.strides {
			v.at += o.Start[a] * d
			strides[a] = o.Step[a] * d
		}
		v.strides = strides
	case graph.Concat:
		v = contiguous(s.p.buffer(n), n.Shape)
		at := v.at
		for _, x := range c.In {
			w := v
			w.at = at
			s.store(w, x)
			at += x.Shape[o.Axis] * v.strides[o.Axis]
		}
	case graph.Scan:
		s.scan(c, o)
		return s.views[n]
	default:
		s.operands(n)
		v = contiguous(s.p.buffer(n), n.Shape)
		s.views[n] = v
		s.fill(v, n, s.compute)
		return v
	}
	s.views[n] = v
	return v
}

// store writes the elements of a node to a view.
func (s *scope) store(v view, n *graph.Node) {
	s.ready(n)
	s.fill(v, n, s.element)
}

// fill writes a loop over the elements of a node.
func (s *scope) fill(v view, n *graph.Node, element func(n *graph.Node, idx []string) string) {
	s.p.statement(s.title(n), func() {
		s.p.nest(n.Shape, func(idx []string) {
			e := element(n, idx)
			s.p.line("%s = %s;", s.p.write(v, idx), e)
		})
	})
}

// copy writes a loop that copies.
func (s *scope) copy(to, from view, shape tensor.Shape, title string) {
	s.p.statement(title, func() {
		s.p.nest(shape, func(idx []string) { s.p.line("%s = %s;", s.p.write(to, idx), s.p.read(from, idx)) })
	})
}

// title says in a comment what a loop computes.
func (s *scope) title(n *graph.Node) string {
	op, _, _ := cut(n.Call.Op.String())
	if n.Call.Label == "" {
		return op
	}
	return n.Call.Label + ": " + op
}

// held is the view of a node in an array of its own, which nobody else writes to.
func (s *scope) held(n *graph.Node) view {
	v := s.view(n)
	if v.buf.kind == session || v.buf.state {
		w := contiguous(s.p.buffer(n), n.Shape)
		s.copy(w, v, n.Shape, "state as it was")
		return w
	}
	return v
}
