//go:build judge

package judge

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"gorae/format"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

// optimizers are all of gorae's in their varieties, as Keras writes them, each with the network that it trains. None
// has an embedding: Keras moves a row once for each time that its id occurs, against the formulas of all but SGD.
var optimizers = []struct {
	name, recipe string
	class        string
	config       map[string]any
}{
	{"sgd", "frozen", "SGD", map[string]any{"learning_rate": 0.125}},
	{"momentum", "cnn", "SGD", map[string]any{"learning_rate": 0.03125, "momentum": 0.875}},
	{"nesterov", "two inputs", "SGD", map[string]any{"learning_rate": 0.03125, "momentum": 0.875, "nesterov": true}},
	{"rmsprop", "series", "RMSprop", map[string]any{"learning_rate": 0.0078125}},
	{"rmsprop centered", "cnn", "RMSprop", map[string]any{"learning_rate": 0.0078125, "momentum": 0.5,
		"centered": true}},
	{"adam", "two inputs", "Adam", map[string]any{"learning_rate": 0.015625}},
	{"adam clipped", "frozen", "Adam", map[string]any{"learning_rate": 0.015625, "global_clipnorm": 0.5}},
	{"adam scheduled", "cnn", "Adam", map[string]any{"learning_rate": map[string]any{
		"module": "keras.optimizers.schedules", "class_name": "CosineDecay",
		"config": map[string]any{"initial_learning_rate": 0.03125, "decay_steps": 16}}}},
	{"adamw", "nested", "AdamW", map[string]any{"learning_rate": 0.015625, "weight_decay": 0.0625}},
	{"nadam", "two inputs", "Nadam", map[string]any{"learning_rate": 0.015625}},
	{"adamax", "two inputs", "Adamax", map[string]any{"learning_rate": 0.015625}},
	{"adagrad", "cnn", "Adagrad", map[string]any{"learning_rate": 0.0625}},
	{"adadelta", "frozen", "Adadelta", map[string]any{"learning_rate": 0.5}},
	{"adam amsgrad", "cnn", "Adam", map[string]any{"learning_rate": 0.015625, "amsgrad": true}},
	{"lion", "frozen", "Lion", map[string]any{"learning_rate": 0.0078125}},
	{"ftrl", "frozen", "Ftrl", map[string]any{"learning_rate": 0.0625}},
	{"adafactor", "frozen", "Adafactor", map[string]any{"learning_rate": 0.0625}},
	{"adam averaged", "frozen", "Adam", map[string]any{"learning_rate": 0.015625, "use_ema": true,
		"ema_momentum": 0.75, "ema_overwrite_frequency": 4}},
	{"adam loss scale", "frozen", "LossScaleOptimizer", map[string]any{"initial_scale": 1024.0,
		"dynamic_growth_steps": 4, "inner_optimizer": map[string]any{"module": "keras.optimizers",
			"class_name": "Adam", "config": map[string]any{"learning_rate": 0.015625}}}},
	{"momentum accumulated", "frozen", "SGD", map[string]any{"learning_rate": 0.125, "momentum": 0.875,
		"gradient_accumulation_steps": 3}},
}

// TestOptimizersAreAll: no registered optimizer is missing from the list.
func TestOptimizersAreAll(t *testing.T) {
	have := map[string]bool{}
	for _, o := range optimizers {
		have[o.class] = true
	}
	for _, class := range optim.Optimizers.Classes() {
		if d, _ := optim.Optimizers.Describe(class); !have[class] && !d.Own {
			t.Errorf("%s is not held against Keras", class)
		}
	}
}

const onEpochs = 3

// trainOn trains a model for three epochs in the order of the samples, as resume and resumed of judge.py do. It saves
// the model with the state of its optimizer at the end, if a path is given.
func trainOn(t *testing.T, m *model.Model, l string, y *tensor.Tensor, xs []*tensor.Tensor, c train.Config,
	path string) {
	t.Helper()
	made, err := loss.New(l)
	if err != nil {
		t.Fatal(err)
	}
	c.Loss, c.Epochs, c.BatchSize, c.NoShuffle = made, onEpochs, 8, true
	if path != "" {
		c.Callbacks = []train.Callback{&train.ModelCheckpoint{Filepath: path}}
	}
	if _, err := train.Fit(t.Context(), m, train.Data{X: xs, Y: []*tensor.Tensor{y}}, c); err != nil {
		t.Fatal(err)
	}
}

