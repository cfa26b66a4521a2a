package run

import (
	"fmt"

	"gorae/layer"
	"gorae/task"
	"gorae/train"
)

// Partition says how many samples each part has.
func (p *Prepared) Partition() string {
	n := func(part task.Part) string { return layer.Thousands(p.Rows(part)) }
	unit := p.Fitted.Unit() + "s"
	if m, ok := p.how.(*supervised); ok && m.folded() {
		return fmt.Sprintf("%s %s to train on and, in %d folds, to validate, %s to test", n(task.Train), unit,
			len(m.ensemble.Folds), n(task.Test))
	}
	return fmt.Sprintf("%s %s to train on, %s to validate, %s to test", n(task.Train), unit, n(task.Validation),
		n(task.Test))
}

// folded reports whether the networks of an ensemble are evaluated on folds of the training samples.
func (m *supervised) folded() bool { return m.ensemble != nil && m.ensemble.Folds != nil }

// settleEnsemble takes the ensemble of the experiment, and makes the training samples those that its networks are
// evaluated on where it has folds.
func (m *supervised) settleEnsemble(t *task.Prepared, in *task.Input) error {
	s := &m.Spec.Train
	if s.Several() == nil {
		return nil
	}
	for _, x := range []struct {
		given bool
		key   string
	}{{s.StartFrom != "", "start_from"}, {len(s.Freeze) > 0, "freeze"}, {s.Truncate > 0, "truncate"}} {
		if x.given {
			return task.Errorf("train."+x.key, "is for one network, and train.ensemble trains %d", s.Ensemble.Networks).
				AtKey().Fix("leave one out")
		}
	}
	m.ensemble = &train.Ensemble{Networks: m.Model.Networks()}
	switch {
	case s.Ensemble.Folds == nil: // the task splits its samples in a way of its own
		s.Ensemble.Folds = new(false)
	case *s.Ensemble.Folds && in.Folds == nil:
		return task.Errorf("train.ensemble.folds", "the task %s parts its samples in time, and has no folds",
			m.Task.Name()).Fix("give folds: false")
	case *s.Ensemble.Folds:
		m.ensemble.Folds = in.Folds
		t.Parts[task.Validation] = t.Parts[task.Train]
		in.Dependence[task.Validation] = in.Dependence[task.Train]
		m.Dependence = in.Dependence
	}
	return nil
}
