package rawinput_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gorae/bundle"
	"gorae/format"
	"gorae/format/keras/rawinput"
	"gorae/model"
)

// A network that was trained on a table becomes a model of Keras that takes the columns of the table.
func ExampleFile() {
	b, err := bundle.Open("../../../examples/predict/iris.keras")
	if err != nil {
		fmt.Println(err)
		return
	}
	f, notes, err := rawinput.File(b)
	if err != nil {
		fmt.Println(err)
		return
	}
	path := filepath.Join(os.TempDir(), "raw-iris.keras")
	defer os.Remove(path)
	if err := format.Save(path, f); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Join(f.Model.InputNames(), " "))
	fmt.Println(strings.Join(notes, "\n"))
	fmt.Println(layers(f.Model))
	// Output:
	// sepal_length sepal_width petal_length petal_width
	// species: the outputs are those of setosa, versicolor, virginica
	// concatenate normalization isnan where iris
}

// layers are the names of a model's layers behind its inputs.
func layers(m *model.Model) string {
	var names []string
	for _, l := range m.Layers() {
		names = append(names, l.Name())
	}
	return strings.Join(names[4:], " ")
}
