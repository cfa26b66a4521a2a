// Package tabular is the task of tables: each row is a sample, columns are features, and one or several
// columns are classes or numbers to predict.
package tabular

import (
	"context"
	"encoding/json"

	_ "gorae/prep/columns" // the transforms that an experiment may name
	"gorae/spec"
	"gorae/task"
	"gorae/task/supervised"
	"gorae/task/table"
	"gorae/task/tabular/fitted"
)

func init() { task.Register(Task{}) }

// Task is the task of tables.
type Task struct{}

// Reconstructs implements task.Reconstructor.
func (Task) Reconstructs() {}

// Name implements task.Task.
func (Task) Name() string { return fitted.Name }

// Section returns nil: the keys of tables, such as target and features, are common to all tasks.
func (Task) Section() any { return nil }

// Detect takes any table of columns.
func (Task) Detect(in *task.Input) (task.Score, error) {
	if !in.Source.Readable() {
		return task.None, nil
	}
	src, err := in.Source.Read()
	if err != nil || src.Table == nil {
		return task.None, err
	}
	return task.Fallback, nil
}

// Prepare implements task.Task.
func (Task) Prepare(_ context.Context, in *task.Input) (*task.Prepared, error) {
	src, err := in.Source.Read()
	if in.Source.Is("text") && (err != nil || len(src.Table.Columns) == 1) {
		return nil, in.Source.Errorf("%s is no table of columns; a language model of one text is data: {text: "+
			"{window: 100}}, lines with a label each need labels: FILE", in.Source.Name)
	}
	if err != nil {
		return nil, err
	}
	test, err := table.Test(in)
	if err != nil {
		return nil, err
	}
	table.Recipe(in, src.Table)
	p, f, problem, err := table.Prepare(in, src.Table, test)
	if err != nil {
		return nil, err
	}
	problem.Hidden = func() []spec.Step { return f.Hidden(0) }
	p.Fitted = &fitted.Fitted{Fitted: f}
	if supervised.OwnInput(in) {
		return table.Autoencode(in, p, f)
	}
	return p, nil
}

// Restore implements task.Task.
func (Task) Restore(b json.RawMessage) (task.Fitted, error) { return fitted.Restore(b) }
