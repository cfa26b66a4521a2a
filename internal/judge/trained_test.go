//go:build judge

package judge

import (
	"encoding/json"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"gorae/format/keras"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
	"gorae/weight"
)

// sgd is the optimizer with which both sides go on. It remembers nothing: gorae does not read an optimizer's state.
var sgd = map[string]any{"class_name": "SGD", "config": map[string]any{"learning_rate": 0.0625}}

// goOn trains an epoch without shuffling, as go_on of judge.py does.
func goOn(t *testing.T, m *model.Model, l string, y *tensor.Tensor, xs ...*tensor.Tensor) float64 {
	t.Helper()
	made, err := loss.New(l)
	if err != nil {
		t.Fatal(err)
	}
	h, err := train.Fit(t.Context(), m, train.Data{X: xs, Y: []*tensor.Tensor{y}}, train.Config{Loss: made,
		Optimizer: optim.SGD{LearningRate: 0.0625}, Epochs: 1, BatchSize: 8, NoShuffle: true})
	if err != nil {
		t.Fatal(err)
	}
	return h.Last().Metrics.Of("loss")
}

// sameWeights compares the weights of two models layer by layer.
func sameWeights(t *testing.T, m *model.Model, want []named) {
	t.Helper()
	have := map[string][]*weight.Var{}
	for _, v := range m.Store().Vars() {
		name, _, _ := strings.Cut(v.Path, "/")
		have[name] = append(have[name], v)
	}
	for _, w := range want {
		name, _, _ := strings.Cut(w.Path, "/")
		if len(have[name]) == 0 {
			t.Fatalf("Keras has %s, and gorae no weight of it", w.Path)
		}
		if s := near(have[name][0].Value, w.Value.tensor(), 2e-5); s != "" {
			t.Errorf("%s: %s", w.Path, s)
		}
		have[name] = have[name][1:]
	}
}

// TestTrainedInKeras: a network that Keras trained and saved, with an optimizer that has a state, opens in gorae,
// predicts the same, and goes on by plain SGD to the same loss and weights. Dropout, which draws, is compared in
// prediction alone.
func TestTrainedInKeras(t *testing.T) {
	p := judge(t)
	for i, name := range []string{"mlp", "cnn", "text", "series", "two inputs"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "keras.keras")
			a := p.ask(t, question{Do: "train", Path: path, Recipe: name, Seed: i + 1,
				Optimizer: []string{"adam", "rmsprop", "sgd", "adamw", "nadam"}[i]})
			m, _, err := keras.LoadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			xs, y := tensors(a.Inputs), a.Targets[0].tensor()
			outs, err := m.Predict(t.Context(), xs...)
			if err != nil {
				t.Fatal(err)
			}
			if s := near(outs[0], a.Outputs[0].tensor(), 1e-5); s != "" {
				t.Errorf("the prediction: %s", s)
			}
			var l string
			if err := json.Unmarshal(a.Loss, &l); err != nil {
				t.Fatal(err)
			}
			if name == "mlp" {
				return
			}
			b := p.ask(t, question{Do: "go_on", Path: path, Optimizer: sgd, Loss: l, Batch: 8, Inputs: a.Inputs,
				Targets: a.Targets})
			var want float64
			if err := json.Unmarshal(b.Loss, &want); err != nil {
				t.Fatal(err)
			}
			if got := goOn(t, m, l, y, xs...); math.Abs(got-want) > 1e-5*(1+math.Abs(want)) {
				t.Errorf("the loss of the next epoch is %v, Keras has %v", got, want)
			}
			sameWeights(t, m, b.Weights)
		})
	}
}

// TestTrainedInGorae: networks that gorae trained open in Keras, predict the same there, and go on to the same weights.
func TestTrainedInGorae(t *testing.T) {
	p := judge(t)
	for name, m := range map[string]*model.Model{
		"rows": model.Sequential(layer.Input{Shape: []int{5}}, layer.Dense{Units: 6, Activation: "gelu"},
			layer.LayerNormalization{}, layer.Dense{Units: 2}),
		"pictures": model.Sequential(layer.Input{Shape: []int{6, 6, 1}},
			layer.Conv2D{Filters: 3, KernelSize: []int{3}, Activation: "relu"}, layer.BatchNormalization{},
			layer.GlobalAveragePooling2D{}, layer.Dense{Units: 2}),
		"sequences": model.Sequential(layer.Input{Shape: []int{7, 3}}, layer.Masking{},
			layer.GRU{Units: 4, ReturnSequences: true}, layer.Bidirectional{Layer: layer.LSTM{Units: 3}},
			layer.Dense{Units: 2}),
	} {
		t.Run(name, func(t *testing.T) {
			if err := m.Build(3); err != nil {
				t.Fatal(err)
			}
			xs := samples(m, 24, 0)
			if name == "sequences" { // some steps are padding
				for i := range 24 {
					clear(xs[0].F32[(i+1)*21-3*(i%4) : (i+1)*21])
				}
			}
			y := tensor.New(tensor.Float32, 24, 2)
			r := weight.NewRand(9, "targets")
			for i := range y.F32 {
				y.F32[i] = float32(2*r.Uniform() - 1)
			}
			if _, err := train.Fit(t.Context(), m, train.Pairs(xs[0], y), train.Config{Loss: loss.MeanSquaredError{},
				Optimizer: optim.Adam{LearningRate: 0.01}, Epochs: 3, BatchSize: 8}); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "gorae.keras")
			if err := keras.SaveFile(path, m); err != nil {
				t.Fatal(err)
			}
			a := p.ask(t, question{Do: "predict", Path: path, Inputs: packedAll(xs)})
			outs, err := m.Predict(t.Context(), xs...)
			if err != nil {
				t.Fatal(err)
			}
			if s := near(outs[0], a.Outputs[0].tensor(), 1e-5); s != "" {
				t.Errorf("the prediction: %s", s)
			}
			b := p.ask(t, question{Do: "go_on", Path: path, Optimizer: sgd, Loss: "mean_squared_error", Batch: 8,
				Inputs: packedAll(xs), Targets: []array{packed(y)}})
			goOn(t, m, "mean_squared_error", y, xs...)
			sameWeights(t, m, b.Weights)
		})
	}
}
