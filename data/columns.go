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
	text := m.text
	if m.numbers != nil {
		c := ColumnOf(m.name, m.numbers)
		if !m.wordlike(&c, o) {
			return c.As(Reading{Kind: Number, Missing: o.missing(Number)}), nil
		}
		text = make([]string, c.Len())
		for i := range text {
			text[i] = m.word(&c, i)
		}
	}
	raw := newGathered(&o, m.name, nil)
	for _, s := range text {
		raw.add(s)
	}
	c := &column{name: m.name, o: &o, lines: noLines(len(text)), text: raw.spelling()}
	return c.infer(), c.guesses
}

// wordlike reports whether numbers of an array are read as the text that a table would have for them: truth values,
// infinities, integers beyond 2⁵³, which are names where nothing else is said, and those of a column of text.
func (m member) wordlike(c *Column, o CSVOptions) bool {
	return m.numbers.Type == tensor.Bool || c.Kind == Category || o.Types[m.name] == typeText ||
		slices.ContainsFunc(c.Numbers, func(v float64) bool { return math.IsInf(v, 0) })
}

// word is element i of numbers as a table would have it, by NumPy's words.
func (m member) word(c *Column, i int) string {
	switch v := m.numbers.Float(i); {
	case m.numbers.Type == tensor.Bool:
		return map[bool]string{false: "False", true: "True"}[v != 0]
	case math.IsInf(v, 1):
		return "inf"
	case math.IsInf(v, -1):
		return "-inf"
	}
	return c.Text(i)
}

// ColumnOf is the elements of an array as a column: of numbers, but one of text where integers lie beyond 2⁵³ and would
// lose digits as numbers. Elements of float32 and float16 are the decimals that they were written as.
func ColumnOf(name string, t *tensor.Tensor) Column {
	n := t.Len()
	c := Column{Name: name, Kind: Number, Numbers: make([]float64, n)}
	for i := range c.Numbers {
		c.Numbers[i] = t.Float(i)
		switch {
		case t.Type == tensor.Float16:
			c.Numbers[i] = halfDecimal(c.Numbers[i])
		case t.F32 != nil && t.Original == nil:
			c.Numbers[i] = decimal(t.F32[i])
		}
	}
	if !namesOf(t) {
		return c
	}
	c = Column{Name: name, Kind: Category, Reading: Reading{Kind: Category}, Strings: make([]string, n),
		Missing: make([]bool, n)}
	for i := range c.Strings {
		c.Strings[i] = t.Digits(i)
	}
	return c
}

// namesOf reports whether integers lie beyond 2⁵³.
func namesOf(t *tensor.Tensor) bool {
	o := t.Original
	return o != nil && slices.ContainsFunc(o.I64, func(v int64) bool {
		return v > exactInteger || v < -exactInteger || o.Unsigned && v < 0
	})
}

// decimal is the number that v was written as: 0.1 where v is the float32 nearest to it, so that a
// category 0.1 is known again.
func decimal(v float32) float64 {
	d, err := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64)
	if err != nil {
		return float64(v)
	}
	return d
}

// halfDecimal is decimal for a number of 16 bits: the shortest decimal that is nearer to it than to its neighbours.
func halfDecimal(v float64) float64 {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return v
	}
	fraction, exponent := math.Frexp(math.Abs(v)) // fraction from 0.5 to 1
	above := math.Ldexp(1, max(exponent, -13)-11) // the distance of the next number
	below := above
	if fraction == 0.5 && exponent > -13 {
		below /= 2
	}
	for digits := range 5 {
		d, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits+1, 64), 64)
		if off := math.Abs(d) - math.Abs(v); err == nil && off < above/2 && -off < below/2 {
			return d
		}
	}
	return v
}
