package study_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	_ "gorae/data/source/all"
	"gorae/spec"
	_ "gorae/task/all"
	"gorae/tune/study"
)

// A study of an experiment file with two search ranges.
func ExampleRun() {
	dir, err := os.MkdirTemp("", "study")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	search, err := spec.ParseSearch("", "digits", []byte(`data: {source: embed:digits}
model: [{dense: {units: {log_int: [4, 64], value: 16}, activation: relu}}, {dense: {units: 10, activation: softmax}}]
train: {epochs: 9, optimizer: {adam: {learning_rate: {log: [1e-4, 1e-1], value: 1e-3}}}}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := study.Run(context.Background(), search, study.Options{Out: filepath.Join(dir, "study"), Trials: 12})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Objective, "better than with the experiment's own values:", r.Value < r.Own)
	fmt.Println(r.Params[0].Name, r.Params[1].Name)
	// Output:
	// val_loss better than with the experiment's own values: true
	// model[0].dense.units train.optimizer.adam.learning_rate
}
