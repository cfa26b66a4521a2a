package run_test

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
