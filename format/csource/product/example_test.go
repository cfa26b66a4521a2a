package product_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gorae/bundle"
	"gorae/format/csource"
	"gorae/format/csource/product"
	"gorae/run"
	"gorae/spec"
	_ "gorae/spec/yaml"
	_ "gorae/task/all"
)

// A network for the species of irises is trained for a moment and written with its preparation: a program in C gives it
// lengths in centimetres, and gets the place of a species among their names.
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
	path := filepath.Join(dir, "iris.c")
	if _, notes, err := product.WriteFile(path, b, csource.Options{Name: "iris"}); len(notes) > 0 || err != nil {
		fmt.Println(notes, err)
		return
	}
	text, err := os.ReadFile(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, after, _ := strings.Cut(string(text), "struct iris_row {")
	public, _, _ := strings.Cut(after, "static const")
	fmt.Print("struct iris_row {" + strings.TrimRight(public, "\n") + "\n")
	// Output:
	// struct iris_row {
	//     double sepal_length; /* sepal_length */
	//     double sepal_width; /* sepal_width */
	//     double petal_length; /* petal_length */
	//     double petal_width; /* petal_width */
	// };
	//
	// struct iris_prediction {
	//     int32_t prediction; /* species: the place in iris_classes */
	//     float scores[3];
	// };
	//
	// extern const char *const iris_classes[3];
	// int iris_predict_row(const struct iris_row *row, struct iris_prediction *to);
}
