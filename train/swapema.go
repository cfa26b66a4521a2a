package train

import (
	"errors"

	"gorae/optim"
)

var errNoAverages = errors.New("swap_ema_weights: the optimizer keeps no moving averages; give it use_ema: true")

// SwapEMAWeights measures the validation samples with the moving averages of the weights that an optimizer with use_ema
// keeps, in the place of the weights. With SwapOnEpoch the averages stay there until the next epoch begins, so that
// what other callbacks save or keep at an epoch's end are the averages. Keras's callback of that name.
type SwapEMAWeights struct {
	// SwapOnEpoch leaves the averages in the model from the validation to the next epoch's beginning.
	SwapOnEpoch bool `keras:"swap_on_epoch"`
}

// On checks that there are averages. The exchange belongs to the training loop.
func (s SwapEMAWeights) On(e Event) error {
	if e.Kind != TrainBegin {
		return nil
	}
	for _, step := range e.Run.loop.steps {
		if step.Step.optimizer.Options().UseEMA {
			return nil
		}
	}
	return errNoAverages
}

// swaps is the callback of a run that exchanges weights and averages; false where there is none.
func (l *loop) swaps() (s SwapEMAWeights, ok bool) {
	for _, c := range l.config.Callbacks {
		switch c := c.(type) {
		case SwapEMAWeights:
			return c, true
		case *SwapEMAWeights:
			return *c, true
		}
	}
	return s, false
}

// swap exchanges the weights and their averages.
func (l *loop) swap() {
	l.commit(func() {
		for _, s := range l.steps {
			for i := range s.Step.move {
				w := s.Step.move[i].Value.F32
				for k, mean := range s.Step.average(i) {
					w[k], s.Step.average(i)[k] = mean, w[k]
				}
			}
		}
	})
}

// average is the moving average of a moved variable; nil where there is none.
func (s *Step) average(i int) []float32 {
	name := ""
	switch {
	case s.averages != nil:
		name = s.averages[i]
	case len(s.models) == 1: // a run that was resumed at its end
		name = optim.AverageOf(s.move[i].Path)
	}
	if a := s.slots[name]; a != nil {
		return a.F32
	}
	return nil
}

// settle puts the moving averages into the weights, as at the end of a training.
func (l *loop) settle() {
	l.commit(func() {
		for _, s := range l.steps {
			for i := range s.Step.move {
				copy(s.Step.move[i].Value.F32, s.Step.average(i))
			}
		}
	})
}
