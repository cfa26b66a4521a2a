package series_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gorae/run"
	"gorae/spec"
	_ "gorae/spec/yaml" // of experiment files
	_ "gorae/task/series"
)

// The rows of a table are steps in time; a window of 8 predicts the next.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }() // of the example's own making
	if err := os.WriteFile(filepath.Join(dir, "x.csv"), []byte("x\n"+strings.Repeat("1\n2\n3\n5\n", 40)),
		0o644); err != nil {
		fmt.Println(err)
		return
	}
	f, err := spec.Parse(filepath.Join(dir, "e.yaml"), "example",
		[]byte(`data: {source: x.csv, target: x, series: {window: 8}}`))
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
	// series predicts x (1 step ahead) of windows
}
