package safetensors_test

import (
	"bytes"
	"fmt"

	"gorae/format/safetensors"
	"gorae/tensor"
)

// Arrays are written by their names in order, and read one by one.
func Example() {
	var file bytes.Buffer
	err := safetensors.Write(&file, []tensor.Named{
		{Name: "dense/kernel", Tensor: tensor.Of([]float32{1, 2, 3, 4, 5, 6}, 2, 3)},
		{Name: "dense/bias", Tensor: tensor.Of([]float32{7, 8, 9}, 3)},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	list, err := safetensors.Read(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range list {
		x := make([]float32, a.Shape.Size())
		if err := a.Read(x); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(a.Name, a.Type, a.Shape, x)
	}
	// Output:
	// dense/bias F32 (3,) [7 8 9]
	// dense/kernel F32 (2, 3) [1 2 3 4 5 6]
}
