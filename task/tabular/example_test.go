package tabular_test

import (
	"context"
	"fmt"

	"gorae/run"
	"gorae/spec"
	_ "gorae/spec/yaml" // of experiment files
	_ "gorae/task/tabular"
)

// A table needs no more than its source.
func Example() {
	f, err := spec.Parse("", "example", []byte(`data: {source: embed:iris}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := run.Prepare(context.Background(), f)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Task.Name(), "predicts", p.Problem.About(), "of", p.Fitted.Unit()+"s")
	// Output:
	// tabular predicts species (3 classes) of rows
}
