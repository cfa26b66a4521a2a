package graph

import (
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gorae/tensor"
)

// simplifier is one run of Simplify.
type simplifier struct {
	g     *Graph
	claim func(c *Call) bool
	seen  map[string][]*Node // results by operation and operands

	sink    bool // transpositions go behind elementwise calls
	between bool // one could
}

// foldLimit is the largest constant, in elements, that folding makes: beyond, the
// time and memory of a constant outweigh those of its computation.
const foldLimit = 4096

// call returns the results of op on nodes of the new graph. c is the call of the old graph, nil for a call within a
// body.
func (s *simplifier) call(op Op, in []*Node, c *Call) []*Node {
	if y := s.rule(op, in); y != nil {
		return []*Node{y}
	}
	key := s.key(op, in)
	if out := s.seen[key]; out != nil {
		return out
	}
	out := s.g.Apply(op, in...)
	if l, ok := op.(Leaf); ok {
		s.g.leaves[l.Name] = out[0]
	}
	if o, ok := op.(*Composite); ok && !s.claim(out[0].Call) {
		s.g.Calls = s.g.Calls[:len(s.g.Calls)-1]
		out = s.inline(o, in)
	} else if folded := s.fold(op, in, out); folded != nil {
		out = folded
	}
	s.seen[key] = out
	return out
}

// inline puts the body of a composite in its place.
func (s *simplifier) inline(o *Composite, in []*Node) []*Node {
	types := make([]Type, len(in))
	m := map[*Node]*Node{}
	for i, x := range in {
		types[i] = x.Type
	}
	_, out, err := o.trace(types)
	if err != nil {
		panic(err)
	}
	for _, c := range reach(out) {
		if l, ok := c.Op.(Leaf); ok {
			i, _ := strconv.Atoi(l.Name)
			m[c.Out[0]] = in[i]
			continue
		}
		x := make([]*Node, len(c.In))
		for i, n := range c.In {
			x[i] = m[n]
		}
		for i, y := range s.call(c.Op, x, nil) {
			m[c.Out[i]] = y
		}
	}
	ys := make([]*Node, len(out))
	for i, n := range out {
		ys[i] = m[n]
	}
	return ys
}

func (s *simplifier) key(op Op, in []*Node) string {
	var b strings.Builder
	b.WriteString(reflect.TypeOf(op).String()) // a composite may bear a primitive's name
	b.WriteByte(' ')
	b.WriteString(op.String())
	for _, x := range in {
		b.WriteByte(' ')
		b.WriteString(strconv.Itoa(x.Call.ID))
		b.WriteByte('.')
		b.WriteString(strconv.Itoa(x.Index))
	}
	return b.String()
}

// fold evaluates a call whose operands are all constants.
func (s *simplifier) fold(op Op, in, out []*Node) []*Node {
	if _, ok := op.(Broadcast); ok || len(in) == 0 { // a repetition is smaller than what it makes
		return nil
	}
	size := 0
	for _, y := range out {
		size += y.Shape.Size()
	}
	for _, x := range in {
		if _, ok := x.Call.Op.(Const); !ok || size > foldLimit {
			return nil
		}
	}
	e := &Eval{Single: true}
	for _, x := range in {
		e.In = append(e.In, ArrayOf(x.Call.Op.(Const).Value))
	}
	for _, y := range out {
		e.Out = append(e.Out, NewArray(y.Type))
	}
	op.Eval(e)
	s.g.Calls = s.g.Calls[:len(s.g.Calls)-1]
	var cs []*Node
	for _, a := range e.Out {
		cs = append(cs, s.call(Const{Value: a.Tensor()}, nil, nil)[0])
	}
	return cs
}

