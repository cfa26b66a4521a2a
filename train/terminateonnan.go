package train

import (
	"fmt"
	"math"
)

// TerminateOnNaN ends a run after the batch at which the loss is NaN or infinite; the epoch ends as ever. With
// RaiseError the run ends at once, with an error.
//
// A step of [Fit] or of a [Loop] that computes such a number is an error by itself, with or without this callback,
// which says where the number arose. The callback is for losses that a Loop with a Batch of its own hands out, and for
// experiments that name it.
//
// Source: Keras, keras/src/callbacks/terminate_on_nan.py.
type TerminateOnNaN struct {
	// RaiseError makes the number an error.
	RaiseError bool `keras:"raise_error"`
}

// On looks at the loss of a batch.
func (t TerminateOnNaN) On(e Event) error {
	if e.Kind != BatchEnd {
		return nil
	}
	loss, ok := e.Metrics.Lookup("loss")
	switch {
	case !ok || !math.IsNaN(loss) && !math.IsInf(loss, 0):
		return nil
	case t.RaiseError:
		return fmt.Errorf("terminate_on_nan: the loss is %v in epoch %d, batch %d; lower the learning rate", loss,
			e.Epoch, e.Batch)
	}
	e.Run.Stop()
	return nil
}
