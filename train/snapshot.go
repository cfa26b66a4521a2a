package train

import (
	"slices"

	"gorae/tensor"
)

// Snapshot is the state of a run between two steps, on which, with the data and the
// Config, the rest of the run depends. A run continued from a snapshot gives the same
// weights, bit for bit, as without the interruption.
type Snapshot struct {
	Seed      uint64
	Samples   int // in the training data, −1 for a stream; a continued run must have as many
	BatchSize int

	Epoch   int  // from 0: the one whose batches are being run
	Batch   int  // from 0: the next one to run in Epoch
	Ended   bool // all batches of Epoch are done: validation is still to come
	Stopped bool // a callback has ended the run

	// Pass and PassBatch are the same of the passes through the data, which epochs of Config.StepsPerEpoch
	// batches do not follow.
	Pass, PassBatch int

	Sums    []float64 // of the epoch so far; their meaning is that of the running averages
	Elapsed float64   // seconds of the epoch so far

	Rows      []Row
	Best      int // as in History
	BestValue float64

	Weights   []tensor.Named // the models' weights and states, by path; of several models MODEL/PATH
	Steps     []StepState
	Sessions  []tensor.Named // what stateful layers remember, by path; one for each size of batch
	BestSaved []tensor.Named // Weights at the end of the best epoch, if they are kept
	Callbacks []CallbackState
}

// StepState is the state of a step: how often it ran, and the state of its optimiser.
type StepState struct {
	Name         string // in a Loop; "" where there is one step only
	Count        uint64
	LearningRate float32
	Slots        []tensor.Named
}

// CallbackState is the saved state of a callback.
type CallbackState struct {
	Name  string // its type's, to tell when the list of callbacks has changed
	State []byte
}

// clone is a copy that shares no memory with s.
func (s *Snapshot) clone() *Snapshot {
	c := *s
	c.Sums, c.Rows = slices.Clone(s.Sums), slices.Clone(s.Rows)
	c.Steps = slices.Clone(s.Steps)
	lists := []*[]tensor.Named{&c.Weights, &c.Sessions, &c.BestSaved}
	for i := range c.Steps {
		lists = append(lists, &c.Steps[i].Slots)
	}
	for _, list := range lists {
		*list = slices.Clone(*list)
		for i, t := range *list {
			(*list)[i].Tensor = t.Clone()
		}
	}
	return &c
}
