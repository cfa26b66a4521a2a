package optim_test

import (
	"fmt"

	"gorae/graph"
	"gorae/optim"
)

// The learning rate of an optimizer is a number, or a schedule over the steps.
func ExampleAdam() {
	for _, o := range []optim.Optimizer{
		optim.Adam{LearningRate: 0.01},
		optim.Adam{Schedule: optim.CosineDecay{Initial: new(0.01), Steps: 1000}},
		optim.AdamW{},
	} {
		rate, schedule := optim.LearningRate(o)
		fmt.Println(rate, schedule != nil)
	}
	// Output:
	// 0.01 false
	// 0.001 true
	// 0.001 false
}

// signSGD is an optimizer of a user's own: it moves each weight by the learning rate against the sign of its gradient.
type signSGD struct {
	optim.Common
}

func (signSGD) Update(u *optim.Update) *graph.Node {
	zero := u.Weight.Graph().Scalar(0)
	sign := u.Gradient.Gt(zero).Sub(u.Gradient.Lt(zero))
	return u.Weight.Sub(sign.Mul(u.LearningRate))
}

// An optimizer is an expression over a weight, its gradient and its slots.
func ExampleOptimizer() {
	g := graph.New()
	w := g.Leaf(graph.Weight, "w", graph.F32(2))
	optim.Minimize(signSGD{}, w.Square().Sum(), []*graph.Node{w})
	e := &graph.Evaluator{Leaves: map[string]*graph.Array{
		"w":            {Type: graph.F32(2), V: []float64{3, -4}},
		optim.StepLeaf: {Type: graph.F32(), V: []float64{1}},
		optim.RateLeaf: {Type: graph.F32(), V: []float64{0.5}},
	}}
	after, err := e.Assigned(g)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(after["w"].V)
	// Output: [2.5 -3.5]
}
