package golden

import (
	"encoding/json"
	"slices"
	"testing"

	"gorae/graph"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

// kernelSeen is the kernel at an event.
type kernelSeen struct {
	At     string
	Kernel *array
}

func (k *kernelSeen) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&k.At, &k.Kernel})
}

// averages compares the kernel at each event of a training with moving averages of the weights, the losses, and the
// weights in the end.
func (c *callbackCase) averages(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{2}}, layer.Dense{Units: 1})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	vars := m.Store().Vars()
	for i, w := range c.Weights {
		if err := m.Store().Set(vars[i].Path, float32s(w)); err != nil {
			t.Fatal(err)
		}
	}
	type seen struct {
		at     string
		kernel []float32
	}
	var got []seen
	see := func(at string) func(train.Event) error {
		return func(train.Event) error {
			got = append(got, seen{at, slices.Clone(vars[0].Value.F32)})
			return nil
		}
	}
	d := train.Pairs(float32s(c.X), float32s(c.Y))
	run := train.Config{Loss: loss.MeanSquaredError{}, BatchSize: len(c.X.V), Epochs: c.Epochs, NoShuffle: true,
		Validation: &d, Optimizer: optim.SGD{LearningRate: *c.Rate,
			Common: optim.Common{UseEMA: true, EMAMomentum: &c.Momentum}}}
	if c.UseCallback {
		run.Callbacks = append(run.Callbacks, train.SwapEMAWeights{SwapOnEpoch: c.SwapOnEpoch})
	}
	run.Callbacks = append(run.Callbacks, train.Lambda{EpochBegin: see("epoch_begin"),
		TestBatchBegin: see("test_batch_begin"), EpochEnd: see("epoch_end"), TrainEnd: see("train_end")})
	h, err := train.Fit(t.Context(), m, d, run)
	if err != nil {
		t.Fatal(err)
	}
	tol := within{abs: 1e-6, rel: 1e-5}
	if len(got) != len(c.Expected.Seen) {
		t.Fatalf("%d events, Keras has %d", len(got), len(c.Expected.Seen))
	}
	for i, w := range c.Expected.Seen {
		if got[i].at != w.At {
			t.Fatalf("event %d is %s, Keras's %s", i, got[i].at, w.At)
		}
		tol.compare(t, w.At+" kernel", float64s(got[i].kernel, 2, 1), w.Kernel)
	}
	for name, want := range c.Expected.History {
		var list []float32
		for _, row := range h.Rows {
			list = append(list, float32(row.Metrics.Of(name)))
		}
		tol.compare(t, name, float64s(list, len(list)), &array{Shape: tensor.Shape{len(want)}, V: want})
	}
	for i, w := range c.Expected.Weights {
		tol.compare(t, vars[i].Path+" in the end", float64s(vars[i].Value.F32, w.Shape...), w)
	}
}

// float32s is an array as a tensor.
func float32s(a *array) *tensor.Tensor {
	t := tensor.New(tensor.Float32, a.Shape...)
	for i, v := range a.V {
		t.F32[i] = float32(v)
	}
	return t
}

// float64s are numbers as a value of the graph.
func float64s(list []float32, shape ...int) *graph.Array {
	a := graph.NewArray(graph.F32(shape...))
	for i, v := range list {
		a.V[i] = float64(v)
	}
	return a
}
