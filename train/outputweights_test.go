package train

import (
	"math"
	"strings"
	"testing"

	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
)

// TestOutputWeights: each output's loss counts its samples by its own weights. y = x for x = (1, 2) and two outputs
// with the targets 0 give the losses (1·w₁ + 4·w₂)/2: by (1, 0) and all 1 they are 0.5 and 2.5.
func TestOutputWeights(t *testing.T) {
	x := model.Input("x", 1)
	m := model.New([]*model.Value{x}, []*model.Value{
		model.Apply(layer.Dense{Base: layer.Base{Name: "a"}, Units: 1, NoBias: true}, x),
		model.Apply(layer.Dense{Base: layer.Base{Name: "b"}, Units: 1, NoBias: true}, x),
	})
	if err := m.Build(0); err != nil {
		t.Fatal(err)
	}
	for _, v := range m.Store().Vars() {
		v.Value.F32[0] = 1
	}
	zero := tensor.New(tensor.Float32, 2, 1)
	d := Data{X: []*tensor.Tensor{tensor.Of([]float32{1, 2}, 2, 1)}, Y: []*tensor.Tensor{zero, zero},
		OutputWeights: []*tensor.Tensor{tensor.Of([]float32{1, 0}, 2), nil}}
	c := Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{LearningRate: 0.1}, Epochs: 1}
	e := c.Evaluation()
	f, err := e.Run(t.Context(), m, d, ConsumerFunc(func(b *EvalBatch) error {
		if b.Weights != nil || len(b.OutputWeights) != 2 || b.OutputWeights[0].F32[1] != 0 ||
			b.OutputWeights[1].F32[1] != 1 {
			t.Errorf("weights %v, %v", b.Weights, b.OutputWeights)
		}
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{"loss": 3, "a_loss": 0.5, "b_loss": 2.5} {
		if got := f.Of(name); math.Abs(got-want) > 1e-6 {
			t.Errorf("%s is %v, by hand %v", name, got, want)
		}
	}
	mustFit(t, m, d, c) // dL/dw = (x²·w)·2/2: 1 and 5
	for path, want := range map[string]float32{"a/kernel": 0.9, "b/kernel": 0.5} {
		if got := m.Store().Var(path).Value.F32[0]; math.Abs(float64(got-want)) > 1e-6 {
			t.Errorf("%s is %v, by hand %v", path, got, want)
		}
	}
	for _, bad := range []struct {
		change func(*Data)
		want   string
	}{
		{func(d *Data) { d.Weights = d.OutputWeights[0] }, "both Weights and OutputWeights are given"},
		{func(d *Data) { d.OutputWeights = append(d.OutputWeights, nil) },
			"weights for 3 outputs, the model has 2 (a, b)"},
		{func(d *Data) { d.OutputWeights = []*tensor.Tensor{nil, tensor.New(tensor.Float32, 3)} },
			"weights of output 2 are float32(3,)"},
	} {
		d := d
		bad.change(&d)
		if _, err := Fit(t.Context(), m, d, c); err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%v; want %q", err, bad.want)
		}
	}
}
