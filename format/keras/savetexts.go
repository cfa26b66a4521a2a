package keras

import (
	"slices"

	"gorae/config"
	"gorae/format"
	"gorae/prep/lookup"
)

// putTexts puts the layers on strings before the inputs of a model's configuration that take their numbers, the reverse
// of [takeTexts]. Several layers that read one input of strings share it.
func putTexts(cfg config.Map, texts []format.TextInput) error {
	body := cfg.Get("config").(config.Map)
	class, _ := cfg.Get("class_name").(string)
	var layers []any
	placed, read := map[string]bool{}, map[string]bool{}
	for _, v := range body.Get("layers").([]any) {
		l := v.(config.Map)
		i := slices.IndexFunc(texts, func(t format.TextInput) bool { return t.Name == layerName(l.Plain()) })
		if i < 0 || l.Get("class_name") != "InputLayer" {
			layers = append(layers, v)
			continue
		}
		t := texts[i]
		placed[t.Name] = true
		batch := []any{nil}
		for _, n := range t.Sample {
			batch = append(batch, n)
		}
		layer, err := textLayer(t)
		if err != nil {
			return err
		}
		input := keraslayer("InputLayer", t.Source, config.Map{{Key: "batch_shape", Value: batch},
			{Key: "dtype", Value: "string"}, {Key: "sparse", Value: false}, {Key: "ragged", Value: false},
			{Key: "name", Value: t.Source}, {Key: "optional", Value: false}})
		if class == "Sequential" {
			layers = append(layers, input, layer)
			continue
		}
		if !read[t.Source] {
			read[t.Source] = true
			layers = append(layers, append(input, config.Entry{Key: "inbound_nodes", Value: []any{}}))
		}
		tensor := config.Map{{Key: "class_name", Value: "__keras_tensor__"}, {Key: "config", Value: config.Map{
			{Key: "shape", Value: batch}, {Key: "dtype", Value: "string"},
			{Key: "keras_history", Value: []any{t.Source, 0, 0}}}}}
		layers = append(layers, append(layer, config.Entry{Key: "inbound_nodes", Value: []any{config.Map{
			{Key: "args", Value: []any{tensor}}, {Key: "kwargs", Value: config.Map{}}}}}))
	}
	for _, t := range texts {
		if !placed[t.Name] {
			return config.Errorf("", "the model has no input %q for the texts of %s", t.Name, t.Source)
		}
	}
	body = body.Set("layers", layers)
	if class != "Sequential" {
		body = body.Set("input_layers", stringInputs(body.Get("input_layers"), texts))
	}
	cfg.Set("config", body)
	return nil
}

// stringInputs is a functional model's list of inputs with those of strings in the place of those of their numbers,
// each once.
func stringInputs(written any, texts []format.TextInput) any {
	list, _ := written.([]any)
	if len(list) == 3 {
		if _, lone := list[0].(string); lone {
			list = []any{list}
		}
	}
	seen := map[any]bool{}
	var all []any
	for _, v := range list {
		h := v.([]any)
		for _, t := range texts {
			if t.Name == h[0] {
				h = []any{t.Source, 0, 0}
			}
		}
		if !seen[h[0]] {
			seen[h[0]] = true
			all = append(all, h)
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	return all
}

// textLayer is a layer on strings as Keras writes it.
func textLayer(t format.TextInput) (config.Map, error) {
	written := lookup.Layers().Encode(t.Layer)
	if err := config.Fault(written); err != nil {
		return nil, config.Under(config.Step(t.Name), err)
	}
	class := written.Get("class_name").(string)
	c := written.Get("config").(config.Map).Set("name", t.Name)
	if mode := c.Get("output_mode"); mode == nil || mode == "int" { // Keras takes whole numbers alone for it
		c = c.Set("dtype", "int64")
	}
	return keraslayer(class, t.Name, c), nil
}

// keraslayer is a layer of a model's configuration.
func keraslayer(class, name string, c config.Map) config.Map {
	return config.Map{{Key: "module", Value: "keras.layers"}, {Key: "class_name", Value: class},
		{Key: "config", Value: c}, {Key: "registered_name", Value: nil}, {Key: "name", Value: name}}
}
