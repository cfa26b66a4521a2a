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

// Padding that a mask leaves out changes neither the loss of a model that gives sequences nor what it learns,
// whatever its targets are.
func TestMaskedLoss(t *testing.T) {
	net := func(steps int, padded bool) *model.Model {
		layers := []layer.Layer{layer.Input{Shape: []int{steps, 2}}}
		if padded {
			layers = append(layers, layer.Masking{Value: -9})
		}
		m := model.Sequential(append(layers, layer.GRU{Units: 3, ReturnSequences: true}, layer.Dense{Units: 3, Activation: "softmax"})...)
		if err := m.Build(5); err != nil {
			t.Fatal(err)
		}
		return m
	}
	// Two samples of two steps, and the same with two steps of padding.
	x := tensor.Of([]float32{0.1, 0.2, 0.3, -0.4, 0.5, -0.6, -0.7, 0.8}, 2, 2, 2)
	y := tensor.Of([]int32{0, 1, 2, 1}, 2, 2)
	long, far := tensor.New(tensor.Float32, 2, 4, 2), tensor.New(tensor.Int32, 2, 4)
	for i := range long.F32 {
		long.F32[i] = -9
	}
	for b := range 2 {
		copy(long.F32[8*b:], x.F32[4*b:4*b+4])
		copy(far.I32[4*b:], y.I32[2*b:2*b+2])
		far.I32[4*b+3] = 2
	}
	w := tensor.Of([]float32{1, 3}, 2)
	for _, weights := range []*tensor.Tensor{nil, w} {
		short, padded := net(2, false), net(4, true)
		a, b := Pairs(x, y), Pairs(long, far)
		a.Weights, b.Weights = weights, weights
		c := Config{Loss: loss.SparseCategoricalCrossentropy{}, Optimizer: optim.SGD{LearningRate: 0.5}, Epochs: 3}
		ha, hb := mustFit(t, short, a, c), mustFit(t, padded, b, c)
		la, _ := ha.Last().Figures.Lookup("loss")
		lb, _ := hb.Last().Figures.Lookup("loss")
		if !(math.Abs(la-lb) < 1e-6) {
			t.Errorf("the loss is %v, with padding %v", la, lb)
		}
		for _, v := range short.Store().Vars() {
			for i, u := range padded.Store().Var(v.Path).Value.F32 {
				if math.Abs(float64(u-v.Value.F32[i])) > 1e-6 {
					t.Errorf("%s is %v, learnt with padding %v", v.Path, v.Value.F32[i], u)
					break
				}
			}
		}
	}
	// A target for each sample does not fit outputs for each step.
	_, err := Fit(t.Context(), net(4, true), Pairs(long, tensor.New(tensor.Int32, 2)), Config{Loss: loss.SparseCategoricalCrossentropy{}, Optimizer: optim.SGD{}, Epochs: 1})
	if err == nil || !strings.Contains(err.Error(), "the target has shape () and a mask for the steps (4,)") {
		t.Errorf("error %v", err)
	}
}
