package model_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"gorae/layer"
	"gorae/model"
	"gorae/model/modeltest"
	"gorae/tensor"
)

// alone compares the predictions of some samples by themselves with those that they have among many, to the bit.
func alone(t *testing.T, m *model.Model, x ...*tensor.Tensor) {
	t.Helper()
	n := x[0].Shape[0]
	whole := predicted(t, m, x...)
	width := whole.Len() / n
	for _, k := range []int{1, 2, 3, 5, 7, 8, 16, 31, 33, 64, 100, 256} {
		for _, from := range []int{0, 17} {
			if from+k > n {
				continue
			}
			var some []*tensor.Tensor
			for _, v := range x {
				some = append(some, v.Rows(from, from+k))
			}
			y := predicted(t, m, some...)
			for i, v := range y.F32 {
				if w := whole.F32[from*width+i]; math.Float32bits(v) != math.Float32bits(w) {
					t.Errorf("%d samples from %d: output %d is %v, among %d samples %v", k, from, i, v, n, w)
					break
				}
			}
		}
	}
}

func predicted(t *testing.T, m *model.Model, x ...*tensor.Tensor) *tensor.Tensor {
	t.Helper()
	y, err := m.Predict(context.Background(), x...)
	if err != nil {
		t.Fatal(err)
	}
	return y[0]
}

// TestBatchInvariance: the prediction of a sample is the same to the bit, whatever the number of samples beside it.
func TestBatchInvariance(t *testing.T) {
	conv := func(filters int, kernel ...int) layer.Layer {
		return layer.Conv2D{Filters: filters, KernelSize: kernel, Activation: "relu"}
	}
	for name, layers := range map[string][]layer.Layer{
		"mlp": {layer.Input{Shape: []int{784}}, layer.Dense{Units: 512, Activation: "relu"},
			layer.Dense{Units: 512, Activation: "relu"}, layer.Dense{Units: 10, Activation: "softmax"}},
		"normalised": {layer.Input{Shape: []int{30}}, layer.Dense{Units: 64}, layer.BatchNormalization{}, layer.ReLU{},
			layer.LayerNormalization{}, layer.Dense{Units: 1, Activation: "sigmoid"}},
		"narrow": {layer.Input{Shape: []int{4}}, layer.Dense{Units: 3, Activation: "softmax"}},
		"wide":   {layer.Input{Shape: []int{3000}}, layer.Dense{Units: 7, Activation: "tanh"}},
		"cnn": {layer.Input{Shape: []int{28, 28, 1}}, conv(32, 3, 3), layer.MaxPooling2D{PoolSize: []int{2, 2}},
			conv(64, 3, 3), layer.MaxPooling2D{PoolSize: []int{2, 2}}, layer.Flatten{}, layer.Dense{Units: 10}},
		"deep cnn": {layer.Input{Shape: []int{12, 12, 32}}, conv(32, 3, 3), conv(48, 1, 1), conv(16, 5, 5),
			layer.GlobalAveragePooling2D{}, layer.Dense{Units: 2, Activation: "softmax"}},
		"conv1d": {layer.Input{Shape: []int{50, 3}},
			layer.Conv1D{Filters: 20, KernelSize: []int{5}, Activation: "relu"},
			layer.GlobalAveragePooling1D{}, layer.Dense{Units: 2}},
		"lstm":      {layer.Input{Shape: []int{30, 3}}, layer.LSTM{Units: 64}, layer.Dense{Units: 1}},
		"gru":       {layer.Input{Shape: []int{30, 3}}, layer.GRU{Units: 33}, layer.Dense{Units: 1}},
		"wide lstm": {layer.Input{Shape: []int{4, 40}}, layer.LSTM{Units: 192}},
		"both ways": {layer.Input{Shape: []int{12, 16}},
			layer.Bidirectional{Layer: layer.LSTM{Units: 16, ReturnSequences: true}},
			layer.TimeDistributed{Layer: layer.Dense{Units: 5}}, layer.Flatten{}, layer.Dense{Units: 4}},
	} {
		t.Run(name, func(t *testing.T) {
			m := model.Sequential(layers...)
			if err := m.Build(3); err != nil {
				t.Fatal(err)
			}
			alone(t, m, random(5, m.InputTypes(300)[0].Shape...))
		})
	}
}

// TestLayersAlone is TestBatchInvariance of each layer.
func TestLayersAlone(t *testing.T) {
	for name, c := range modeltest.Cases() {
		if testing.Short() && len(name)%4 != 0 {
			continue // a quarter of the cases
		}
		t.Run(name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(7, 8))
			var in []*model.Value
			var xs []*tensor.Tensor
			for _, s := range c.Inputs {
				in = append(in, model.Apply(layer.Input{Shape: s}))
				x := random(9, append([]int{40}, s...)...)
				for i := range x.F32 {
					if c.Ids > 0 {
						x.F32[i] = float32(rng.IntN(c.Ids))
					}
				}
				xs = append(xs, x)
			}
			m := model.New(in, []*model.Value{model.Apply(c.Layer, in...)})
			if err := m.Build(3); err != nil {
				t.Fatal(err)
			}
			alone(t, m, xs...)
		})
	}
}
