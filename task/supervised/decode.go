package supervised

import (
	"slices"
	"strings"

	"gorae/data"
	"gorae/prep"
	"gorae/task"
	"gorae/tensor"
)

// Table makes rows of predictions: the id columns of a sample, the prediction of each target, and the probability or
// the score of each class.
type Table struct {
	Targets Targets
	IDs     []*data.Column // of the samples; may be empty
	Rules   []task.Rule    // by target
	Widths  []int          // by target: how many outputs there are
}

// NewTable returns the table of a network's targets.
func NewTable(ts Targets, t *task.Training, ids ...*data.Column) Table {
	out := Table{Targets: ts, IDs: ids, Rules: ts.Rules(t)}
	for _, y := range t.Model.OutputTypes(1) {
		out.Widths = append(out.Widths, y.Shape[len(y.Shape)-1])
	}
	return out
}

// Header returns the names of the values of a row: the columns of the ids; prediction, and p(CLASS) for each class. Of
// labels the prediction is the list of those that are said, as a cell of the column has them, and p(LABEL) the
// probability of each. Of several targets they are prediction(TARGET) and p(TARGET=CLASS). Outputs that are no
// probabilities, as those of a hinge loss, are score(CLASS); a single one is the score of the second class. Behind a
// number stand its quantiles, where they are predicted: q(0.1), or q(TARGET=0.1).
func (t Table) Header() []string {
	var h []string
	for _, c := range t.IDs {
		h = append(h, c.Name)
	}
	for k, g := range t.Targets {
		name, before := "prediction", ""
		if len(t.Targets) > 1 {
			name, before = "prediction("+g.Name+")", g.Name+"="
		}
		h = append(h, name)
		h = append(h, g.Quantiles.Columns(strings.TrimSuffix(before, "="))...)
		word, classes := "p(", g.Classes
		if len(classes) > 0 && !t.Rules[k].Probable {
			word, classes = "score(", classes[len(classes)-min(t.Widths[k], len(classes)):]
		}
		for _, c := range classes {
			h = append(h, word+before+c+")")
		}
	}
	return h
}

// Decode returns the row of sample i. outputs [n, …] are probabilities, logits or scores of classes, or a number in the
// scale of training.
func (t Table) Decode(outputs []*tensor.Tensor, i int) ([][]any, error) {
	var row []any
	for _, c := range t.IDs {
		row = append(row, c.Spelling(i))
	}
	for k, g := range t.Targets {
		y := outputs[k]
		width := y.Len() / max(1, y.Shape[0])
		values := y.F32[i*width : (i+1)*width]
		if g.Task == prep.Regression {
			row = append(row, g.Point(values))
			if g.Quantiles != nil {
				for _, v := range g.Spread(values) {
					row = append(row, v)
				}
			}
			continue
		}
		if g.Task == prep.Labels {
			row = append(row, g.Join(t.labels(k, values)))
		} else {
			row = append(row, g.Classes[t.Rules[k].Class(values)])
		}
		for _, v := range t.Rules[k].Values(values) {
			row = append(row, v)
		}
	}
	return [][]any{row}, nil
}

// labels names the labels of target k that are said of a sample with these outputs.
func (t Table) labels(k int, values []float32) []string {
	var out []string
	for _, l := range t.Rules[k].Labels(values) {
		out = append(out, t.Targets[k].Classes[l])
	}
	return out
}

// IDs returns the columns of a table with these names, without those that the table lacks.
func IDs(t *data.Table, names []string) []*data.Column {
	var out []*data.Column
	for k := range t.Columns {
		if slices.Contains(names, t.Columns[k].Name) {
			out = append(out, &t.Columns[k])
		}
	}
	return out
}
