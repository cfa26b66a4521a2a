package train

import (
	"testing"

	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
)

// A stateful model remembers the batch before, in learning and in judging alike: the halves of
// a series, one batch after the other, are judged as the whole series is.
func TestStateful(t *testing.T) {
	stateful := model.Sequential(layer.Input{Shape: []int{2, 1}}, layer.LSTM{Units: 3, Stateful: true}, layer.Dense{Units: 1})
	whole := model.Sequential(layer.Input{Shape: []int{4, 1}}, layer.LSTM{Units: 3}, layer.Dense{Units: 1})
	for _, m := range []*model.Model{stateful, whole} {
		if err := m.Build(1); err != nil {
			t.Fatal(err)
		}
	}
	halves, target := tensor.Of([]float32{0.3, -0.5, 0.8, 0.1}, 2, 2, 1), tensor.Of([]float32{0, 1}, 2, 1)
	series, last := tensor.Of(halves.F32, 1, 4, 1), tensor.Of([]float32{1}, 1, 1)
	judge := func(m *model.Model, x, y *tensor.Tensor) float64 {
		t.Helper()
		f, err := Evaluate(t.Context(), m, Pairs(x, y), loss.MeanSquaredError{}, nil, 1)
		if err != nil {
			t.Fatal(err)
		}
		return f[0].Value
	}
	first := judge(stateful, halves.Rows(0, 1), target.Rows(0, 1))
	second := judge(stateful, halves.Rows(1, 2), target.Rows(1, 2))
	if want := judge(whole, series, last); second != want {
		t.Errorf("the second half is judged as %v, the whole series as %v", second, want)
	}
	stateful.ResetStates()
	if got := judge(stateful, halves, target); got != (first+second)/2 {
		t.Errorf("both halves are judged as %v, want %v", got, (first+second)/2)
	}
	// A step of learning leaves its memory behind as well.
	stateful.ResetStates()
	c := Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{LearningRate: 1e-30}, BatchSize: 1, Epochs: 1, NoShuffle: true}
	mustFit(t, stateful, Pairs(halves.Rows(0, 1), target.Rows(0, 1)), c)
	if got := judge(stateful, halves.Rows(1, 2), target.Rows(1, 2)); got != second {
		t.Errorf("after learning the first half the second is judged as %v, want %v", got, second)
	}
}
