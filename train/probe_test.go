package train

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"gorae/internal/par"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
)

// TestProbeByHand: one step of y = w·x + b with w = 2, b = 1 on x = (1, 3), target (0, 0): ŷ = (3, 7), L = 29,
// ∂L/∂ŷ = ŷ, ∂L/∂w = 3·1 + 7·3 = 24, ∂L/∂b = 10; SGD at 0.01 moves w by −0.24 and b by −0.1.
func TestProbeByHand(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{1}}, layer.Dense{Units: 1})
	if err := m.Build(0); err != nil {
		t.Fatal(err)
	}
	for path, v := range map[string]*tensor.Tensor{"dense/kernel": tensor.Of([]float32{2}, 1, 1),
		"dense/bias": tensor.Of([]float32{1}, 1)} {
		if err := m.Store().Set(path, v); err != nil {
			t.Fatal(err)
		}
	}
	looks := 0
	p := &Probe{
		Watch: []Watch{{Activations, "dense"}, {ActivationGradients, "dense"}, {Weights, "dense/*"},
			{WeightGradients, ""}, {Updates, "*/kernel"}, {Updates, "dense/bias"}},
		Steps: 1,
		See: func(o *Observation) error {
			if looks++; looks > 1 {
				return nil
			}
			if o.Epoch != 1 || o.Step != 1 || o.Samples != 2 || o.Loss != 29 || len(o.Values) != 8 {
				t.Errorf("%+v", o)
			}
			for _, x := range []struct {
				q    Quantity
				path string
				want []float32
			}{
				{Activations, "dense", []float32{3, 7}}, {ActivationGradients, "dense", []float32{3, 7}},
				{Weights, "dense/kernel", []float32{2}}, {Weights, "dense/bias", []float32{1}},
				{WeightGradients, "dense/kernel", []float32{24}}, {WeightGradients, "dense/bias", []float32{10}},
				{Updates, "dense/kernel", []float32{-0.24}}, {Updates, "dense/bias", []float32{-0.1}},
			} {
				got := o.Of(x.q, x.path)
				if got == nil || got.Len() != len(x.want) {
					t.Errorf("%v of %s: %v, want %v", x.q, x.path, got, x.want)
					continue
				}
				for i, v := range x.want {
					if math.Abs(float64(got.F32[i]-v)) > 1e-6 {
						t.Errorf("%v of %s: %v, want %v", x.q, x.path, got.F32, x.want)
					}
				}
			}
			return nil
		},
	}
	mustFit(t, m, Pairs(tensor.Of([]float32{1, 3}, 2, 1), tensor.New(tensor.Float32, 2, 1)),
		Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{LearningRate: 0.01}, Epochs: 3, NoShuffle: true,
			Callbacks: []Callback{p}})
	if looks != 3 {
		t.Errorf("%d looks at 3 steps", looks)
	}
}

// TestProbeStats: the statistics of numbers by hand.
func TestProbeStats(t *testing.T) {
	s := Observed{Value: tensor.Of([]float32{3, 0, -4, 0, float32(math.NaN()), float32(math.Inf(1)), 1, 0}, 2,
		4)}.Stats()
	want := Stats{Mean: 0, Deviation: math.Sqrt(26.0 / 6), Min: -4, Max: 3, Norm: math.Sqrt(26), Zeros: 3,
		NotFinite: 2, Count: 8}
	if s != want {
		t.Errorf("%+v, want %+v", s, want)
	}
}

// TestProbeChangesNothing: with every quantity watched at every second step and at every epoch's end a run learns the
// bits of one that is not watched, for one thread and three, and taken up again; recurrent layers, dropout, batch
// normalisation and an embedding are among the layers.
func TestProbeChangesNothing(t *testing.T) {
	build := func() *model.Model {
		return model.Sequential(layer.Input{Shape: []int{6}, DType: "int32"},
			layer.Embedding{InputDim: 9, OutputDim: 3},
			layer.LSTM{Units: 4, CellOptions: layer.CellOptions{Dropout: 0.2}}, layer.BatchNormalization{},
			layer.Dropout{Rate: 0.3}, layer.Dense{Units: 1})
	}
	x, y := tensor.New(tensor.Int32, 30, 6), tensor.New(tensor.Float32, 30, 1)
	for i := range x.I32 {
		x.I32[i] = int32(i * i % 9)
	}
	for i := range y.F32 {
		y.F32[i] = float32(i%4) - 1
	}
	type seen []string
	run := func(threads, epochs int, path string, watched bool) (uint64, seen) {
		before := par.Default()
		defer par.SetDefault(before)
		par.SetDefault(par.New(threads))
		m := build()
		c := Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.Adam{}, Epochs: epochs, BatchSize: 8, Seed: 4}
		if path != "" {
			c.Checkpoint = &Checkpoint{Path: path, Every: 1, Resume: true}
		}
		var log seen
		if watched {
			p := &Probe{Steps: 2, Epochs: 1, Samples: 5, See: func(o *Observation) error {
				line := fmt.Sprint(o.Epoch, " ", o.Step, " ", o.Samples)
				for _, v := range o.Values {
					line += fmt.Sprintf(" %v %s %v", v.Quantity, v.Path, v.Stats())
				}
				log = append(log, line)
				return nil
			}}
			for q := Activations; q <= Updates; q++ {
				p.Watch = append(p.Watch, Watch{q, ""})
			}
			c.Callbacks = []Callback{p}
		}
		mustFit(t, m, Pairs(x, y), c)
		return print(m), log
	}
	want, none := run(1, 3, "", false)
	if none != nil {
		t.Fatal(none)
	}
	got, all := run(1, 3, "", true)
	if got != want {
		t.Errorf("watched, the weights are %x, else %x", got, want)
	}
	if len(all) != 4+6 {
		t.Fatalf("%d looks, want 4 at epochs and 6 at steps", len(all))
	}
	for _, q := range []string{" activations embedding ", " activation gradients lstm ", " state gradients lstm ",
		" weights batch_normalization/moving_mean ", " weight gradients embedding/embeddings ",
		" updates lstm/cell/kernel "} {
		if !strings.Contains(all[len(all)-2], q) {
			t.Errorf("no %s in %s", q, all[len(all)-2])
		}
	}
	if got, log := run(3, 3, "", true); got != want || strings.Join(log, "\n") != strings.Join(all, "\n") {
		t.Errorf("three threads: weights %x, want %x, the same looks: %v", got, want,
			strings.Join(log, "\n") == strings.Join(all, "\n"))
	}
	path := filepath.Join(t.TempDir(), "last.keras")
	_, first := run(2, 1, path, true)
	got, rest := run(1, 3, path, true)
	if log := append(first, rest...); got != want || strings.Join(log, "\n") != strings.Join(all, "\n") {
		t.Errorf("taken up: weights %x, want %x; looks\n%s\nwant\n%s", got, want, strings.Join(log, "\n"),
			strings.Join(all, "\n"))
	}
}

