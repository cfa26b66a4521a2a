package keras_test

import (
	"bytes"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"gorae/format"
	"gorae/format/keras"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

func adapted(t *testing.T, seed uint64, units int) *model.Model {
	t.Helper()
	m := model.Sequential(layer.Input{Shape: []int{3}},
		layer.Dense{Units: 4, Activation: "tanh", LoRA: layer.LoRA{Rank: 2, Alpha: new(3.0)}},
		layer.BatchNormalization{}, layer.Dense{Units: units})
	if err := m.Build(seed); err != nil {
		t.Fatal(err)
	}
	for i, v := range m.Store().Vars() {
		for k := range v.Value.F32 {
			v.Value.F32[k] += float32(i+k%3) / 16
		}
	}
	return m
}

// TestWeightsFile: a file of weights alone gives them to another model of the same layers. That of an adaptation
// (LoRA) has W + A·B in the place of W, as Keras's have it; read again, B is 0 and A is not.
func TestWeightsFile(t *testing.T) {
	m, n := adapted(t, 1, 2), adapted(t, 2, 2)
	path := filepath.Join(t.TempDir(), "m.weights.h5")
	if err := format.SaveWeights(path, &format.File{Model: m}); err != nil {
		t.Fatal(err)
	}
	if _, err := format.LoadWeights(path, n, model.CopyOptions{}); err != nil {
		t.Fatal(err)
	}
	x := tensor.Of([]float32{1, -2, 0.5, 0, 0.25, 3}, 2, 3)
	a, err := m.Predict(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	b, err := n.Predict(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range a[0].F32 {
		if math.Abs(float64(b[0].F32[i]-v)) > 1e-5*(1+math.Abs(float64(v))) {
			t.Errorf("output %d is %v, in the model that was saved %v", i, b[0].F32[i], v)
		}
	}
	for name, zero := range map[string]bool{"dense/lora_kernel_a": false, "dense/lora_kernel_b": true} {
		all := true
		for _, v := range n.Store().Var(name).Value.F32 {
			all = all && v == 0
		}
		if all != zero {
			t.Errorf("%s is %v", name, n.Store().Var(name).Value.F32)
		}
	}
	for _, v := range m.TrainableWeights() {
		if v.Path == "dense/kernel" {
			t.Error("the weight that is adapted is moved")
		}
	}
}

// TestWeightsFileRefused: what does not fit changes nothing, and says what it is.
func TestWeightsFileRefused(t *testing.T) {
	var b bytes.Buffer
	if err := keras.SaveWeights(&b, adapted(t, 1, 2), nil); err != nil {
		t.Fatal(err)
	}
	n := adapted(t, 3, 5)
	before := n.Store().Vars()[0].Value.Clone()
	err := keras.LoadWeights(bytes.NewReader(b.Bytes()), int64(b.Len()), n)
	if err == nil || !strings.Contains(err.Error(), "has shape") {
		t.Errorf("weights of another model: %v", err)
	}
	for i, v := range n.Store().Vars()[0].Value.F32 {
		if v != before.F32[i] {
			t.Fatal("a model took some of the weights")
		}
	}
	if err := keras.LoadWeights(bytes.NewReader([]byte("no")), 2, n); err == nil {
		t.Error("two bytes are taken")
	}
	path := filepath.Join(t.TempDir(), "m.h5")
	if err := format.SaveWeights(path, &format.File{Model: n}); err == nil ||
		!strings.Contains(err.Error(), ".weights.h5") {
		t.Errorf("the name m.h5: %v", err)
	}
	path = filepath.Join(t.TempDir(), "m.weights.h5")
	if _, err := format.LoadWeights(path, n, model.CopyOptions{SkipMismatch: true}); err == nil {
		t.Error("skip_mismatch is taken")
	}
}
