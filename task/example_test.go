package task_test

import (
	"fmt"

	"gorae/task"
)

// Findings are words for people and sections for programs.
func ExampleFindings() {
	var f task.Findings
	f.Say("%d of %d lists are in order", 9, 10)
	if err := f.Add("sorting", map[string]int{"right": 9}); err != nil {
		fmt.Println(err)
	}
	b, err := f.MarshalJSON()
	fmt.Println(string(b), err)
	// Output:
	// {"sorting":{"right":9},"words":["9 of 10 lists are in order"]} <nil>
}
