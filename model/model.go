// Package model puts layers together: sequential and functional models, their
// building, prediction on many goroutines, gradients, summaries and configurations.
//
// A model is traced once for each mode and batch size; the compiled plans are
// kept. Its weights lie in one [weight.Store], whose lock makes prediction and
// training safe beside each other.
package model

import (
	"fmt"
	"slices"
	"sync"

	"gorae/config"
	"gorae/graph"
	"gorae/layer"
	"gorae/tensor"
	"gorae/weight"
)

// Model is layers joined to a network.
type Model struct {
	// Name is the model's own, "sequential" or "functional" where none is given.
	Name string

	inputs, outputs []*Value
	calls           []*call // in an order in which they can be computed
	sequential      bool
	broken          error // a mistake found while the model was put together

	build    sync.Mutex
	built    bool
	stateful bool                  // it has layers that remember from batch to batch
	types    map[*Value]graph.Type // of a batch of two, after Build
	store    *weight.Store
	predict  prediction
}

// Value is what a layer gives: an edge of a functional model.
type Value struct {
	from  *call
	index int
}

// Instance is a layer with weights of its own. Applied several times, it shares them.
type Instance struct {
	Layer layer.Layer
	name  string // within the model, set by New
}

// call is one use of an instance.
type call struct {
	inst *Instance
	in   []*Value
	mask *Value // which steps of the first operand count; nil: those that it says itself
	out  []*Value
}

// operands are all values that the call needs.
func (c *call) operands() []*Value {
	if c.mask == nil {
		return c.in
	}
	return append(slices.Clone(c.in), c.mask)
}

// Input begins a functional model: samples of the shape, without the sample axis.
func Input(name string, shape ...int) *Value {
	return Apply(layer.Input{Base: layer.Base{Name: name}, Shape: shape})
}

// Share gives a layer one set of weights for several places.
func Share(l layer.Layer) *Instance { return &Instance{Layer: l} }

// Apply uses the instance on x.
func (i *Instance) Apply(x ...*Value) *Value { return i.ApplyN(1, x...)[0] }

// ApplyN uses an instance with n results.
func (i *Instance) ApplyN(n int, x ...*Value) []*Value {
	c := &call{inst: i, in: x}
	for k := range n {
		c.out = append(c.out, &Value{c, k})
	}
	return c.out
}

// Apply puts a layer on x.
func Apply(l layer.Layer, x ...*Value) *Value { return Share(l).Apply(x...) }

// ApplyN puts a layer with n results on x.
func ApplyN(l layer.Layer, n int, x ...*Value) []*Value { return Share(l).ApplyN(n, x...) }

// ApplyMasked puts a layer on x and says by mask, one number a step, which steps of x count: those where it
// is not 0. It takes the place of the mask that x comes with. Keras writes mask=mask.
func ApplyMasked(l layer.Layer, mask *Value, x ...*Value) *Value {
	y := Apply(l, x...)
	y.from.mask = mask
	return y
}

// Sequential is a chain of layers. The first is a layer.Input that says the shape of a sample.
func Sequential(layers ...layer.Layer) *Model {
	m := &Model{Name: "sequential", sequential: true}
	if len(layers) == 0 {
		m.broken = fmt.Errorf("model: has no layers")
		return m
	}
	in, ok := layers[0].(layer.Input)
	if !ok {
		m.broken = fmt.Errorf("model: the first layer is %s; begin with layer.Input{Shape: …}", layer.Layers.Word(layers[0]))
		return m
	}
	v := Apply(in)
	m.inputs = []*Value{v}
	for _, l := range layers[1:] {
		v = Apply(l, v)
	}
	m.outputs = []*Value{v}
	m.assemble()
	return m
}

// New is a functional model from inputs to outputs.
func New(inputs, outputs []*Value) *Model {
	m := &Model{Name: "functional", inputs: inputs, outputs: outputs}
	m.assemble()
	return m
}

