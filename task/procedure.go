package task

import (
	"context"

	"gorae/data"
	"gorae/model"
	"gorae/spec"
	"gorae/train"
)

// Procedure is a Problem with a way of learning of its own in place of losses between outputs and targets: a policy
// that acts in an environment, word vectors, two networks that learn against each other. The run directory,
// checkpoints, resumption, history and progress are those of any run; a procedure trains by a [train.Loop], or calls
// the callbacks of its settings as a Loop does. Its [Fitted] is an [Evaluator]. A method Epochs() int, if it has one,
// gives the number of epochs of an experiment that names none.
type Procedure interface {
	Problem
	// Inputs are the inputs of the network.
	Inputs() []data.Field
	// Keys names the keys of the train section that the procedure knows beside those that the task has registered
	// (spec.RegisterTrain), epochs, callbacks and monitor: batch_size, optimizer, …. Others are refused.
	Keys() []string
	// Settle sets the keys of the train section that the experiment leaves open, and refuses a network or values that
	// the procedure cannot follow. The network is built; other networks that the procedure needs are made here.
	Settle(m *model.Model, t *spec.Train, seed uint64) error
	// Columns names the metrics of an epoch in the order of history.csv; those of a validation begin with val_.
	Columns() []string
	// Train trains the network. The settings are those of the run: epochs, batch size, seed, monitor, checkpoint and
	// callbacks, without optimizer, losses, metrics and validation data, which belong to the procedure. The network
	// ends with the weights of the epoch that is kept.
	Train(ctx context.Context, c train.Config) (*train.History, error)
	// Evaluate returns the metrics of the trained network by part; nil for a part on which there are none.
	Evaluate(ctx context.Context) ([3]*Measured, error)
}

// Measured is the metrics of a part of the samples.
type Measured struct {
	Samples   int    // rows, episodes, words
	Unit      string // the word for one of them; "" is that of the Fitted
	Metrics   train.Metrics
	Intervals []Interval // 95 % intervals of the metrics
}

// Evaluator is a Fitted that is evaluated in a way of its own, as its network was in the training by a [Procedure].
type Evaluator interface {
	// Evaluate evaluates the network of the request on the samples of its source, or, where the source is nil, on what
	// needs none, such as episodes in an environment. A source that is missing, or given in vain, is an error. What it
	// adds to the findings is printed behind the metrics. The seed is for what is drawn.
	Evaluate(ctx context.Context, r *Request, seed uint64, f *Findings) (*Measured, error)
}
