package spec_test

import (
	"fmt"

	"gorae/config"
	"gorae/spec"
)

// What an experiment leaves open is resolved in a clone, which is written as a file of its own.
func ExampleParse() {
	text := "data: {source: embed:iris}\ntrain: {epochs: 20}\n"
	f, err := spec.Parse("iris.yaml", "iris", []byte(text), "train.batch_size=16")
	if err != nil {
		fmt.Println(err)
		return
	}
	resolved := f.Clone()
	resolved.Data.Target = []string{"species"}
	written, err := spec.Marshal(resolved, spec.Comment{Text: "As resolved."})
	fmt.Printf("%s%v\n", written, err)
	// Output:
	// # As resolved.
	// data:
	//   source: embed:iris
	//   target: species
	// train:
	//   batch_size: 16
	//   epochs: 20
	// seed: 1
	// <nil>
}

// A mistake has its place in the file, also one that is found later.
func ExampleFile_Locate() {
	text := "data:\n  source: embed:iris\n  target: [specie]\n"
	_, err := spec.Parse("iris.yaml", "iris", []byte(text), "train.epochs=0")
	fmt.Println(err)
	f, err := spec.Parse("iris.yaml", "iris", []byte(text))
	if err != nil {
		fmt.Println(err)
		return
	}
	err = config.Errorf("data.target[0]", "no column %q", "specie").Suggesting("specie", []string{"species"})
	fmt.Println(f.Locate(err))
	// Output:
	// --set train.epochs=0: train.epochs: 0 is not a number of epochs; give 1 or more
	// iris.yaml:3:12: data.target[0]: no column "specie"; did you mean "species"?
}
