package loss_test

import (
	"fmt"

	"gorae/graph"
	"gorae/loss"
)

// Quantile is a loss of a user's own: an error below the target costs Q, one above it 1 − Q. The tag gives Q its key in
// files and its default.
type Quantile struct {
	loss.Base
	Q float64 `keras:"q,main,default=0.9"`
}

// Value implements loss.Loss: one value for each sample.
func (l Quantile) Value(y, pred *graph.Node) *graph.Node {
	y, pred = loss.Match(y, pred)
	e := y.Sub(pred)
	return e.MulC(l.Q).Max(e.MulC(l.Q - 1)).Mean(1)
}

// Traits implements loss.Described: numbers on any scale, in the target's units.
func (Quantile) Traits() loss.Traits {
	return loss.Traits{Targets: loss.Numbers, Predictions: loss.AnyNumbers, Outputs: loss.EachOutput,
		Units: loss.TargetUnits}
}

// A loss is a struct with a method Value. A literal takes the defaults of its tags where it is used.
func ExampleLoss() {
	g := graph.New()
	y, pred := g.Input("y", graph.F32(1, 2, 1)), g.Input("pred", graph.F32(1, 2, 1))
	mask := g.Input("mask", graph.F32(1, 2))
	value := loss.Total(Quantile{}, y, pred, mask, nil)
	e := &graph.Evaluator{Single: true, Leaves: map[string]*graph.Array{
		"y":    {Type: graph.F32(1, 2, 1), V: []float64{3, 5}},
		"pred": {Type: graph.F32(1, 2, 1), V: []float64{1, 6}},
		"mask": {Type: graph.F32(1, 2), V: []float64{1, 1}},
	}}
	v, err := e.Value(value)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f\n", v.V[0]) // (0.9·2 + 0.1·1)/2
	// Output: 0.95
}
