package inspect

import (
	"slices"
	"strings"

	"gorae/data"
	"gorae/prep"
	"gorae/tensor"
)

// labelColumns returns the columns that q.Target names, with commas between, where it names several; nil where it is
// one column.
func (q *Request) labelColumns(t *data.Table) []string {
	if !strings.Contains(q.Target, ",") {
		return nil
	}
	if _, err := t.Find(q.Target); err == nil {
		return nil
	}
	var names []string
	for name := range strings.SplitSeq(q.Target, ",") {
		names = append(names, strings.TrimSpace(name))
	}
	return names
}

// labels counts the labels of a table, where the target is lists of them, or columns of 0 and 1.
func labels(r *data.Report, t *data.Table, columns []string) error {
	if columns == nil {
		if r.Target == "" {
			return nil
		}
		c, err := t.Column(r.Target)
		if err != nil || prep.InferTask(c) != prep.Labels {
			return err
		}
		columns = []string{r.Target}
	}
	g, err := prep.FitLabelSet(t, columns, prep.TargetOptions{})
	if err != nil {
		return err
	}
	var cs []*data.Column
	for _, name := range columns {
		c, err := t.Column(name)
		if err != nil {
			return err
		}
		cs = append(cs, c)
	}
	y, err := g.Encode(t, cs...)
	if err != nil {
		return err
	}
	count(r, g, y)
	missing := g.Name + ": the target is missing" // an empty cell is a sample without labels
	r.Warnings = slices.DeleteFunc(r.Warnings, func(w string) bool { return strings.HasPrefix(w, missing) })
	return nil
}

// labelArray counts the labels of samples in arrays.
func labelArray(r *data.Report, a *data.Arrays) error {
	if a.Y == nil {
		return nil
	}
	if is, _ := prep.IsLabelArray(a.Y); !is {
		return nil
	}
	g, err := prep.FitLabelArray(a.Y, a.Classes, prep.TargetOptions{})
	if err != nil {
		return err
	}
	y, err := g.EncodeLabels(a.Y)
	if err != nil {
		return err
	}
	count(r, g, y)
	return nil
}

// count sets the labels of a report.
func count(r *data.Report, g *prep.Target, y *tensor.Tensor) {
	k := len(g.Classes)
	lists := make([][]int, y.Shape[0])
	for i, v := range y.F32 {
		if v == 1 {
			lists[i/k] = append(lists[i/k], i%k)
		}
	}
	r.Target, r.Labels, r.Classes = g.Name, data.CountLabels(g.Classes, lists), nil
}
