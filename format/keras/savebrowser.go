package keras

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"gorae/config"
	"gorae/internal/file"
	"gorae/model"
)

// shardName is the file of the weights beside model.json.
const shardName = "group1-shard1of1.bin"

// SaveBrowser writes a built model as a layers model of TensorFlow.js: the file at path, its configuration in the words
// of Keras 2, and group1-shard1of1.bin beside it with the weights in float32. Each of the two files changes as by
// [SaveFile], the weights first. Regularizers and constraints, which act in training alone, are left out.
//
// What TensorFlow.js does not have is an error that names all of it with its layers, and so is a model within the
// model, since TensorFlow.js finds weights by the names of layers alone.
func SaveBrowser(path string, m *model.Model) error {
	if m.Store() == nil {
		return fmt.Errorf("keras: model %q is not built; call Build first", m.Name)
	}
	cfg, err := configOf(m, &model.Sharing{})
	if err != nil {
		return fmt.Errorf("keras: %w", err)
	}
	topology, ok := today2(cfg).(map[string]any)
	var w browserWriting
	w.model(topology)
	if !ok || len(w.faults) > 0 {
		return fmt.Errorf("keras: TensorFlow.js does not have %s", strings.Join(w.faults, ", "))
	}
	list, err := w.weights(cfg, m)
	if err != nil {
		return fmt.Errorf("keras: %w", err)
	}
	text, err := json.Marshal(map[string]any{"format": "layers-model", "generatedBy": "gorae", "convertedBy": nil,
		"modelTopology":   map[string]any{"keras_version": "2.15.0", "backend": "tensorflow", "model_config": topology},
		"weightsManifest": []any{map[string]any{"paths": []string{shardName}, "weights": list}}})
	if err != nil {
		return fmt.Errorf("keras: %w", err)
	}
	if err := file.Replace(filepath.Join(filepath.Dir(path), shardName), w.shard(m)); err != nil {
		return err
	}
	return file.Replace(path, func(to io.Writer) error { _, err := to.Write(text); return err })
}

