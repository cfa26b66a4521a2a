package train

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"gorae/data"
	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
)

// TestEvaluationConsumers: consumers see every sample once, in order, with the targets and weights of the data and the
// outputs that Predict gives; the metrics are the same bits with consumers and without.
func TestEvaluationConsumers(t *testing.T) {
	m := classifier()
	d := digits(t, 0, 130)
	mustFit(t, m, d, lessons(1))
	d.Weights = tensor.New(tensor.Float32, d.Len())
	for i := range d.Weights.F32 {
		d.Weights.F32[i] = float32(i%3) / 2
	}
	c := lessons(1)
	c.Metrics = []metric.Metric{metric.Accuracy{}, metric.SparseTopKCategoricalAccuracy{K: 2}}
	e := c.Evaluation()
	e.BatchSize = 48 // the last batch has 34 samples
	without, err := e.Run(t.Context(), m, d)
	if err != nil {
		t.Fatal(err)
	}
	want, err := m.Predict(t.Context(), d.X...)
	if err != nil {
		t.Fatal(err)
	}
	var samples []int
	var outputs, targets, weights []float32
	collect := ConsumerFunc(func(b *EvalBatch) error {
		samples = append(samples, b.Samples...)
		outputs = append(outputs, b.Outputs[0].F32...)
		for i := range len(b.Samples) {
			targets = append(targets, float32(b.Targets[0].Float(i)))
		}
		weights = append(weights, b.Weights.F32...)
		if b.Masks[0] != nil {
			t.Error("a mask where the model has none")
		}
		return nil
	})
	calls := 0
	count := ConsumerFunc(func(b *EvalBatch) error { calls++; return nil })
	with, err := e.Run(t.Context(), m, d, collect, count)
	if err != nil {
		t.Fatal(err)
	}
	if len(with) != 3 || calls != 3 {
		t.Fatalf("%d metrics, %d batches; want 3 of each", len(with), calls)
	}
	for i := range with {
		if math.Float64bits(with[i].Value) != math.Float64bits(without[i].Value) {
			t.Errorf("%s: %v with consumers, %v without", with[i].Name, with[i].Value, without[i].Value)
		}
	}
	if !slices.Equal(outputs, want[0].F32) {
		t.Error("the outputs are not those of Predict")
	}
	for i := range d.Len() {
		if samples[i] != i || targets[i] != float32(d.Y[0].Float(i)) || weights[i] != d.Weights.F32[i] {
			t.Fatalf("entry %d: sample %d, target %v, weight %v", i, samples[i], targets[i], weights[i])
		}
	}
	stop := errors.New("enough")
	if _, err := e.Run(t.Context(), m, d, ConsumerFunc(func(*EvalBatch) error { return stop })); !errors.Is(err, stop) {
		t.Errorf("a consumer's error came back as %v", err)
	}
}

// TestEvaluationOutputsOnly: without loss and metrics the data need no targets; a masked model's mask is handed out.
func TestEvaluationOutputsOnly(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{4, 1}}, layer.Masking{}, layer.LSTM{Units: 2, ReturnSequences: true})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	x := tensor.Of([]float32{1, 2, 0, 0, 3, 0, 0, 0}, 2, 4, 1)
	var mask []float32
	if f, err := (Evaluation{}).Run(t.Context(), m, Data{X: []*tensor.Tensor{x}},
		ConsumerFunc(func(b *EvalBatch) error {
			mask = append(mask, b.Masks[0].F32...)
			if len(b.Targets) != 0 || !b.Outputs[0].Shape.Equal(tensor.Shape{2, 4, 2}) {
				t.Errorf("%d targets, outputs %v", len(b.Targets), b.Outputs[0].Shape)
			}
			return nil
		})); err != nil || f != nil {
		t.Fatalf("%v, %v", f, err)
	}
	if want := []float32{1, 1, 0, 0, 1, 0, 0, 0}; !slices.Equal(mask, want) {
		t.Errorf("the mask is %v, want %v", mask, want)
	}
	set, err := data.Of(x, tensor.New(tensor.Float32, 2, 1)) // targets that nobody asks for do no harm
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	if _, err := (Evaluation{}).Run(t.Context(), m, Data{Source: set},
		ConsumerFunc(func(b *EvalBatch) error { n += len(b.Samples); return nil })); err != nil || n != 2 {
		t.Errorf("%d samples, %v", n, err)
	}
	for _, c := range []struct {
		e    Evaluation
		want string
	}{
		{Evaluation{}, "no loss, no metrics and no consumers"},
		{Evaluation{Metrics: []metric.Metric{metric.Accuracy{}}}, "loss: none is given"},
		{Evaluation{Loss: loss.MeanSquaredError{}}, "1 inputs and 0 targets"},
		{Evaluation{BatchSize: -1}, "batch_size: -1"},
	} {
		if _, err := c.e.Run(t.Context(), m, Data{X: []*tensor.Tensor{x}}); err == nil ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v; want %q", c.e, err, c.want)
		}
	}
}

// TestEvaluationOutputs: with two inputs and two outputs consumers see all of both, and the metrics have Keras's names.
func TestEvaluationOutputs(t *testing.T) {
	a, b := model.Input("a", 2), model.Input("b", 3)
	m := model.New([]*model.Value{a, b}, []*model.Value{
		model.Apply(layer.Dense{Base: layer.Base{Name: "size"}, Units: 1}, model.Apply(layer.Concatenate{}, a, b)),
		model.Apply(layer.Dense{Base: layer.Base{Name: "kind"}, Units: 3, Activation: "softmax"}, b),
	})
	d := Data{
		X: []*tensor.Tensor{tensor.New(tensor.Float32, 5, 2), tensor.New(tensor.Float32, 5, 3)},
		Y: []*tensor.Tensor{tensor.New(tensor.Float32, 5, 1), tensor.New(tensor.Int32, 5, 1)},
	}
	for i := range d.X[1].F32 {
		d.X[1].F32[i] = float32(i) / 7
	}
	c := Config{
		Losses:        []loss.Loss{loss.MeanSquaredError{}, loss.SparseCategoricalCrossentropy{}},
		OutputMetrics: [][]metric.Metric{nil, {metric.Accuracy{}}}, Optimizer: optim.SGD{}, Epochs: 1, BatchSize: 2,
	}
	mustFit(t, m, d, c)
	want, err := m.Predict(t.Context(), d.X...)
	if err != nil {
		t.Fatal(err)
	}
	var got [2][]float32
	e := c.Evaluation()
	f, err := e.Run(t.Context(), m, d, ConsumerFunc(func(b *EvalBatch) error {
		if len(b.Inputs) != 2 || len(b.Targets) != 2 || len(b.Outputs) != 2 || len(b.Masks) != 2 {
			t.Errorf("%d inputs, %d targets, %d outputs, %d masks", len(b.Inputs), len(b.Targets), len(b.Outputs),
				len(b.Masks))
		}
		for i, y := range b.Outputs {
			got[i] = append(got[i], y.F32...)
		}
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	if names := strings.Join(f.Names(), " "); names != "loss size_loss kind_loss kind_accuracy" {
		t.Errorf("metrics %s", names)
	}
	for i := range got {
		if !slices.Equal(got[i], want[i].F32) {
			t.Errorf("output %d: %v, Predict gives %v", i, got[i], want[i].F32)
		}
	}
}
