package modeltest_test

import (
	"fmt"

	"gorae/layer"
	"gorae/model"
	"gorae/model/modeltest"
)

// A case is a layer and the shapes of what goes in; a test gives it to Check.
func ExampleCase() {
	c := modeltest.Case{Layer: layer.Dense{Units: 3}, Inputs: [][]int{{5}}}
	m := model.Sequential(layer.Input{Shape: c.Inputs[0]}, c.Layer)
	if err := m.Build(1); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Summary().Rows[1].Formula)
	// Output: (5 + 1) × 3 = 18
}
