package model

import (
	"fmt"
	"slices"

	"gorae/config"
	"gorae/layer"
	"gorae/ops"
	"gorae/tensor"
)

// Config returns the model as Keras 3 writes it into config.json: a Sequential or a Functional. A layer, or a part of
// one, whose type is in no registry is a *[config.Error] with its name and the remedy, since nothing could read it
// back. A layer that stands in several places is written in each, as a layer of its own; [Sharing.Config] tells them
// apart.
func (m *Model) Config() (config.Map, error) {
	if m.broken != nil {
		return nil, m.broken
	}
	c := m.functionalConfig
	if m.chain() {
		c = m.sequentialConfig
	}
	e := c()
	for _, l := range e.Get("config").(config.Map).Get("layers").([]any) {
		if err := config.Fault(l); err != nil {
			name, _ := l.(config.Map).Get("config").(config.Map).Get("name").(string)
			return nil, config.Under(config.Step(name), err)
		}
	}
	return e, nil
}

// policy is the dtype policy, Keras 3's notation of the type that a model computes with.
var policy = config.Map{{Key: "module", Value: "keras"}, {Key: "class_name", Value: "DTypePolicy"},
	{Key: "config", Value: config.Map{{Key: "name", Value: "float32"}}}, {Key: "registered_name", Value: nil}}

func (m *Model) sequentialConfig() config.Map {
	var layers []any
	for _, i := range m.instances() {
		layers = append(layers, m.layerConfig(i))
	}
	shape := m.batched(inputShape(m.inputs[0].from.inst.Layer.(layer.Input)))
	c := config.Map{{Key: "name", Value: m.Name}, {Key: "trainable", Value: m.Trainable()},
		{Key: "dtype", Value: policy},
		{Key: "layers", Value: layers}, {Key: "build_input_shape", Value: shape}}
	return config.Map{{Key: "module", Value: "keras"}, {Key: "class_name", Value: "Sequential"},
		{Key: "config", Value: c},
		{Key: "registered_name", Value: nil}, {Key: "build_config",
			Value: config.Map{{Key: "input_shape", Value: shape}}}}
}

// batchShape returns [null, …], as Keras writes the shape of a batch.
func batchShape(s tensor.Shape) []any {
	list := []any{nil}
	for _, d := range s {
		list = append(list, float64(d))
	}
	return list
}

// inputShape returns the shape of a batch for an input, null where an extent is left open.
func inputShape(in layer.Input) []any {
	s := batchShape(in.Extents())
	for _, axis := range in.Open() {
		s[1+axis] = nil
	}
	return s
}

// batched gives the shape of a batch the number of samples that an input fixes, if a layer keeps its states from batch
// to batch: Keras builds no such layer without it. Other networks take any number, as gorae does.
func (m *Model) batched(shape []any) []any {
	fixed := 0
	for _, v := range m.inputs {
		if in := v.from.inst.Layer.(layer.Input); in.Shape == nil && len(in.Batch) > 0 {
			fixed = max(fixed, in.Batch[0])
		}
	}
	if fixed > 0 && slices.ContainsFunc(m.instances(), func(i *Instance) bool {
		_, model := i.Layer.(*Model)
		_, input := i.Layer.(layer.Input)
		return !model && !input && stateful(layer.Layers.Encode(i.configured()))
	}) {
		shape[0] = float64(fixed)
	}
	return shape
}

// stateful reports whether a configuration, or one within it, has stateful: true.
func stateful(v any) bool {
	c, _ := v.(config.Map)
	return slices.ContainsFunc(c, func(e config.Entry) bool {
		return e.Key == "stateful" && e.Value == true || stateful(e.Value)
	})
}

