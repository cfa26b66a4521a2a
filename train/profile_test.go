package train

import (
	"strings"
	"testing"

	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
)

// The profile has a line for each launch of the step, and shares that sum to the whole.
func TestProfile(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{3}}, layer.Dense{Units: 4, Activation: "relu"},
		layer.Dense{Units: 1})
	x, y := tensor.New(tensor.Float32, 70, 3), tensor.New(tensor.Float32, 70, 1)
	var said strings.Builder
	if _, err := Fit(t.Context(), m, Pairs(x, y),
		Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{}, Epochs: 2, Profile: &said}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"GFLOP/s", "gemm 32x4x3 nn bias relu", "sgd ×4", "# dense_1", "total"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("there is no %q in\n%s", want, said.String())
		}
	}
	if strings.Contains(said.String(), "NaN") {
		t.Errorf("a number is none in\n%s", said.String())
	}
}
