package restore_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"gorae/run"
	"gorae/spec"
	_ "gorae/spec/yaml" // of experiment files
	_ "gorae/task/restore"
)

// The bundled digits with noise: a network learns to take it off.
func ExampleTask() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }() // of the example's own making
	f, err := spec.Parse(filepath.Join(dir, "e.yaml"), "example",
		[]byte(`data: {source: "embed:digits", pixels: [8, 8], corrupt: {gaussian: 4}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := run.Prepare(context.Background(), f)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Task.Name()+":", p.Problem.About())
	// Output:
	// restore: the picture without gaussian 4
}
