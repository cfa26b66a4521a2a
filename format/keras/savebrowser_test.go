package keras_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/format"
	"gorae/format/keras"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// browserModels are networks of the layers that TensorFlow.js has.
func browserModels() map[string]*model.Model {
	x := model.Input("ids", 7)
	e := model.Apply(layer.Embedding{InputDim: 9, OutputDim: 4}, x)
	loop := model.Apply(layer.Bidirectional{Layer: layer.LSTM{Units: 3, ReturnSequences: true,
		RecurrentActivation: "legacy_hard_sigmoid"}}, e)
	loop = model.Apply(layer.TimeDistributed{Layer: layer.Dense{Units: 4, Activation: "silu"}}, loop)
	sum := model.Apply(layer.Add{}, loop, e)
	gru := model.Apply(layer.GRU{Units: 3, ResetBefore: true}, sum)
	mean := model.Apply(layer.GlobalAveragePooling1D{}, sum)
	y := model.Apply(layer.Dense{Units: 2, Activation: "softmax"}, model.Apply(layer.Concatenate{}, gru, mean))
	return map[string]*model.Model{
		"text": model.New([]*model.Value{x}, []*model.Value{y, mean}),
		"cnn": model.Sequential(layer.Input{Shape: []int{8, 8, 2}},
			layer.Conv2D{Filters: 4, KernelSize: []int{3}, Padding: "same"}, layer.BatchNormalization{},
			layer.LeakyReLU{}, layer.MaxPooling2D{}, layer.DepthwiseConv2D{KernelSize: []int{3}, Activation: "relu"},
			layer.SeparableConv2D{Filters: 3, KernelSize: []int{2}}, layer.PReLU{}, layer.Flatten{},
			layer.LayerNormalization{}, layer.Dense{Units: 3}),
	}
}

// TestSaveBrowser: what is written is read back to the bit. TestBrowserJudge compares what TensorFlow.js gives for such
// files.
func TestSaveBrowser(t *testing.T) {
	for name, m := range browserModels() {
		if err := m.Build(3); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "model.json")
		if err := keras.SaveBrowser(path, m); err != nil {
			t.Error(err)
			continue
		}
		f, err := format.Load(path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i, v := range m.Store().Vars() {
			w := f.Model.Store().Vars()[i]
			if v.Path != w.Path || !bytes.Equal(npy(t, v.Value), npy(t, w.Value)) {
				t.Errorf("%s: %s is another weight, %s", name, v.Path, w.Path)
			}
		}
	}
}

func npy(t *testing.T, x *tensor.Tensor) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := tensor.WriteNPY(&b, x); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestSaveBrowserRefuses: all that TensorFlow.js lacks is named at once.
func TestSaveBrowserRefuses(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{6, 2}}, layer.GRU{Units: 2, ReturnSequences: true},
		layer.Dense{Units: 2, Activation: "hard_sigmoid"}, layer.GroupNormalization{Groups: 1})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "model.json")
	err := keras.SaveBrowser(path, m)
	for _, want := range []string{`GRU with reset_after (layer "gru")`, `the activation hard_sigmoid (layer "dense")`,
		`GroupNormalization (layer "group_normalization")`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q", err, want)
		}
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a file is there")
	}
}