// TestProbeErrors: mistakes are found when the run begins, and an error of the user's function ends it.
func TestProbeErrors(t *testing.T) {
	see := func(*Observation) error { return nil }
	stop := errors.New("enough")
	for _, c := range []struct {
		p    Probe
		want string
	}{
		{Probe{Watch: []Watch{{}}, Steps: 1}, "probe: See is nil"},
		{Probe{See: see, Steps: 1}, "probe: nothing to watch"},
		{Probe{See: see, Watch: []Watch{{}}}, "probe: neither Steps nor Epochs is given"},
		{Probe{See: see, Watch: []Watch{{}}, Steps: -1}, "probe: Steps -1"},
		{Probe{See: see, Watch: []Watch{{Quantity: 99}}, Steps: 1}, "probe: there is no quantity 99"},
		{Probe{See: see, Watch: []Watch{{Path: "["}}, Steps: 1}, `probe: "[" is not a pattern`},
		{Probe{See: see, Watch: []Watch{{Updates, ""}}, Epochs: 1}, "probe: updates are made by steps; give Steps"},
		{Probe{See: see, Watch: []Watch{{Weights, "dense/kernle"}}, Steps: 1},
			`probe: weights of "dense/kernle": there is none; did you mean "dense/kernel"?`},
		{Probe{See: see, Watch: []Watch{{Activations, "dens"}}, Steps: 1},
			`probe: activations of "dens": there is none; did you mean "dense"?`},
		{Probe{See: see, Watch: []Watch{{StateGradients, "dense"}}, Epochs: 1},
			`probe: state gradients of "dense": there is none`},
		{Probe{See: func(*Observation) error { return stop }, Watch: []Watch{{}}, Steps: 2}, "enough"},
		{Probe{See: func(*Observation) error { return stop }, Watch: []Watch{{}}, Epochs: 1}, "enough"},
	} {
		_, err := Fit(t.Context(), classifier(), digits(t, 0, 64),
			Config{Loss: loss.SparseCategoricalCrossentropy{}, Optimizer: optim.SGD{}, Epochs: 1,
				Callbacks: []Callback{&c.p}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v; want %q", err, c.want)
		}
	}
	_, err := Fit(t.Context(), lineModel(), Data{Source: measured(9)},
		Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{}, Epochs: 1,
			Callbacks: []Callback{&Probe{See: see, Watch: []Watch{{}}, Epochs: 1}}})
	if err == nil || !strings.Contains(err.Error(),
		"probe: the training data's length is not known; give the samples to look at as Data") {
		t.Error(err)
	}
	d, looks := known(4), 0
	mustFit(t, lineModel(), Data{Source: measured(9)},
		Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{}, Epochs: 2,
			Callbacks: []Callback{&Probe{Watch: []Watch{{}}, Epochs: 2, Data: &d, See: func(o *Observation) error {
				if looks++; o.Samples != 4 {
					t.Errorf("%d samples", o.Samples)
				}
				return nil
			}}}})
	if looks != 2 {
		t.Errorf("%d looks, want 2", looks)
	}
}

// TestProbeFree: a step that no probe is due at allocates nothing, and one step of a watched run pays for its own look
// only.
func TestProbeFree(t *testing.T) {
	m := lineModel()
	tr, err := NewTrainer(m, course(1))
	if err != nil {
		t.Fatal(err)
	}
	d := known(8)
	in := []*tensor.Tensor{d.X[0], d.Y[0]}
	tr.t0(t, in)
	p := &Probe{Watch: []Watch{{}}, Steps: 1 << 40, See: func(*Observation) error { return errors.New("not due") }}
	if err := tr.step.Watch(p); err != nil {
		t.Fatal(err)
	}
	tr.t0(t, in)
	if p.own.All() != nil {
		t.Error("a program was compiled for a probe that is not due")
	}
}

// t0 runs steps that must not allocate.
func (t *Trainer) t0(tb testing.TB, in []*tensor.Tensor) {
	tb.Helper()
	step := func() {
		if _, _, err := t.step.Run(in...); err != nil {
			tb.Fatal(err)
		}
	}
	step()
	if n := testing.AllocsPerRun(20, step); n != 0 {
		tb.Errorf("a step allocates %v times", n)
	}
}
