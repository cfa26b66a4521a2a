package model

import (
	"fmt"

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
