package product_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"gorae/bundle"
	"gorae/format"
	"gorae/format/onnx"
	"gorae/format/onnx/product"
	"gorae/run"
	"gorae/spec"
	_ "gorae/spec/yaml"
	_ "gorae/task/all"
)

// A network for the species of irises is trained for a moment and written with its preparation: a program that knows
// nothing of gorae gives it lengths in centimetres, and gets the name of a species.
func Example() {
	dir, err := os.MkdirTemp("", "product")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	e, err := spec.Parse("", "iris", []byte("data: {source: embed:iris}\nmodel: [{dense: 4}, {dense: 3}]"),
		"train.epochs=1")
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := run.Prepare(context.Background(), e)
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := run.Run(context.Background(), p, run.Options{Out: filepath.Join(dir, "run")})
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := bundle.Open(filepath.Join(r.Dir, run.ModelFile))
	if err != nil {
		fmt.Println(err)
		return
	}
	path := filepath.Join(dir, "iris.onnx")
	notes, err := product.WriteFile(path, b, onnx.Options{})
	fmt.Println(notes, err)
	f, err := format.Load(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Model.InputNames())
	fmt.Println(len(f.Model.OutputNames()), "outputs: the name of the class, and the probabilities of all")
	// Output:
	// [] <nil>
	// [sepal_length sepal_width petal_length petal_width]
	// 2 outputs: the name of the class, and the probabilities of all
}
