package supervised

import (
	"slices"

	"gorae/data"
	"gorae/prep"
	"gorae/task"
	"gorae/tensor"
)

// Table is how the predictions of samples are worded: the columns that tell the samples apart, the
// prediction of each target, and the probability of each class.
type Table struct {
	Targets Targets
	IDs     []*data.Column // of the samples; may be empty
	Logits  []bool         // by target: the outputs are logits
}

// Header names the values of a row: the columns of the ids; prediction, and p(CLASS) for each class.
// Of several targets they are prediction(TARGET) and p(TARGET=CLASS).
func (t Table) Header() []string {
	var h []string
	for _, c := range t.IDs {
		h = append(h, c.Name)
	}
	for _, g := range t.Targets {
		name, before := "prediction", ""
		if len(t.Targets) > 1 {
			name, before = "prediction("+g.Name+")", g.Name+"="
		}
		h = append(h, name)
		for _, c := range g.Classes {
			h = append(h, "p("+before+c+")")
		}
	}
	return h
}

// Decode is the row of sample i. outputs [n, …] are probabilities or logits of classes, or a number as it
// is learnt.
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
			row = append(row, g.Value(values[0]))
			continue
		}
		if t.Logits[k] {
			p := make([]float32, width)
			task.Softmax(p, values)
			values = p
		}
		row = append(row, g.Classes[g.Class(values)])
		for _, p := range g.Probabilities(values) {
			row = append(row, p)
		}
	}
	return [][]any{row}, nil
}

// IDs is the columns of a table by their names, without those that the table lacks.
func IDs(t *data.Table, names []string) []*data.Column {
	var out []*data.Column
	for k := range t.Columns {
		if slices.Contains(names, t.Columns[k].Name) {
			out = append(out, &t.Columns[k])
		}
	}
	return out
}
