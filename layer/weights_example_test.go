package layer_test

import (
	"context"
	"fmt"
	"log"
	"math"

	"gorae/graph"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
	"gorae/weight"
)

// mix is a layer with a weight and a bias without initializers.
type mix struct{ layer.Base }

// Call implements layer.Layer.
func (mix) Call(s *layer.Scope, x ...*graph.Node) []*graph.Node {
	n := x[0].Shape[1]
	w := s.Weight("kernel", []int{n, n}, nil, nil, nil)
	return []*graph.Node{x[0].MatMul(w).Add(s.Weight("bias", []int{n}, nil, nil, nil))}
}

// A weight without an initializer gets Keras's default: glorot_uniform, and zeros for a bias.
func ExampleScope_Weight() {
	m := model.Sequential(layer.Input{Shape: []int{3}}, mix{})
	if err := m.Build(1); err != nil {
		log.Fatal(err)
	}
	inside, some := true, false
	for _, w := range m.Store().Var("mix/kernel").Value.F32 {
		inside = inside && math.Abs(float64(w)) <= math.Sqrt(6.0/(3+3))
		some = some || w != 0
	}
	fmt.Println(inside, some, m.Store().Var("mix/bias").Value.F32)
	// Output: true true [0 0 0]
}

// Keras's regularizers and constraints are values of a layer's fields. Here the kernel begins with ones: its columns
// are kept at a norm of 1 at most, are pressed to be at right angles, and the outputs are pressed to 0.
func Example_regularizer() {
	m := model.Sequential(layer.Input{Shape: []int{2}},
		layer.Dense{Units: 2, Kernel: weight.Ones{},
			KernelConstraint:    weight.MaxNorm{MaxValue: new(1.0)},
			KernelRegularizer:   weight.OrthogonalRegularizer{Factor: new(0.5)},
			ActivityRegularizer: weight.L2{Rate: new(0.25)}},
	)
	if err := m.Build(1); err != nil {
		log.Fatal(err)
	}
	x := tensor.Of([]float32{1, 1}, 1, 2)
	d := train.Pairs(x, tensor.Of([]float32{2, 2}, 1, 2))
	v, err := train.Evaluate(context.Background(), m, d, loss.MeanSquaredError{}, nil, 1)
	if err != nil {
		log.Fatal(err)
	}
	// The outputs are the targets, 2 and 2. The penalties are 0.25·(4 + 4) for them, and 0.5 for two columns in one
	// direction.
	fmt.Printf("loss %.3f\n", v.Of("loss"))
	if _, err := train.Fit(context.Background(), m, d, train.Config{Loss: loss.MeanSquaredError{},
		Optimizer: optim.SGD{LearningRate: 1e-9}, Epochs: 1}); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.3f\n", m.Store().Var("dense/kernel").Value.F32)
	// Output:
	// loss 2.500
	// [0.707 0.707 0.707 0.707]
}

// What recurrent layers have in common, and what their cells do, are two structs, the same ones in every layer.
func ExampleRNNOptions() {
	of := layer.CellOptions{Dropout: 0.2, KernelConstraint: weight.MaxNorm{}}
	backwards := layer.RNNOptions{GoBackwards: true}
	m := model.Sequential(layer.Input{Shape: []int{4, 3}},
		layer.LSTM{Units: 2, ReturnSequences: true, CellOptions: of, RNNOptions: backwards},
		layer.GRU{Units: 2, ReturnSequences: true, CellOptions: of, RNNOptions: backwards},
		layer.RNN{Cell: layer.SimpleRNNCell{Units: 2, CellOptions: of}, RNNOptions: backwards},
	)
	if err := m.Build(1); err != nil {
		log.Fatal(err)
	}
	for _, r := range m.Summary().Rows[1:] {
		fmt.Println(r.Name, r.Shape)
	}
	// Output:
	// lstm (None, 4, 2)
	// gru (None, 4, 2)
	// rnn (None, 2)
}
