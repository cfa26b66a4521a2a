package sequence

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gorae/data"
)

// Long is the settings for reading a table in long form: one row for each step of each sequence.
type Long struct {
	ID       string   // the column that tells sequences apart
	Step     string   // the column that orders a sequence's rows; "": as they stand
	Features []string // none: all columns of numbers but the others named here
	Label    string   // a column with one value for each sequence; "": none
	Labels   []string // columns of 0 and 1, several labels with one value each for each sequence; they stand in About
	Others   []string // columns that are no features where none are named
}

// FromTable reads a table in long form. Sequences keep the order in which their ids first appear. A step that comes
// twice, a missing value, a value that is no number, and a label that changes within a sequence are errors that name
// the row. Where whole numbers count the steps, steps that a sequence lacks are a note, and the steps before and after
// are taken to follow each other. Further columns with one value for each sequence are part of About.
func FromTable(t *data.Table, o Long) (*Set, error) {
	r, err := newLongReader(t, o)
	if err != nil {
		return nil, err
	}
	if err := r.group(); err != nil {
		return nil, err
	}
	for k := range r.rows {
		if err := r.sequence(k); err != nil {
			return nil, err
		}
	}
	r.noteGaps()
	if r.label != nil {
		r.labelColumn = r.labels()
	}
	r.about = constants(t, r.rows, append([]int{r.idAt}, columnsOf(t, r.features, r.label)...))
	return r.finish()
}

// longReader makes sequences of a table in long form.
type longReader struct {
	builder
	table    *data.Table
	idAt     int            // the column of the ids
	order    []int          // the place of each row in the order of steps; nil: as they stand
	counts   *data.Column   // the steps, where whole numbers count them; else nil
	label    *data.Column   // nil: none
	several  []*data.Column // columns of labels
	features []*data.Column // at least one

	rows [][]int  // of each sequence
	ids  []string // of each sequence
	gaps int      // places where steps are missing
	gap  string   // the first such place, in words
}

// newLongReader finds the columns that o names.
func newLongReader(t *data.Table, o Long) (*longReader, error) {
	if o.ID == "" {
		return nil, fmt.Errorf("%s: name the column that tells sequences apart: sequence: {id: COLUMN}", t.Name)
	}
	r := &longReader{builder: builder{set: Set{Name: t.Name}}, table: t}
	var err error
	if r.idAt, err = t.Find(o.ID); err != nil {
		return nil, err
	}
	r.id = t.Columns[r.idAt].Name
	taken := []int{r.idAt} // columns that are no features where none are named
	for _, name := range o.Others {
		at, err := t.Find(name)
		if err != nil {
			return nil, err
		}
		taken = append(taken, at)
	}
	if o.Step != "" {
		at, err := r.steps(o.Step)
		if err != nil {
			return nil, err
		}
		taken = append(taken, at)
	}
	if o.Label != "" {
		at, err := t.Find(o.Label)
		if err != nil {
			return nil, err
		}
		taken = append(taken, at)
		r.label = &t.Columns[at]
		r.builder.label = r.label.Name
	}
	for _, name := range o.Labels {
		at, err := t.Find(name)
		if err != nil {
			return nil, err
		}
		taken, r.several = append(taken, at), append(r.several, &t.Columns[at])
	}
	return r, r.findFeatures(o.Features, taken)
}

// steps sets the order of the rows by the column of a name, and returns the column's place.
func (r *longReader) steps(name string) (at int, err error) {
	if at, err = r.table.Find(name); err != nil {
		return 0, err
	}
	clock, err := r.table.Clock(name)
	if err != nil {
		return 0, err
	}
	if clock.Times == nil {
		r.counts = counting(&r.table.Columns[at])
	}
	r.order, err = r.table.Time(name)
	return at, err
}

// findFeatures sets the features to the columns of the names, or, without names, to all columns of numbers that are not
// taken.
func (r *longReader) findFeatures(names []string, taken []int) error {
	t := r.table
	for _, name := range names {
		c, err := t.Column(name)
		if err != nil {
			return err
		}
		r.features = append(r.features, c)
	}
	if len(r.features) == 0 {
		for i := range t.Columns {
			if t.Columns[i].Kind == data.Number && !slices.Contains(taken, i) {
				r.features = append(r.features, &t.Columns[i])
			}
		}
	}
	if len(r.features) == 0 {
		return fmt.Errorf("%s: no column of numbers besides the id, the step and the label", t.Name)
	}
	for _, c := range r.features {
		r.set.Features = append(r.set.Features, c.Name)
	}
	return nil
}

