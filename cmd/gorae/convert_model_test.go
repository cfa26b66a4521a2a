package main

import (
	"os"
	"strings"
	"testing"
)

// TestConvertModel: a run becomes an ONNX file of the product or of the network alone, and mistakes are named.
func TestConvertModel(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "e.yaml", "data: {source: embed:iris}\nmodel: [{dense: 4}, {dense: 3}]\n")
	must(t, "train", "e.yaml", "--set", "train.epochs=1", "--out", "run")
	out, notes := must(t, "convert", "run", "iris.onnx", "--opset", "15")
	if !strings.HasPrefix(out, "iris.onnx: ") || notes != "" {
		t.Errorf("%q, %q", out, notes)
	}
	if s := get(t, "iris.onnx"); !strings.Contains(s, "sepal_length") || !strings.Contains(s, "virginica") {
		t.Error("the file has neither the columns nor the classes")
	}
	must(t, "convert", "run/model.keras", "iris.onnx", "--network-only", "--force")
	if s := get(t, "iris.onnx"); strings.Contains(s, "sepal_length") || !strings.Contains(s, "dense/kernel") {
		t.Error("the file has the columns, or no kernel")
	}
	must(t, "convert", "iris.onnx", "iris.keras")
	must(t, "convert", "run", "run.keras")
	out, notes = must(t, "convert", "run", "raw.keras", "--preprocessing")
	if !strings.HasPrefix(out, "raw.keras: ") || !strings.Contains(notes, "the outputs are those of setosa, ") {
		t.Errorf("%q, %q", out, notes)
	}
	if s := get(t, "raw.keras"); !strings.Contains(s, "Normalization") || !strings.Contains(s, `"sepal_length"`) {
		t.Error("the file has no layer that normalizes, or not the columns")
	}
	out, notes = must(t, "convert", "run", "iris.c")
	// 4·4 + 4 + 4·3 + 3 weights and the names of the classes (a place each, 7 + 11 + 10 bytes); 4 numbers between the
	// two layers, 4 features and 3 outputs.
	if !strings.HasPrefix(out, "iris.c: 192 bytes of constants, 44 bytes of work space\n") || notes != "" {
		t.Errorf("%q, %q", out, notes)
	}
	if s := get(t, "iris.c"); !strings.Contains(s, "int iris_predict_row(") || !strings.Contains(s, `"virginica"`) {
		t.Error("the file has neither a function of rows nor the classes")
	}
	out, notes = must(t, "convert", "run", "net.c", "--network-only")
	if !strings.HasPrefix(out, "net.c: 140 bytes of constants, 16 bytes of work space\n") ||
		!strings.Contains(notes, "the head of the file says how each is made") {
		t.Errorf("%q, %q", out, notes)
	}
	if s := get(t, "net.c"); !strings.Contains(s, "x[0] is (sepal_length - ") || !strings.Contains(s, "virginica") {
		t.Error("the file says neither how features are made nor what the classes are")
	}
	out, _ = must(t, "convert", "run", "small.onnx", "--quantize", "embed:iris")
	for _, want := range []string{"2 activations as uint8, with ranges from 150 samples; weights as int8\n",
		"bytes quantized\n", "accuracy ", " after quantization\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q lacks %q", out, want)
		}
	}
	if s := get(t, "small.onnx"); !strings.Contains(s, "QuantizeLinear") || !strings.Contains(s, "sepal_length") {
		t.Error("the file has no quantized numbers, or no columns")
	}
	for _, c := range []struct{ args, want string }{
		{"run a.keras --quantize embed:iris", "a.keras is no .onnx file"},
		{"run iris.onnx", "--force writes over it"},
		{"run a.onnx --opset 9", "opset 9 cannot be written; give 13 to 25"},
		{"run a.keras --opset 15", "a.keras is no .onnx file"},
		{"run a.keras --steps 5", "a.keras is no .c file"},
		{"run a.onnx --preprocessing", "--preprocessing goes with a .keras file"},
		{"run.keras a.keras --preprocessing --check", "--preprocessing goes with a .keras file"},
		{"iris.keras a.keras --preprocessing", "the model has no preparation"},
		{"run a.txt", "no model format has the extension"},
		{"nothing.keras a.onnx", "nothing.keras"},
		{"run a.safetensors", ""},
		{"a.safetensors b.keras", "a.safetensors holds weights alone; --network FILE names the network"},
		{"run.keras b.keras --network run.keras", "run.keras is no file of weights"},
		{"run b.onnx --check", "add --network-only"},
		{"a.safetensors b.keras --network iris.yaml", "iris.yaml"},
	} {
		_, stderr, status := gorae("", append([]string{"convert"}, strings.Fields(c.args)...)...)
		if c.want == "" {
			if status != statusDone {
				t.Errorf("convert %s: status %d, %q", c.args, status, stderr)
			}
			continue
		}
		if status == statusDone || !strings.Contains(stderr, c.want) {
			t.Errorf("convert %s: status %d, %q, want %q", c.args, status, stderr, c.want)
		}
	}
}

