package train_test

import (
	"path/filepath"
	"strings"
	"testing"

	"gorae/format"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

// stateCase is a small network with samples, and training without shuffling.
func stateCase(t *testing.T) (*model.Model, train.Data, train.Config) {
	t.Helper()
	m := model.Sequential(layer.Input{Shape: []int{2}}, layer.Dense{Base: layer.Base{Name: "d"}, Units: 3,
		Activation: "tanh"}, layer.Dense{Base: layer.Base{Name: "e"}, Units: 1})
	if err := m.Build(5); err != nil {
		t.Fatal(err)
	}
	x, y := tensor.New(tensor.Float32, 8, 2), tensor.New(tensor.Float32, 8, 1)
	for i := range x.F32 {
		x.F32[i] = float32(i%5) / 4
	}
	for i := range y.F32 {
		y.F32[i] = float32(i%3) / 2
	}
	return m, train.Pairs(x, y), train.Config{Loss: loss.MeanSquaredError{}, Epochs: 2, BatchSize: 3, NoShuffle: true}
}

// TestState: a training that goes on from the state in a file gives the bits of one without the interruption, for every
// optimizer; the file's learning rate holds where no optimizer is named, and the named one's where one is.
func TestState(t *testing.T) {
	for _, o := range []optim.Optimizer{optim.SGD{Momentum: 0.9}, optim.RMSprop{Momentum: 0.5, Centered: true},
		optim.Adam{}, optim.AdamW{}, optim.Nadam{}, optim.Adamax{}, optim.Adagrad{}, optim.Adadelta{LearningRate: 1},
		optim.Adam{Schedule: optim.ExponentialDecay{Initial: 0.01, Steps: 3, Rate: 0.5}}} {
		m, d, c := stateCase(t)
		path := filepath.Join(t.TempDir(), "m.keras")
		c.Optimizer, c.Callbacks = o, []train.Callback{&train.ModelCheckpoint{Filepath: path}}
		if _, err := train.Fit(t.Context(), m, d, c); err != nil {
			t.Fatal(err)
		}
		f, err := format.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		state, err := format.LoadOptimizer(path, f.Model)
		if err != nil {
			t.Fatal(err)
		}
		if state.Iterations != 6 {
			t.Errorf("%T: %d steps", o, state.Iterations)
		}
		c.Optimizer, c.State, c.Callbacks = nil, state, nil
		if _, err := train.Fit(t.Context(), f.Model, d, c); err != nil {
			t.Fatal(err)
		}
		whole, d, c := stateCase(t)
		c.Optimizer, c.Epochs = o, 4
		if _, err := train.Fit(t.Context(), whole, d, c); err != nil {
			t.Fatal(err)
		}
		for _, v := range whole.Store().Vars() {
			for i, want := range v.Value.F32 {
				if got := f.Model.Store().Var(v.Path).Value.F32[i]; got != want {
					t.Errorf("%T: %s[%d] is %v, without the interruption %v", o, v.Path, i, got, want)
				}
			}
		}
	}
	m, _, c := stateCase(t)
	c.State = &format.Optimizer{Settings: optim.Adam{}, Iterations: 2, LearningRate: new(float32(0.25))}
	for _, o := range []optim.Optimizer{nil, optim.Adam{LearningRate: 0.5}} {
		c.Optimizer = o
		trainer, err := train.NewTrainer(m, c)
		if err != nil {
			t.Fatal(err)
		}
		want := 0.25
		if o != nil {
			want = 0.5
		}
		if got := trainer.LearningRate(); got != want {
			t.Errorf("the learning rate is %v, want %v", got, want)
		}
	}
}

// TestStateMismatch: a state of another optimizer, or of another model, is refused with the remedy.
func TestStateMismatch(t *testing.T) {
	for want, c := range map[string]struct {
		state format.Optimizer
		o     optim.Optimizer
	}{
		"it is of Adam, the training's optimizer is SGD; train with the optimizer of the file, or begin without": {
			format.Optimizer{Settings: optim.Adam{}}, optim.SGD{}},
		"SGD keeps [momentum] for each weight, the training's []; train with": {
			format.Optimizer{Settings: optim.SGD{Momentum: 0.5}}, optim.SGD{}},
		"optimizer/d/bias/momentum is float32(7,), the model needs float32(3,); it belongs to another model": {
			format.Optimizer{Settings: optim.Adam{}, Slots: []tensor.Named{{Name: "optimizer/d/bias/momentum",
				Tensor: tensor.New(tensor.Float32, 7)}}}, nil},
		"-3 is not a number of steps": {format.Optimizer{Settings: optim.Adam{}, Iterations: -3}, nil},
		"it has no settings":          {format.Optimizer{}, optim.SGD{}},
	} {
		m, d, config := stateCase(t)
		config.State, config.Optimizer = &c.state, c.o
		_, err := train.Fit(t.Context(), m, d, config)
		if err == nil || !strings.Contains(err.Error(), "the state of the optimizer: "+want) {
			t.Errorf("%v; want …%s…", err, want)
		}
	}
}
