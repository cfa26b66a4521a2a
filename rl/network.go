package rl

import (
	"encoding/json"
	"fmt"
	"strings"

	"gorae/env"
	"gorae/graph"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// Network returns a network of dense layers over encoded observations: inputs of width numbers, hidden layers of so
// many units with the activation, and so many outputs. For an agent there is one output for each action.
func Network(width, outputs int, activation string, hidden ...int) *model.Model {
	layers := []layer.Layer{layer.Input{Shape: []int{width}}}
	for _, units := range hidden {
		layers = append(layers, layer.Dense{Units: units, Activation: layer.Activation(activation)})
	}
	return model.Sequential(append(layers, layer.Dense{Units: outputs})...)
}

// Fits returns an error for a network that does not take the encoded observations of a space, or that has no output for
// each of a number of actions.
func Fits(m *model.Model, space env.Space, actions int) error {
	return fits("the network", m, NewEncoder(space).Width, actions, "one number for each action")
}

// fits returns an error for a network that does not take encoded observations, or does not return so many outputs.
func fits(what string, m *model.Model, width, outputs int, meaning string) error {
	in, out := m.InputTypes(1), m.OutputTypes(1)
	if len(in) != 1 || !in[0].Shape.Equal(tensor.Shape{1, width}) {
		return fmt.Errorf("%s takes inputs of shape %v; observations have the shape %v", what, shapes(in),
			tensor.Shape{width})
	}
	if len(out) != 1 || !out[0].Shape.Equal(tensor.Shape{1, outputs}) {
		return fmt.Errorf("%s returns outputs of shape %v; give it one output of the shape %v: %s", what, shapes(out),
			tensor.Shape{outputs}, meaning)
	}
	return nil
}

// shapes lists the shapes of one sample.
func shapes(types []graph.Type) string {
	var list []string
	for _, t := range types {
		list = append(list, fmt.Sprint(t.Shape[1:]))
	}
	return strings.Join(list, ", ")
}

// twin returns a network of the same layers with weights of its own.
func twin(m *model.Model, seed uint64) (*model.Model, error) {
	config, err := m.Config()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	var plain map[string]any
	if err := json.Unmarshal(text, &plain); err != nil {
		return nil, err
	}
	t, err := model.FromConfig(plain)
	if err != nil {
		return nil, err
	}
	return t, t.Build(seed)
}
