package text_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gorae/run"
	"gorae/spec"
	_ "gorae/spec/yaml" // of experiment files
	_ "gorae/task/text"
)

// Lines of text have their labels in a file beside them.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }() // of the example's own making
	if err := os.WriteFile(filepath.Join(dir, "a.txt"),
		[]byte(strings.Repeat("what a good film\nwhat a bad film\n", 20)), 0o644); err != nil {
		fmt.Println(err)
		return
	}
	if err := os.WriteFile(filepath.Join(dir, "y.txt"), []byte(strings.Repeat("pos\nneg\n", 20)), 0o644); err != nil {
		fmt.Println(err)
		return
	}
	f, err := spec.Parse(filepath.Join(dir, "e.yaml"), "example", []byte(`data: {source: a.txt, labels: y.txt}`))
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
	// text predicts label (2 classes) of texts
}
