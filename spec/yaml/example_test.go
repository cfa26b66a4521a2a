package yaml_test

import (
	"fmt"

	"gorae/spec"
	_ "gorae/spec/yaml"
)

// A program that imports the package reads and writes experiment files.
func Example() {
	f, err := spec.Parse("iris.yaml", "iris", []byte("data: {source: embed:iris}\ntrain: {epochs: 30}\n"),
		"train.batch_size=16")
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := spec.Marshal(&f.Experiment)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(b))
	_, err = spec.Parse("iris.yaml", "iris", []byte("data: {source: embed:iris}\ntrain: {epochs: 0}\n"))
	fmt.Println(err)
	// Output:
	// data:
	//   source: embed:iris
	// train:
	//   batch_size: 16
	//   epochs: 30
	// seed: 1
	// iris.yaml:2:17: train.epochs: 0 is not a number of epochs; give 1 or more
}
