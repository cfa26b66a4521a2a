package train

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"testing"

	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
)

// TestPyTorch: ten steps of Fit, batch normalisation included, end with the weights,
// moving averages, loss and accuracy that testdata/pytorch.py computes.
func TestPyTorch(t *testing.T) {
	type result struct {
		Weights        map[string][]float32
		Loss, Accuracy float64
	}
	var golden struct {
		Batch               int
		X                   []float32
		Y                   []int32
		First               map[string][]float32
		SGD, Nesterov, Adam result
	}
	b, err := os.ReadFile("testdata/pytorch.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &golden); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name      string
		optimizer optim.Optimizer
		want      result
		within    float64
	}{
		{"SGD with momentum", optim.SGD{LearningRate: 0.05, Momentum: 0.9}, golden.SGD, 1e-5},
		{"SGD with Nesterov's momentum", optim.SGD{LearningRate: 0.05, Momentum: 0.9, Nesterov: true}, golden.Nesterov,
			1e-5},
		{"Adam", optim.Adam{LearningRate: 0.01}, golden.Adam, 1e-4},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := model.Sequential(
				layer.Input{Shape: []int{6}},
				layer.Dense{Units: 8, NoBias: true}, layer.BatchNormalization{}, layer.ReLU{},
				layer.Dense{Units: 8, NoBias: true}, layer.BatchNormalization{}, layer.ReLU{},
				layer.Dense{Units: 3, Activation: "softmax"},
			)
			if err := m.Build(0); err != nil {
				t.Fatal(err)
			}
			for path, v := range golden.First {
				if err := m.Store().Set(path, tensor.Of(v, m.Store().Var(path).Shape...)); err != nil {
					t.Fatal(err)
				}
			}
			n := len(golden.Y)
			h, err := Fit(context.Background(), m, Pairs(tensor.Of(golden.X, n, 6), tensor.Of(golden.Y, n)), Config{
				Loss: loss.SparseCategoricalCrossentropy{}, Optimizer: c.optimizer,
				Metrics: []metric.Metric{metric.Accuracy{}},
				Epochs:  1, BatchSize: golden.Batch, NoShuffle: true,
			})
			if err != nil {
				t.Fatal(err)
			}
			seen := 0
			for path, want := range c.want.Weights {
				v := m.Store().Var(path)
				if v == nil || v.Value.Len() != len(want) {
					t.Fatalf("no weight %s of %d numbers", path, len(want))
				}
				for i, w := range want {
					if d := math.Abs(float64(v.Value.F32[i] - w)); !(d <= c.within) {
						t.Fatalf("%s[%d] = %v, PyTorch has %v", path, i, v.Value.F32[i], w)
					}
				}
				seen++
			}
			if seen != len(m.Store().Vars()) {
				t.Errorf("%d variables compared, the model has %d", seen, len(m.Store().Vars()))
			}
			row := h.Last().Metrics
			if d := math.Abs(row.Of("loss") - c.want.Loss); !(d <= c.within) {
				t.Errorf("loss = %v, PyTorch has %v", row.Of("loss"), c.want.Loss)
			}
			if got := row.Of("accuracy"); math.Abs(got-c.want.Accuracy) > 1e-8 {
				t.Errorf("accuracy = %v, PyTorch has %v", got, c.want.Accuracy)
			}
		})
	}
}
