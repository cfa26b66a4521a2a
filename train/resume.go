package train

import (
	"fmt"
	"strings"
	"time"

	"gorae/tensor"
)

// snapshot is the run as it is now. It shares the run's memory: it is for writing at once, or
// for cloning.
func (t *Trainer) snapshot() *Snapshot {
	s := &Snapshot{
		Samples: t.feed.loader.Data.Len(), BatchSize: t.config.BatchSize,
		Epoch: t.at.epoch, Batch: t.at.batch, Stopped: t.run.stopped,
		Rows: t.history.Rows, Best: t.history.Best, BestValue: t.best,
		BestSaved: t.kept,
	}
	for _, v := range t.vars {
		s.Weights = append(s.Weights, tensor.Named{Name: v.Path, Tensor: v.Value})
	}
	for _, v := range t.model.Store().Sessions() {
		s.Sessions = append(s.Sessions, tensor.Named{Name: v.Path, Tensor: v.Value})
	}
	t.step.position(s)
	if t.at.batch > 0 {
		s.Sums = t.meter.state()
		s.Elapsed = time.Since(t.begun).Seconds()
	}
	for _, c := range t.config.Callbacks {
		if c, ok := c.(Stateful); ok {
			s.Callbacks = append(s.Callbacks, CallbackState{kindName(c), c.State()})
		}
	}
	return s
}

// checkpoint writes the run to its file.
func (t *Trainer) checkpoint() error {
	err := t.config.Checkpoint.write(t.model, t.snapshot(), t.config.Members)
	t.saved = time.Now()
	return err
}

// resume takes up a former run, all but the callbacks' states.
func (t *Trainer) resume(s *Snapshot) error {
	switch c := &t.config; {
	case s.Seed != c.Seed:
		return fmt.Errorf("resume: the former run had seed %d, this one has %d; give the same", s.Seed, c.Seed)
	case s.Samples != t.feed.loader.Data.Len():
		return fmt.Errorf("resume: the former run learnt from %d samples, this one has %d; give the same data", s.Samples, t.feed.loader.Data.Len())
	case s.BatchSize != c.BatchSize:
		return fmt.Errorf("resume: the former run had batch_size %d, this one has %d; give the same", s.BatchSize, c.BatchSize)
	case s.Batch > t.feed.loader.Steps():
		return fmt.Errorf("resume: the former run stood at batch %d of an epoch of %d", s.Batch, t.feed.loader.Steps())
	}
	var err error
	t.model.Commit(func() { err = restore(t.vars, s.Weights) })
	if err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	t.model.ResetStates()
	for _, v := range s.Sessions {
		if v.DType() != tensor.Float32 {
			return fmt.Errorf("resume: the saved session %q is %v; it belongs to another model", v.Name, v.DType())
		}
		copy(t.model.Store().Session(v.Name, v.Shape).Value.F32, v.F32)
	}
	t.step.resume(s)
	if s.Batch > 0 {
		if err := t.meter.restore(s.Sums); err != nil {
			return fmt.Errorf("resume: %w", err)
		}
	}
	t.at = position{s.Epoch, s.Batch}
	t.run.stopped = s.Stopped
	t.history.Rows = append([]Row(nil), s.Rows...)
	t.history.Best, t.best = s.Best, s.BestValue
	t.kept = nil
	for _, w := range s.BestSaved {
		t.kept = append(t.kept, tensor.Named{Name: w.Name, Tensor: w.Clone()})
	}
	t.begun = time.Now().Add(-time.Duration(s.Elapsed * float64(time.Second)))
	return nil
}

func (t *Trainer) resumeCallbacks(s *Snapshot) error {
	var have []Stateful
	var was, is []string
	for _, c := range t.config.Callbacks {
		if c, ok := c.(Stateful); ok {
			have = append(have, c)
			is = append(is, kindName(c))
		}
	}
	for _, c := range s.Callbacks {
		was = append(was, c.Name)
	}
	if a, b := strings.Join(was, ", "), strings.Join(is, ", "); a != b {
		return fmt.Errorf("resume: the former run had the callbacks [%s], this one has [%s]; give the same", a, b)
	}
	for i, c := range have {
		if err := c.Restore(s.Callbacks[i].State); err != nil {
			return fmt.Errorf("resume: %s: %w", is[i], err)
		}
	}
	return nil
}
