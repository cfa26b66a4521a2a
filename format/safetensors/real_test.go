package safetensors_test

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"gorae/format"
	_ "gorae/format/keras"
	_ "gorae/format/npz"
	_ "gorae/format/safetensors"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
	"gorae/weight"
)

// networks are the networks that the meta.json of the cases of models/real says in words.
func networks() map[string]*model.Model {
	named := func(name string) layer.Base { return layer.Base{Name: name} }
	return map[string]*model.Model{
		"st-mlp": model.Sequential(layer.Input{Shape: []int{6}}, layer.Dense{Units: 12},
			layer.BatchNormalization{Epsilon: 1e-5}, layer.ReLU{}, layer.Dense{Units: 3}),
		"st-cnn-float16": model.Sequential(layer.Input{Shape: []int{1, 16, 16}}, layer.Permute{Dims: []int{2, 3, 1}},
			layer.Conv2D{Filters: 6, KernelSize: []int{3}, Activation: "relu"}, layer.MaxPooling2D{},
			layer.ZeroPadding2D{},
			layer.Conv2D{Filters: 8, KernelSize: []int{3}, Strides: []int{2}, Activation: "relu"},
			layer.Permute{Dims: []int{3, 1, 2}}, layer.Flatten{}, layer.Dense{Units: 5}),
		"st-lstm-text": model.Sequential(layer.Input{Shape: []int{9}},
			layer.Embedding{Base: named("embedding"), InputDim: 30, OutputDim: 8},
			layer.Bidirectional{Base: named("lstm"), Layer: layer.LSTM{Units: 6, ReturnSequences: true}},
			layer.Bidirectional{Layer: layer.LSTM{Units: 6, ReturnSequences: true}},
			layer.Cropping1D{Cropping: []int{8, 0}}, layer.Flatten{}, layer.Dense{Units: 2}),
	}
}

// TestReal reads the state_dicts of models/real that PyTorch 2.15 wrote with safetensors 0.8, and compares what the
// networks give with PyTorch's outputs beside them: max |a − b| / (1 + |b|) at the tolerance of meta.json. Written
// again under gorae's paths and read back, weights have the same bits.
func TestReal(t *testing.T) {
	shared := os.Getenv("GORAE_SHARED")
	if shared == "" {
		t.Skip("GORAE_SHARED is not set: the real files are not here")
	}
	for name, m := range networks() {
		dir := filepath.Join(shared, "models/real", name)
		if err := m.Build(1); err != nil {
			t.Fatal(err)
		}
		if _, err := format.LoadWeights(filepath.Join(dir, "model.safetensors"), m, model.CopyOptions{}); err != nil {
			t.Error(err)
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, "io.npz"))
		if err != nil {
			t.Fatal(err)
		}
		io, err := tensor.ReadNPZ(bytes.NewReader(text), int64(len(text)))
		if err != nil {
			t.Fatal(err)
		}
		of := map[string]*tensor.Tensor{}
		for _, a := range io {
			of[a.Name] = a.Tensor
		}
		y, err := m.Predict(context.Background(), of["x0"])
		if err != nil {
			t.Fatal(err)
		}
		worst := 0.0
		for i, want := range of["y0"].F32 {
			worst = math.Max(worst, math.Abs(float64(y[0].F32[i]-want))/(1+math.Abs(float64(want))))
		}
		var meta struct{ Tolerance struct{ Value float64 } }
		text, err = os.ReadFile(filepath.Join(dir, "meta.json"))
		if err == nil {
			err = json.Unmarshal(text, &meta)
		}
		if err != nil || !(worst <= meta.Tolerance.Value) || len(y[0].F32) != len(of["y0"].F32) {
			t.Errorf("%s: outputs differ by %.2g of %.2g; %v", name, worst, meta.Tolerance.Value, err)
		}
		t.Logf("%s: %.2g of %.2g", name, worst, meta.Tolerance.Value)
		again(t, name, m, networks()[name])
	}
}

// again writes the weights of m and reads them into n, in each format that is written.
func again(t *testing.T, name string, m, n *model.Model) {
	t.Helper()
	if err := n.Build(2); err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{".safetensors", ".npz", ".weights.h5"} {
		if err := n.Store().Init(3); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "w"+end)
		if err := format.SaveWeights(path, &format.File{Model: m}); err != nil {
			t.Error(err)
			continue
		}
		if _, err := format.LoadWeights(path, n, model.CopyOptions{}); err != nil {
			t.Error(err)
			continue
		}
		for i, v := range m.Store().Vars() {
			if w := n.Store().Vars()[i]; v.Kind != weight.Session && !bytes.Equal(bits(v), bits(w)) {
				t.Errorf("%s%s: %s is another", name, end, v.Path)
			}
		}
	}
}

// bits are the bytes of a variable's numbers.
func bits(v *weight.Var) []byte {
	var b bytes.Buffer
	if err := tensor.WriteNPY(&b, v.Value); err != nil {
		panic(err)
	}
	return b.Bytes()
}
