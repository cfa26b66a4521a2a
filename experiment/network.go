package experiment

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorae/config"
	"gorae/internal/yamltree"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// Network is the model of an experiment file: a chain of layers, or layers with
// names that say what enters them.
type Network struct {
	Steps   []Step
	Outputs []string // names of the layers whose results the model gives; nil: the last
	named   bool     // written with layers: and inputs:
}

// Step is one layer in its place.
type Step struct {
	Name   string
	Layer  layer.Layer
	Inputs []string // names of layers, or "input" for the data; nil: the step before
	path   string   // in the file
}

// decodeModel reads either
//
//	model: [{dense: {units: 64}}, {dropout: 0.3}, …]
//
// or, where layers branch,
//
//	model:
//	  layers:
//	    - {name: wide, dense: {units: 8}, inputs: input}
//	    - {name: deep, dense: {units: 8}, inputs: input}
//	    - {concatenate: {}, inputs: [wide, deep]}
//	  outputs: last
func (e *Experiment) decodeModel() error {
	n := given(e.tree, "model")
	if n == nil {
		return nil
	}
	n = n.Clone()
	resolve(n, anyVocabulary) // before the data are read
	net := &Network{}
	steps, path := n, "model"
	if n.Kind == yamltree.Map {
		keys := []string{"layers", "outputs"}
		for _, k := range n.Names() {
			if !slices.Contains(keys, k) {
				return e.misplaced("model."+k, true, "unknown key"+config.DidYouMean(k, keys)+"; a model is a list of layers, or a map with layers")
			}
		}
		steps, path, net.named = given(n, "layers"), "model.layers", true
		if out := given(n, "outputs"); out != nil {
			for _, v := range list(out) {
				net.Outputs = append(net.Outputs, fmt.Sprint(v.Value))
			}
		}
	}
	if steps == nil || steps.Kind != yamltree.List || len(steps.Values) == 0 {
		return e.mistake(path, "no layers; write a list such as [{dense: {units: 64, activation: relu}}, …]")
	}
	names := []string{"input"}
	for i, v := range steps.Values {
		s, err := e.step(elementPath(path, steps, i), v, names)
		if err != nil {
			return err
		}
		if s.Name != "" {
			if slices.Contains(names, s.Name) {
				return e.mistake(s.path, "the name %s stands twice; each layer needs one of its own", s.Name)
			}
			names = append(names, s.Name)
		}
		net.named = net.named || s.Inputs != nil
		net.Steps = append(net.Steps, s)
	}
	for _, o := range net.Outputs {
		if !slices.Contains(names[1:], o) {
			return e.mistake("model.outputs", "no layer %q%s", o, config.DidYouMean(o, names[1:]))
		}
	}
	if len(net.Outputs) > 1 {
		return e.mistake("model.outputs", "%d outputs; an experiment has one target, so name one", len(net.Outputs))
	}
	e.Model = net
	return nil
}

