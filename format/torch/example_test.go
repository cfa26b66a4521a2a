package torch_test

import (
	"fmt"

	"gorae/format"
	_ "gorae/format/torch" // registers .pt and .pth
	"gorae/layer"
	"gorae/model"
)

// A network of the same layers takes the weights of a state_dict: kernels are turned, and GRU's gates reordered.
func Example() {
	m := model.Sequential(layer.Input{Shape: []int{5}}, layer.Embedding{InputDim: 11, OutputDim: 4},
		layer.GRU{Units: 3}, layer.Dense{Units: 2})
	if err := m.Build(1); err != nil {
		fmt.Println(err)
		return
	}
	list, err := format.ListWeights("testdata/gru.pt")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(list[1].Name, list[1].Shape, list[1].Type)
	c, err := format.LoadWeights("testdata/gru.pt", m, model.CopyOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Layers, m.Store().Var("gru/cell/kernel").Shape)
	// Output:
	// rnn.weight_ih_l0 (9, 4) F32
	// [embedding gru dense] (4, 9)
}