// assemble orders the calls and names the instances.
func (m *Model) assemble() {
	if m.order(); m.broken != nil {
		return
	}
	m.names()
}

// order lists the calls that the outputs need, operands first, inputs foremost.
func (m *Model) order() {
	if len(m.inputs) == 0 || len(m.outputs) == 0 {
		m.broken = fmt.Errorf("model: needs inputs and outputs, got %d and %d", len(m.inputs), len(m.outputs))
		return
	}
	done := map[*call]bool{}
	for i, v := range m.inputs {
		if v == nil {
			m.broken = fmt.Errorf("model: input %d is nil", i)
			return
		}
		if _, ok := v.from.inst.Layer.(layer.Input); !ok {
			m.broken = fmt.Errorf("model: input %d comes from a %s; make it with Input", i, layer.Layers.Word(v.from.inst.Layer))
			return
		}
		if !done[v.from] {
			done[v.from] = true
			m.calls = append(m.calls, v.from)
		}
	}
	open := map[*call]bool{}
	var visit func(v *Value)
	visit = func(v *Value) {
		switch {
		case m.broken != nil:
			return
		case v == nil:
			m.broken = fmt.Errorf("model: an operand is nil")
			return
		case done[v.from]:
			return
		case open[v.from]:
			m.broken = fmt.Errorf("model: %s is part of a circle", layer.Layers.Word(v.from.inst.Layer))
			return
		}
		open[v.from] = true
		for _, x := range v.from.operands() {
			visit(x)
		}
		if _, ok := v.from.inst.Layer.(layer.Input); ok && m.broken == nil {
			m.broken = fmt.Errorf("model: input %q is not among the model's inputs", layer.NameOf(v.from.inst.Layer))
			return
		}
		done[v.from] = true
		m.calls = append(m.calls, v.from)
	}
	for _, v := range m.outputs {
		visit(v)
	}
}

// names gives each instance its name: its own, or Keras's: dense, dense_1, ….
func (m *Model) names() {
	taken := map[string]*Instance{}
	for _, c := range m.calls {
		n := layer.NameOf(c.inst.Layer)
		if n == "" {
			n = c.inst.name // named by another model that shares it
		}
		if n == "" {
			continue
		}
		if o := taken[n]; o != nil && o != c.inst {
			m.broken = fmt.Errorf("model: two layers are named %q; give each a name of its own", n)
			return
		}
		taken[n], c.inst.name = c.inst, n
	}
	count := map[string]int{}
	for _, c := range m.calls {
		if c.inst.name != "" {
			continue
		}
		base := config.Snake(layer.TypeName(c.inst.Layer))
		if sub, ok := c.inst.Layer.(*Model); ok {
			base = sub.Name
		}
		for {
			n := base
			if k := count[base]; k > 0 {
				n = fmt.Sprintf("%s_%d", base, k)
			}
			count[base]++
			if taken[n] == nil {
				taken[n], c.inst.name = c.inst, n
				break
			}
		}
	}
}

// Build finds the shapes, declares the weights and draws their first values from
// the seed (the chapter's P2). A mistake in a layer comes back as an error that names
// it. A model that is built stays as it is.
func (m *Model) Build(seed uint64) error {
	return m.buildWith(func(store *weight.Store) error {
		if err := store.Init(seed); err != nil {
			return err
		}
		return m.inherit(store, m.calls, "")
	})
}

// BuildFrom is Build with first values from elsewhere, as a file's. fill is given the
// declared variables before they have memory, so that it can refuse their shapes; it calls
// Alloc and gives them values. A model that is built already is an error.
func (m *Model) BuildFrom(fill func(*weight.Store) error) error {
	fresh := false
	err := m.buildWith(func(store *weight.Store) error {
		fresh = true
		return fill(store)
	})
	if err == nil && !fresh {
		return fmt.Errorf("model %q is built already", m.Name)
	}
	return err
}

