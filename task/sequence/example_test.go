package sequence_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gorae/run"
	"gorae/spec"
	_ "gorae/spec/yaml" // of experiment files
	_ "gorae/task/sequence"
)

// A .ts file holds sequences with a class each.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }() // of the example's own making
	if err := os.WriteFile(filepath.Join(dir, "w.ts"),
		[]byte("@classLabel true up down\n@data\n"+strings.Repeat("1,2,3:up\n3,2:down\n", 20)), 0o644); err != nil {
		fmt.Println(err)
		return
	}
	f, err := spec.Parse(filepath.Join(dir, "e.yaml"), "example", []byte(`data: {source: w.ts}`))
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
	// sequence predicts label (2 classes) of sequences
}
