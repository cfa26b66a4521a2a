package train

import (
	"fmt"
	"strings"
	"time"

	"gorae/tensor"
)

// snapshot returns the present state of the run. It shares the run's memory: it is for writing at once, or
// for cloning.
func (l *loop) snapshot() *Snapshot {
	s := &Snapshot{
		Seed: l.config.Seed, Samples: l.feed.loader.Data.Len(), BatchSize: l.config.BatchSize,
		Epoch: l.at.epoch, Batch: l.at.batch, Ended: l.at.ended, Stopped: l.run.stopped,
		Pass: l.at.pass, PassBatch: l.at.passBatch,
		Rows: l.history.Rows, Best: l.history.Best, BestValue: l.best,
		BestSaved: l.kept,
	}
	for _, v := range l.vars {
		s.Weights = append(s.Weights, tensor.Named{Name: v.name, Tensor: v.Value})
	}
	for _, m := range l.models {
		for _, v := range m.Store().Sessions() {
			s.Sessions = append(s.Sessions, tensor.Named{Name: m.prefix() + v.Path, Tensor: v.Value})
		}
	}
	for _, step := range l.steps {
		s.Steps = append(s.Steps, step.Step.state(step.Name))
	}
	if l.at.batch > 0 {
		s.Sums = l.meter.state()
		s.Elapsed = time.Since(l.begun).Seconds()
	}
	for _, c := range l.config.Callbacks {
		if c, ok := c.(Stateful); ok {
			s.Callbacks = append(s.Callbacks, CallbackState{stateName(c), c.State()})
		}
	}
	return s
}

// save writes the checkpoint if there is one and if it is due, or the run's end.
func (l *loop) save(end bool) error {
	if c := l.config.Checkpoint; c == nil || !end && !c.due(l.saved, l.writing) {
		return nil
	}
	return l.checkpoint(end)
}

// checkpoint writes the run to its file. At the run's end, also where it is broken off, Keras finds the optimizer's
// state in it; in between it is left out, since the snapshot has it.
func (l *loop) checkpoint(end bool) error {
	f := modelFile(l.models, l.config.Members)
	if end {
		f.Optimizer = l.optimizerOf()
	}
	c, begun := l.config.Checkpoint, time.Now()
	if err := c.write(f, l.snapshot()); err != nil {
		return err
	}
	if c.Written != nil {
		if err := c.Written(l.history); err != nil {
			return err
		}
	}
	l.saved = time.Now()
	l.writing = l.saved.Sub(begun)
	return nil
}

// resume restores a former run, except for the states of the callbacks.
func (l *loop) resume(s *Snapshot) error {
	if err := l.resumable(s); err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	var err error
	l.commit(func() { err = restore(l.vars, s.Weights) })
	if err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	if err := l.resumeSessions(s.Sessions); err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	for i, step := range l.steps {
		step.Step.resume(s.Steps[i])
	}
	if s.Batch > 0 {
		if err := l.meter.restore(s.Sums); err != nil {
			return fmt.Errorf("resume: %w", err)
		}
	}
	l.at = position{s.Epoch, s.Batch, s.Pass, s.PassBatch, s.Ended}
	l.run.stopped = s.Stopped
	l.history.Rows = append([]Row(nil), s.Rows...)
	l.history.Best, l.best = s.Best, s.BestValue
	l.kept = nil
	for _, w := range s.BestSaved {
		l.kept = append(l.kept, tensor.Named{Name: w.Name, Tensor: w.Clone()})
	}
	l.begun = time.Now().Add(-time.Duration(s.Elapsed * float64(time.Second)))
	return nil
}

// resumable returns an error where a setting or the data differ from those of the former run.
func (l *loop) resumable(s *Snapshot) error {
	c := &l.config
	n, steps := l.feed.loader.Data.Len(), l.feed.loader.Steps()
	switch {
	case s.Seed != c.Seed:
		return fmt.Errorf("the former run had seed %d, this one has %d; give the same", s.Seed, c.Seed)
	case s.Samples != n && (s.Samples < 0 || n < 0):
		return fmt.Errorf("the former run was trained on %s, this one on %s; give the same data", amount(s.Samples),
			amount(n))
	case s.Samples != n:
		return fmt.Errorf("the former run was trained on %d samples, this one has %d; give the same data", s.Samples, n)
	case s.BatchSize != c.BatchSize:
		return fmt.Errorf("the former run had batch_size %d, this one has %d; give the same", s.BatchSize, c.BatchSize)
	case steps >= 0 && s.PassBatch > steps:
		return fmt.Errorf("the former run stood at batch %d of an epoch of %d", s.PassBatch, steps)
	case len(s.Steps) != len(l.steps):
		return fmt.Errorf("the former run had %d steps, this one has %d (%s)", len(s.Steps), len(l.steps),
			stepNames(l.steps))
	}
	for i, step := range l.steps {
		if s.Steps[i].Name != step.Name {
			return fmt.Errorf("step %d of the former run is %q, of this one %q; give the same", i+1, s.Steps[i].Name,
				step.Name)
		}
	}
	return nil
}

// amount is a number of samples in words.
func amount(n int) string {
	if n < 0 {
		return "a stream"
	}
	return fmt.Sprintf("%d samples", n)
}

// resumeSessions restores the memory of stateful layers.
func (l *loop) resumeSessions(saved []tensor.Named) error {
	for _, m := range l.models {
		m.ResetStates()
	}
	for _, v := range saved {
		if v.DType() != tensor.Float32 {
			return fmt.Errorf("the saved session %q is %v; it belongs to another model", v.Name, v.DType())
		}
		for _, m := range l.models {
			if path, ok := strings.CutPrefix(v.Name, m.prefix()); ok {
				copy(m.Store().Session(path, v.Shape).Value.F32, v.F32)
				break
			}
		}
	}
	return nil
}

// resumeCallbacks gives the callbacks their states. Those that are no observers must be those of the former run.
func (l *loop) resumeCallbacks(s *Snapshot) error {
	var have []Stateful // that are no observers
	var former []CallbackState
	var was, is []string
	states := map[string][]byte{} // of observers
	for _, c := range s.Callbacks {
		if strings.HasPrefix(c.Name, observed) {
			states[c.Name] = c.State
			continue
		}
		former, was = append(former, c), append(was, c.Name)
	}
	restore := func(c Stateful, state []byte) error {
		if err := c.Restore(state); err != nil {
			return fmt.Errorf("resume: %s: %w", kindName(c), err)
		}
		return nil
	}
	for _, c := range l.config.Callbacks {
		c, ok := c.(Stateful)
		if !ok {
			continue
		}
		if _, ok := c.(Observer); !ok {
			have, is = append(have, c), append(is, kindName(c))
		} else if state, ok := states[stateName(c)]; ok {
			if err := restore(c, state); err != nil {
				return err
			}
		}
	}
	if a, b := strings.Join(was, ", "), strings.Join(is, ", "); a != b {
		return fmt.Errorf("resume: the former run had the callbacks [%s], this one has [%s]; give the same", a, b)
	}
	for i, c := range have {
		if err := restore(c, former[i].State); err != nil {
			return err
		}
	}
	return nil
}
