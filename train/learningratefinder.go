package train

import (
	"errors"
	"fmt"
	"io"
	"math"

	"gorae/config"
)

// LearningRateFinder tries learning rates before a training begins and sets the one with which the loss falls fastest.
// Training steps are done with rates that rise from MinLR to MaxLR, and the losses L of their batches are smoothed,
// s_i = 0.02·Σ 0.98^(i−j)·L_j / (1 − 0.98^(i+1)). The search ends early where s_i is above EarlyStopThreshold times the
// least before it, or where a step gives no number. The suggested rate is the one at which s falls most steeply by
// central differences, without the first ten and the last; where s falls nowhere the optimizer's rate stays. Weights,
// states and the optimizer are put back, and the training sees the batches that it sees without a search.
//
// Source: Smith, "Cyclical learning rates for training neural networks", 2017; the arguments and their defaults are
// those of PyTorch Lightning's callback LearningRateFinder.
type LearningRateFinder struct {
	// MinLR is the rate of the first step.
	MinLR float64 `keras:"min_lr,default=1e-8,positive"`
	// MaxLR is the rate of the last step.
	MaxLR float64 `keras:"max_lr,default=1,positive"`
	// Steps is the number of training steps of the search.
	Steps int `keras:"num_training_steps,main,default=100,min=14,what=number of steps"`
	// Mode says how the rates rise: exponential, each by the same factor, or linear, each by the same difference.
	Mode string `keras:"mode,default=exponential,oneof=exponential|linear"`
	// EarlyStopThreshold is how many times the least loss the loss may come to; 0: the search goes through all rates.
	EarlyStopThreshold *float64 `keras:"early_stop_threshold,default=4,min=0"`
	// KeepRate leaves the optimizer's learning rate as it is; Suggestion says what was found.
	KeepRate bool `keras:"!update_attr"`

	rates, losses []float64
	found         float64 // 0: none
}

const (
	lossSmoothing = 0.98
	skippedFirst  = 10
)

// Curve is the learning rates that were tried and the smoothed losses of their steps.
func (f *LearningRateFinder) Curve() (rates, losses []float64) { return f.rates, f.losses }

// Suggestion is the rate at which the loss fell fastest; ok is false before the search, and where it fell nowhere.
func (f *LearningRateFinder) Suggestion() (rate float64, ok bool) { return f.found, f.found > 0 }

// On searches before a run begins; one that is continued has the rate that was found.
func (f *LearningRateFinder) On(e Event) error {
	if e.Kind != TrainBegin {
		return nil
	}
	if err := config.Check(f); err != nil {
		return config.Under("learning_rate_finder", err)
	}
	*f = config.Filled(*f)
	f.rates, f.losses, f.found = nil, nil, 0
	if f.MinLR >= f.MaxLR {
		return config.Errorf("learning_rate_finder.max_lr", "%v is not above min_lr, %v", f.MaxLR, f.MinLR).
			Coded(config.Conflict)
	}
	if e.Run.resumed {
		return nil
	}
	if err := f.search(e.Run); err != nil {
		return fmt.Errorf("learning_rate_finder: %w", err)
	}
	return nil
}

// search tries the rates and sets the one that is suggested.
func (f *LearningRateFinder) search(r *Run) error {
	l := r.loop
	if len(l.steps) != 1 {
		return fmt.Errorf("the training has %d steps, each with a learning rate; it is for one", len(l.steps))
	}
	before, step := l.snapshot().clone(), l.steps[0].Step
	foreign := step.foreign
	err := f.try(l)
	l.meter.reset()
	clear(step.slots) // those that the search made; the former ones are in the snapshot
	step.slotNames, step.averages = nil, nil
	if back := l.resume(before); err == nil {
		err = back
	}
	if err != nil {
		return err
	}
	step.foreign = foreign
	at, ok := steepest(f.losses)
	if !ok {
		return nil
	}
	if f.found = f.rates[at]; f.KeepRate {
		return nil
	}
	return r.SetLearningRate(f.found)
}

// try does the steps of the search.
func (f *LearningRateFinder) try(l *loop) error {
	average, least := 0.0, math.Inf(1)
	stream, err := l.feed.loader.Stream(0, 0)
	if err != nil {
		return err
	}
	defer stream.Close()
	for i := range f.Steps {
		b, err := stream.Next()
		if err == io.EOF { // the next pass begins
			b, err = stream.Next()
		}
		if err != nil {
			return err
		}
		rate := f.rate(i)
		if err := l.steps[0].Step.SetLearningRate(rate); err != nil {
			return err
		}
		l.meter.reset()
		var bad *StepError
		if err := l.learn(b, l.feed.of(b)); errors.As(err, &bad) {
			return nil
		} else if err != nil {
			return err
		}
		average = lossSmoothing*average + (1-lossSmoothing)*l.meter.now()[0].Value
		smooth := average / (1 - math.Pow(lossSmoothing, float64(i+1)))
		f.rates, f.losses = append(f.rates, rate), append(f.losses, smooth)
		if most := *f.EarlyStopThreshold; i > 1 && most > 0 && smooth > most*least {
			return nil
		}
		least = min(least, smooth)
	}
	return nil
}

// rate is the learning rate of step i of the search.
func (f *LearningRateFinder) rate(i int) float64 {
	at := float64(i) / float64(f.Steps-1)
	if f.Mode == "linear" {
		return f.MinLR + (f.MaxLR-f.MinLR)*at
	}
	return f.MinLR * math.Pow(f.MaxLR/f.MinLR, at)
}

// steepest is where losses fall most steeply: by the mean of the differences before and behind, at the ends by one. The
// first ten and the last are left out.
func steepest(losses []float64) (at int, ok bool) {
	least := 0.0
	for i := skippedFirst; i < len(losses)-1; i++ {
		from, to := max(i-1, skippedFirst), min(i+1, len(losses)-2)
		if from == to {
			continue
		}
		if slope := (losses[to] - losses[from]) / float64(to-from); slope < least {
			at, least, ok = i, slope, true
		}
	}
	return at, ok
}

// State is the curve and what was found.
func (f *LearningRateFinder) State() []byte {
	var w writer
	w.f64(f.found)
	w.count(len(f.rates))
	for i := range f.rates {
		w.f64(f.rates[i])
		w.f64(f.losses[i])
	}
	return w.b
}

// Restore takes back what State gave.
func (f *LearningRateFinder) Restore(state []byte) error {
	r := reader{b: state}
	f.found = r.f64()
	n := r.count(16)
	f.rates, f.losses = make([]float64, n), make([]float64, n)
	for i := range n {
		f.rates[i], f.losses[i] = r.f64(), r.f64()
	}
	return r.err
}
