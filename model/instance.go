package model

import (
	"maps"
	"slices"
	"sync/atomic"

	"gorae/config"
	"gorae/layer"
	"gorae/weight"
)

// Value is an output of a layer: an edge of a functional model.
type Value struct {
	from  *call
	index int
}

// Instance is a layer with weights of its own. Wherever it is applied, twice in a model or in several models, its
// weights are the same: training one model changes the others. They come into being when the first
// model that has it is built.
type Instance struct {
	Layer layer.Layer

	name  string       // in the first model that it was part of
	of    *Instance    // the instance that this one is under another name; nil: itself
	home  *home        // where its weights are; nil before a model with it is built
	state atomic.Int32 // asConfigured, trainable or frozen
}

// home is the store and the path at which the weights of an instance were declared.
type home struct {
	store  *weight.Store
	prefix string // of their paths there: "dense_1/"
}

// call is one use of an instance.
type call struct {
	inst *Instance
	in   []*Value
	mask *Value // which steps of the first operand count; nil: those that it says itself
	out  []*Value

	named     map[string]*Value // arguments beside the operands, by Keras's names
	options   config.Map        // keys of the layer that differ in this call; nil: none
	inference bool              // it computes as in prediction, in training too
}

// layer returns the layer as this call has it.
func (c *call) layer() layer.Layer {
	l := c.inst.layer()
	if c.options == nil {
		return l
	}
	other, err := layer.Layers.With(l, c.options)
	if err != nil { // the keys were read from a call of the layer's own class
		panic(err)
	}
	return other
}

// scope is the scope in which the call is traced.
func (c *call) scope(s *layer.Scope) *layer.Scope {
	if s = c.inst.scope(s); c.inference {
		return s.Inference()
	}
	return s
}

// operands returns all values that the call needs.
func (c *call) operands() []*Value {
	if c.mask == nil && c.named == nil {
		return c.in
	}
	all := slices.Clone(c.in)
	if c.mask != nil {
		all = append(all, c.mask)
	}
	for _, name := range slices.Sorted(maps.Keys(c.named)) {
		all = append(all, c.named[name])
	}
	return all
}

// Name returns the layer's name in the model whose Layers listed it, else in the first model that it was part of.
func (i *Instance) Name() string { return i.name }

// root returns the instance itself, where i is it under another name.
func (i *Instance) root() *Instance {
	if i.of != nil {
		return i.of
	}
	return i
}

// in returns the instance under its name in m.
func (i *Instance) in(m *Model) *Instance {
	if n := m.names[i]; n != i.name {
		return &Instance{Layer: i.Layer, name: n, of: i}
	}
	return i
}

// inner returns the model that a layer is or applies, and where its weights are among those of the layer.
func inner(l layer.Layer) (m *Model, prefix string) {
	if each, ok := l.(layer.TimeDistributed); ok {
		l, prefix = each.Layer, "layer/"
	}
	m, _ = l.(*Model)
	return m, prefix
}

// Input begins a functional model: samples of the shape, without the sample axis.
func Input(name string, shape ...int) *Value {
	return Apply(layer.Input{Base: layer.Base{Name: name}, Shape: shape})
}

// Share gives a layer one set of weights for several places. Each call for a layer.Dense or the like makes a layer of
// its own; a *Model is one layer, however often it is shared or applied.
func Share(l layer.Layer) *Instance {
	if m, ok := l.(*Model); ok {
		m.once.Do(func() { m.self = &Instance{Layer: m} })
		return m.self
	}
	return &Instance{Layer: l}
}

// Apply uses the instance on x.
func (i *Instance) Apply(x ...*Value) *Value { return i.ApplyN(1, x...)[0] }

// ApplyN uses an instance with n results.
func (i *Instance) ApplyN(n int, x ...*Value) []*Value {
	c := &call{inst: i.root(), in: x}
	for k := range n {
		c.out = append(c.out, &Value{c, k})
	}
	return slices.Clone(c.out) // the list is the caller's
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

// ApplyWith puts a layer on x with arguments beside it, by Keras's names: what Keras writes layer(x,
// attention_mask=m). A layer that takes none of the name is an error of Build. Which a layer takes is said by its
// [layer.Signature].
func ApplyWith(l layer.Layer, arguments map[string]*Value, x ...*Value) *Value {
	return ApplyWithN(l, 1, arguments, x...)[0]
}

// ApplyWithN puts a layer with n results on x with arguments beside it.
func ApplyWithN(l layer.Layer, n int, arguments map[string]*Value, x ...*Value) []*Value {
	y := ApplyN(l, n, x...)
	y[0].from.named = maps.Clone(arguments)
	return y
}

// ApplyInference puts a layer or model on x that computes as in prediction, in training too: dropout drops nothing,
// batch normalizations go by their averages and leave them as they are, weights are moved. Keras 2 writes
// training=False, which is the way to train further on a network whose statistics are to stay; Keras 3 does not heed it
// in fit.
func ApplyInference(l layer.Layer, x ...*Value) *Value {
	y := Apply(l, x...)
	y.from.inference = true
	return y
}
