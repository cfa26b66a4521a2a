package supervised_test

import (
	"fmt"

	"gorae/layer"
	"gorae/prep"
	"gorae/task/supervised"
)

// The last layer of a default network follows from the target.
func ExampleHead() {
	for _, g := range []*prep.Target{
		{Name: "price", Task: prep.Regression},
		{Name: "survived", Task: prep.Classification, Classes: []string{"no", "yes"}},
		{Name: "species", Task: prep.Classification, Classes: []string{"a", "b", "c"}},
		{Name: "shows", Task: prep.Labels, Classes: []string{"dog", "person", "cat"}},
	} {
		d := supervised.Head(g).(layer.Dense)
		fmt.Printf("%s: %d %q\n", g.Name, d.Units, d.Activation)
	}
	// Output:
	// price: 1 ""
	// survived: 1 "sigmoid"
	// species: 3 "softmax"
	// shows: 3 "sigmoid"
}
