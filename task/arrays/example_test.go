package arrays_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"gorae/run"
	"gorae/spec"
	_ "gorae/spec/yaml" // of experiment files
	_ "gorae/task/arrays"
	"gorae/tensor"
)

// The arrays x and y of an .npz file are samples and their targets.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }() // of the example's own making
	x, y := tensor.New(tensor.Float32, 40, 3), tensor.New(tensor.Int32, 40)
	for i := range y.I32 {
		y.I32[i] = int32(i % 2)
	}
	var b bytes.Buffer
	if err := tensor.WriteNPZ(&b, []tensor.Named{{Name: "x", Tensor: x}, {Name: "y", Tensor: y}}); err != nil {
		fmt.Println(err)
		return
	}
	if err := os.WriteFile(filepath.Join(dir, "a.npz"), b.Bytes(), 0o644); err != nil {
		fmt.Println(err)
		return
	}
	f, err := spec.Parse(filepath.Join(dir, "e.yaml"), "example", []byte(`data: {source: a.npz}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := run.Prepare(context.Background(), f)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Task.Name(), "predicts", p.Problem.About(), "of", p.Model.InputTypes(1)[0].Shape[1:])
	// Output:
	// arrays predicts label (2 classes) of (3,)
}
