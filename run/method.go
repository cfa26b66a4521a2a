package run

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorae/data"
	"gorae/task"
	"gorae/train"
)

// method is how a run learns: from targets ([supervised]), or by a procedure of the task ([procedural]).
type method interface {
	// inputs are the inputs of the network.
	inputs(t *task.Prepared) []data.Field
	// settle checks the network, and sets the defaults of the train section. Paths of the network are the builder's.
	settle(t *task.Prepared, in *task.Input, b *builder) error
	// columns names the metrics of an epoch in the order of history.csv, and curves those that are drawn.
	columns() []string
	curves() []string
	// train trains the network; the settings are those that all methods have.
	train(ctx context.Context, c train.Config) (*train.History, error)
	// evaluate adds the metrics of all parts to the report.
	evaluate(ctx context.Context, r *Report) error
}

// method returns the way in which a problem learns.
func (p *Prepared) newMethod() (method, error) {
	switch problem := p.Problem.(type) {
	case task.Supervised:
		return &supervised{Prepared: p, problem: problem}, nil
	case task.Procedure:
		return &procedural{p, problem}, nil
	}
	return nil, fmt.Errorf("the task %s has neither losses nor a procedure", p.Task.Name())
}

// targeted returns an error where the samples have no targets.
func (p *Prepared) targeted() error {
	if _, ok := p.how.(*supervised); ok {
		return nil
	}
	return fmt.Errorf("%s: its task, %s, has no targets that predictions could be compared with", p.Name, p.Task.Name())
}

// procedural learns by a procedure of the task.
type procedural struct {
	*Prepared
	problem task.Procedure
}

func (m *procedural) inputs(*task.Prepared) []data.Field { return m.problem.Inputs() }

// Keys of the train section that mean the same to all methods, and those that no procedure has.
var everyMethod = []string{"epochs", "callbacks", "checkpoint_seconds", "monitor", "start_from", "freeze", "baselines"}

func (m *procedural) settle(t *task.Prepared, _ *task.Input, _ *builder) error {
	m.Parts = t.Parts
	s := &m.Spec.Train
	for _, key := range s.Keys() {
		if s.Owner(key) == "" && !slices.Contains(everyMethod, key) && !slices.Contains(m.problem.Keys(), key) {
			return task.Errorf("train."+key, "has no meaning for the task %s",
				m.Task.Name()).Fix("leave it out").AtKey()
		}
	}
	if s.Epochs == 0 {
		s.Epochs = defaultEpochs
		if p, ok := m.problem.(interface{ Epochs() int }); ok {
			s.Epochs = p.Epochs()
		}
	}
	if s.Callbacks == nil {
		s.Callbacks = []train.Callback{}
	}
	if err := m.problem.Settle(m.Model, s, m.Spec.Seed); err != nil {
		return err
	}
	for _, name := range m.columns() {
		if name == "" || name == "epoch" || name == "seconds" {
			return fmt.Errorf("the task %s calls a metric %q, as history.csv calls a column", m.Task.Name(), name)
		}
	}
	return nil
}

func (m *procedural) columns() []string { return m.problem.Columns() }

func (m *procedural) curves() []string {
	return slices.DeleteFunc(slices.Clone(m.columns()), func(name string) bool {
		rest, validation := strings.CutPrefix(name, "val_")
		return validation && slices.Contains(m.columns(), rest)
	})
}

func (m *procedural) train(ctx context.Context, c train.Config) (*train.History, error) {
	return m.problem.Train(ctx, c)
}

func (m *procedural) evaluate(ctx context.Context, r *Report) error {
	parts, err := m.problem.Evaluate(ctx)
	if err != nil {
		return err
	}
	for part, to := range []*train.Metrics{&r.Train, &r.Validation, &r.Test} {
		if of := parts[part]; of != nil {
			*to, r.Rows[part] = of.Metrics, of.Samples
			if of.Unit != "" {
				r.Unit = of.Unit
			}
			r.Intervals = of.Intervals // the last part's: test samples, or validation samples without any
		}
	}
	return nil
}
