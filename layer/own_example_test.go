package layer_test

import (
	"context"
	"fmt"
	"log"

	"gorae/graph"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
	"gorae/weight"
)

// Scale is a layer of a user's own: By times its input. The tag gives By its key in files and its default.
type Scale struct {
	layer.Base
	By float64 `keras:"by,main,default=2"`
}

// Call implements layer.Layer.
func (l Scale) Call(s *layer.Scope, x ...*graph.Node) []*graph.Node {
	return []*graph.Node{x[0].MulC(l.By)}
}

// Traits implements layer.Described: masks pass, and sequences can be read step by step.
func (Scale) Traits() layer.Traits { return layer.Elementwise() }

// A layer is a struct that embeds Base and has a method Call. A literal takes the defaults of its tags, also within
// another layer.
func ExampleLayer() {
	m := model.Sequential(
		layer.Input{Shape: []int{2, 1}},
		Scale{},
		layer.TimeDistributed{Layer: Scale{By: 5}},
		layer.TimeDistributed{Layer: Scale{}},
	)
	if err := m.Build(1); err != nil {
		log.Fatal(err)
	}
	y, err := m.Predict(context.Background(), tensor.Of([]float32{1, 3}, 1, 2, 1))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(y[0].F32)
	// Output: [20 60]
}

// sumTo is a constraint of a user's own: the weights of a node add up to To.
type sumTo struct {
	To float64 `keras:"to,main,default=1"`
}

// Project implements weight.Constraint.
func (c sumTo) Project(w *graph.Node) *graph.Node {
	return w.Sub(w.KeepDims(w.Mean(0), 0)).AddC(c.To / float64(w.Shape[0]))
}

// apart is a regularizer of a user's own: the two weights of a node are to differ by 1.
type apart struct {
	Rate float64 `keras:"rate,main,default=0.01"`
}

// Penalty implements weight.Regularizer.
func (r apart) Penalty(w *graph.Node) *graph.Node {
	d := w.Narrow(0, 0, 1).Sub(w.Narrow(0, 1, 2)).AddC(-1)
	return d.Square().Sum().MulC(r.Rate)
}

// A constraint is applied to a weight after each step of training, a regularizer adds to the loss. Both are expressions
// over the weight.
func Example_constraint() {
	m := model.Sequential(
		layer.Input{Shape: []int{2}},
		layer.Dense{Units: 1, NoBias: true, KernelConstraint: sumTo{}, KernelRegularizer: apart{Rate: 1}},
	)
	d := train.Pairs(tensor.Of([]float32{0, 0}, 1, 2), tensor.Of([]float32{0}, 1, 1))
	_, err := train.Fit(context.Background(), m, d,
		train.Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{LearningRate: 0.1}, Epochs: 100, Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	w := m.Store().Var("dense/kernel").Value.F32
	fmt.Printf("%.3f and %.3f\n", w[0], w[1])
	// Output: 1.000 and 0.000
}

var (
	_ weight.Constraint  = sumTo{}
	_ weight.Regularizer = apart{}
)