func (m *Model) buildWith(fill func(*weight.Store) error) error {
	m.build.Lock()
	defer m.build.Unlock()
	if m.broken != nil {
		return m.broken
	}
	if m.built {
		return nil
	}
	store := weight.NewStore()
	for _, training := range []bool{true, false} {
		t := layer.NewTrace(training)
		if err := graph.Catch(func() {
			s := layer.NewScope(t, store, true)
			types := map[*Value]graph.Type{}
			m.trace(s, m.inputNodes(t.Graph, 2), func(v *Value, n *graph.Node) { types[v] = n.Type })
			m.types, m.stateful = types, t.Stateful
		}); err != nil {
			return layer.Cause(err)
		}
	}
	if err := fill(store); err != nil {
		return err
	}
	m.store, m.built = store, true
	return nil
}

// inherit takes the weights of models that are layers of this one and were built before.
func (m *Model) inherit(store *weight.Store, calls []*call, path string) error {
	for _, c := range calls {
		l, at := c.inst.Layer, path+c.inst.name+"/"
		if each, ok := l.(layer.TimeDistributed); ok {
			l, at = each.Layer, at+"layer/"
		}
		in, ok := l.(*Model)
		if !ok {
			continue
		}
		if in.store == nil {
			if err := m.inherit(store, in.calls, at); err != nil {
				return err
			}
			continue
		}
		for _, v := range in.store.Vars() {
			if err := store.Set(at+v.Path, v.Value); err != nil {
				return err
			}
		}
	}
	return nil
}

// inputNodes makes the leaf of each input for n samples.
func (m *Model) inputNodes(g *graph.Graph, n int) []*graph.Node {
	var xs []*graph.Node
	for _, v := range m.inputs {
		xs = append(xs, g.Input(v.leafName(), v.from.inst.Layer.(layer.Input).Sample(n)))
	}
	return xs
}

// trace calls every layer in order; see, if not nil, is shown every value.
func (m *Model) trace(s *layer.Scope, x []*graph.Node, see func(v *Value, n *graph.Node)) []*graph.Node {
	if len(x) != len(m.inputs) {
		s.Fail("takes %d inputs, got %d", len(m.inputs), len(x))
	}
	nodes := map[*Value]*graph.Node{}
	put := func(v *Value, n *graph.Node) {
		if nodes[v] = n; see != nil {
			see(v, n)
		}
	}
	for _, c := range m.calls {
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
		y := s.Child(c.inst.name, c.inst.Layer, in...)
		if len(y) < len(c.out) {
			s.Fail("%s %q gives %d results, %d are used", layer.Layers.Word(c.inst.Layer), c.inst.name, len(y), len(c.out))
		}
		for k, v := range c.out {
			put(v, y[k])
		}
	}
	var out []*graph.Node
	for _, v := range m.outputs {
		out = append(out, nodes[v])
	}
	return out
}

// masked is x as a value of its own with another mask.
func (m *Model) masked(s *layer.Scope, c *call, x, mask *graph.Node) *graph.Node {
	if len(x.Shape) < 2 || len(mask.Shape) < 2 || mask.Shape.Size() != x.Shape[0]*x.Shape[1] || mask.Shape[0] != x.Shape[0] || mask.Shape[1] != x.Shape[1] {
		s.Fail("%s %q: the mask %v does not fit %v; give one number for each step", layer.Layers.Word(c.inst.Layer), c.inst.name, layer.Features(mask.Shape), layer.Features(x.Shape))
	}
	x = x.Named("masked")
	s.SetMask(x, mask.AsFloat().Reshape(x.Shape[:2]...).Ne(s.Graph.Scalar(0)).StopGradient())
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
	if !fewer && (len(x.Shape) == 0 || !x.Shape[1:].Equal(want)) {
		got := x.Shape
		if len(got) > 0 {
			got = got[1:]
		}
		s.Fail("%v", m.mismatch(v, want, got))
	}
	return x
}

