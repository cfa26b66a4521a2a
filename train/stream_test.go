package train

import (
	"context"
	"errors"
	"io"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"gorae/data"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
)

// measured is a stream of n samples of a line with a wave on it.
func measured(n int) *data.Generator {
	return &data.Generator{
		Fields: data.Spec{Inputs: []data.Field{{Name: "x", Shape: tensor.Shape{2}}},
			Targets: []data.Field{{Name: "y", Shape: tensor.Shape{1}}}},
		Begin: func(int) (func(data.Row) error, error) {
			i := 0
			return func(row data.Row) error {
				if i == n {
					return io.EOF
				}
				sample(row, i)
				i++
				return nil
			}, nil
		},
	}
}

func sample(row data.Row, i int) {
	x := row[0].F32
	x[0], x[1] = float32(math.Sin(float64(i))), float32(i%5)/5
	if len(row) > 1 {
		row[1].F32[0] = 2*x[0] - x[1]
	}
}

// known is the same samples with a length.
func known(n int) Data {
	x, y := tensor.New(tensor.Float32, n, 2), tensor.New(tensor.Float32, n, 1)
	for i := range n {
		sample(data.Row{*x.Rows(i, i+1), *y.Rows(i, i+1)}, i)
	}
	return Pairs(x, y)
}

func lineModel() *model.Model {
	return model.Sequential(layer.Input{Shape: []int{2}}, layer.Dense{Units: 4, Activation: "tanh"},
		layer.Dropout{Rate: 0.1}, layer.Dense{Units: 1})
}

func course(epochs int) Config {
	return Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.Adam{}, Epochs: epochs, BatchSize: 8, Seed: 2}
}

// TestStream: a stream learns and is evaluated with the bits of the same samples in memory and in their order, whether
// the last batch is whole or not.
func TestStream(t *testing.T) {
	for _, n := range []int{3, 16, 21} {
		a, b := lineModel(), lineModel()
		val := known(10)
		c := course(3)
		c.NoShuffle, c.Validation = true, &val
		want := mustFit(t, a, known(n), c)
		stream := Data{Source: measured(10)}
		c.NoShuffle, c.Validation = false, &stream
		var batches []int
		c.Callbacks = []Callback{Lambda{EpochEnd: func(e Event) error {
			batches = append(batches, e.Batch,
				e.Batches)
			return nil
		}}}
		got := mustFit(t, b, Data{Source: measured(n)}, c)
		if print(a) != print(b) || outcome(0, want) != outcome(0, got) {
			t.Errorf("%d samples: a stream learns otherwise:\n%sin memory\n%s", n, outcome(0, got), outcome(0, want))
		}
		if batches[0] != (n+7)/8 || batches[1] != 0 {
			t.Errorf("%d samples: %d batches, said to be %d", n, batches[0], batches[1])
		}
	}
	for _, c := range []struct {
		d    Data
		c    Config
		want string
	}{
		{Data{Source: measured(0)}, course(1), "the stream has no samples in epoch 0"},
		{Data{Source: measured(4), Weights: tensor.New(tensor.Float32, 4)}, course(1),
			"weights of samples are for data whose length is known"},
		{known(4), Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{}, Epochs: 1, StepsPerEpoch: -1},
			"steps_per_epoch: -1"},
		{known(4), Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{}, Epochs: 1, ShuffleBuffer: -1},
			"shuffle_buffer: -1"},
		{known(4), Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{}, Epochs: 1,
			Validation: &Data{Source: measured(0)}}, "validation: the stream has no samples"},
	} {
		if _, err := Fit(t.Context(), lineModel(), c.d, c.c); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v; want %q", err, c.want)
		}
	}
}

// TestStepsPerEpoch: epochs of four batches go on where the one before ended, and where the data end the epoch ends, as
// with Keras 3 (TFEpochIterator.enumerate_epoch): 21 samples in batches of 8 are passes of three.
func TestStepsPerEpoch(t *testing.T) {
	for name, d := range map[string]Data{"stream": {Source: measured(21)}, "memory": known(21)} {
		for _, x := range []struct {
			steps int
			want  []int
		}{{2, []int{2, 1, 2, 1}}, {3, []int{3, 3, 3, 3}}, {4, []int{3, 3, 3, 3}}, {1, []int{1, 1, 1, 1}}} {
			c := course(4)
			c.StepsPerEpoch, c.ShuffleBuffer = x.steps, 5
			var got []int
			c.Callbacks = []Callback{Lambda{EpochEnd: func(e Event) error { got = append(got, e.Batch); return nil }}}
			if h := mustFit(t, lineModel(), d, c); len(h.Rows) != 4 {
				t.Errorf("%s: %d epochs", name, len(h.Rows))
			}
			for i := range got {
				if got[i] != x.want[i] {
					t.Errorf("%s: %d steps per epoch: %v batches, want %v", name, x.steps, got, x.want)
					break
				}
			}
		}
	}
}

// TestStreamResumes: a shuffled stream whose run is stopped after any batch goes on with the same samples, to the bit.
func TestStreamResumes(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	d := func() Data { return Data{Source: measured(29)} }
	for _, steps := range []int{0, 3} {
		c := course(3)
		c.StepsPerEpoch, c.ShuffleBuffer = steps, 10
		whole := lineModel()
		want := mustFit(t, whole, d(), c)
		for stop := uint64(1); stop < 7; stop++ {
			path := filepath.Join(t.TempDir(), "last.keras")
			ctx, cancel := context.WithCancel(t.Context())
			c := c
			c.Checkpoint = &Checkpoint{Path: path, Every: 1, Resume: true}
			c.Callbacks = []Callback{Lambda{BatchEnd: func(e Event) error {
				if e.Step == stop {
					cancel()
				}
				return nil
			}}}
			if _, err := Fit(ctx, lineModel(), d(), c); !errors.Is(err, context.Canceled) {
				t.Fatalf("stopped after step %d: %v", stop, err)
			}
			m := lineModel()
			got := mustFit(t, m, d(), c)
			if print(m) != print(whole) || outcome(0, got) != outcome(0, want) {
				t.Errorf("%d steps per epoch, stopped after step %d:\n%swithout a stop\n%s", steps, stop,
					outcome(0, got), outcome(0, want))
			}
			c.Callbacks, c.Epochs = nil, 4
			if _, err := Fit(t.Context(), lineModel(), known(29), c); err == nil ||
				!strings.Contains(err.Error(), "trained on a stream, this one on 29 samples") {
				t.Errorf("other data: %v", err)
			}
		}
	}
}
