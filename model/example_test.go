package model_test

import (
	"context"
	"fmt"
	"os"

	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

func ExampleSequential() {
	m := model.Sequential(
		layer.Input{Shape: []int{28, 28, 3}},
		layer.Flatten{},
		layer.Dense{Units: 64, Activation: "relu"},
		layer.Dense{Units: 10, Activation: "softmax"},
	)
	if err := m.Build(1); err != nil {
		fmt.Println(err)
		return
	}
	if err := m.Summary().Write(os.Stdout, true); err != nil {
		fmt.Println(err)
	}
	y, err := m.Predict(context.Background(), tensor.New(tensor.Float32, 2, 28, 28, 3))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(y[0].Shape, y[0].F32[0])
	// Output:
	// Model: "sequential"
	// Layer (type)              Output shape        Params  Formula
	// ────────────────────────  ─────────────────  ───────  ────────────────────────────
	// input_layer (InputLayer)  (None, 28, 28, 3)        0  none: these are the features
	// flatten (Flatten)         (None, 2352)             0  none: it only moves features
	// dense (Dense)             (None, 64)         150,592  (2352 + 1) × 64 = 150,592
	// dense_1 (Dense)           (None, 10)             650  (64 + 1) × 10 = 650
	// ────────────────────────  ─────────────────  ───────  ────────────────────────────
	// Total params: 151,242 (590.79 KB)
	// Trainable params: 151,242
	// Non-trainable params: 0
	//
	// None is the number of samples. No formula above has it: the parameters do
	// not grow with the samples, so the samples must be independent of each other.
	// dense makes 64 new features.
	// dense_1 makes 10 new features.
	// One cell of a tensor is one feature: 2,352 go in (3D), 10 come out (1D).
	// (2, 10) 0.1
}
