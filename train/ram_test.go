package train

import (
	"context"
	"strings"
	"testing"

	"gorae/internal/ram"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
)

// TestTooLarge: a step whose weights and optimiser do not fit the memory says so, also where the network alone does.
func TestTooLarge(t *testing.T) {
	defer ram.SetLimit(ram.SetLimit(0))
	m := model.Sequential(layer.Input{Shape: []int{100}}, layer.Dense{Units: 1000}, layer.Dense{Units: 1})
	if err := m.Build(1); err != nil { // 408 KB
		t.Fatal(err)
	}
	x, y := tensor.New(tensor.Float32, 4, 100), tensor.New(tensor.Float32, 4, 1)
	ram.SetLimit(1e6)
	_, err := Fit(context.Background(), m, Pairs(x, y),
		Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.Adam{}, Epochs: 1, BatchSize: 4})
	if err == nil || !strings.Contains(err.Error(), "a training step over 4 samples: 1.") ||
		!strings.HasSuffix(err.Error(), "MB of memory are needed and this process may use 1 MB; give a smaller "+
			"batch_size, set recompute, or make layers smaller") {
		t.Error(err)
	}
}
