// Package run turns an experiment file and its data into a trained network and its report: the whole
// procedure, from reading to the test metrics, repeatable from one page of YAML.
//
//	spec.File → Prepare (task, model, objective) → Run (train, evaluate, report) → bundle.Bundle
//
// [Prepare] reads the data, splits them, fits the preprocessing on the training samples, builds the
// model and settles everything that the file left open. [Run] trains in a run directory that survives
// being killed at any instant.
package run
