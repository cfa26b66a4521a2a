package sequence

import (
	"cmp"
	"fmt"
	"slices"

	"gorae/data"
)

// Long says how a table in long form, one row for each step of each sequence, is read.
type Long struct {
	ID       string   // the column that tells sequences apart
	Step     string   // the column that orders a sequence's rows; "": as they stand
	Features []string // none: all columns of numbers but the others named here
	Label    string   // a column with one value for each sequence; "": none
}

// FromTable reads a table in long form. Sequences keep the order in which their ids
// first appear. A step that comes twice, a value that is missing or no number, and a
// label that changes within a sequence are errors naming the row.
func FromTable(t *data.Table, o Long) (*Set, error) {
	if o.ID == "" {
		return nil, fmt.Errorf("%s: name the column that tells sequences apart: sequence: {id: COLUMN}", t.Name)
	}
	id, err := t.Find(o.ID)
	if err != nil {
		return nil, err
	}
	taken := []int{id}
	var order []int
	if o.Step != "" {
		at, err := t.Find(o.Step)
		if err != nil {
			return nil, err
		}
		taken = append(taken, at)
		if order, err = t.Time(o.Step); err != nil {
			return nil, err
		}
	}
	var label *data.Column
	if o.Label != "" {
		at, err := t.Find(o.Label)
		if err != nil {
			return nil, err
		}
		taken = append(taken, at)
		label = &t.Columns[at]
	}
	b := builder{set: Set{Name: t.Name}}
	var features []*data.Column
	for _, name := range o.Features {
		c, err := t.Column(name)
		if err != nil {
			return nil, err
		}
		features = append(features, c)
	}
	if len(features) == 0 {
		for i := range t.Columns {
			if t.Columns[i].Kind == data.Number && !slices.Contains(taken, i) {
				features = append(features, &t.Columns[i])
			}
		}
	}
	if len(features) == 0 {
		return nil, fmt.Errorf("%s: no column of numbers besides the id, the step and the label", t.Name)
	}
	for _, c := range features {
		b.set.Features = append(b.set.Features, c.Name)
	}
	place := map[string]int{}
	var rows [][]int // by sequence
	var ids []string
	for i := range t.Rows {
		if t.Columns[id].IsMissing(i) {
			return nil, fmt.Errorf("%s: the id %s is missing", t.Place(i), t.Columns[id].Name)
		}
		name := t.Columns[id].Text(i)
		k, known := place[name]
		if !known {
			k = len(rows)
			place[name], ids, rows = k, append(ids, name), append(rows, nil)
		}
		rows[k] = append(rows[k], i)
	}
	for k, r := range rows {
		if order != nil {
			slices.SortStableFunc(r, func(a, b int) int { return cmp.Compare(order[a], order[b]) })
		}
		for n, i := range r {
			if n > 0 && order != nil && order[i] == order[r[n-1]] {
				return nil, fmt.Errorf("%s: the same step of sequence %s as %s; remove one of them", t.Place(i), ids[k], t.Place(r[n-1]))
			}
			if label != nil && (label.IsMissing(i) || label.Text(i) != label.Text(r[0])) {
				return nil, fmt.Errorf("%s: the label %q of sequence %s, which began with %q; a sequence has one label", t.Place(i), label.Text(i), ids[k], label.Text(r[0]))
			}
			for _, c := range features {
				if err := b.value(c, i); err != nil {
					return nil, fmt.Errorf("%s: %s: %w", t.Place(i), c.Name, err)
				}
			}
		}
		b.add(ids[k])
		if label != nil {
			b.labels = append(b.labels, label.Text(r[0]))
		}
	}
	return b.finish()
}

// value appends row i of a column.
func (b *builder) value(c *data.Column, i int) error {
	v, err := c.Float(i)
	if err != nil {
		return err
	}
	f, err := narrow(v)
	if err != nil {
		return err
	}
	b.values = append(b.values, f)
	return nil
}