// TestConvertWeights: weights go from format to format by name, predictions are compared, and what is left out is said.
func TestConvertWeights(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "e.yaml", "data: {source: embed:iris}\nmodel: [{dense: 4}, {dense: 3}]\n")
	must(t, "train", "e.yaml", "--set", "train.epochs=1", "--out", "run")
	const same = "predictions for random samples differ by 0 at most"
	for _, c := range []struct{ args, note string }{
		{"run w.safetensors --check", "w.safetensors holds its weights alone"},
		{"run bare.keras --network-only --check", "what prepares raw samples and decodes outputs is left out"},
		{"w.safetensors w.npz --network bare.keras --check", ""},
		{"w.npz w.weights.h5 --network bare.keras --check", ""},
		{"w.weights.h5 model.json --network bare.keras --check", ""},
		{"model.json again.keras --check", ""},
		{"again.keras again.onnx --check", ""},
	} {
		out, notes := must(t, append([]string{"convert"}, strings.Fields(c.args)...)...)
		if !strings.Contains(out, same) || !strings.Contains(notes, c.note) {
			t.Errorf("convert %s: %q, %q", c.args, out, notes)
		}
	}
	for _, words := range []string{"summary w.safetensors", "data inspect w.safetensors"} {
		if out, _ := must(t, strings.Fields(words)...); !strings.Contains(out, "dense_1/kernel  (4, 3)  F32   12") {
			t.Errorf("%s: %q", words, out)
		}
	}
	if out, _ := must(t, "data", "inspect", "again.keras"); !strings.Contains(out, "dense_1") {
		t.Errorf("data inspect again.keras: %q", out)
	}
	if err := os.Mkdir("saved", 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, "saved/saved_model.pb", "\x08\x01")
	for _, words := range []string{"summary saved", "convert saved a.keras", "summary saved/saved_model.pb"} {
		_, stderr, status := gorae("", strings.Fields(words)...)
		if status != statusFailed || !strings.Contains(stderr, "a SavedModel of TensorFlow's") {
			t.Errorf("%s: status %d, %q", words, status, stderr)
		}
	}
	// A configuration in YAML and an index of shards, as Keras 2 and 3 write them.
	put(t, "net.yaml", "backend: tensorflow\nclass_name: Sequential\nconfig:\n  layers:\n  - class_name: Dense\n    "+
		"config: {activation: relu, batch_input_shape: !!python/tuple [null, 4], name: dense, units: 4}\n"+
		"  - class_name: Dense\n    config: {name: dense_1, units: 3, activation: softmax}\nkeras_version: 2.2.4\n")
	put(t, "w.weights.json", `{"metadata": {}, "weight_map": {"/layers/dense/vars": ["w.weights.h5"]}}`)
	if out, _ := must(t, "summary", "net.yaml"); !strings.Contains(out, "dense_1 (Dense)") {
		t.Errorf("summary net.yaml: %q", out)
	}
	for _, words := range []string{"summary w.weights.json", "data inspect w.weights.json"} {
		if out, _ := must(t, strings.Fields(words)...); !strings.Contains(out, "layers/dense_1/vars/0  (4, 3)") {
			t.Errorf("%s: %q", words, out)
		}
	}
	for _, words := range []string{"data inspect net.yaml", "data inspect model.json", "summary model.json"} {
		if out, _ := must(t, strings.Fields(words)...); !strings.Contains(out, "dense_1 (Dense)") {
			t.Errorf("%s: %q", words, out)
		}
	}
	must(t, "convert", "w.weights.json", "sharded.keras", "--network", "net.yaml", "--check")
	defer func(was float64) { tolerance = was }(tolerance)
	tolerance = -1 // no difference is as small
	_, stderr, status := gorae("", "convert", "again.keras", "third.keras", "--check")
	if status != statusFailed || !strings.Contains(stderr, "predictions of third.keras differ by 0, more than -1") {
		t.Errorf("a difference over the tolerance: status %d, %q", status, stderr)
	}
}
