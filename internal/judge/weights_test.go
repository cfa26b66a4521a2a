//go:build judge

package judge

import (
	"path/filepath"
	"testing"

	"gorae/format"
	"gorae/format/keras"
	"gorae/layer"
	"gorae/model"
)

// TestWeightsFiles: Keras reads a file of weights alone into a model of the same layers, and gorae reads the one that
// Keras writes of it.
func TestWeightsFiles(t *testing.T) {
	p := judge(t)
	dir := t.TempDir()
	made := func(seed uint64) *model.Model {
		m := model.Sequential(layer.Input{Shape: []int{6, 3}}, layer.Conv1D{Filters: 4, KernelSize: []int{2}},
			layer.BatchNormalization{}, layer.Bidirectional{Layer: layer.GRU{Units: 3}},
			layer.Dense{Units: 5, Activation: "relu"}, layer.Dense{Units: 2})
		if err := m.Build(seed); err != nil {
			t.Fatal(err)
		}
		return m
	}
	path, file, again := filepath.Join(dir, "m.keras"), filepath.Join(dir, "a.weights.h5"),
		filepath.Join(dir, "b.weights.h5")
	if err := keras.SaveFile(path, made(1)); err != nil {
		t.Fatal(err)
	}
	m := made(2)
	if err := format.SaveWeights(file, &format.File{Model: m}); err != nil {
		t.Fatal(err)
	}
	xs := samples(m, 3, 0)
	a := p.ask(t, question{Do: "alone", Path: path, Name: file, Copy: again, Inputs: packedAll(xs)})
	n := made(3)
	c, err := format.LoadWeights(again, n, model.CopyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Layers) != 5 {
		t.Errorf("the weights of the layers %v were read", c.Layers)
	}
	for _, m := range []*model.Model{m, n} {
		y, err := m.Predict(t.Context(), xs...)
		if err != nil {
			t.Fatal(err)
		}
		if s := near(y[0], a.Outputs[0].tensor(), 2e-5); s != "" {
			t.Error(s)
		}
	}
}
