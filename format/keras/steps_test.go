package keras_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"math"
	"strings"
	"testing"

	"gorae/hdf5"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// stepModels are wirings of sequences, built.
func stepModels(t testing.TB) map[string]*model.Model {
	t.Helper()
	dense := func(n int) layer.Layer { return layer.Dense{Units: n, Activation: "tanh"} }
	all := map[string]*model.Model{}
	{ // A model at each step of a sequence, of both kinds.
		chain := model.Sequential(layer.Input{Shape: []int{4, 3, 1}},
			layer.Conv2D{Filters: 2, KernelSize: []int{2, 2}}, layer.Flatten{}, dense(3), dense(2))
		z := model.Input("z", 2)
		inner := model.New([]*model.Value{z}, []*model.Value{model.Apply(layer.Add{}, model.Apply(dense(3), z),
			model.Apply(dense(3), z))})
		all["at each step"] = model.Sequential(layer.Input{Shape: []int{5, 4, 3, 1}},
			layer.TimeDistributed{Layer: chain},
			layer.TimeDistributed{Layer: inner}, layer.LSTM{Units: 3})
	}
	{ // A mask by keyword, and states to start from beside it.
		x, kept, h := model.Input("x", 5, 2), model.Apply(layer.Input{Base: layer.Base{Name: "kept"}, Shape: []int{5},
			DType: "bool"}), model.Input("h", 3)
		y := model.ApplyMasked(layer.GRU{Units: 3, ReturnSequences: true, RecurrentActivation: "legacy_hard_sigmoid"},
			kept, x, h)
		all["masked by keyword"] = model.New([]*model.Value{x, kept, h},
			[]*model.Value{model.Apply(layer.GlobalAveragePooling1D{}, y)})
	}
	for name, m := range all {
		if err := m.Build(3); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return all
}

// inside reads a member of a file.
func inside(t *testing.T, file []byte, name string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestModelWithinLayer: the arrays of a model that a layer holds lie where Keras's walk over attributes looks for them
// (keras/src/saving/saving_lib.py: _save_state goes into .layer, and in a model into layers/CLASS_COUNT).
func TestModelWithinLayer(t *testing.T) {
	file := saved(t, stepModels(t)["at each step"])
	weights := inside(t, file, "model.weights.h5")
	h, err := hdf5.Open(bytes.NewReader(weights), int64(len(weights)))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{
		"layers/time_distributed/layer/layers/conv2d/vars":    2,
		"layers/time_distributed/layer/layers/dense/vars":     2,
		"layers/time_distributed/layer/layers/dense_1/vars":   2,
		"layers/time_distributed_1/layer/layers/dense_1/vars": 2,
		"layers/lstm/cell/vars":                               3,
	} {
		g, err := h.Root().Group(path)
		if err != nil {
			t.Errorf("%v", err)
		} else if n := len(g.Names()); n != want {
			t.Errorf("%s holds %d arrays, want %d", path, n, want)
		}
	}
	// A model that was trained alone brings its weights along.
	alone := model.Sequential(layer.Input{Shape: []int{2}}, layer.Dense{Units: 2})
	if err := alone.Build(8); err != nil {
		t.Fatal(err)
	}
	each := model.Sequential(layer.Input{Shape: []int{3, 2}}, layer.TimeDistributed{Layer: alone})
	if err := each.Build(9); err != nil {
		t.Fatal(err)
	}
	if a, b := alone.Store().Var("dense/kernel").Value.F32,
		each.Store().Var("time_distributed/layer/dense/kernel"); b == nil || b.Value.F32[0] != a[0] {
		t.Errorf("the weights at each step are not those of the model alone")
	}
}

// TestKeywordMask: a mask that a file gives by keyword counts, in Keras 3's form and Keras 2's: steps that it leaves
// out may hold anything. A tensor under a keyword that gorae does not know is an error.
func TestKeywordMask(t *testing.T) {
	m := stepModels(t)["masked by keyword"]
	file := saved(t, m)
	cfg := string(inside(t, file, "config.json"))
	for _, want := range []string{`"mask":{"class_name":"__keras_tensor__"`, `"initial_state":[{"class_name"`,
		`"dtype":"bool"`} {
		if !strings.Contains(cfg, want) {
			t.Errorf("the configuration lacks %s", want)
		}
	}
	n, _ := loaded(t, file)
	x, kept, h := tensor.New(tensor.Float32, 1, 5, 2), tensor.Of([]uint8{1, 1, 0, 1, 0}, 1, 5),
		tensor.Of([]float32{0.1, 0.2, 0.3}, 1, 3)
	for i := range x.F32 {
		x.F32[i] = float32(i)/7 - 0.5
	}
	predict := func(m *model.Model) []float32 {
		t.Helper()
		y, err := m.Predict(t.Context(), x, kept, h)
		if err != nil {
			t.Fatal(err)
		}
		return y[0].F32
	}
	first := predict(n)
	x.F32[4], x.F32[9] = 100, -100 // of steps 3 and 5
	for i, v := range predict(n) {
		if v != first[i] {
			t.Errorf("element %d is %v, with other numbers in steps that do not count %v", i, first[i], v)
		}
	}
	x.F32[2] = 9
	if again := predict(n); again[0] == first[0] {
		t.Errorf("a step that counts changes nothing")
	}
	old := `{"class_name": "Functional", "config": {"name": "m", "layers": [
		{"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 3, 1], "name": "x", "dtype": "float32"}, "inbound_nodes": []},
		{"class_name": "InputLayer", "name": "k", "config": {"batch_input_shape": [null, 3], "name": "k", "dtype": "bool"}, "inbound_nodes": []},
		{"class_name": "SimpleRNN", "name": "r", "config": {"name": "r", "units": 1}, "inbound_nodes": [[["x", 0, 0, {"KEY": ["k", 0, 0]}]]]}],
		"input_layers": [["x", 0, 0], ["k", 0, 0]], "output_layers": [["r", 0, 0]]}}`
	read := func(key string) (*model.Model, error) {
		var c map[string]any
		text := strings.Replace(old, "KEY", key, 1)
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			t.Fatal(err)
		}
		return model.FromConfig(c)
	}
	k2, err := read("mask")
	if err != nil {
		t.Fatal(err)
	}
	if err := k2.Build(1); err != nil {
		t.Fatal(err)
	}
	run := func(last float32) float32 {
		y, err := k2.Predict(t.Context(), tensor.Of([]float32{1, 2, last}, 1, 3, 1), tensor.Of([]uint8{1, 1, 0}, 1, 3))
		if err != nil {
			t.Fatal(err)
		}
		return y[0].F32[0]
	}
	if a, b := run(3), run(-3); a != b || a == 0 {
		t.Errorf("with a step left out %v and %v come out", a, b)
	}
	if _, err := read("attention_mask"); err == nil ||
		!strings.Contains(err.Error(), `layer "r": the argument attention_mask is a tensor`) {
		t.Errorf("a tensor under an unknown keyword: %v", err)
	}
	// A mask of another length is refused when the model is built.
	in, short := model.Input("x", 5, 2), model.Input("m", 4)
	if err := model.New([]*model.Value{in, short},
		[]*model.Value{model.ApplyMasked(layer.LSTM{Units: 1}, short, in)}).Build(1); err == nil ||
		!strings.Contains(err.Error(), "one number for each step") {
		t.Errorf("a mask of another length: %v", err)
	}
}

// TestLegacyHardSigmoid: the hard_sigmoid of Keras 1 and 2, which Keras 3 does not have, is written as a registered
// function, and read from files of Keras 2 by its old name.
func TestLegacyHardSigmoid(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{2, 1}},
		layer.LSTM{Units: 1, RecurrentActivation: "legacy_hard_sigmoid"},
		layer.Dense{Units: 1, Activation: "hard_sigmoid"})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	file := saved(t, m)
	var c struct {
		Config struct {
			Layers []struct{ Config map[string]any }
		}
	}
	if err := json.Unmarshal(inside(t, file, "config.json"), &c); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"module": "gorae", "class_name": "function", "config": "gorae>legacy_hard_sigmoid",
		"registered_name": "gorae>legacy_hard_sigmoid"}
	got, _ := c.Config.Layers[1].Config["recurrent_activation"].(map[string]any)
	for k, v := range want {
		if got[k] != v {
			t.Errorf("recurrent_activation is written as %v", got)
			break
		}
	}
	if a := c.Config.Layers[2].Config["activation"]; a != "hard_sigmoid" {
		t.Errorf("hard_sigmoid is written as %v", a)
	}
	// The same file, said to be of Keras 2, whose hard_sigmoid is the other one.
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range members(t, file) {
		w, err := z.Create(e.name)
		if err != nil {
			t.Fatal(err)
		}
		text := bytes.Replace(e.data, []byte(`"keras_version": "3.13.0"`), []byte(`"keras_version": "2.15.0"`), 1)
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	x := tensor.Of([]float32{0.4, -3}, 1, 2, 1)
	old, _ := loaded(t, b.Bytes())
	now, _ := loaded(t, file)
	for _, c := range []struct {
		m     *model.Model
		slope float64
	}{{now, 1.0 / 6}, {old, 0.2}} {
		u, err := c.m.Upto("lstm")
		if err != nil {
			t.Fatal(err)
		}
		h, err := u.Predict(t.Context(), x)
		if err != nil {
			t.Fatal(err)
		}
		y, err := c.m.Predict(t.Context(), x)
		if err != nil {
			t.Fatal(err)
		}
		z := float64(h[0].F32[0]) * float64(c.m.Store().Var("dense/kernel").Value.F32[0])
		if want := c.slope*z + 0.5; math.Abs(float64(y[0].F32[0])-want) > 1e-6 {
			t.Errorf("the last layer gives %v, by hand %v", y[0].F32[0], want)
		}
	}
}
