package table_test

import (
	"fmt"

	"gorae/task/table"
)

// A model file from elsewhere is refused before anything is computed with it.
func ExampleRestore() {
	_, err := table.Restore([]byte(`{"targets": []}`))
	fmt.Println(err)
	// Output:
	// the columns or the targets are missing
}