// group lists the ids and the rows of each, in the order of steps.
func (r *longReader) group() error {
	id := &r.table.Columns[r.idAt]
	place := map[string]int{}
	for i := range r.table.Rows {
		if id.IsMissing(i) {
			return r.table.ErrorAt(i, "", "the id %s is missing", id.Name)
		}
		k, known := place[id.Level(i)]
		if !known {
			k = len(r.rows)
			place[id.Level(i)], r.ids, r.rows = k, append(r.ids, id.Text(i)), append(r.rows, nil)
		}
		r.rows[k] = append(r.rows[k], i)
	}
	if r.order == nil {
		return nil
	}
	for _, rows := range r.rows {
		slices.SortStableFunc(rows, func(a, b int) int { return cmp.Compare(r.order[a], r.order[b]) })
	}
	return nil
}

// sequence checks the rows of sequence k and adds their features to the set.
func (r *longReader) sequence(k int) error {
	rows := r.rows[k]
	for n, i := range rows {
		if n > 0 {
			if err := r.follows(k, rows[n-1], i); err != nil {
				return err
			}
		}
		if l := r.label; l != nil && changes(l, rows[0], i) {
			return r.table.ErrorAt(i, "", "the label %q of sequence %s, which began with %q; a sequence has one "+
				"label", l.Text(i), r.ids[k], l.Text(rows[0]))
		}
		for _, l := range r.several {
			if changes(l, rows[0], i) {
				return r.table.ErrorAt(i, l.Name, "%q in sequence %s, which began with %q; a sequence has a label or "+
					"not, with the same value in all its rows", l.Text(i), r.ids[k], l.Text(rows[0]))
			}
		}
		for _, c := range r.features {
			if err := r.value(c, i); err != nil {
				return r.table.ErrorAt(i, c.Name, "%w", err)
			}
		}
	}
	r.add(r.ids[k])
	return nil
}

// changes reports whether the value of a column in row b is another one than in row a.
func changes(c *data.Column, a, b int) bool {
	return c.IsMissing(a) != c.IsMissing(b) || c.Level(a) != c.Level(b)
}

// follows returns an error where rows a and b of sequence k are the same step, and counts the places where steps
// between them are missing.
func (r *longReader) follows(k, a, b int) error {
	if r.order != nil && r.order[b] == r.order[a] {
		return r.table.ErrorAt(b, "", "the same step of sequence %s as %s; remove one of them", r.ids[k],
			r.table.Place(a))
	}
	if c := r.counts; c != nil && c.Numbers[b] != c.Numbers[a]+1 {
		if r.gaps++; r.gaps == 1 {
			r.gap = fmt.Sprintf("%s: sequence %s goes from step %s to %s", r.table.Place(b), r.ids[k], c.Text(a),
				c.Text(b))
		}
	}
	return nil
}

// noteGaps adds a note on missing steps.
func (r *longReader) noteGaps() {
	switch {
	case r.gaps == 1:
		r.set.Notes = append(r.set.Notes, r.gap+"; they are taken to follow each other")
	case r.gaps > 1:
		r.set.Notes = append(r.set.Notes,
			fmt.Sprintf("%s, and steps are missing at %d places more; those before and after are taken to follow "+
				"each other", r.gap, r.gaps-1))
	}
}

// labels returns the column of the labels, one row for each sequence.
func (r *longReader) labels() *data.Column {
	first := make([]int, len(r.rows))
	for k, rows := range r.rows {
		first[k] = rows[0]
	}
	at := slices.IndexFunc(r.table.Columns, func(c data.Column) bool { return c.Name == r.label.Name })
	return &r.table.Select(first).Columns[at]
}

// counting returns c if all its values are whole numbers, else nil.
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

// columnsOf returns the places of the features and of the label among the columns of t.
func columnsOf(t *data.Table, features []*data.Column, label *data.Column) (at []int) {
	for i := range t.Columns {
		if c := &t.Columns[i]; c == label || slices.Contains(features, c) {
			at = append(at, i)
		}
	}
	return at
}

// constants returns the columns, without those that are taken, that have one value within each sequence: one row for
// each sequence.
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

// value appends the value of row i of column c to the set.
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
