package onnx_test

import (
	"context"
	"fmt"
	"os"

	"gorae/format"
	_ "gorae/format/onnx"
	"gorae/tensor"
)

// A network that PyTorch exported: torch.onnx.export(model, x, "and.onnx").
func Example() {
	f, err := format.Load("testdata/and.onnx")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	x := &tensor.Tensor{Shape: tensor.Shape{4, 2}, F32: []float32{0, 0, 0, 1, 1, 0, 1, 1}}
	y, err := f.Model.Predict(context.Background(), x)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Printf("%.2f\n", y[0].F32)
	// Output: [0.00 0.18 0.18 0.99]
}
