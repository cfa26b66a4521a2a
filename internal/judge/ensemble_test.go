//go:build judge

package judge

import (
	"path/filepath"
	"testing"

	"gorae/format/keras"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// TestEnsemble: Keras opens the mean of three networks with the same outputs, and as Keras saves it gorae reads the
// networks again.
func TestEnsemble(t *testing.T) {
	p := judge(t)
	dir := t.TempDir()
	var networks []*model.Model
	for range 3 {
		networks = append(networks, model.Sequential(
			layer.Input{Shape: []int{4}},
			layer.Dense{Units: 8, Activation: "relu"},
			layer.BatchNormalization{},
			layer.Dropout{Rate: 0.2},
			layer.Dense{Units: 3, Activation: "softmax"},
		))
	}
	m := model.Ensemble(networks...)
	if err := m.Build(7); err != nil {
		t.Fatal(err)
	}
	xs := samples(m, 3, 7)
	path, again := filepath.Join(dir, "gorae.keras"), filepath.Join(dir, "keras.keras")
	if err := keras.SaveFile(path, m); err != nil {
		t.Fatal(err)
	}
	ones := tensor.New(tensor.Float32, 3, 3)
	for i := range ones.F32 {
		ones.F32[i] = 1
	}
	a := p.ask(t, question{Do: "gradients", Path: path, Copy: again, Inputs: packedAll(xs),
		Cotangents: packedAll([]*tensor.Tensor{ones})})
	n, _, err := keras.LoadFile(again)
	if err != nil {
		t.Fatal(err)
	}
	if len(n.Networks()) != 3 {
		t.Errorf("%d networks in Keras's file, want 3", len(n.Networks()))
	}
	for _, m := range []*model.Model{m, n} {
		y, err := m.Predict(t.Context(), xs...)
		if err != nil {
			t.Fatal(err)
		}
		if s := near(y[0], a.Outputs[0].tensor(), outputTolerance); s != "" {
			t.Error(s)
		}
	}
}
