package onnx_test

import (
	"bytes"
	"fmt"

	"gorae/format/onnx"
	"gorae/layer"
	"gorae/model"
)

// A network written as ONNX says what another program wants to know; what ONNX cannot say is named.
func ExampleWrite() {
	m := model.Sequential(layer.Input{Shape: []int{28, 28, 1}}, layer.Conv2D{Filters: 8, KernelSize: []int{3}},
		layer.BatchNormalization{}, layer.GlobalMaxPooling2D{}, layer.Dense{Units: 10, Activation: "softmax"})
	if err := m.Build(1); err != nil {
		fmt.Println(err)
		return
	}
	var b bytes.Buffer
	fmt.Println(onnx.Write(&b, m, onnx.Options{Opset: 13}))
	fmt.Println(bytes.Contains(b.Bytes(), []byte("conv2d/Conv")), bytes.Contains(b.Bytes(), []byte("Normalization")))

	lookup := model.Sequential(layer.Input{Shape: []int{3}, DType: "int32"}, layer.Hashing{NumBins: 7})
	if err := lookup.Build(1); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(onnx.Write(&b, lookup, onnx.Options{}))
	// Output:
	// <nil>
	// true false
	// ONNX has no operator for what these layers compute: hashing (hash)
}