func (m *Model) mismatch(v *Value, want, got tensor.Shape) error {
	return fmt.Errorf("model %q: input %q is %v, got %v", m.Name, v.from.inst.name, want, got)
}

// Trace is a tracing of one or several models into a graph.
type Trace = layer.Trace

// NewTrace is a trace into an empty graph.
func NewTrace(training bool) *Trace { return layer.NewTrace(training) }

// Trace puts the model into a graph, on nodes for its inputs, and gives the nodes of its
// outputs. It panics, as tracing does, where something does not fit: call it within graph.Catch.
func (m *Model) Trace(t *Trace, x ...*graph.Node) []*graph.Node {
	if !m.built {
		t.Graph.Fail("model", "%q is not built; call Build first", m.Name)
	}
	return m.trace(layer.NewScope(t, m.store, false), x, nil)
}

// Call makes a model a layer of another one.
func (m *Model) Call(s *layer.Scope, x ...*graph.Node) []*graph.Node {
	if m.broken != nil {
		s.Fail("%v", m.broken)
	}
	return m.trace(s, x, nil)
}

// Common gives a model that is a layer its name.
func (m *Model) Common() layer.Base {
	if m.Name == "sequential" || m.Name == "functional" {
		return layer.Base{}
	}
	return layer.Base{Name: m.Name}
}

// Store holds the weights; nil before Build.
func (m *Model) Store() *weight.Store { return m.store }

// Commit runs f while nobody predicts: a trainer writes new weights in it.
func (m *Model) Commit(f func()) {
	m.store.Lock()
	defer m.store.Unlock()
	f()
}

// InputTypes are the types of a batch of n samples, input by input.
func (m *Model) InputTypes(n int) []graph.Type {
	var ts []graph.Type
	for _, v := range m.inputs {
		ts = append(ts, v.from.inst.Layer.(layer.Input).Sample(n))
	}
	return ts
}

// OutputTypes are the types of the outputs for n samples; the model must be built.
func (m *Model) OutputTypes(n int) []graph.Type {
	var ts []graph.Type
	for _, v := range m.outputs {
		t := m.types[v]
		t.Shape = append(tensor.Shape{n}, t.Shape[1:]...)
		ts = append(ts, t)
	}
	return ts
}

// InputNames are the names of the inputs, OutputNames of the layers that give the outputs.
func (m *Model) InputNames() []string { return valueNames(m.inputs) }

// OutputNames are the names of the layers that give the outputs.
func (m *Model) OutputNames() []string { return valueNames(m.outputs) }

func valueNames(vs []*Value) []string {
	var ns []string
	for _, v := range vs {
		ns = append(ns, v.from.inst.name)
	}
	return ns
}

// Layers lists the layers with their names, in the order of computation.
func (m *Model) Layers() []*Instance {
	var is []*Instance
	seen := map[*Instance]bool{}
	for _, c := range m.calls {
		if !seen[c.inst] {
			seen[c.inst] = true
			is = append(is, c.inst)
		}
	}
	return is
}

// Name is the layer's name within its model.
func (i *Instance) Name() string { return i.name }

// Upto is the model from the same inputs to the output of a layer, with the same weights.
func (m *Model) Upto(name string) (*Model, error) {
	if !m.built {
		return nil, fmt.Errorf("model %q is not built; call Build first", m.Name)
	}
	var names []string
	for i := len(m.calls) - 1; i >= 0; i-- {
		c := m.calls[i]
		if names = append(names, c.inst.name); c.inst.name != name {
			continue
		}
		u := &Model{Name: m.Name, inputs: m.inputs, outputs: c.out, sequential: false, store: m.store, types: m.types, built: true, stateful: m.stateful, predict: prediction{executor: m.predict.executor}}
		u.order()
		return u, u.broken
	}
	return nil, fmt.Errorf("model %q has no layer %q%s", m.Name, name, config.DidYouMean(name, names))
}
