package sequence

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gorae/data"
)

// Long says how a table in long form, one row for each step of each sequence, is read.
type Long struct {
	ID       string   // the column that tells sequences apart
	Step     string   // the column that orders a sequence's rows; "": as they stand
	Features []string // none: all columns of numbers but the others named here
	Label    string   // a column with one value for each sequence; "": none
	Others   []string // columns that are no features where none are named
}

// FromTable reads a table in long form. Sequences keep the order in which their ids
// first appear. A step that comes twice, a value that is missing or no number, and a
// label that changes within a sequence are errors naming the row; steps that a sequence lacks, where
// steps are counted, are a note, and the others are taken to follow each other. Further columns
// with one value for each sequence are part of About.
func FromTable(t *data.Table, o Long) (*Set, error) {
	if o.ID == "" {
		return nil, fmt.Errorf("%s: name the column that tells sequences apart: sequence: {id: COLUMN}", t.Name)
	}
	id, err := t.Find(o.ID)
	if err != nil {
		return nil, err
	}
	taken := []int{id}
	for _, name := range o.Others {
		at, err := t.Find(name)
		if err != nil {
			return nil, err
		}
		taken = append(taken, at)
	}
	var order []int
	var counts *data.Column // of steps, where whole numbers count them
	if o.Step != "" {
		at, err := t.Find(o.Step)
		if err != nil {
			return nil, err
		}
		taken = append(taken, at)
		clock, err := t.Clock(o.Step)
		if err != nil {
			return nil, err
		}
		if clock.Times == nil {
			counts = counting(&t.Columns[at])
		}
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
	b := builder{set: Set{Name: t.Name}, id: t.Columns[id].Name}
	if label != nil {
		b.label = label.Name
	}
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
			return nil, t.ErrorAt(i, "", "the id %s is missing", t.Columns[id].Name)
		}
		level := t.Columns[id].Level(i)
		k, known := place[level]
		if !known {
			k = len(rows)
			place[level], ids, rows = k, append(ids, t.Columns[id].Text(i)), append(rows, nil)
		}
		rows[k] = append(rows[k], i)
	}
	lacks, where := 0, ""
	var first []int // row of each sequence
	for k, r := range rows {
		if order != nil {
			slices.SortStableFunc(r, func(a, b int) int { return cmp.Compare(order[a], order[b]) })
		}
		for n, i := range r {
			if n > 0 && order != nil && order[i] == order[r[n-1]] {
				return nil, t.ErrorAt(i, "", "the same step of sequence %s as %s; remove one of them", ids[k],
					t.Place(r[n-1]))
			}
			if label != nil && (label.IsMissing(i) || label.Level(i) != label.Level(r[0])) {
				return nil, t.ErrorAt(i, "", "the label %q of sequence %s, which began with %q; a sequence has one "+
					"label", label.Text(i), ids[k], label.Text(r[0]))
			}
			if n > 0 && counts != nil && counts.Numbers[i] != counts.Numbers[r[n-1]]+1 {
				if lacks++; where == "" {
					where = fmt.Sprintf("%s: sequence %s goes from step %s to %s", t.Place(i), ids[k],
						counts.Text(r[n-1]), counts.Text(i))
				}
			}
			for _, c := range features {
				if err := b.value(c, i); err != nil {
					return nil, t.ErrorAt(i, c.Name, "%w", err)
				}
			}
		}
		b.add(ids[k])
		first = append(first, r[0])
	}
	if label != nil {
		at := slices.IndexFunc(t.Columns, func(c data.Column) bool { return c.Name == label.Name })
		b.read = &t.Select(first).Columns[at]
	}
	switch {
	case lacks == 1:
		b.set.Notes = append(b.set.Notes, where+"; they are taken to follow each other")
	case lacks > 1:
		b.set.Notes = append(b.set.Notes,
			fmt.Sprintf("%s, and steps are missing at %d places more; those before and after are taken to follow "+
				"each other", where, lacks-1))
	}
	b.about = constants(t, rows, append(taken[:1:1], columnsOf(t, features, label)...))
	return b.finish()
}

// counting is a column of whole numbers, nil if it is another one.
func counting(c *data.Column) *data.Column {
	if c.Kind != data.Number {
		return nil
	}
	for _, v := range c.Numbers {
		if v != math.Trunc(v) {
			return nil
		}
	}
	return c
}

// columnsOf are the places of columns that are used already.
func columnsOf(t *data.Table, features []*data.Column, label *data.Column) (at []int) {
	for i := range t.Columns {
		if c := &t.Columns[i]; c == label || slices.Contains(features, c) {
			at = append(at, i)
		}
	}
	return at
}

// constants are the columns, but for those that are taken, with one value in each sequence.
func constants(t *data.Table, rows [][]int, taken []int) (all []data.Column) {
	first := make([]int, len(rows))
	for k, r := range rows {
		first[k] = r[0]
	}
	firsts := t.Select(first)
next:
	for at := range t.Columns {
		if slices.Contains(taken, at) {
			continue
		}
		for _, r := range rows {
			for _, i := range r {
				if t.Columns[at].Level(i) != t.Columns[at].Level(r[0]) {
					continue next
				}
			}
		}
		all = append(all, firsts.Columns[at])
	}
	return all
}

// value appends row i of a column.
func (b *builder) value(c *data.Column, i int) error {
	v, err := c.Float(i)
	if err != nil {
		return err
	}
	if v, err = finite(v); err != nil {
		return err
	}
	b.values = append(b.values, v)
	return nil
}
