package format_test

import (
	"fmt"
	"os"
	"path/filepath"

	"gorae/format"
	_ "gorae/format/keras" // registers .keras
	"gorae/layer"
	"gorae/model"
)

// The import of gorae/format/keras registers that format; the extension chooses it.
func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	m := model.Sequential(layer.Input{Shape: []int{4}}, layer.Dense{Units: 3})
	if err := m.Build(1); err != nil {
		fmt.Println(err)
		return
	}
	path := filepath.Join(dir, "m.keras")
	classes := format.Member{Name: "my/classes", Data: []byte("setosa, versicolor, virginica")}
	if err := format.Save(path, &format.File{Model: m, Members: []format.Member{classes}}); err != nil {
		fmt.Println(err)
		return
	}
	f, err := format.Load(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	data, _ := f.Member("my/classes")
	fmt.Printf("%d parameters; %s\n", f.Model.Summary().Total, data)
	// Output: 15 parameters; setosa, versicolor, virginica
}

// LoadWeights gives the layers of a new network the weights of the layers with the same names in a file, as Keras's
// load_weights does: here the body of a network for 3 classes begins one for 5.
func ExampleLoadWeights() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	network := func(classes int) *model.Model {
		m := model.Sequential(layer.Input{Shape: []int{4}},
			layer.Dense{Base: layer.Base{Name: "body"}, Units: 8, Activation: "relu"},
			layer.Dense{Base: layer.Base{Name: "head"}, Units: classes})
		if err := m.Build(1); err != nil {
			fmt.Println(err)
		}
		return m
	}
	path := filepath.Join(dir, "m.keras")
	if err := format.Save(path, &format.File{Model: network(3)}); err != nil {
		fmt.Println(err)
		return
	}
	c, err := format.LoadWeights(path, network(5), model.CopyOptions{SkipMismatch: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Layers, c.Skipped)

	_, err = format.LoadWeights(path, network(5), model.CopyOptions{})
	fmt.Println(err.Error()[len(dir)+1:])
	// Output:
	// [body] [layer "head": kernel has shape (8, 5), in the source (8, 3)]
	// m.keras: layer "head": kernel has shape (8, 5), in the source (8, 3)
}
