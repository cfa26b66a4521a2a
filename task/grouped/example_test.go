package grouped_test

import (
	"fmt"

	"gorae/task/grouped"
)

// A model file from elsewhere is refused before anything is computed with it.
func ExampleTask_Restore() {
	_, err := grouped.Task{}.Restore([]byte(`{"targets": []}`))
	fmt.Println(err)
	// Output:
	// the columns or the targets are missing
}
