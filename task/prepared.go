package task

import (
	"context"

	"gorae/data"
	"gorae/model"
	"gorae/spec"
	"gorae/tensor"
	"gorae/train"
)

// Prepared is an experiment's samples, ready to train on.
type Prepared struct {
	// Parts are the samples by part, inputs and targets; nil where there are none. The target of
	// an output with classes is its number, int32 [], whatever the loss wants.
	Parts [3]data.Dataset
	// Vary makes the training samples as training sees them, where they differ from epoch to
	// epoch, of Raw, whose class targets have been encoded; nil: training sees Parts[Train].
	Raw     data.Dataset
	Vary    func(raw data.Dataset) (data.Dataset, error)
	Fitted  Fitted
	Problem Problem
	// Vocabulary is the number of ids where samples are ids, which a model may name by the word
	// vocabulary; 0 without.
	Vocabulary int
}

// Problem is what depends on a task while a network is made, trained and reported on. One value
// serves one run.
type Problem interface {
	// Network is the network of an experiment that names none.
	Network() *spec.Network
	// Fits says whether the model's outputs, of these shapes with the batch axis first, are what
	// the targets are compared with. The error is a *[OutputError].
	Fits(outputs []tensor.Shape) error
	// Losses and Metrics name those of an experiment that has none, by output.
	Losses(m *model.Model) []string
	Metrics() [][]string
	// Check finds losses and metrics that can say nothing about the targets, and settings of the
	// train section that mean nothing here.
	Check(t *Training) error
	// About says in a few words what is predicted.
	About() string
	// Observe is asked before the trained network is evaluated on a part. The consumer sees the
	// batches of the only pass over it: confusion matrices, mistakes and forecasts are gathered
	// so. nil: the task has no interest in the part.
	Observe(part Part, d data.Dataset, t *Training) train.Consumer
	// Finish writes files into the run directory and adds to the findings, after all parts have
	// been evaluated with the best weights and the model has been written. What it cannot write is a warning.
	Finish(ctx context.Context, f *Finish) error
}

// Finish is what a Problem has at the end of a run.
type Finish struct {
	Name     string // of the experiment, for titles
	Dir      string // the run directory
	Seed     uint64
	Model    *model.Model
	Training *Training
	Findings *Findings
}

// Completer is a Problem that, after training and before the model is written, fits what the model file holds beside
// the network and its preprocessing, such as a baseline.
type Completer interface {
	Complete() error
}

// Initializer is a Problem that gives weights of the model other first values, such as word
// vectors.
type Initializer interface {
	Initialize(m *model.Model) error
}

// OutputError says that an output of the network does not fit its target. The caller knows the
// layer that makes the output.
type OutputError struct {
	Output int
	Msg    string
}

func (e *OutputError) Error() string { return e.Msg }