// rule returns a simpler node that equals op of in, nil if it knows none.
func (s *simplifier) rule(op Op, in []*Node) *Node {
	one := func(op Op, x ...*Node) *Node { return s.call(op, x, nil)[0] }
	switch o := op.(type) {
	case identity, StopGradient:
		return in[0]
	case Reshape:
		if in[0].Shape.Equal(o.Shape) {
			return in[0]
		}
		if _, ok := in[0].Call.Op.(Reshape); ok {
			return one(o, in[0].Call.In[0])
		}
		// A repetition of one number is the same whatever its shape was.
		if b, ok := in[0].Call.Op.(Broadcast); ok && in[0].Call.In[0].Shape.Size() == 1 && b.Shape.Size() != 1 {
			return one(Broadcast(o), one(Reshape{tensor.Shape{}}, in[0].Call.In[0]))
		}
	case Broadcast:
		if in[0].Shape.Equal(o.Shape) {
			return in[0]
		}
		if _, ok := in[0].Call.Op.(Broadcast); ok {
			return one(o, in[0].Call.In[0])
		}
	case Transpose:
		if t, ok := in[0].Call.Op.(Transpose); ok {
			perm := make([]int, len(o.Perm))
			same := true
			for i, p := range o.Perm {
				perm[i] = t.Perm[p]
				same = same && perm[i] == i
			}
			if same {
				return in[0].Call.In[0]
			}
			return one(Transpose{perm}, in[0].Call.In[0])
		}
	case MatMul:
		for i, flip := range []MatMul{{!o.TransA, o.TransB}, {o.TransA, !o.TransB}} {
			if t, ok := in[i].Call.Op.(Transpose); ok && swapsLast(t.Perm) {
				x := append([]*Node(nil), in...)
				x[i] = in[i].Call.In[0]
				return one(flip, x...)
			}
		}
	case Reduce:
		if y := s.sumBefore(o, in[0]); y != nil {
			return y
		}
		// The sum of a repetition is a product.
		if b, ok := in[0].Call.Op.(Broadcast); ok && o.Kind == ReduceSum && in[0].Call.In[0].Shape.Size() == 1 {
			n := 1
			for _, a := range o.Axes {
				n *= b.Shape[a]
			}
			if n == 0 { // a sum of nothing is 0, also when what is repeated is infinite
				break
			}
			x := one(Reshape{tensor.Shape{}}, in[0].Call.In[0])
			x = one(Elem{Mul}, x, s.scalar(float64(n)))
			t, _ := o.Infer([]Type{in[0].Type})
			return one(Broadcast{t[0].Shape}, x)
		}
	case Elem:
		if o.Kind == ReluGrad {
			if y := s.maskBefore(in[0], in[1]); y != nil {
				return y
			}
		}
		return s.elemRule(o, in)
	}
	return nil
}

// maskBefore masks the gradient of a maximum before it is spread over the parts of x, where there is one element a
// part: only the maximum of a part receives a gradient, and it is positive exactly where the part's result is.
func (s *simplifier) maskBefore(dx, x *Node) *Node {
	in := dx.Call.In
	var y *Node
	switch o := dx.Call.Op.(type) {
	case MaxPoolGrad:
		if out := s.seen[s.key(MaxPool(o), in[1:])]; in[1] == x && out != nil {
			y = out[0]
		}
	case *Composite:
		if o.Name == "extreme_grad" && in[1] == x {
			y = in[2]
		}
	}
	if y == nil {
		return nil
	}
	masked := s.call(Elem{ReluGrad}, []*Node{in[0], y}, nil)[0]
	return s.call(dx.Call.Op, append([]*Node{masked}, in[1:]...), nil)[0]
}

// sumBefore replaces the sum of the gradient of a maximum or mean over parts of x by the sum of dy, where each part
// lies within one sum: a part receives its element of dy, however it is shared out.
func (s *simplifier) sumBefore(o Reduce, dx *Node) *Node {
	if o.Kind != ReduceSum {
		return nil
	}
	var parts, gone []int // axes that a part runs over, and those that dy lacks
	switch g := dx.Call.Op.(type) {
	case MaxPoolGrad:
		parts = g.spatialAxes()
	case AvgPoolGrad:
		parts = g.spatialAxes()
	case *Composite:
		if g.Name != "extreme_grad" {
			return nil
		}
		parts = g.Attr.([]int)
		gone = parts
	default:
		return nil
	}
	for _, a := range parts {
		if !slices.Contains(o.Axes, a) {
			return nil
		}
	}
	dy := dx.Call.In[0]
	var axes []int
	for _, a := range o.Axes {
		if slices.Contains(gone, a) {
			continue
		}
		before := 0
		for _, b := range gone {
			if b < a {
				before++
			}
		}
		axes = append(axes, a-before)
	}
	if len(axes) == 0 {
		return dy
	}
	return s.call(Reduce{ReduceSum, axes}, []*Node{dy}, nil)[0]
}

