package keras

import (
	"fmt"
	"maps"
	"strings"

	"gorae/config"
	"gorae/format"
	"gorae/prep/lookup"
	"gorae/tensor"
)

// takeTexts takes the layers on strings out of the configuration of a main model, and puts an input for numbers in the
// place of each, with its name. These layers must be the only ones that read an input of strings, and stand right
// behind it. vocabulary reads a member of the file, in which Keras 3 keeps what a layer was adapted to.
//
// Values of a network are numbers; a layer in the midst of strings, or in a model within the model, is refused.
func takeTexts(cfg map[string]any, vocabulary func(member string) ([]byte, error)) ([]format.TextInput, error) {
	body, _ := cfg["config"].(map[string]any)
	layers, _ := body["layers"].([]any)
	inputs := map[string][]string{} // of strings: the layers that stand for each
	shapes := map[string]tensor.Shape{}
	for _, v := range layers {
		l, _ := v.(map[string]any)
		if c, _ := l["config"].(map[string]any); l["class_name"] == "InputLayer" && c["dtype"] == "string" {
			inputs[layerName(l)], shapes[layerName(l)] = nil, sampleShape(c["batch_shape"])
		}
	}
	if len(inputs) == 0 {
		return nil, nil
	}
	var all []format.TextInput
	var kept []any
	numbers := map[string]int{} // of layers of a class, by which Keras names its members
	sequential, before := cfg["class_name"] == "Sequential", ""
	for _, v := range layers {
		l, _ := v.(map[string]any)
		class, _ := l["class_name"].(string)
		name := layerName(l)
		member := config.Snake(class)
		if n := numbers[class]; n > 0 {
			member = fmt.Sprint(member, "_", n)
		}
		numbers[class]++
		if _, ok := inputs[name]; ok {
			before = name
			continue
		}
		from, read := source(l, inputs)
		if sequential {
			from, read = before, before != ""
			before = ""
		}
		if !read {
			kept = append(kept, v)
			continue
		}
		if from == "" || !lookup.Layers().Has(class) {
			return nil, config.Errorf("", "layer %q of the class %s takes texts", name, class).
				Fix("values of a network are numbers: StringLookup, TextVectorization or Hashing right behind an " +
					"input of strings makes them").Coded(config.Unsupported)
		}
		t, dtype, err := textInput(l, assets+"layers/"+member+"/vocabulary.txt", shapes[from], vocabulary)
		if err != nil {
			return nil, config.Under(config.Step(name), err)
		}
		t.Name, t.Source, t.Sample = name, from, shapes[from]
		batch := []any{nil}
		for _, n := range t.Shape {
			if n == 0 {
				batch = append(batch, nil)
			} else {
				batch = append(batch, float64(n))
			}
		}
		input := map[string]any{"module": "keras.layers", "class_name": "InputLayer", "registered_name": nil,
			"config": map[string]any{"batch_shape": batch, "dtype": dtype, "name": name}}
		if !sequential {
			input["name"], input["inbound_nodes"] = name, []any{}
		}
		all, kept = append(all, t), append(kept, input)
		inputs[from] = append(inputs[from], name)
	}
	body["layers"] = kept
	if sequential {
		return all, nil
	}
	return all, renameInputs(body, inputs)
}

// sampleShape is the shape of a sample behind the axis of samples of a batch_shape.
func sampleShape(batch any) (shape tensor.Shape) {
	list, _ := batch.([]any)
	for _, v := range list[min(1, len(list)):] {
		n, _ := v.(float64)
		shape = append(shape, int(n))
	}
	return shape
}

// source is the input of strings that a layer of a functional model reads by its only call and as its only argument; ""
// where it reads one otherwise. It reports whether it reads one at all.
func source(l map[string]any, inputs map[string][]string) (string, bool) {
	calls, _ := l["inbound_nodes"].([]any)
	from, read := "", false
	for _, v := range calls {
		uses := histories(v)
		for _, u := range uses {
			if _, ok := inputs[u.layer]; ok {
				read = true
				if len(calls) == 1 && len(uses) == 1 {
					from = u.layer
				}
			}
		}
	}
	return from, read
}

// textInput makes a layer of its configuration, with the vocabulary that it was adapted to.
func textInput(l map[string]any, member string, sample tensor.Shape, vocabulary func(string) ([]byte, error)) (
	t format.TextInput, dtype string, err error) {
	class, _ := l["class_name"].(string)
	given, _ := l["config"].(map[string]any)
	c := maps.Clone(given)
	if class != "Hashing" && c["vocabulary"] == nil {
		text, err := vocabulary(member)
		if err != nil {
			return t, "", fmt.Errorf("the vocabulary: %w", err)
		}
		var words []any
		for _, w := range strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n") {
			words = append(words, w)
		}
		c["vocabulary"] = words
	}
	if t.Layer, err = lookup.Layers().New(class, c); err != nil {
		return t, "", err
	}
	if s, ok := t.Layer.(lookup.StringLookup); ok && s.Invert {
		return t, "", config.Errorf("invert", "gives texts, and values of a network are numbers").
			Fix("look the words up behind the network").Coded(config.Unsupported)
	}
	if t.Shape, err = t.Layer.Shape(sample); err != nil {
		return t, "", err
	}
	dtype = "float32"
	if mode, ok := c["output_mode"].(string); !ok || mode == "int" {
		dtype = "int32"
	}
	return t, dtype, nil
}

// renameInputs puts the layers that stand for inputs of strings into a functional model's list of inputs.
func renameInputs(body map[string]any, inputs map[string][]string) error {
	list, _ := body["input_layers"].([]any)
	if len(list) == 3 {
		if _, ok := list[0].(string); ok { // a single one is not in a list
			list = []any{list}
		}
	}
	var all []any
	for _, v := range list {
		h, _ := v.([]any)
		if len(h) == 0 {
			return fmt.Errorf("input_layers: %v is no list of layers", v)
		}
		name, _ := h[0].(string)
		if _, ok := inputs[name]; !ok {
			all = append(all, v)
			continue
		}
		for _, n := range inputs[name] {
			all = append(all, []any{n, 0.0, 0.0})
		}
	}
	body["input_layers"] = all
	return nil
}