// layerConfig returns a layer with its name, and the shape that it was built for.
func (m *Model) layerConfig(i *Instance) config.Map {
	if sub, ok := i.Layer.(*Model); ok {
		c, err := sub.Config()
		if err != nil {
			return config.Map{{Key: "config", Value: config.Map{{Key: "name", Value: m.names[i]}}},
				{Key: "error", Value: err}}
		}
		return c.Set("config", c.Get("config").(config.Map).Set("name", m.names[i]))
	}
	if in, ok := i.Layer.(layer.Input); ok {
		dt := in.Word()
		c := config.Map{{Key: "batch_shape", Value: m.batched(inputShape(in))}, {Key: "dtype", Value: dt},
			{Key: "sparse", Value: false}, {Key: "name", Value: m.names[i]}}
		return config.Map{{Key: "module", Value: "keras.layers"}, {Key: "class_name", Value: "InputLayer"},
			{Key: "config", Value: c},
			{Key: "registered_name", Value: nil}}
	}
	e := layer.Layers.Encode(i.configured())
	e = e.Set("config", e.Get("config").(config.Map).Set("name", m.names[i]))
	if _, is := i.Layer.(*ops.Operation); is {
		return e // which is not built
	}
	for _, c := range m.calls {
		if c.inst == i && m.types != nil && len(c.in) == 1 && !joint(i.Layer) {
			return append(e, config.Entry{Key: "build_config",
				Value: config.Map{{Key: "input_shape",
					Value: m.batched(batchShape(sampleShape(m.types[c.in[0]].Shape)))}}})
		}
	}
	return e
}

func (m *Model) functionalConfig() config.Map {
	use := map[*call]int{} // which use of its instance a call is
	count := map[*Instance]int{}
	for _, c := range m.calls {
		use[c] = count[c.inst]
		count[c.inst]++
	}
	history := func(v *Value) []any { return []any{m.valueName(v), float64(use[v.from]), float64(v.index)} }
	keras := func(v *Value) config.Map {
		shape, dtype := []any{nil}, "float32"
		if t, ok := m.types[v]; ok {
			shape, dtype = m.batched(batchShape(sampleShape(t.Shape))), t.DType.String()
		}
		if in, ok := v.from.inst.Layer.(layer.Input); ok {
			shape, dtype = m.batched(inputShape(in)), in.Word()
		}
		return config.Map{{Key: "class_name", Value: "__keras_tensor__"}, {Key: "config", Value: config.Map{
			{Key: "shape", Value: shape}, {Key: "dtype", Value: dtype}, {Key: "keras_history", Value: history(v)}}}}
	}
	var layers []any
	for _, i := range m.instances() {
		nodes := []any{}
		for _, c := range m.calls {
			if c.inst != i || len(c.in) == 0 {
				continue
			}
			args, kwargs := c.arguments(keras)
			if op, is := i.Layer.(*ops.Operation); is {
				args, kwargs = op.Node(len(c.in), func(k int) any { return keras(c.in[k]) })
			}
			node := config.Map{{Key: "args", Value: args}, {Key: "kwargs", Value: kwargs}}
			if c.inference {
				node = append(node, config.Entry{Key: InferenceKey, Value: true})
			}
			nodes = append(nodes, node)
		}
		layers = append(layers, append(m.layerConfig(i), config.Entry{Key: "name", Value: m.names[i]},
			config.Entry{Key: "inbound_nodes", Value: nodes}))
	}
	ends := func(vs []*Value) []any { // one alone is no list of one, of which Keras would make a list of one tensor
		var list []any
		for _, v := range vs {
			h := history(v)
			if sub, ok := v.from.inst.Layer.(*Model); ok && !sub.chain() {
				h[1] = float64(use[v.from] + 1) // see Offsets
			}
			list = append(list, h)
		}
		if len(list) == 1 {
			return list[0].([]any)
		}
		return list
	}
	c := config.Map{{Key: "name", Value: m.Name}, {Key: "trainable", Value: m.Trainable()},
		{Key: "layers", Value: layers},
		{Key: "input_layers", Value: ends(m.inputs)}, {Key: "output_layers", Value: ends(m.outputs)}}
	return config.Map{{Key: "module", Value: "keras.src.models.functional"}, {Key: "class_name", Value: "Functional"},
		{Key: "config", Value: c},
		{Key: "registered_name", Value: "Functional"},
		{Key: "build_config", Value: config.Map{{Key: "input_shape", Value: nil}}}}
}

