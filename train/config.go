package train

import (
	"fmt"
	"io"

	"gorae/format"
	"gorae/loss"
	"gorae/metric"
	"gorae/optim"
)

// Config is the settings of a training. Loss, Optimizer (or State) and Epochs must be given.
type Config struct {
	// Loss compares each output with its target; Losses, where it is given, one output each, in the
	// model's order. Their sum, weighted by LossWeights if those are given, is what training lowers.
	Loss        loss.Loss
	Losses      []loss.Loss
	LossWeights []float64

	// Optimizer may be left out where State is given, which brings its own.
	Optimizer optim.Optimizer
	// State, if not nil, is the state of an optimizer from which training goes on, as format.LoadOptimizer reads it
	// from a file of Keras's or gorae's: steps done, slots, and the learning rate where Optimizer is not given.
	// Otherwise Optimizer must be of the same class with the same slots; its own arguments hold.
	State *format.Optimizer

	// Metrics are shown beside the loss; OutputMetrics, where it is given, has a
	// list for each output.
	Metrics       []metric.Metric
	OutputMetrics [][]metric.Metric
	// WeightedMetrics, of every output, count samples by their weights, as the loss does (sample weights times class
	// weights); Metrics count all samples as 1. One whose name a metric has already is called weighted_NAME, as in
	// Keras.
	WeightedMetrics []metric.Metric

	Epochs    int
	BatchSize int // 0 means 32; the last batch of an epoch may be smaller
	// StepsPerEpoch is the number of batches in an epoch; 0: as many as the data hold. The next epoch goes on where
	// the one before ended; where the data end within an epoch it ends there, and the next one begins with the first
	// sample.
	StepsPerEpoch int

	// Validation is evaluated at the end of each epoch, in inference mode.
	Validation *Data
	// ValidationBatchSize is the number of samples in a batch of the validation data; 0: BatchSize.
	ValidationBatchSize int

	// ClassWeight is the weight of the samples of a class in the loss, times their
	// own weights; 1 for a class that is not in it.
	ClassWeight map[int]float64

	// Callbacks are called with each event in this order.
	Callbacks []Callback

	// Seed decides the first weights (of a model that is not built), the order of samples and
	// all dropout.
	Seed uint64
	// Bucket puts samples of like lengths into one batch, padded no further than its longest
	// needs, where fields of the data's Source are ragged: for networks that mask padding and do
	// not depend on the number of steps. Others are batched as ever.
	Bucket bool
	// NoShuffle keeps the order of samples in every epoch.
	NoShuffle bool
	// ShuffleBuffer shuffles a stream: each sample is drawn from so many that come next (data.Shuffled). 0 takes them
	// as they come. Data whose length is known are shuffled as a whole without it.
	ShuffleBuffer int

	// Truncate, if it is not 0, cuts sequences into chunks of so many steps, the last one shorter: each chunk is a
	// training step, recurrent layers go on where the chunk before ended, and gradients flow through a chunk's
	// steps alone (truncated backpropagation through time; Williams and Peng, 1990). Sequences begin
	// from zeros, those of Stateful layers where the batch before ended. Inputs and targets must
	// all have the steps as their first axis. A layer that looks along the steps without being recurrent, as
	// a convolution, sees one chunk at a time. Validation and prediction see whole sequences.
	Truncate int
	// Recompute lets gradients compute parts of the forward pass again in place of keeping all that they read of it
	// (gradient checkpointing): of n layers like each other the values of some √n are kept. Recurrent layers keep a
	// state now and then, and of their steps a thirtieth (SimpleRNN) or a hundredth (LSTM, GRU). A training step takes
	// up to a third longer, and the numbers are the same to the bit.
	Recompute bool

	// Monitor is the metric by which the best epoch is chosen: "" means val_loss where
	// there is validation data, and else the last epoch. Mode is auto ("" too), min or max.
	Monitor, Mode string
	// KeepBest ends the run with the weights of the best epoch in the model.
	KeepBest bool

	// Ensemble, if not nil, trains several networks in one step, of which the model is the mean.
	Ensemble *Ensemble

	// Initial continues from a state, as Run.Snapshot or ReadSnapshot gives it.
	Initial *Snapshot
	// Checkpoint, if set, writes the run to a file as it goes, and continues from it.
	Checkpoint *Checkpoint
	// Profile, if not nil, is written at the end: where the time of a training step went: launch by launch,
	// with share, GFLOP/s and GB/s.
	Profile io.Writer
	// Members go into every model file that the run writes, as the fitted preprocessing.
	Members []format.Member
}

const defaultBatch = 32

// validationBatch is the number of samples in a batch of the validation data.
func (c *Config) validationBatch() int {
	if c.ValidationBatchSize > 0 {
		return c.ValidationBatchSize
	}
	return c.BatchSize
}

// check finds what is wrong with the numbers of a configuration.
func (c *Config) check() error {
	switch {
	case c.Epochs < 1:
		return fmt.Errorf("epochs: %d is not a number of epochs; give 1 or more", c.Epochs)
	case c.BatchSize < 0:
		return fmt.Errorf("batch_size: %d is not a number of samples; give 1 or more", c.BatchSize)
	case c.ValidationBatchSize < 0:
		return fmt.Errorf("validation_batch_size: %d is not a number of samples; give 1 or more, or 0 for batch_size",
			c.ValidationBatchSize)
	case c.StepsPerEpoch < 0:
		return fmt.Errorf("steps_per_epoch: %d is not a number of batches; give 1 or more, or 0 for all",
			c.StepsPerEpoch)
	case c.ShuffleBuffer < 0:
		return fmt.Errorf("shuffle_buffer: %d is not a number of samples; give 1 or more, or 0 for none",
			c.ShuffleBuffer)
	case c.Truncate < 0:
		return fmt.Errorf("truncate: %d is not a number of steps; give 1 or more, or 0 for whole sequences", c.Truncate)
	case c.Checkpoint != nil && c.Checkpoint.Path == "":
		return fmt.Errorf("checkpoint: path is missing; give the file to write")
	case c.Mode != "" && c.Mode != "auto" && c.Mode != "min" && c.Mode != "max":
		return fmt.Errorf("mode: %q is not one of auto, min, max", c.Mode)
	}
	for class, w := range c.ClassWeight {
		if !(w >= 0) || w > 1e30 {
			return fmt.Errorf("class_weight: %v for class %d; give a number from 0", w, class)
		}
	}
	return nil
}