// opened is the model of a file with the state of its optimizer.
func opened(t *testing.T, path string) (*model.Model, *format.Optimizer) {
	t.Helper()
	f, err := format.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	o, err := format.LoadOptimizer(path, f.Model)
	if err != nil {
		t.Fatal(err)
	}
	if o == nil {
		t.Fatalf("%s holds no state of an optimizer", path)
	}
	return f.Model, o
}

// TestOptimizers: Keras trains a network for three epochs and saves it; gorae goes on for three with the state that the
// file holds, and has the weights that Keras has when it goes on. Then gorae trains, saves, and Keras goes on.
func TestOptimizers(t *testing.T) {
	p := judge(t)
	for i, o := range optimizers {
		if i%3 != 0 && os.Getenv("GORAE_LONG") == "" {
			continue // all of them in .ci/long
		}
		t.Run(o.name, func(t *testing.T) {
			dir := t.TempDir()
			path, own := filepath.Join(dir, "keras.keras"), filepath.Join(dir, "gorae.keras")
			written := map[string]any{"class_name": o.class, "config": o.config}
			a := p.ask(t, question{Do: "resume", Path: path, Recipe: o.recipe, Seed: i + 1, Optimizer: written,
				Batch: 8, Epochs: onEpochs})
			xs, y := tensors(a.Inputs), a.Targets[0].tensor()
			var l string
			if err := json.Unmarshal(a.Loss, &l); err != nil {
				t.Fatal(err)
			}
			m, state := opened(t, path)
			if want := int64(onEpochs * ((y.Shape[0] + 7) / 8)); state.Iterations != want {
				t.Errorf("%d steps are done, Keras did %d", state.Iterations, want)
			}
			trainOn(t, m, l, y, xs, train.Config{State: state}, "")
			sameWeights(t, m, a.Weights)

			m, _ = opened(t, path) // the other way round, with an optimizer that begins anew
			made, err := optim.Optimizers.Decode(written)
			if err != nil {
				t.Fatal(err)
			}
			trainOn(t, m, l, y, xs, train.Config{Optimizer: made}, own)
			b := p.ask(t, question{Do: "resumed", Path: own, Batch: 8, Epochs: onEpochs, Inputs: a.Inputs,
				Targets: a.Targets})
			m, state = opened(t, own)
			if b.Value != float64(state.Iterations) {
				t.Errorf("Keras finds %v steps done, gorae %d", b.Value, state.Iterations)
			}
			trainOn(t, m, l, y, xs, train.Config{State: state, Optimizer: made}, "")
			sameWeights(t, m, b.Weights)
		})
	}
}

// TestLegacyStates: Keras trains and saves as HDF5; gorae goes on with the state in it, and Keras goes on with the
// .keras archive into which gorae puts what it has read. Both have the weights that Keras has when it goes on.
func TestLegacyStates(t *testing.T) {
	p := judge(t)
	for i, o := range optimizers {
		if i%4 != 1 && os.Getenv("GORAE_LONG") == "" {
			continue // all of them in .ci/long
		}
		t.Run(o.name, func(t *testing.T) {
			dir := t.TempDir()
			path, own := filepath.Join(dir, "keras.h5"), filepath.Join(dir, "gorae.keras")
			a := p.ask(t, question{Do: "resume", Path: path, Recipe: o.recipe, Seed: i + 1, Batch: 8, Epochs: onEpochs,
				Optimizer: map[string]any{"class_name": o.class, "config": o.config}})
			xs, y := tensors(a.Inputs), a.Targets[0].tensor()
			var l string
			if err := json.Unmarshal(a.Loss, &l); err != nil {
				t.Fatal(err)
			}
			m, state := opened(t, path)
			if want := int64(onEpochs * ((y.Shape[0] + 7) / 8)); state.Iterations != want {
				t.Errorf("%d steps are done, Keras did %d", state.Iterations, want)
			}
			if err := format.Save(own, &format.File{Model: m, Optimizer: state}); err != nil {
				t.Fatal(err)
			}
			b := p.ask(t, question{Do: "resumed", Path: own, Batch: 8, Epochs: onEpochs, Inputs: a.Inputs,
				Targets: a.Targets})
			trainOn(t, m, l, y, xs, train.Config{State: state}, "")
			sameWeights(t, m, a.Weights)
			sameWeights(t, m, b.Weights)
		})
	}
}
