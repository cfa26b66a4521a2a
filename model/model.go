// Package model puts layers together: sequential and functional models, their
// building, prediction on many goroutines, gradients, summaries and configurations.
//
// A model is traced once for each mode and batch size; the compiled plans are
// kept. Its weights lie in one [weight.Store], whose lock makes prediction and
// training safe beside each other.
package model

import (
	"fmt"
	"sync"
	"sync/atomic"

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
	names           map[*Instance]string
	sequential      bool
	broken          error // a mistake found while the model was put together
	frozen          atomic.Bool

	once sync.Once
	self *Instance // the model as a layer of others

	build    sync.Mutex
	built    bool
	stateful bool                  // it has layers that remember from batch to batch
	loops    bool                  // it has loops over steps
	types    map[*Value]graph.Type // of a batch of two, after Build
	store    *weight.Store
	predict  prediction
}

// Sequential returns a chain of layers. The first is a layer.Input that says the shape of a sample.
func Sequential(layers ...layer.Layer) *Model {
	m := &Model{Name: "sequential", sequential: true}
	if len(layers) == 0 {
		m.broken = fmt.Errorf("model: has no layers")
		return m
	}
	in, ok := layers[0].(layer.Input)
	if !ok {
		m.broken = fmt.Errorf("model: the first layer is %s; begin with layer.Input{Shape: …}",
			layer.Layers.Word(layers[0]))
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

// New returns a functional model from inputs to outputs.
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
	m.name()
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
			m.broken = fmt.Errorf("model: input %d comes from a %s; make it with Input", i,
				layer.Layers.Word(v.from.inst.Layer))
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

// Store holds the weights; nil before Build.
func (m *Model) Store() *weight.Store { return m.store }

// Commit runs f while nobody predicts: a trainer writes new weights in it.
func (m *Model) Commit(f func()) {
	m.store.Lock()
	defer m.store.Unlock()
	f()
}

// Lock returns one lock over the weights of several built models, which may share some of them.
func Lock(models ...*Model) *weight.Locks {
	var stores []*weight.Store
	for _, m := range models {
		stores = append(stores, m.store)
	}
	return weight.Join(stores...)
}

// InputTypes returns the types of a batch of n samples, input by input.
func (m *Model) InputTypes(n int) []graph.Type {
	var ts []graph.Type
	for _, v := range m.inputs {
		ts = append(ts, v.from.inst.Layer.(layer.Input).Sample(n))
	}
	return ts
}

// OutputTypes returns the types of the outputs for n samples; the model must be built.
func (m *Model) OutputTypes(n int) []graph.Type {
	var ts []graph.Type
	for _, v := range m.outputs {
		t := m.types[v]
		t.Shape = append(tensor.Shape{n}, t.Shape[1:]...)
		ts = append(ts, t)
	}
	return ts
}

// InputNames returns the names of the inputs.
func (m *Model) InputNames() []string { return m.valueNames(m.inputs) }

// OutputNames returns the names of the layers that give the outputs.
func (m *Model) OutputNames() []string { return m.valueNames(m.outputs) }

func (m *Model) valueNames(vs []*Value) []string {
	var ns []string
	for _, v := range vs {
		ns = append(ns, m.names[v.from.inst])
	}
	return ns
}

// Layers lists the layers, in the order of computation.
func (m *Model) Layers() []*Instance {
	var list []*Instance
	for _, i := range m.instances() {
		list = append(list, i.in(m))
	}
	return list
}

// instances returns the layers, each once, in the order of computation.
func (m *Model) instances() []*Instance {
	var list []*Instance
	seen := map[*Instance]bool{}
	for _, c := range m.calls {
		if !seen[c.inst] {
			seen[c.inst] = true
			list = append(list, c.inst)
		}
	}
	return list
}
