package train

import (
	"fmt"

	"gorae/config"
	"gorae/optim"
)

// LearningRateScheduler sets the learning rate at the beginning of each epoch. ByEpoch is one of the schedules, whose
// steps are epochs, counted from 0: decay_steps: 5 is five epochs. A schedule by training steps is the learning_rate of
// an optimizer. Keras's callback of that name.
//
// Source: Keras, keras/src/callbacks/learning_rate_scheduler.py.
type LearningRateScheduler struct {
	// Schedule is given the epoch, counted from 0 as in Keras, and the present rate.
	Schedule func(epoch int, rate float64) float64
	// ByEpoch is a schedule in the place of a function.
	ByEpoch optim.Schedule `keras:"schedule,required"`
	_       struct{}       `keras:"verbose~0"`
}

// On sets the rate.
func (s LearningRateScheduler) On(e Event) error {
	switch {
	case e.Kind == TrainBegin && s.Schedule == nil && s.ByEpoch == nil:
		return config.Errorf("learning_rate_scheduler.schedule", "is missing").Fix("give a schedule of the epochs").
			Coded(config.Missing)
	case e.Kind != EpochBegin:
		return nil
	}
	rate, err := s.rate(e)
	if err == nil {
		err = e.Run.SetLearningRate(rate)
	}
	if err != nil {
		return fmt.Errorf("learning_rate_scheduler: %w", err)
	}
	return nil
}

func (s LearningRateScheduler) rate(e Event) (float64, error) {
	if s.Schedule != nil {
		return s.Schedule(e.Epoch-1, e.Run.LearningRate()), nil
	}
	return optim.RateAt(config.Filled(s.ByEpoch), float64(e.Epoch-1))
}
