package train

import (
	"context"
	"path/filepath"
	"testing"

	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
)

// A stateful model remembers the batch before, in learning and in judging alike: the halves of
// a series, one batch after the other, are evaluated as the whole series is.
func TestStateful(t *testing.T) {
	stateful := model.Sequential(layer.Input{Shape: []int{2, 1}},
		layer.LSTM{Units: 3, RNNOptions: layer.RNNOptions{Stateful: true}}, layer.Dense{Units: 1})
	whole := model.Sequential(layer.Input{Shape: []int{4, 1}}, layer.LSTM{Units: 3}, layer.Dense{Units: 1})
	for _, m := range []*model.Model{stateful, whole} {
		if err := m.Build(1); err != nil {
			t.Fatal(err)
		}
	}
	halves, target := tensor.Of([]float32{0.3, -0.5, 0.8, 0.1}, 2, 2, 1), tensor.Of([]float32{0, 1}, 2, 1)
	series, last := tensor.Of(halves.F32, 1, 4, 1), tensor.Of([]float32{1}, 1, 1)
	evaluate := func(m *model.Model, x, y *tensor.Tensor) float64 {
		t.Helper()
		f, err := Evaluate(t.Context(), m, Pairs(x, y), loss.MeanSquaredError{}, nil, 1)
		if err != nil {
			t.Fatal(err)
		}
		return f[0].Value
	}
	first := evaluate(stateful, halves.Rows(0, 1), target.Rows(0, 1))
	second := evaluate(stateful, halves.Rows(1, 2), target.Rows(1, 2))
	if want := evaluate(whole, series, last); second != want {
		t.Errorf("the second half is evaluated as %v, the whole series as %v", second, want)
	}
	stateful.ResetStates()
	if got := evaluate(stateful, halves, target); got != (first+second)/2 {
		t.Errorf("both halves are evaluated as %v, want %v", got, (first+second)/2)
	}
	// A step of learning leaves its memory behind as well.
	stateful.ResetStates()
	c := Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{LearningRate: 1e-30}, BatchSize: 1, Epochs: 1,
		NoShuffle: true}
	mustFit(t, stateful, Pairs(halves.Rows(0, 1), target.Rows(0, 1)), c)
	if got := evaluate(stateful, halves.Rows(1, 2), target.Rows(1, 2)); got != second {
		t.Errorf("after learning the first half the second is evaluated as %v, want %v", got, second)
	}
}

// TestStatefulResume: what a stateful layer remembers belongs to a checkpoint: a run that was stopped within an epoch
// and taken up again does what it would have done, bit for bit.
func TestStatefulResume(t *testing.T) {
	x, y := waves(30, 4, 1)
	run := func(path string, resume bool, stop int) *model.Model {
		m := model.Sequential(layer.Input{Shape: []int{4, 2}},
			layer.GRU{Units: 3, RNNOptions: layer.RNNOptions{Stateful: true}}, layer.Dense{Units: 1})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		c := Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.Adam{}, Epochs: 2, BatchSize: 6, NoShuffle: true,
			Seed:       4,
			Validation: &Data{X: []*tensor.Tensor{x.Rows(0, 8)}, Y: []*tensor.Tensor{y.Rows(0, 8)}},
			Checkpoint: &Checkpoint{Path: path, Every: 1, Resume: resume},
			Callbacks: []Callback{Lambda{BatchEnd: func(e Event) error {
				if int(e.Step) == stop {
					cancel()
				}
				return nil
			}}}}
		if _, err := Fit(ctx, m, Pairs(x, y), c); (err != nil) != (stop > 0) {
			t.Fatal(err)
		}
		return m
	}
	whole := run(filepath.Join(t.TempDir(), "a.keras"), false, 0)
	for _, stop := range []int{3, 5, 7} {
		path := filepath.Join(t.TempDir(), "b.keras")
		run(path, false, stop)
		again := run(path, true, 0)
		for _, v := range whole.Store().Vars() {
			for i, w := range again.Store().Var(v.Path).Value.F32 {
				if w != v.Value.F32[i] {
					t.Fatalf("stopped after step %d: %s[%d] is %v, without a stop %v", stop, v.Path, i, w,
						v.Value.F32[i])
				}
			}
		}
		was, is := whole.Store().Sessions(), again.Store().Sessions()
		if len(was) != 2 || len(is) != len(was) {
			t.Fatalf("%d and %d sessions, want 2: of 6 and of 2 samples", len(was), len(is))
		}
		for i, v := range was {
			if v.Path != is[i].Path || v.Value.F32[0] == 0 || v.Value.F32[0] != is[i].Value.F32[0] {
				t.Errorf("stopped after step %d: session %s begins with %v, without a stop %v", stop, v.Path,
					is[i].Value.F32[0], v.Value.F32[0])
			}
		}
	}
}