// step reads one layer; known are the names of those before it.
func (e *Experiment) step(path string, n *yamltree.Node, known []string) (Step, error) {
	s := Step{path: path}
	switch {
	case n.Kind == yamltree.Scalar:
		name, ok := n.Value.(string)
		if !ok {
			return s, e.mistake(path, "%s is no layer; give a name, or a name with its keys", brief(n))
		}
		l, err := layer.Layers.New(name, nil)
		if err != nil {
			return s, e.wrap(path, err)
		}
		s.Layer = l
		return s, nil
	case n.Kind != yamltree.Map:
		return s, e.mistake(path, "%s is no layer; give a name, or a name with its keys", brief(n))
	}
	var kinds []string
	for i, k := range n.Names() {
		switch v := n.Values[i]; k {
		case "name":
			name, ok := v.Value.(string)
			if !ok || name == "" || strings.ContainsAny(name, "/ ") {
				return s, e.mistake(path+".name", "%s is no name; give a word without blanks and slashes", brief(v))
			}
			s.Name = name
		case "inputs":
			s.Inputs = []string{}
			for _, in := range list(v) {
				name := fmt.Sprint(in.Value)
				if !slices.Contains(known, name) {
					return s, e.mistake(path+".inputs", "no layer %q stands before this one%s", name, config.DidYouMean(name, known))
				}
				s.Inputs = append(s.Inputs, name)
			}
		default:
			kinds = append(kinds, k)
		}
	}
	if len(kinds) != 1 {
		if len(kinds) == 0 {
			return s, e.mistake(path, "no layer here, only its name; write for example dense: {units: 64}")
		}
		return s, e.mistake(path, "%s in one place; give each layer a line of its own", strings.Join(kinds, " and "))
	}
	cfg := n.Get(kinds[0]).Plain()
	if s.Name != "" {
		m, ok := cfg.(map[string]any)
		if !ok && cfg != nil {
			// A short form (dropout: 0.3) with a name beside it.
			l, err := layer.Layers.New(kinds[0], cfg)
			if err != nil {
				return s, e.wrap(path, err)
			}
			m = config.Encode(l).Plain()
		} else if m == nil {
			m = map[string]any{}
		}
		m["name"] = s.Name
		cfg = m
	}
	l, err := layer.Layers.New(kinds[0], cfg)
	if err != nil {
		return s, e.wrap(path, err)
	}
	if s.Layer = l; s.Name == "" {
		s.Name = layer.NameOf(l)
	}
	return s, nil
}

// Build makes the model for samples of a shape and draws its first weights. A mistake that a layer finds
// is a *LayerError.
func (net *Network) Build(shape tensor.Shape, dtype tensor.DType, seed uint64) (*model.Model, error) {
	var m *model.Model
	made := make([]*model.Instance, len(net.Steps))
	input := layer.Input{Base: layer.Base{Name: "input"}, Shape: shape}
	if dtype != tensor.Float32 {
		input.DType = dtype.String()
	}
	if !net.named {
		input.Name = ""
		layers := []layer.Layer{input}
		for i, s := range net.Steps {
			if in, ok := s.Layer.(layer.Input); ok && i == 0 {
				if !in.Extents().Equal(shape) {
					return nil, fmt.Errorf("%s: input %v, but the data's samples are %v; leave the input out", s.path, in.Extents(), shape)
				}
				continue
			}
			layers = append(layers, s.Layer)
		}
		m = model.Sequential(layers...)
		if all := m.Layers(); len(all) == len(layers) {
			copy(made[len(made)-len(layers)+1:], all[1:])
		}
	} else {
		m = net.join(input, made)
	}
	err := m.Build(seed)
	var c *layer.CallError
	if errors.As(err, &c) {
		name, _, inner := strings.Cut(c.Path, "/")
		for i, s := range net.Steps {
			if made[i] == nil || made[i].Name() != name {
				continue
			}
			if inner {
				return m, &LayerError{s.path, err}
			}
			return m, &LayerError{s.path, c.Err}
		}
	}
	return m, err
}

// LayerError is a mistake that a layer found when the model was put together.
type LayerError struct {
	Path string // of the layer in the file, model[1]
	Err  error
}

func (e *LayerError) Error() string { return e.Path + ": " + e.Err.Error() }

// Unwrap gives the cause.
func (e *LayerError) Unwrap() error { return e.Err }

// join puts named layers together; made[i] becomes the layer of step i.
func (net *Network) join(input layer.Input, made []*model.Instance) *model.Model {
	in := model.Apply(input)
	last := in
	values := map[string]*model.Value{"input": in}
	for i, s := range net.Steps {
		from := []*model.Value{last}
		if s.Inputs != nil {
			from = nil
			for _, n := range s.Inputs {
				from = append(from, values[n])
			}
		}
		made[i] = model.Share(s.Layer)
		last = made[i].Apply(from...)
		if s.Name != "" {
			values[s.Name] = last
		}
	}
	out := last
	if len(net.Outputs) == 1 {
		out = values[net.Outputs[0]]
	}
	return model.New([]*model.Value{in}, []*model.Value{out})
}
