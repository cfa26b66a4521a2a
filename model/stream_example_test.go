package model_test

import (
	"context"
	"fmt"
	"math"

	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// A recurrent network reads a series as it comes in, one step at a time: the output of each step is that of the same
// step of the whole series, but for the last bits.
func ExampleModel_Stream() {
	m := model.Sequential(layer.Input{Shape: []int{4, 1}},
		layer.LSTM{Units: 3, ReturnSequences: true})
	if err := m.Build(1); err != nil {
		fmt.Println(err)
		return
	}
	series := []float32{0.5, -1, 2, 0.25}
	whole, err := m.Predict(context.Background(), tensor.Of(series, 1, 4, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := m.Stream(1, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, x := range series {
		s.X[0].F32[0] = x
		if err := s.Next(); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(math.Abs(float64(s.Y[0].F32[0]-whole[0].F32[i*3])) < 1e-6)
	}
	// Output:
	// true
	// true
	// true
	// true
}

// The outputs of layers in the middle of a network, in one pass.
func ExampleModel_Taps() {
	m := model.Sequential(layer.Input{Shape: []int{2}},
		layer.Dense{Base: layer.Base{Name: "hidden"}, Units: 2, Activation: "relu"},
		layer.Dense{Base: layer.Base{Name: "out"}, Units: 1})
	if err := m.Build(1); err != nil {
		fmt.Println(err)
		return
	}
	copy(m.Store().Var("hidden/kernel").Value.F32, []float32{1, -1, 1, -1}) // [inputs, units]
	copy(m.Store().Var("out/kernel").Value.F32, []float32{10, 100})
	taps, err := m.Taps("hidden", "out")
	if err != nil {
		fmt.Println(err)
		return
	}
	y, err := taps.Predict(context.Background(), tensor.Of([]float32{1, 2, -1, -2}, 2, 2))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(y[0].F32, y[1].F32)
	// Output: [3 0 0 3] [30 300]
}
