package yaml_test

import (
	"fmt"

	"gorae/format/keras/yaml"
)

// A configuration that Keras 2 wrote is a model with fresh weights.
func Example() {
	m, err := yaml.FromConfig([]byte(`backend: tensorflow
class_name: Sequential
config:
- class_name: Dense
  config:
    activation: relu
    batch_input_shape: !!python/tuple [null, 3]
    name: hidden
    units: 4
keras_version: 2.1.6
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.OutputTypes(2)[0])
	// Output: float32(2, 4)
}
