package diagnose_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"gorae/diagnose"
	"gorae/run"
	"gorae/spec"
	_ "gorae/task/all"
)

func ExampleRun() {
	f, err := spec.Parse("", "flowers", []byte(`data: {source: embed:iris}
model:
  - dense: {units: 16, activation: relu, kernel_initializer: zeros}
  - dense: {units: 3, activation: softmax}
train: {epochs: 10}
`))
	if err != nil {
		panic(err)
	}
	p, err := run.Prepare(context.Background(), f)
	if err != nil {
		panic(err)
	}
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if _, err := run.Run(context.Background(), p, run.Options{Out: filepath.Join(dir, "run")}); err != nil {
		panic(err)
	}
	trained, err := run.TrainedOf(p, filepath.Join(dir, "run"))
	if err != nil {
		panic(err)
	}
	d, err := diagnose.Run(context.Background(), trained)
	if err != nil {
		panic(err)
	}
	for _, f := range d.Findings {
		fmt.Println(f.Grade, f.Code, f.Place)
		fmt.Println(f.Change)
		for _, e := range f.Effects {
			fmt.Println("  explains", e.Code)
		}
	}
	// Output:
	// fault network/constant-init dense
	// [model[0].dense.kernel_initializer=glorot_uniform]
	//   explains activation/dead-units
	//   explains dynamics/stalled
	//   explains result/one-class
	//   explains result/underfit
	//   explains result/no-better-than-baseline
}
