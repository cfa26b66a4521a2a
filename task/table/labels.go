package table

import (
	"fmt"
	"slices"

	"gorae/config"
	"gorae/data"
	"gorae/prep"
	"gorae/task"
	"gorae/task/supervised"
)

// labelSet returns the target of labels that columns are, nil where they are other targets: with task: labels, and
// without a task for a column of lists of labels, and for several columns of 0 and 1, unless the network has an output
// for each.
func labelSet(in *task.Input, t *data.Table, columns []*data.Column) (*prep.Target, error) {
	kind := prep.Task(in.Spec.Data.Task)
	if len(columns) == 0 || kind != "" && kind != prep.Labels || kind == "" && !byContent(in, columns) {
		return nil, nil
	}
	names := make([]string, len(columns))
	for i, c := range columns {
		if names[i] = c.Name; t.Unnamed() {
			names[i] = fmt.Sprint(columnOf(t, c) + 1)
		}
	}
	g, err := prep.FitLabelSet(t, names, supervised.Options(in, prep.Labels))
	if err != nil {
		return nil, config.Under("data", err)
	}
	return g, nil
}

// columnOf returns the place of a column of t.
func columnOf(t *data.Table, c *data.Column) int {
	return slices.IndexFunc(data.Range(len(t.Columns)), func(i int) bool { return &t.Columns[i] == c })
}

// byContent reports whether columns look like labels.
func byContent(in *task.Input, columns []*data.Column) bool {
	if len(columns) == 1 {
		return prep.InferTask(columns[0]) == prep.Labels
	}
	if m := in.Spec.Model; m != nil && len(m.Outputs) > 1 {
		return false
	}
	return !slices.ContainsFunc(columns, func(c *data.Column) bool { return !prep.Marked(c) })
}

// guessSet returns the guess about columns that are taken for labels.
func guessSet(columns []*data.Column) []data.Guess {
	if len(columns) == 1 {
		return prep.GuessTask(columns[0])
	}
	return []data.Guess{{Count: len(columns),
		What: fmt.Sprintf("the %d targets are columns of 0 and 1, taken for labels of which a row may have several",
			len(columns)),
		Key: "task: classification predicts each by an output of its own"}}
}

// labels reports of each column of the targets whether it holds labels, of which a row may have none.
func (f *Fitted) labels() []bool {
	var out []bool
	for _, g := range f.Targets {
		for range g.Columns() {
			out = append(out, g.Task == prep.Labels)
		}
	}
	return out
}