// swapsLast reports whether perm exchanges the last two axes and nothing else.
func swapsLast(perm []int) bool {
	n := len(perm)
	for i, p := range perm {
		want := i
		if i >= n-2 {
			want = 2*n - 3 - i
		}
		if p != want {
			return false
		}
	}
	return n >= 2
}

func (s *simplifier) scalar(v float64) *Node {
	return s.call(Const{Value: &tensor.Tensor{Shape: tensor.Shape{}, F32: []float32{float32(v)}}}, nil, nil)[0]
}

// elemRule drops repetitions that an elementwise function makes itself, and functions without effect.
func (s *simplifier) elemRule(o Elem, in []*Node) *Node {
	types := make([]Type, len(in))
	for i, x := range in {
		types[i] = x.Type
	}
	full, err := o.Infer(types)
	if err != nil {
		return nil
	}
	shape := full[0].Shape
	for i, x := range in {
		if _, ok := x.Call.Op.(Broadcast); !ok {
			continue
		}
		from := x.Call.In[0]
		rest := from.Shape
		for j, y := range in {
			if j != i {
				rest, _ = BroadcastShapes(rest, y.Shape)
			}
		}
		if rest.Equal(shape) {
			y := append([]*Node(nil), in...)
			y[i] = from
			return s.call(o, y, nil)[0]
		}
	}
	if perm := commonOrder(in, shape); perm != nil {
		s.between = true
		if s.sink {
			y := make([]*Node, len(in))
			for i, x := range in {
				if y[i] = x; x.Shape.Equal(shape) {
					y[i] = x.Call.In[0]
				}
			}
			return s.call(Transpose{perm}, s.call(o, y, nil), nil)[0]
		}
	}
	whole := func(x *Node) *Node { return s.call(Broadcast{shape}, []*Node{x}, nil)[0] }
	// A function of operands that are each one repeated number is computed once.
	if all1(in) && shape.Size() > 1 {
		y := make([]*Node, len(in))
		for i, x := range in {
			if _, ok := x.Call.Op.(Broadcast); ok {
				x = x.Call.In[0]
			}
			y[i] = s.call(Reshape{tensor.Shape{}}, []*Node{x}, nil)[0]
		}
		return whole(s.call(o, y, nil)[0])
	}
	if len(in) != 2 {
		return nil
	}
	a, okA := scalar(in[0])
	b, okB := scalar(in[1])
	switch {
	case okA && okB:
	case o.Kind == Mul && okB && b == 1, o.Kind == Add && okB && b == 0, o.Kind == Sub && okB && b == 0,
		o.Kind == Div && okB && b == 1:
		return whole(in[0])
	case o.Kind == Mul && okA && a == 1, o.Kind == Add && okA && a == 0:
		return whole(in[1])
	case o.Kind == Mul && okA, o.Kind == Add && okA: // constants stand right
		return s.call(o, []*Node{in[1], in[0]}, nil)[0]
	case o.Kind == Mul && okB:
		// (x·a)·b is x·(a·b)
		if p, ok := in[0].Call.Op.(Elem); ok && p.Kind == Mul {
			// unless a·b leaves the range of float32, as 10³⁰·10³⁰ does.
			v, ok := scalar(in[0].Call.In[1])
			if ok && in[0].Shape.Equal(in[0].Call.In[0].Shape) && math.Abs(v*b) >= 0x1p-126 &&
				math.Abs(v*b) <= math.MaxFloat32 {
				return whole(s.call(o, []*Node{in[0].Call.In[0], s.scalar(v * b)}, nil)[0])
			}
		}
	}
	return nil
}

// commonOrder returns the permutation by which every operand of an elementwise call of that shape is transposed, single
// numbers excepted; nil where there is none.
func commonOrder(in []*Node, shape tensor.Shape) (perm []int) {
	for _, x := range in {
		t, ok := x.Call.Op.(Transpose)
		switch {
		case !ok && len(x.Shape) == 0 && len(shape) > 0:
		case !ok || !x.Shape.Equal(shape) || perm != nil && !slices.Equal(perm, t.Perm):
			return nil
		default:
			perm = t.Perm
		}
	}
	return perm
}

// all1 reports whether every operand is one number, repeated or not.
func all1(in []*Node) bool {
	for _, x := range in {
		if x.Shape.Size() == 1 {
			continue
		}
		if _, ok := x.Call.Op.(Broadcast); !ok || x.Call.In[0].Shape.Size() != 1 {
			return false
		}
	}
	return true
}
