package layer_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"gorae/graph"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
	"gorae/weight"
)

// TestConstrainedStep: a step with constraints is the step without them and then the projections, for every optimizer
// and for kernels, biases, tables, convolutions and recurrent weights, within one compiled step.
func TestConstrainedStep(t *testing.T) {
	build := func(on bool) *model.Model {
		of := func(c weight.Constraint) weight.Constraint {
			if on {
				return c
			}
			return nil
		}
		m := model.Sequential(
			layer.Input{Shape: []int{6}, DType: "int32"},
			layer.Embedding{InputDim: 700, OutputDim: 4, EmbeddingsConstraint: of(weight.UnitNorm{Axis: []int{1}})},
			layer.Conv1D{Filters: 3, KernelSize: []int{2}, KernelConstraint: of(weight.MaxNorm{MaxValue: new(0.4),
				Axis: []int{0, 1}})},
			layer.BatchNormalization{GammaConstraint: of(weight.MinMaxNorm{MinValue: 1.5, MaxValue: new(1.6)})},
			layer.LSTM{Units: 3,
				CellOptions: layer.CellOptions{RecurrentConstraint: of(weight.MaxNorm{MaxValue: new(0.5)}),
					BiasConstraint: of(weight.NonNeg{})}},
			layer.Dense{Units: 1, KernelConstraint: of(weight.NonNeg{}), BiasConstraint: of(weight.NonNeg{})},
		)
		if err := m.Build(3); err != nil {
			t.Fatal(err)
		}
		return m
	}
	x, y := tensor.New(tensor.Int32, 8, 6), tensor.New(tensor.Float32, 8, 1)
	for i := range x.I32 {
		x.I32[i] = int32(i * 7 % 11)
	}
	for i := range y.F32 {
		y.F32[i] = float32(i%3) - 1
	}
	for _, class := range optim.Optimizers.Classes() {
		o := optim.Optimizers.Prototype(class)
		free, bound := build(false), build(true)
		for _, m := range []*model.Model{free, bound} {
			if _, err := train.Fit(context.Background(), m, train.Pairs(x, y),
				train.Config{Loss: loss.MeanSquaredError{}, Optimizer: o,
					BatchSize: 8, Epochs: 1, Seed: 1}); err != nil {
				t.Fatal(err)
			}
		}
		moved := 0
		for _, v := range bound.Store().Vars() {
			w := free.Store().Var(v.Path).Value
			g := graph.New()
			n := g.Input("w", graph.F32(w.Shape...))
			e := &graph.Evaluator{Leaves: map[string]*graph.Array{"w": graph.ArrayOf(w)}}
			if v.Constraint != nil {
				n = v.Constraint.Project(n)
			}
			want, err := e.Value(n)
			if err != nil {
				t.Fatal(err)
			}
			for i, f := range v.Value.F32 {
				if d := math.Abs(float64(f) - want.V[i]); !(d <= 2e-6) {
					t.Fatalf("%s: %s: element %d is %v, the projection of the free step %v", class, v.Path, i, f,
						want.V[i])
				}
				if f != w.F32[i] {
					moved++
				}
			}
		}
		if moved < 100 {
			t.Errorf("%s: constraints changed %d numbers only", class, moved)
		}
	}
}

// TestActivity: the penalty of outputs is divided by the number of samples, in a layer of its own and within
// Bidirectional, and does not count within TimeDistributed, as in Keras.
func TestActivity(t *testing.T) {
	for _, c := range []struct {
		l    layer.Layer
		want float64
	}{
		{layer.ActivityRegularization{L1: 0.5}, 0.5 * 6 / 2},
		{layer.ActivityRegularization{L2: 0.5}, 0.5 * 14 / 2},
		{layer.TimeDistributed{Layer: layer.Dense{Units: 1, ActivityRegularizer: weight.L1{}}}, 0},
		{layer.Bidirectional{Layer: layer.SimpleRNN{Units: 1, Activation: "linear", ReturnSequences: true,
			ActivityRegularizer: weight.L1{Rate: new(1.0)},
			CellOptions:         layer.CellOptions{Kernel: weight.Ones{}, Recurrent: weight.Zeros{}}}}, 2 * 6.0 / 2},
	} {
		m := model.Sequential(layer.Input{Shape: []int{2, 1}}, c.l, layer.Flatten{})
		if err := m.Build(1); err != nil {
			t.Fatal(err)
		}
		x := tensor.Of([]float32{1, -2, 3, 0}, 2, 2, 1)
		y, err := m.Predict(t.Context(), x)
		if err != nil {
			t.Fatal(err)
		}
		got, err := train.Evaluate(t.Context(), m, train.Pairs(x, y[0]), loss.MeanSquaredError{}, nil, 2)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got.Of("loss")-c.want) > 1e-6 {
			t.Errorf("%s: the loss is %v, want %v", fmt.Sprintf("%T", c.l), got.Of("loss"), c.want)
		}
	}
}
