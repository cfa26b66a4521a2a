package augment_test

import (
	"fmt"

	"gorae/data"
	"gorae/data/augment"
	"gorae/tensor"
)

// A picture is mirrored in some epochs and not in others.
func Example() {
	x := &tensor.Tensor{Shape: tensor.Shape{1, 1, 3, 1}, U8: []uint8{10, 20, 30}}
	pictures, err := data.Of(x, nil)
	if err != nil {
		panic(err)
	}
	flip, err := augment.Parse("flip", "horizontal")
	if err != nil {
		panic(err)
	}
	d, err := augment.New(pictures, 7, flip...)
	if err != nil {
		panic(err)
	}
	row := data.Row{*tensor.New(tensor.Uint8, 1, 3, 1)}
	for epoch := range 4 {
		if err := d.Read(epoch, 0, row); err != nil {
			panic(err)
		}
		fmt.Println(row[0].U8)
	}
	// Output:
	// [10 20 30]
	// [10 20 30]
	// [30 20 10]
	// [10 20 30]
}
