package graph

import (
	"fmt"
	"slices"
)

// Composite is an operation made of others: a name and a body. Its types, its value and its gradient follow from the
// body; a kernel that knows the name may compute it as a whole.
type Composite struct {
	Name string
	Attr any // printed with %v, so it must print all that the body depends on
	// Body makes the results of the operands, and uses no other node.
	Body func(x []*Node) []*Node
	// Backward, if set, makes the gradient, usually with a composite of its own
	// that a kernel knows. Without it the body is differentiated.
	Backward func(y, dy []*Node) []*Node
}

func (o *Composite) String() string {
	if o.Attr == nil {
		return o.Name
	}
	return fmt.Sprintf("%s(%v)", o.Name, o.Attr)
}

// trace makes a graph of the body alone.
func (o *Composite) trace(x []Type) (g *Graph, out []*Node, err error) {
	g = New()
	in := make([]*Node, len(x))
	err = Catch(func() {
		for i, t := range x {
			in[i] = g.Input(fmt.Sprint(i), t)
		}
		out = o.Body(in)
		for _, n := range out {
			if n.Call.Graph != g {
				g.Fail(o.Name, "the body gives a value from outside; make it an operand")
			}
		}
		if n := len(g.leaves); n != len(x) {
			g.Fail(o.Name, "the body uses %d leaves and has %d operands; make each an operand", n, len(x))
		}
	})
	return g, out, err
}

// Infer traces the body.
func (o *Composite) Infer(x []Type) ([]Type, error) {
	_, out, err := o.trace(x)
	if err != nil {
		return nil, err
	}
	types := make([]Type, len(out))
	for i, n := range out {
		types[i] = n.Type
	}
	return types, nil
}

// Grad calls Backward, or traces the body beside the call and differentiates it. Where the plan replaces the call by
// its body too, the two copies become one.
func (o *Composite) Grad(y, dy []*Node) []*Node {
	if o.Backward != nil {
		if ds := o.Backward(y, dy); ds != nil {
			return ds
		}
	}
	var ys, dys []*Node
	in := y[0].Call.In
	// Each operand enters the body under a name of its own, because one node may be
	// several operands.
	x := make([]*Node, len(in))
	for i := range in {
		x[i] = in[i].Graph().apply1(identity{}, in[i])
	}
	for i, n := range o.Body(x) {
		if dy[i] != nil {
			ys, dys = append(ys, n), append(dys, dy[i])
		}
	}
	return Gradients(ys, dys, x)
}

// Eval evaluates the body.
func (o *Composite) Eval(e *Eval) {
	types := make([]Type, len(e.In))
	leaves := map[string]*Array{}
	for i, a := range e.In {
		types[i] = a.Type
		leaves[fmt.Sprint(i)] = a
	}
	_, out, err := o.trace(types)
	if err != nil {
		panic(err) // Infer has traced the same body
	}
	ev := &Evaluator{Single: e.Single, Leaves: leaves}
	for i, n := range out {
		a, err := ev.Value(n)
		if err != nil {
			panic(err)
		}
		copy(e.Out[i].V, a.V)
	}
}

// Compose adds a call of the composite.
func Compose(o *Composite, x ...*Node) []*Node { return x[0].Graph().Apply(o, x...) }

// identity is its operand.
type identity struct{}

func (identity) String() string                 { return "identity" }
func (identity) Infer(x []Type) ([]Type, error) { return x, operands(x, 1) }
func (identity) Grad(y, dy []*Node) []*Node     { return dy }
func (identity) Eval(e *Eval)                   { copy(e.Out[0].V, e.In[0].V) }

// Named marks a value with a name by which it can be tapped: feature maps,
// gradients by layer. It costs nothing when nobody asks.
func (x *Node) Named(name string) *Node {
	var y *Node
	x.Graph().Scope(name, func() { y = x.Graph().apply1(identity{}, x) })
	return y
}

// Simplify returns a new graph of the calls that roots need, and the new nodes of roots. In it every computation occurs
// once, composites that claim declines are replaced by their bodies, constants are folded, and operations without
// effect are gone.
//
// Gradients are taken before Simplify: names and stopped gradients are gone afterwards. The values of assignments must
// be among roots. Numbers stay equal but for rounding and the sign of a zero.
//
// Transpositions are moved behind elementwise calls where fewer elements are moved then.
func Simplify(roots []*Node, claim func(c *Call) bool) (*Graph, []*Node) {
	s := &simplifier{claim: claim}
	g, out := s.run(roots)
	if s.between {
		if h, other := (&simplifier{claim: claim, sink: true}).run(roots); len(h.Calls) <= len(g.Calls) &&
			h.moved() < g.moved() {
			return h, other
		}
	}
	return g, out
}

// moved returns the number of elements that transpositions move.
func (g *Graph) moved() int {
	n := 0
	for _, c := range g.Calls {
		if _, ok := c.Op.(Transpose); ok {
			n += c.Out[0].Shape.Size()
		}
	}
	return n
}

// run makes the new graph.
func (s *simplifier) run(roots []*Node) (*Graph, []*Node) {
	s.g, s.seen = New(), map[string][]*Node{}
	if len(roots) == 0 {
		return s.g, nil
	}
	m := map[*Node]*Node{}
	for _, c := range reach(roots) {
		s.g.label = c.Label
		in := make([]*Node, len(c.In))
		for i, x := range c.In {
			in[i] = m[x]
		}
		for i, y := range s.call(c.Op, in, c) {
			m[c.Out[i]] = y
		}
	}
	out := make([]*Node, len(roots))
	for i, r := range roots {
		out[i] = m[r]
	}
	// Calls that the rules made superfluous are dropped.
	keep := reach(out)
	s.g.Calls = keep
	clear(s.g.leaves)
	for i, c := range keep {
		c.ID = i
		if l, ok := c.Op.(Leaf); ok {
			s.g.leaves[l.Name] = c.Out[0]
		}
	}
	s.g.label = ""
	for _, n := range roots[0].Graph().Recompute {
		if y := m[n]; y != nil && y.Call.ID < len(keep) && keep[y.Call.ID] == y.Call {
			s.g.Recompute = append(s.g.Recompute, y)
		}
	}
	return s.g, out
}

// reach lists the calls that roots need, in order.
func reach(roots []*Node) []*Call {
	seen := map[*Call]bool{}
	var calls, todo []*Call
	for _, r := range roots {
		todo = append(todo, r.Call)
	}
	for len(todo) > 0 {
		c := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[c] {
			continue
		}
		seen[c] = true
		calls = append(calls, c)
		for _, x := range c.In {
			todo = append(todo, x.Call)
		}
	}
	slices.SortFunc(calls, func(a, b *Call) int { return a.ID - b.ID })
	return calls
}
