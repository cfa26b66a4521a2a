package main

import (
	"path/filepath"
)

// experiment is what is searched for on one data set.
type experiment struct {
	name string
	// data is the path of the data below GORAE_SHARED; "" for an embedded sample.
	data string
	// objective is the metric of the validation samples, and test that of the test samples, by which choices are
	// compared.
	objective, test string
	yaml            string
}

// source is the experiment's data.source.
func (e experiment) source(shared string) string {
	if e.data == "" {
		return "embed:digits"
	}
	return filepath.Join(shared, "data", filepath.FromSlash(e.data))
}

// experiments are small networks whose training takes a fraction of a second.
var experiments = []experiment{{
	name: "digits", objective: "val_loss", test: "loss", yaml: `
data: {source: SOURCE, features: minmax}
split: {validation: 0.15, test: 0.3}
model:
  - dense: {units: {log_int: [8, 128], value: 32}, activation: {choice: [relu, tanh, sigmoid]}}
  - dropout: {uniform: [0, 0.6], value: 0.2}
  - dense: {units: 10, activation: softmax}
train:
  epochs: 27
  batch_size: {choice: [16, 32, 64], value: 32}
  optimizer: {adam: {learning_rate: {log: [1e-5, 1e-1], value: 1e-3}, weight_decay: {log: [1e-6, 1e-1], value: 1e-4}}}
  callbacks: []
seed: 1
`}, {
	name: "titanic", data: "titanic/train.csv", objective: "val_loss", test: "loss", yaml: `
data: {source: SOURCE, target: Survived}
split: {validation: 0.2, test: 0.3}
model:
  - dense: {units: {log_int: [4, 64], value: 16}, activation: {choice: [relu, tanh, sigmoid]}}
  - dropout: {uniform: [0, 0.6], value: 0.2}
  - dense: {units: {log_int: [4, 64], value: 16}, activation: relu}
  - dense: {units: 1, activation: sigmoid}
train:
  epochs: 27
  batch_size: {choice: [16, 32, 64], value: 32}
  optimizer: {adam: {learning_rate: {log: [1e-5, 1e-1], value: 1e-3}, weight_decay: {log: [1e-6, 1e-1], value: 1e-4}}}
  callbacks: []
seed: 1
`}, {
	name: "ETTh1", data: "series/ETTh1.csv.gz", objective: "val_loss", test: "loss", yaml: `
data: {source: SOURCE, rows: 4000, time: date, series: {window: 24, horizon: 6, features: [OT, HUFL, HULL, MUFL, MULL], targets: [OT]}}
split: {validation: 0.2, test: 0.2}
model:
  - flatten
  - dense: {units: {log_int: [4, 64], value: 16}, activation: {choice: [relu, tanh, sigmoid]}}
  - dropout: {uniform: [0, 0.6], value: 0.2}
  - dense: 1
train:
  loss: mse
  epochs: 18
  batch_size: {choice: [32, 64, 128], value: 64}
  optimizer: {adam: {learning_rate: {log: [1e-5, 1e-1], value: 1e-3}, weight_decay: {log: [1e-6, 1e-1], value: 1e-4}}}
  callbacks: []
seed: 1
`}}
