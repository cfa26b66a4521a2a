package train

import (
	"math"
	"math/rand/v2"
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

// ragged is sequences of ids with lengths of their own, padded with 0 behind; the target
// is whether id 3 occurs.
type ragged struct {
	ids  [][]int32
	most int
}

func (r ragged) Spec() data.Spec {
	return data.Spec{Inputs: []data.Field{{Name: "x", DType: tensor.Int32, Shape: tensor.Shape{r.most}, Ragged: true}},
		Targets: []data.Field{{Name: "y", Shape: tensor.Shape{1}}},
		Traits:  data.Traits{Length: func(i int) int { return len(r.ids[i]) }}}
}
func (r ragged) Len() int { return len(r.ids) }
func (r ragged) Read(_, i int, row data.Row) error {
	clear(row[0].I32)
	copy(row[0].I32, r.ids[i])
	row[1].F32[0] = 0
	for _, id := range r.ids[i] {
		if id == 3 {
			row[1].F32[0] = 1
		}
	}
	return nil
}

// Batches of like lengths, padded to their longest, are evaluated as batches that are padded to
// the greatest length, and learnt from: with one batch an epoch the weights are the same.
func TestBucket(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	set := ragged{most: 40}
	for range 60 {
		ids := make([]int32, 1+rng.IntN(30))
		for i := range ids {
			ids[i] = 1 + int32(rng.IntN(9))
		}
		set.ids = append(set.ids, ids)
	}
	net := func() *model.Model {
		m := model.Sequential(layer.Input{Shape: []int{40}, DType: "int32"},
			layer.Embedding{InputDim: 10, OutputDim: 4, MaskZero: true},
			layer.Bidirectional{Layer: layer.LSTM{Units: 3}}, layer.Dense{Units: 1, Activation: "sigmoid"})
		if err := m.Build(3); err != nil {
			t.Fatal(err)
		}
		return m
	}
	c := Config{Loss: loss.BinaryCrossentropy{}, Metrics: []metric.Metric{metric.Accuracy{}},
		Optimizer: optim.SGD{LearningRate: 0.5}, Epochs: 4, NoShuffle: true}
	for _, size := range []int{7, 60} {
		c.BatchSize = size
		whole, short := net(), net()
		d := Data{Source: set}
		c.Bucket = false
		a, err := c.Evaluation().Run(t.Context(), whole, d)
		if err != nil {
			t.Fatal(err)
		}
		if size == 60 {
			mustFit(t, whole, d, c)
		}
		c.Bucket = true
		b, err := c.Evaluation().Run(t.Context(), short, d)
		if err != nil {
			t.Fatal(err)
		}
		for i := range a {
			if !(math.Abs(a[i].Value-b[i].Value) < 1e-6) {
				t.Errorf("batches of %d: %s is %v, of like lengths %v", size, a[i].Name, a[i].Value, b[i].Value)
			}
		}
		h := mustFit(t, short, d, c)
		if got := len(h.Rows); got != 4 {
			t.Errorf("%d epochs, want 4", got)
		}
		if size < 60 {
			continue
		}
		for _, v := range whole.Store().Vars() {
			for i, u := range short.Store().Var(v.Path).Value.F32 {
				if !(math.Abs(float64(u-v.Value.F32[i])) < 1e-6) {
					t.Errorf("%s is %v, learnt in shorter batches %v", v.Path, v.Value.F32[i], u)
					break
				}
			}
		}
	}
	flat := model.Sequential(layer.Input{Shape: []int{40}, DType: "int32"},
		layer.Embedding{InputDim: 10, OutputDim: 4}, layer.Flatten{}, layer.Dense{Units: 1})
	c.BatchSize = 7
	if _, err := Fit(t.Context(), flat, Data{Source: set}, c); err == nil || !strings.Contains(err.Error(), "kernel") {
		t.Errorf("a network whose weights depend on the steps: error %v", err)
	}
}
