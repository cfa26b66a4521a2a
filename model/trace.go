package model

import (
	"fmt"
	"maps"
	"slices"

	"gorae/config"
	"gorae/graph"
	"gorae/layer"
	"gorae/tensor"
	"gorae/weight"
)

// inputNodes makes the leaf of each input for n samples.
func (m *Model) inputNodes(g *graph.Graph, n int) []*graph.Node {
	var xs []*graph.Node
	for _, v := range m.inputs {
		xs = append(xs, g.Input(m.leafName(v), v.from.inst.Layer.(layer.Input).Sample(n)))
	}
	return xs
}

// trace calls every layer in order; see, if not nil, is shown every value.
func (m *Model) trace(s *layer.Scope, x []*graph.Node, see func(v *Value, n *graph.Node)) []*graph.Node {
	if len(x) != len(m.inputs) {
		s.Fail("takes %d inputs, got %d", len(m.inputs), len(x))
	}
	nodes := map[*Value]*graph.Node{}
	m.traceCalls(s, m.calls, x, nodes, see)
	var out []*graph.Node
	for _, v := range m.outputs {
		out = append(out, nodes[v])
	}
	return out
}

// traceCalls makes some of the calls, in order: nodes has what they read that none of them makes, and gets what they
// make. x are the inputs of m.
func (m *Model) traceCalls(s *layer.Scope, calls []*call, x []*graph.Node, nodes map[*Value]*graph.Node,
	see func(v *Value, n *graph.Node)) {
	put := func(v *Value, n *graph.Node) {
		if nodes[v] = n; see != nil {
			see(v, n)
		}
	}
	for _, c := range calls {
		var in []*graph.Node
		for i, v := range m.inputs {
			if v.from == c {
				in = append(in, m.fit(s, v, x[i]))
			}
		}
		for _, v := range c.in {
			in = append(in, nodes[v])
		}
		if c.mask != nil {
			in[0] = m.masked(s, c, in[0], nodes[c.mask])
		}
		name := m.names[c.inst]
		y := c.scope(s).ChildWith(name, c.layer(), m.arguments(s, c, nodes), in...)
		if len(y) < len(c.out) {
			s.Fail("%s %q gives %d results, %d are used", layer.Layers.Word(c.inst.Layer), name, len(y), len(c.out))
		}
		for k, v := range c.out {
			put(v, y[k])
		}
	}
}

// arguments returns what a call is given beside its operands.
func (m *Model) arguments(s *layer.Scope, c *call, nodes map[*Value]*graph.Node) layer.Arguments {
	if len(c.named) == 0 {
		return nil
	}
	takes, _ := layer.SignatureOf(c.inst.Layer)
	given := layer.Arguments{}
	for _, name := range slices.Sorted(maps.Keys(c.named)) {
		if !slices.Contains(takes.Named, name) {
			s.Fail("%v", config.Errorf("", "%s %q takes no argument %q", layer.Layers.Word(c.inst.Layer),
				m.names[c.inst], name).Suggesting(name, takes.Named))
		}
		given[name] = nodes[c.named[name]]
	}
	return given
}

// masked returns x as a value of its own with another mask.
func (m *Model) masked(s *layer.Scope, c *call, x, mask *graph.Node) *graph.Node {
	if len(x.Shape) < 2 || len(mask.Shape) < 2 || mask.Shape.Size() != x.Shape[0]*x.Shape[1] ||
		!mask.Shape[:2].Equal(x.Shape[:2]) {
		s.Fail("%s %q: the mask %v does not fit %v; give one number for each step", layer.Layers.Word(c.inst.Layer),
			m.names[c.inst], layer.Features(mask.Shape), layer.Features(x.Shape))
	}
	x = x.Named("masked")
	s.GiveMask(x, mask.AsFloat().Reshape(x.Shape[:2]...).Ne(s.Graph.Scalar(0)).StopGradient())
	return x
}

// fit checks that x is what input v takes, or fewer of its steps where sequences may be shorter, come in chunks or
// are read piece by piece.
func (m *Model) fit(s *layer.Scope, v *Value, x *graph.Node) *graph.Node {
	in := v.from.inst.Layer.(layer.Input)
	want := in.Extents()
	t := s.Trace()
	fewer := len(want) > 0 && len(x.Shape) == len(want)+1 && x.Shape[2:].Equal(want[1:]) &&
		(t.Memory != nil || (t.Shorter || t.Carry) && x.Shape[1] <= want[0])
	if !fewer && (len(x.Shape) == 0 || !in.Takes(x.Shape[1:])) {
		got := x.Shape
		if len(got) > 0 {
			got = got[1:]
		}
		s.Fail("%v", m.mismatch(v, got))
	}
	return x
}

func (m *Model) mismatch(v *Value, got tensor.Shape) error {
	in := v.from.inst.Layer.(layer.Input)
	open := ""
	if axes := in.Open(); len(axes) > 0 {
		open = fmt.Sprintf(" (with any extent in the places %v)", axes)
	}
	return fmt.Errorf("model %q: input %q is %v%s, got %v", m.Name, m.valueName(v), in.Extents(), open, got)
}

// Trace is a tracing of one or several models into a graph.
type Trace = layer.Trace

// NewTrace returns a trace into an empty graph.
func NewTrace(training bool) *Trace { return layer.NewTrace(training) }

// Trace puts the model into a graph, on nodes for its inputs, and gives the nodes of its
// outputs. It panics, as tracing does, where something does not fit: call it within graph.Catch.
func (m *Model) Trace(t *Trace, x ...*graph.Node) []*graph.Node {
	if !m.built {
		t.Graph.Fail("model", "%q is not built; call Build first", m.Name)
	}
	return m.trace(m.scope(t, m.store, false), x, nil)
}

// Call makes a model a layer of another one.
func (m *Model) Call(s *layer.Scope, x ...*graph.Node) []*graph.Node {
	if m.broken != nil {
		s.Fail("%v", m.broken)
	}
	return m.trace(s, x, nil)
}

// Common gives a model that is a layer its name, and says whether it is frozen.
func (m *Model) Common() layer.Base {
	if m.Name == "sequential" || m.Name == "functional" {
		return layer.Base{Frozen: m.frozen.Load()}
	}
	return layer.Base{Name: m.Name, Frozen: m.frozen.Load()}
}

// scope returns the outermost scope of m.
func (m *Model) scope(t *Trace, store *weight.Store, define bool) *layer.Scope {
	s := layer.NewScope(t, store, define)
	if m.frozen.Load() {
		s = s.Frozen()
	}
	return s
}
