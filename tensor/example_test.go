package tensor_test

import (
	"fmt"

	"gorae/tensor"
)

// A hundred people by age, sex and income: a matrix, of which the first axis counts the people.
func Example() {
	people := tensor.New(tensor.Float32, 100, 3)
	fmt.Println(people.Shape, people.Len(), people.DType())
	flat, err := people.Reshape(10, -1)
	fmt.Println(flat.Shape, err)
	_, err = people.Reshape(7, -1)
	fmt.Println(err)
	// Output:
	// (100, 3) 300 float32
	// (10, 30) <nil>
	// reshape (100, 3) to (7, -1): 300 elements do not fit
}
