package fitted_test

import (
	"fmt"

	"gorae/task"
	_ "gorae/task/tabular/fitted" // models of tables
)

// A program that predicts needs no more of the task; what no training has written is refused.
func Example() {
	read, ok := task.FindReader("tabular")
	if !ok {
		fmt.Println("models of tables are not known")
		return
	}
	_, err := read([]byte(`{"targets": [], "pipeline": null}`))
	fmt.Println(err)
	_, trains := task.Find("tabular")
	fmt.Println("can be trained:", trains)
	// Output:
	// the columns or the targets are missing
	// can be trained: false
}
