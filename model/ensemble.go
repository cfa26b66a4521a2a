package model

import (
	"fmt"

	"gorae/layer"
)

// Ensemble returns the model whose outputs are the means of those of the networks, each of which is called
// network_1, network_2, … in it. The networks must not be built yet, and take and give the same; the model has the
// inputs of the first one. In a file it is what Keras has of it: models applied to one input, and Average layers.
func Ensemble(networks ...*Model) *Model {
	broken := func(format string, args ...any) *Model {
		return &Model{Name: "functional", broken: fmt.Errorf(format, args...)}
	}
	if len(networks) < 2 {
		return broken("ensemble: %d networks; give 2 or more", len(networks))
	}
	var inputs []*Value
	var outputs [][]*Value // by output and network
	for k, m := range networks {
		switch {
		case m.broken != nil:
			return broken("%w", m.broken)
		case m.built:
			return broken("ensemble: network %d, %q, is built already; join networks before that", k+1, m.Name)
		case k > 0 && (len(m.inputs) != len(inputs) || len(m.outputs) != len(outputs)):
			return broken("ensemble: network %d has %d inputs and %d outputs, the first one %d and %d", k+1,
				len(m.inputs), len(m.outputs), len(inputs), len(outputs))
		}
		if k == 0 {
			outputs = make([][]*Value, len(m.outputs))
			for _, v := range m.inputs {
				inputs = append(inputs, Apply(v.from.inst.Layer))
			}
		}
		m.Name = fmt.Sprintf("network_%d", k+1)
		for i, v := range Share(m).ApplyN(len(m.outputs), inputs...) {
			outputs[i] = append(outputs[i], v)
		}
	}
	var means []*Value
	for i, list := range outputs {
		name := networks[0].valueName(networks[0].outputs[i])
		means = append(means, Apply(layer.Average{Base: layer.Base{Name: name}}, list...))
	}
	return New(inputs, means)
}

// Networks returns the networks of a model that [Ensemble] has made, or a file that holds one; nil for other models.
func (m *Model) Networks() []*Model {
	var networks []*Model
	for _, v := range m.outputs {
		if _, ok := v.from.inst.Layer.(layer.Average); !ok || len(v.from.in) < 2 {
			return nil
		}
		for k, x := range v.from.in {
			sub, ok := x.from.inst.Layer.(*Model)
			if !ok || sub.Name != fmt.Sprintf("network_%d", k+1) {
				return nil
			}
			if k >= len(networks) {
				networks = append(networks, sub)
			}
			if networks[k] != sub || len(networks) != len(v.from.in) && k == len(v.from.in)-1 {
				return nil
			}
		}
	}
	return networks
}
