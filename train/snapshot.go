package train

import (
	"slices"

	"gorae/tensor"
)

// Snapshot is a run between two steps: everything that its future depends on,
// apart from the data and the Config. A run continued from a snapshot does what
// it would have done, bit for bit.
type Snapshot struct {
	Seed      uint64
	Samples   int // in the training data; a continued run must have as many
	BatchSize int

	Epoch   int    // from 0: the one whose batches are being run
	Batch   int    // from 0: the next one to run in Epoch
	Step    uint64 // steps done since the beginning
	Stopped bool   // a callback has ended the run

	LearningRate float32
	Sums         []float64 // of the epoch so far; their meaning is the meter's
	Elapsed      float64   // seconds of the epoch so far

	Rows      []Row
	Best      int // as in History
	BestValue float64

	Weights   []tensor.Named // the models' weights and states, by path
	Slots     []tensor.Named // the optimiser's
	Sessions  []tensor.Named // what stateful layers remember, by path; one for each size of batch
	BestSaved []tensor.Named // Weights at the end of the best epoch, if they are kept
	Callbacks []CallbackState
}

// CallbackState is what a callback has put aside.
type CallbackState struct {
	Name  string // its type's, to tell when the list of callbacks has changed
	State []byte
}

// clone is a copy that shares no memory with s.
func (s *Snapshot) clone() *Snapshot {
	c := *s
	c.Sums, c.Rows = slices.Clone(s.Sums), slices.Clone(s.Rows)
	for _, list := range []*[]tensor.Named{&c.Weights, &c.Slots, &c.Sessions, &c.BestSaved} {
		*list = slices.Clone(*list)
		for i, t := range *list {
			(*list)[i].Tensor = t.Clone()
		}
	}
	return &c
}
