package run

import (
	"errors"
	"path/filepath"

	"gorae/model"
	"gorae/train"
)

// Statistics is the content of statistics.json.
type Statistics struct {
	Epochs []train.EpochStatistics `json:"epochs"`
}

// Failure is the content of failure.json: why a training ended with an error.
type Failure struct {
	Error string `json:"error"`
	// Infinite says that a number was not finite, in the step Step, and Place which of the data were, "" for none.
	Infinite bool   `json:"not_finite,omitempty"`
	Step     uint64 `json:"step,omitempty"`
	Place    string `json:"place,omitempty"`
}

// statistics returns the callback that measures activations, gradients and weights; nil where it does not: of an
// ensemble, whose networks learn from samples of their own, and of what is not learnt from targets.
func (p *Prepared) statistics(o Options) *train.Statistics {
	if _, ok := p.how.(*supervised); !ok || o.NoStatistics || p.Spec.Train.Several() != nil ||
		p.Spec.Train.Truncate > 0 {
		return nil
	}
	return &train.Statistics{}
}

// writeStatistics writes what was measured.
func writeStatistics(dir string, s *train.Statistics) error {
	if s == nil || len(s.Epochs) == 0 {
		return nil
	}
	return writeJSON(filepath.Join(dir, StatisticsFile), Statistics{s.Epochs})
}

// fail notes why the training ended, for a diagnosis. The error itself is the caller's.
func (p *Prepared) fail(dir string, s *train.Statistics, why error) {
	f := Failure{Error: why.Error()}
	var step *train.StepError
	var bad *model.NonFiniteError
	if errors.As(why, &step) {
		f.Infinite, f.Step, f.Place = true, step.Step, step.Place
	} else if errors.As(why, &bad) {
		f.Infinite = true
	}
	_ = writeJSON(filepath.Join(dir, FailureFile), f) // a directory that cannot be written to has failed already
	_ = writeStatistics(dir, s)
}
