package bundle_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"gorae/bundle"
	"gorae/run"
	"gorae/spec"
	_ "gorae/task/all"
)

// An experiment of one line is trained, and its model predicts typed values without text in between.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }() // of the example's own making
	f, err := spec.Parse("", "iris", []byte(`{data: {source: embed:iris}, train: {epochs: 30}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := run.Prepare(context.Background(), f)
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := run.Run(context.Background(), p, run.Options{Out: filepath.Join(dir, "iris")})
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := bundle.Open(filepath.Join(r.Dir, run.ModelFile))
	if err != nil {
		fmt.Println(err)
		return
	}
	rows, err := bundle.Predictions[map[string]any](context.Background(), b, []map[string]any{
		{"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rows[0]["prediction"], r.Report.Test.Of("accuracy") > 0.8)
	// Output:
	// setosa true
}

// The fields of a struct are the columns of the table, and those of another take the prediction.
func ExamplePredictions() {
	type flower struct {
		SepalLength, SepalWidth float64
		Length                  *float64 `gorae:"petal_length"` // nil where it is not known
		PetalWidth              float32
	}
	type answer struct {
		Species string             // the target's class
		P       map[string]float64 // the probability of each
	}
	b, err := bundle.Open("../examples/predict/iris.keras")
	if err != nil {
		fmt.Println(err)
		return
	}
	length := 5.9
	answers, err := bundle.Predictions[answer](context.Background(), b, []flower{
		{SepalLength: 6, SepalWidth: 3, Length: &length, PetalWidth: 2.4},
		{SepalLength: 5, SepalWidth: 3.5, PetalWidth: 0.2},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range answers {
		fmt.Printf("%s %.2f\n", a.Species, a.P["virginica"])
	}
	// Output:
	// virginica 1.00
	// setosa 0.00
}

// A sample may be a map, and the prediction a single value.
func ExamplePrediction() {
	b, err := bundle.Open("../examples/predict/iris.keras")
	if err != nil {
		fmt.Println(err)
		return
	}
	species, err := bundle.Prediction[string](context.Background(), b, map[string]any{
		"sepal_length": 5.1, "sepal_width": nil, "petal_length": 1.4, "petal_width": 0.2})
	fmt.Println(species, err)
	// Output: setosa <nil>
}
