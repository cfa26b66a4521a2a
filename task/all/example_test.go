package all_test

import (
	"fmt"
	"strings"

	"gorae/task"
	_ "gorae/task/all"
)

// A program that imports package all has every task.
func Example() {
	fmt.Println(strings.Join(task.Names(), " "))
	// Output:
	// arrays control generative grouped image language restore sequence series tabular text translate word2vec
}
