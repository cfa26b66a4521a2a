package corrupt_test

import (
	"fmt"

	"gorae/data/corrupt"
)

// A bright pixel is blurred.
func ExampleFilter() {
	x := []float32{0, 0, 1, 0, 0}
	corrupt.Filter(corrupt.Picture{X: x, Height: 1, Width: 5, Channels: 1}, 0.5)
	fmt.Printf("%.2f\n", x)
	// Output:
	// [0.00 0.11 0.79 0.11 0.00]
}