func init() {
	layer.Layers.Whole(func(c map[string]any) (layer.Layer, error) { return read(c) }, "Sequential", "Functional",
		"Model")
}

// FromConfig makes the model that a Keras configuration describes: {class_name: Sequential or Functional, config: …}.
// It is not built. Layers with the same number under [SharedKey] are one layer; a [Sharing] reads several models that
// share layers.
func FromConfig(c map[string]any) (*Model, error) { return new(Sharing).FromConfig(c) }

// read makes a model in which each layer is one of its own, whatever is said to be shared.
func read(c map[string]any) (*Model, error) {
	class, _ := c["class_name"].(string)
	body, ok := c["config"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("model: the configuration of a %q has no config", class)
	}
	var m *Model
	var err error
	switch class {
	case "Sequential":
		m, err = readSequential(body)
	case "Functional", "Model":
		m, err = readFunctional(body)
	default:
		return nil, fmt.Errorf("model: class %q is neither Sequential nor Functional", class)
	}
	if err != nil {
		return nil, err
	}
	if name, ok := body["name"].(string); ok && name != "" {
		m.Name = name
	}
	if on, ok := body["trainable"].(bool); ok { // its layers say it of themselves
		m.frozen.Store(!on)
	}
	return m, m.broken
}

// layerPath returns the place of a layer in the list of a configuration: its number, and its name where it has one.
func layerPath(i int, v any) string {
	c, _ := v.(map[string]any)
	body, _ := c["config"].(map[string]any)
	name, _ := body["name"].(string)
	return config.Join("layers"+config.Index(i), config.Step(name))
}

// readLayer makes a layer of {class_name, config}, a model where it is one.
func readLayer(v any, path string) (layer.Layer, map[string]any, error) {
	c, ok := v.(map[string]any)
	if !ok {
		return nil, nil, fmt.Errorf("%s: is no layer", path)
	}
	switch c["class_name"] {
	case "Sequential", "Functional", "Model":
		m, err := read(c)
		return m, c, err
	}
	l, err := layer.Layers.Decode(c)
	return l, c, config.Under(path, err)
}

func readSequential(body map[string]any) (*Model, error) {
	list, _ := body["layers"].([]any)
	var layers []layer.Layer
	for i, v := range list {
		l, c, err := readLayer(v, layerPath(i, v))
		if err != nil {
			return nil, err
		}
		if _, ok := l.(layer.Input); i == 0 && !ok {
			in, err := firstInput(body, c)
			if err != nil {
				return nil, err
			}
			layers = append(layers, in)
		}
		layers = append(layers, l)
	}
	return Sequential(layers...), nil
}

// firstInput finds the shape of a sample where the first layer is no input: older
// Keras writes it into the first layer, newer beside the layers.
func firstInput(body, first map[string]any) (layer.Input, error) {
	cfg, _ := first["config"].(map[string]any)
	build, _ := first["build_config"].(map[string]any)
	for _, v := range []any{cfg["batch_input_shape"], cfg["batch_shape"], body["build_input_shape"],
		build["input_shape"]} {
		if list, ok := v.([]any); ok && len(list) > 0 {
			return toInput(list)
		}
	}
	return layer.Input{}, fmt.Errorf("model: the configuration does not say the shape of a sample; add an InputLayer")
}

// toInput returns the input for the shape of a batch, in which null is an extent that is left open.
func toInput(list []any) (layer.Input, error) {
	in := layer.Input{Batch: make([]int, len(list))}
	for i, v := range list {
		if v == nil || i == 0 {
			continue
		}
		n, ok := config.Number(v)
		if !ok || n < 1 || n != float64(int(n)) {
			return in, fmt.Errorf("model: input shape %v: %v is not an extent; give 1 or more", list[1:], v)
		}
		in.Batch[i] = int(n)
	}
	return in, nil
}
