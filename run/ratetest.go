package run

import (
	"context"
	"errors"

	"gorae/optim"
	"gorae/task"
	"gorae/train"
)

// RateTest is a learning-rate range test.
type RateTest struct {
	Dir   string
	Rate  float64 // with which the loss fell fastest
	Found bool    // there is one
	// Rates were tried, and Losses are the smoothed losses of their steps.
	Rates, Losses []float64
}

// errTested ends a training before its first step.
var errTested = errors.New("the learning rates have been tried")

// TestRates tries learning rates in training steps of the experiment ([train.LearningRateFinder], whose settings finder
// has), trains no further, and writes the curve into a directory: learning-rates.csv, .png and .svg.
func TestRates(ctx context.Context, p *Prepared, dir string, finder train.LearningRateFinder) (*RateTest, error) {
	if _, ok := p.how.(*supervised); !ok {
		return nil, task.Errorf("train", "the task %s has no learning rate to be tried", p.Task.Name())
	}
	finder.KeepRate = true
	c := p.config(dir, false, nil, nil)
	c.Checkpoint = nil
	c.Callbacks = []train.Callback{&finder, train.Lambda{TrainBegin: func(train.Event) error { return errTested }}}
	if _, err := p.how.train(ctx, c); !errors.Is(err, errTested) {
		return nil, err
	}
	t := &RateTest{Dir: dir}
	t.Rates, t.Losses = finder.Curve()
	if t.Rate, t.Found = finder.Suggestion(); len(t.Rates) == 0 {
		return t, nil
	}
	return t, p.drawRates(dir, &Report{}, t.Rates, t.Losses, t.Rate)
}

// OptimizerWord returns the name of the optimizer as an experiment file writes it.
func (p *Prepared) OptimizerWord() string { return optim.Optimizers.Word(p.Spec.Train.Optimizer) }
