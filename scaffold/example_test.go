package scaffold_test

import (
	"context"
	"fmt"

	"gorae/run"
	"gorae/scaffold"
	"gorae/spec"
	_ "gorae/task/all"
)

// The experiment for a data file, with its reasons, as a file that gorae train reads.
func Example() {
	ctx := context.Background()
	draft, err := scaffold.New(ctx, scaffold.Request{Source: "embed:iris"})
	if err != nil {
		fmt.Println(err)
		return
	}
	prepared, err := run.Prepare(ctx, draft.File)
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := spec.Marshal(prepared.Spec, draft.Comments(prepared)...)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(text))
	// Output:
	// # predicts species (3 classes) from data of the kind tabular
	// # embed:iris: 1 row is the same as an earlier one in every column: if these are copies, remove them
	// data:
	//   source: embed:iris
	//   # classes: setosa 50, versicolor 50, virginica 50
	//   target: species
	//   task: classification
	//   features:
	//     # 35 different numbers from 4.3 to 7.9
	//     sepal_length: zscore
	//     # 23 different numbers from 2 to 4.4
	//     sepal_width: zscore
	//     # 43 different numbers from 1 to 6.9
	//     petal_length: zscore
	//     # 22 different numbers from 0.1 to 2.5
	//     petal_width: zscore
	// # 128 rows to train on and, in 5 folds, to validate, 22 to test
	// split:
	//   validation: 0
	//   test: 0.15
	//   by: random
	// # 339,215 parameters
	// model:
	//   - dense: {units: 256, activation: relu}
	//   - dropout: 0.15
	//   - dense: {units: 256, activation: relu}
	//   - dropout: 0.15
	//   - dense: {units: 3, activation: softmax}
	// # the best epoch by the validation part is kept
	// train:
	//   loss: sparse_categorical_crossentropy
	//   optimizer: adam
	//   metrics: [accuracy]
	//   batch_size: 32
	//   epochs: 40
	//   callbacks: [{early_stopping: {patience: 10, restore_best_weights: true}}]
	//   # 5 networks of this kind, whose mean is predicted; each is evaluated on a fold of rows left out
	//   ensemble: {networks: 5, folds: true}
	// seed: 1
}
