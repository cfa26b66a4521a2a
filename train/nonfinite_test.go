package train

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"gorae/data"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
)

// memory is a dataset of one input x and one target y, which nobody has looked through.
func memory(x, y *tensor.Tensor) Data {
	return Data{Source: &data.Memory{Inputs: []tensor.Named{{Name: "x", Tensor: x}},
		Targets: []tensor.Named{{Name: "y", Tensor: y}}}}
}

// TestFiniteEvaluation: an output that is no number is named with its sample, its element and the layer or the input
// that it came from; a target with its sample.
func TestFiniteEvaluation(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{2}},
		layer.Dense{Base: layer.Base{Name: "power"}, Units: 2, Activation: "exponential"},
		layer.Dense{Base: layer.Base{Name: "last"}, Units: 1})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	for path, v := range map[string][]float32{"power/kernel": {1, 0, 0, 1}, "last/kernel": {1, 1}} {
		copy(m.Store().Var(path).Value.F32, v)
	}
	nan := float32(math.NaN())
	x := func(v ...float32) *tensor.Tensor { return tensor.Of(v, len(v)/2, 2) }
	y := tensor.Of([]float32{0, 0, 0}, 3, 1)
	for _, c := range []struct {
		d    Data
		loss loss.Loss
		want string
		at   int // sample; −1: another error
	}{
		{memory(x(0, 1, 2, 3, 4, 100), y), nil,
			"sample 2: the output last is +Inf at [0]: infinity arose in power: ", 2},
		{memory(x(0, 1, 2, nan, 4, 5), y), nil,
			"sample 1: the output last is NaN at [0]: x of sample 1 is NaN at [1]", 1},
		{memory(x(0, 1, 2, 3, 4, 5), tensor.Of([]float32{0, nan, 0}, 3, 1)), loss.MeanSquaredError{},
			"y of sample 1 is NaN at [0]; give a number", -1},
	} {
		for _, batch := range []int{1, 2, 3} {
			_, err := Evaluation{Loss: c.loss, BatchSize: batch, Finite: true}.Run(context.Background(), m, c.d)
			var e *model.NonFiniteError
			if err == nil || !strings.Contains(err.Error(), c.want) || errors.As(err, &e) != (c.at >= 0) ||
				e != nil && e.Sample != c.at {
				t.Errorf("batches of %d: %v; want %s", batch, err, c.want)
			}
		}
	}
	if _, err := (Evaluation{Finite: true}).Run(context.Background(), m, memory(x(0, 1, 2, 3, 4, 5), y)); err != nil {
		t.Error(err)
	}
}

// TestInputPlace: a training step that is given a NaN names the field, the sample and the element.
func TestInputPlace(t *testing.T) {
	x, y := tensor.New(tensor.Float32, 10, 2), tensor.New(tensor.Float32, 10, 1)
	x.F32[7] = float32(math.Inf(-1))
	m := model.Sequential(layer.Input{Shape: []int{2}}, layer.Dense{Units: 1})
	_, err := Fit(context.Background(), m, memory(x, y), Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{},
		Epochs: 1, BatchSize: 4})
	var e *StepError
	if want := "x of sample 3 is −Inf at [1]; replace such values"; !errors.As(err, &e) ||
		!strings.Contains(err.Error(), want) {
		t.Errorf("%v; want %s", err, want)
	}
}
