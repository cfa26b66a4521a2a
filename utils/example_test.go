package utils_test

import (
	"fmt"

	"gorae/utils"
)

// Sequences of three lengths as one array.
func ExamplePadSequences() {
	x, err := utils.PadSequences([][]int{{1, 2, 3}, {4}, {5, 6}}, utils.Padding{Padding: "post"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(x.Shape, x.I32)
	// Output: (3, 3) [1 2 3 4 0 0 5 6 0]
}
