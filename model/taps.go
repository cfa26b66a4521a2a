package model

import (
	"fmt"
	"maps"

	"gorae/config"
)

// Upto returns the model from the same inputs to the output of a layer, with the same weights.
func (m *Model) Upto(name string) (*Model, error) { return m.Taps(name) }

// Taps returns the model from the same inputs to the outputs of several layers, which it computes in one pass. It has
// the same weights: training one of the models changes the other. A layer with several results, as an LSTM that returns
// its states, gives all of those that the model uses; of a layer that is applied several times the last application
// counts. The model must be built.
func (m *Model) Taps(names ...string) (*Model, error) {
	if !m.built {
		return nil, fmt.Errorf("model %q is not built; call Build first", m.Name)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("model %q: taps: no layer is named; give the names of one or more", m.Name)
	}
	t := &Model{Name: m.Name, inputs: m.inputs, predict: prediction{executor: m.predict.executor}}
	for _, name := range names {
		c, err := m.call(name)
		if err != nil {
			return nil, err
		}
		t.outputs = append(t.outputs, c.out...)
	}
	if t.order(); t.broken != nil {
		return nil, t.broken
	}
	t.names = m.names
	t.frozen.Store(m.frozen.Load())
	return t, t.Build(0) // no weight is new, so the seed plays no part
}

// call returns the last use of the layer of a name.
func (m *Model) call(name string) (*call, error) {
	var names []string
	for i := len(m.calls) - 1; i >= 0; i-- {
		c := m.calls[i]
		n := m.names[c.inst]
		if n == name {
			return c, nil
		}
		names = append(names, n)
	}
	return nil, fmt.Errorf("model %q has no layer %q%s", m.Name, name, config.DidYouMean(name, names))
}

// After returns the model from the result of a layer, which is its input, to the outputs that depend on it, with the
// same weights: the decoder of an autoencoder, from the layer of the codes on. The input has the name of the layer. A
// layer behind it that needs more than what follows from the result is an error. The model must be built.
func (m *Model) After(name string) (*Model, error) {
	if !m.built {
		return nil, fmt.Errorf("model %q is not built; call Build first", m.Name)
	}
	from, err := m.call(name)
	if err != nil {
		return nil, err
	}
	in := Input(name, m.types[from.out[0]].Shape[1:]...)
	t := &Model{Name: m.Name, inputs: []*Value{in}, predict: prediction{executor: m.predict.executor}}
	known := map[*Value]*Value{from.out[0]: in}
	for _, c := range m.calls {
		lacks := ""
		follows := false
		for _, v := range c.operands() {
			if known[v] != nil {
				follows = true
			} else {
				lacks = m.names[v.from.inst]
			}
		}
		if !follows {
			continue
		}
		if lacks != "" {
			return nil, fmt.Errorf("model %q: layer %q needs %q beside what follows from %q", m.Name, m.names[c.inst],
				lacks, name)
		}
		follow(c, known)
	}
	for _, v := range m.outputs {
		if known[v] != nil && v != from.out[0] {
			t.outputs = append(t.outputs, known[v])
		}
	}
	if len(t.outputs) == 0 {
		return nil, fmt.Errorf("model %q: no output follows from layer %q", m.Name, name)
	}
	if t.order(); t.broken != nil {
		return nil, t.broken
	}
	t.names = maps.Clone(m.names)
	t.names[in.from.inst] = name + "_input"
	t.frozen.Store(m.frozen.Load())
	return t, t.Build(0) // no weight is new, so the seed plays no part
}

// follow makes a call of the same layer on the known values in place of its operands.
func follow(c *call, known map[*Value]*Value) {
	n := &call{inst: c.inst, options: c.options, inference: c.inference, mask: known[c.mask]}
	for _, v := range c.in {
		n.in = append(n.in, known[v])
	}
	for name, v := range c.named {
		if n.named == nil {
			n.named = map[string]*Value{}
		}
		n.named[name] = known[v]
	}
	for k, v := range c.out {
		n.out = append(n.out, &Value{n, k})
		known[v] = n.out[k]
	}
}