// today2 is a configuration without what Keras 3 adds to each object: modules, registered names, what a layer was built
// with.
func today2(v any) any {
	switch v := v.(type) {
	case config.Map:
		out := map[string]any{}
		for _, e := range v {
			switch e.Key {
			case "module", "registered_name", "build_config", "build_input_shape", model.SharedKey:
			default:
				out[e.Key] = today2(e.Value)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = today2(x)
		}
		return out
	}
	return v
}

// browserWriting gives a configuration the words of TensorFlow.js.
type browserWriting struct {
	faults []string
	of     map[string]map[string]any // the layers by their names
	data   [][]float32               // of the weights
}

// fault notes what a layer needs and TensorFlow.js lacks.
func (w *browserWriting) fault(layer, format string, args ...any) {
	w.faults = append(w.faults, fmt.Sprintf("%s (layer %q)", fmt.Sprintf(format, args...), layer))
}

// model changes the configuration of the model.
func (w *browserWriting) model(c map[string]any) {
	body, _ := c["config"].(map[string]any)
	delete(body, "dtype")
	delete(body, "trainable")
	layers, _ := body["layers"].([]any)
	w.of = map[string]map[string]any{}
	for _, v := range layers {
		l, _ := v.(map[string]any)
		name := layerName(l)
		w.layer(name, l)
		w.of[name] = l
		if calls, ok := l["inbound_nodes"].([]any); ok {
			for i, call := range calls {
				calls[i] = w.call(name, call)
			}
		}
	}
}

// call is a call in the words of Keras 2: a list of [layer, call, output, {}].
func (w *browserWriting) call(name string, v any) any {
	c, _ := v.(map[string]any)
	if len(histories(map[string]any{"kwargs": c["kwargs"]})) > 0 {
		w.fault(name, "an argument beside the inputs of a call")
	}
	return tensors(c["args"])
}

// tensors lists the [layer, call, output] of all tensors of a configuration of arguments, and an empty map behind each.
func tensors(v any) []any {
	list := []any{}
	switch v := v.(type) {
	case map[string]any:
		c, _ := v["config"].(map[string]any)
		if h, ok := c["keras_history"].([]any); ok {
			list = append(list, append(slices.Clone(h), map[string]any{}))
		}
	case []any:
		for _, x := range v {
			list = append(list, tensors(x)...)
		}
	}
	return list
}

// layer changes the configuration of a layer, and those of the layers in it.
func (w *browserWriting) layer(name string, l map[string]any) {
	class, _ := l["class_name"].(string)
	c, _ := l["config"].(map[string]any)
	if !slices.Contains(browserClasses, class) {
		w.fault(name, "%s", class)
		return
	}
	for k := range c {
		if strings.HasSuffix(k, "_regularizer") || strings.HasSuffix(k, "_constraint") {
			c[k] = nil
		}
	}
	for _, k := range []string{"activation", "recurrent_activation"} {
		if v, ok := c[k]; ok {
			c[k] = w.activation(name, v)
		}
	}
	if shape, ok := c["batch_shape"]; ok {
		c["batch_input_shape"] = shape
		delete(c, "batch_shape")
	}
	zero := func(keys ...string) {
		for _, k := range keys {
			if x := c[k]; x != nil && x != 0.0 && x != 0 && x != false && x != 1.0 && x != 1 {
				w.fault(name, "%s with %s", class, k)
			}
		}
	}
	switch class {
	case "LeakyReLU":
		c["alpha"] = c["negative_slope"]
	case "ReLU":
		zero("negative_slope", "threshold")
		if s := c["negative_slope"]; s == 1.0 || s == 1 {
			w.fault(name, "%s with %s", class, "negative_slope")
		}
	case "GRU":
		if c["reset_after"] != false {
			w.fault(name, "GRU with reset_after")
		}
	case "Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose":
		zero("groups")
	case "Bidirectional":
		if c["backward_layer"] != nil {
			w.fault(name, "Bidirectional with a backward_layer of its own")
		}
		delete(c, "backward_layer")
	}
	if c["zero_output_for_mask"] == true {
		w.fault(name, "%s with %s", class, "zero_output_for_mask")
	}
	if inner, ok := c["layer"].(map[string]any); ok {
		class, _ := inner["class_name"].(string)
		if body, ok := inner["config"].(map[string]any); ok && body["name"] == nil {
			body["name"] = config.Snake(class)
		}
		w.layer(name, inner)
	}
}

// browserClasses are the layers of TensorFlow.js that compute what Keras's of the name do.
//
// Source: github.com/tensorflow/tfjs, tfjs-layers/src/layers.
var browserClasses = []string{"InputLayer", "Dense", "Dropout", "SpatialDropout1D", "Activation", "RepeatVector",
	"Reshape", "Permute", "Flatten", "Masking", "Embedding", "Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose",
	"DepthwiseConv2D", "SeparableConv2D", "Cropping2D", "UpSampling2D", "ZeroPadding2D", "BatchNormalization",
	"LayerNormalization", "AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "MaxPooling1D", "MaxPooling2D",
	"MaxPooling3D", "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling1D", "GlobalMaxPooling2D",
	"Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "SimpleRNN", "GRU", "LSTM", "Bidirectional",
	"TimeDistributed", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "AlphaDropout", "GaussianDropout",
	"GaussianNoise", "Rescaling"}

// browserActivations are the activations of TensorFlow.js, by Keras 3's names. Its hard_sigmoid is Keras 2's.
var browserActivations = map[string]string{"linear": "linear", "relu": "relu", "relu6": "relu6", "sigmoid": "sigmoid",
	"tanh": "tanh", "softmax": "softmax", "softplus": "softplus", "softsign": "softsign", "elu": "elu", "selu": "selu",
	"silu": "swish", "swish": "swish", "mish": "mish", "legacy_hard_sigmoid": "hard_sigmoid"}

// activation is an activation's name in TensorFlow.js.
func (w *browserWriting) activation(layer string, v any) any {
	name, _ := v.(string)
	if m, ok := v.(map[string]any); ok { // an activation of gorae's own: gorae>NAME
		name, _ = m["config"].(string)
		name = strings.TrimPrefix(name, "gorae>")
	}
	if v == nil {
		return "linear"
	}
	if browserActivations[name] == "" {
		w.fault(layer, "the activation %s", name)
	}
	return browserActivations[name]
}

// weights lists the weights in the order of the file, which is that of the layers.
func (w *browserWriting) weights(cfg config.Map, m *model.Model) (list []any, err error) {
	all, err := places(cfg.Plain(), place{class: "model", name: m.Name})
	if err != nil {
		return nil, err
	}
	gs, stray := groups(all, m.Store().Vars(), seen{})
	if len(stray) > 0 {
		return nil, fmt.Errorf("weight %q belongs to no layer", stray[0].Path)
	}
	for _, p := range all[1:] {
		for _, trained := range []bool{true, false} {
			for _, g := range gs {
				for _, v := range g.stored() {
					if v.Trainable != trained || !strings.HasPrefix(g.dir, p.prefix) {
						continue
					}
					shape := v.Shape
					if shape == nil {
						shape = []int{}
					}
					list = append(list, map[string]any{"name": w.weightName(p.name, v.Path), "shape": []int(shape),
						"dtype": "float32"})
					w.data = append(w.data, v.Merged())
				}
			}
		}
	}
	return list, nil
}

// weightName is the name of a layer's weight in TensorFlow.js, without the cells of loops: bidirectional/forward_gru/
// kernel for bidirectional/forward_layer/cell/kernel.
func (w *browserWriting) weightName(layer, path string) string {
	rest := strings.TrimPrefix(path, layer+"/")
	rest = strings.TrimPrefix(strings.ReplaceAll("/"+rest, "/cell/", "/"), "/")
	c, _ := w.of[layer]["config"].(map[string]any)
	if inner, ok := c["layer"].(map[string]any); ok {
		rest = strings.TrimPrefix(rest, "layer/")
		for _, way := range []string{"forward", "backward"} {
			if leaf, ok := strings.CutPrefix(rest, way+"_layer/"); ok {
				rest = way + "_" + layerName(inner) + "/" + leaf
			}
		}
	}
	if rest == "kernel" && w.of[layer]["class_name"] == "DepthwiseConv2D" {
		rest = "depthwise_kernel"
	}
	return layer + "/" + rest
}

// shard writes the numbers of the weights one behind the other.
func (w *browserWriting) shard(m *model.Model) func(io.Writer) error {
	return func(to io.Writer) error {
		lock := model.Lock(m)
		lock.RLock()
		defer lock.RUnlock()
		var b []byte
		for _, x := range w.data {
			for part := range slices.Chunk(x, 1<<14) {
				b = b[:0]
				for _, v := range part {
					b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
				}
				if _, err := to.Write(b); err != nil {
					return err
				}
			}
		}
		return nil
	}
}
