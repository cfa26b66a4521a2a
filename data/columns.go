package data

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"gorae/internal/spell"
	"gorae/internal/words"
	"gorae/tensor"
)

// Table takes the arrays of an .npz file for the columns of their names: numbers or text, (rows) or
// (rows, 1). Those in needs must be there; they, and those in known that are, must be as long as the
// first of them. Of the others whatever is so is taken along. Text is read as ReadCSV reads fields.
func (a *Arrays) Table(needs, known []string, o CSVOptions) (*Table, error) {
	t := &Table{Name: a.Name, Header: true, Marks: o.Missing, dates: o.Dates, zone: o.Zone, flags: o.Flags}
	var names []string
	all := a.members()
	for _, m := range all {
		names = append(names, m.name)
	}
	first := ""
	for _, n := range slices.Concat(needs, known) {
		i := slices.Index(names, n)
		switch {
		case i < 0 && slices.Contains(needs, n):
			hint := spell.Hint(n, names)
			if hint == "" {
				hint = "; there are " + list(names, 12)
			}
			return nil, fmt.Errorf("%s: no array %q, a column that the model was fitted with%s", a.Name, n, hint)
		case i < 0:
			continue
		}
		m := all[i]
		switch {
		case !m.isColumn():
			return nil, fmt.Errorf("%s: array %q has shape %v; a column is one number or text a row: (rows,) or "+
				"(rows, 1)", a.Name, n, m.shape)
		case first == "":
			first, t.Rows = n, m.shape[0]
		case m.shape[0] != t.Rows:
			return nil, fmt.Errorf("%s: array %q has %s where %q has %d; columns are equally long", a.Name, n,
				words.Plural(m.shape[0], "value"), first, t.Rows)
		}
	}
	for _, m := range all {
		if m.isColumn() && m.shape[0] == t.Rows {
			c, guesses := m.column(o)
			t.Columns, t.Guesses = append(t.Columns, c), append(t.Guesses, guesses...)
		}
	}
	return t, nil
}

// member is an array of an .npz file, of numbers or of text.
type member struct {
	name    string
	shape   tensor.Shape
	numbers *tensor.Tensor
	text    []string
}

// members returns the arrays in the file's order.
func (a *Arrays) members() []member {
	var all []member
	for _, n := range a.All {
		all = append(all, member{name: n.Name, shape: n.Shape, numbers: n.Tensor})
	}
	for _, x := range a.Text { // by growing place
		all = slices.Insert(all, min(x.At, len(all)), member{name: x.Name, shape: x.Shape, text: x.Strings})
	}
	return all
}

func (m member) isColumn() bool {
	return len(m.shape) == 1 || len(m.shape) == 2 && m.shape[1] == 1
}

// column returns the array as a column.
func (m member) column(o CSVOptions) (Column, []Guess) {
	if m.numbers != nil {
		return ColumnOf(m.name, m.numbers), nil
	}
	var raw speller
	for _, s := range m.text {
		raw.add(s)
	}
	c := &column{name: m.name, o: &o, lines: make([]int, len(m.text)), text: raw.spelling()}
	return c.infer(), c.guesses
}

// ColumnOf returns the elements of an array as a column: of numbers, but one of text where integers lie beyond 2⁵³ and
// would lose digits as numbers. Elements of float32 are the decimals that they were written as.
func ColumnOf(name string, t *tensor.Tensor) Column {
	n := t.Len()
	c := Column{Name: name, Kind: Number, Numbers: make([]float64, n)}
	for i := range c.Numbers {
		c.Numbers[i] = t.Float(i)
		if t.F32 != nil && t.Original == nil {
			c.Numbers[i] = decimal(t.F32[i])
		}
	}
	if t.Original == nil || t.Original.I64 == nil ||
		!slices.ContainsFunc(c.Numbers, func(v float64) bool { return math.Abs(v) > exactInteger }) {
		return c
	}
	c = Column{Name: name, Kind: Category, Reading: Reading{Kind: Category}, Strings: make([]string, n),
		Missing: make([]bool, n)}
	for i := range c.Strings {
		c.Strings[i] = t.Digits(i)
	}
	return c
}

// decimal returns the number that v was written as: 0.1 where v is the float32 nearest to it, so that a
// category 0.1 is known again.
func decimal(v float32) float64 {
	d, err := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64)
	if err != nil {
		return float64(v)
	}
	return d
}
