package keras_test

import (
	"fmt"

	"gorae/format/keras"
	"gorae/graph"
)

// A file with Lambda(lambda x: 2 * x + 1, name="twice_and_one") opens once a Go function stands in for Python's.
func ExampleRegister() {
	keras.Register("twice_and_one", func(x *graph.Node) *graph.Node { return x.MulC(2).AddC(1) })
	m, err := keras.FromConfig([]byte(`{"class_name": "Sequential", "config": {"name": "s", "layers": [
		{"class_name": "InputLayer", "config": {"batch_shape": [null, 4], "name": "x"}},
		{"class_name": "Lambda", "config": {"name": "twice_and_one", "function": {"class_name": "__lambda__",
			"config": {"code": "4wEAAAA=", "defaults": null, "closure": null}}}}]}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Layers()[1].Name(), m.OutputTypes(2)[0].Shape)
	// Output: twice_and_one (2, 4)
}
