package layer_test

import (
	"context"
	"fmt"
	"log"

	"gorae/graph"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// A day of 390 minutes of 3 prices predicts the next one.
func ExampleLSTM() {
	m := model.Sequential(
		layer.Input{Shape: []int{390, 3}},
		layer.LSTM{Units: 64},
		layer.Dense{Units: 1},
	)
	if err := m.Build(1); err != nil {
		log.Fatal(err)
	}
	for _, r := range m.Summary().Rows[1:] {
		fmt.Println(r.Name, r.Shape, r.Formula)
	}
	// Output:
	// lstm (None, 64) 4 × (3 + 64 + 1) × 64 = 17,408
	// dense (None, 1) (64 + 1) × 1 = 65
}

// sum is a cell of one's own: it adds up what it sees.
type sum struct{}

func (sum) States(step tensor.Shape) []tensor.Shape { return []tensor.Shape{step} }

func (sum) Step(s *layer.Scope, x *graph.Node, states []*graph.Node) (*graph.Node, []*graph.Node) {
	total := states[0].Add(x)
	return total, []*graph.Node{total}
}

// A cell is a struct that says which states it has and what a step makes of them.
func ExampleCell() {
	m := model.Sequential(layer.Input{Shape: []int{3, 1}}, layer.RNN{Cell: sum{}, ReturnSequences: true})
	if err := m.Build(1); err != nil {
		log.Fatal(err)
	}
	y, err := m.Predict(context.Background(), tensor.Of([]float32{1, 2, 4}, 1, 3, 1))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(y[0].F32)
	// Output: [1 3 7]
}
