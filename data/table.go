package data

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gorae/config"
	"gorae/internal/arrayfile"
	"gorae/internal/par"
	"gorae/internal/spell"
)

// Kind is the kind of a column's values.
type Kind uint8

const (
	// Number is a column whose every value that is not missing is a number.
	Number Kind = iota
	// Category is a column of text.
	Category
)

// String returns "number" or "category".
func (k Kind) String() string {
	if k == Category {
		return "category"
	}
	return "number"
}

// MarshalText returns "number" or "category".
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (k *Kind) UnmarshalText(b []byte) error {
	switch string(b) {
	case "number":
		*k = Number
	case "category":
		*k = Category
	default:
		return fmt.Errorf("%q is no kind of column", b)
	}
	return nil
}

// Column is one named column of a table.
type Column struct {
	Name    string
	Kind    Kind
	Numbers []float64 // of a Number column; NaN is missing
	// Strings is of a Category column that was made by a program its values, also those that mean a missing one; nil of
	// a column that was read, of which Text, Spelling and Texts give them.
	Strings []string
	Missing []bool  // of a Category column: no value here
	Reading Reading // how the text became values; the zero Reading where there was none

	spelled *spelling // of a Number column that came as text, or of a Category column without Strings and coding
	coding  *coding   // of a Category column that was read; nil where its texts are mostly different
	mixed   bool      // a Category column that is read as numbers, which some values are not
}

// How returns the reading of the column's values.
func (c *Column) How() Reading {
	r := c.Reading
	if c.Kind == Category && !c.mixed {
		r.Kind = Category
	}
	return r
}

// Len returns the number of values, missing ones included.
func (c *Column) Len() int {
	if c.Kind == Number {
		return len(c.Numbers)
	}
	if c.Strings == nil {
		return len(c.Missing)
	}
	return len(c.Strings)
}

// IsMissing reports whether row i has no value.
func (c *Column) IsMissing(i int) bool {
	if c.Kind == Number {
		return math.IsNaN(c.Numbers[i])
	}
	return c.Missing[i]
}

// HasValue reports whether some row has a value.
func (c *Column) HasValue() bool {
	for i := range c.Len() {
		if !c.IsMissing(i) {
			return true
		}
	}
	return false
}

// Text returns the value of row i as the file has it, "" where the value is missing. A number that came from no text is
// in the fewest digits that give it back (3, 0.5, 1e+21).
func (c *Column) Text(i int) string {
	if c.IsMissing(i) {
		return ""
	}
	return c.Spelling(i)
}

// Spelling returns the value's text as the file has it, also where it is a mark of a missing value.
func (c *Column) Spelling(i int) string {
	switch {
	case c.Kind == Category:
		return c.text(i)
	case c.spelled != nil:
		s := strings.TrimSpace(c.spelled.at(i))
		if v := c.Numbers[i]; !math.IsNaN(v) { // a number that was set later goes by itself
			if w, ok := c.Reading.Numerals.parse(s); !ok || w != v {
				return FormatNumber(v)
			}
		}
		return s
	case c.IsMissing(i):
		return ""
	}
	return FormatNumber(c.Numbers[i])
}

// Level returns the text by which the value of row i is told from others, "" where it is missing: in a column of text
// what the file says, in one of numbers the number, whatever its spelling (3, 3.0), with all the digits that the file
// has.
func (c *Column) Level(i int) string {
	switch {
	case c.IsMissing(i):
		return ""
	case c.Kind == Category && !c.mixed:
		return c.text(i)
	case c.Kind == Number && (c.spelled == nil || c.spelled.short(i)):
		return FormatNumber(c.Numbers[i])
	}
	text := strings.TrimSpace(c.Spelling(i))
	v, ok := c.Reading.Numerals.parse(text)
	if !ok {
		return c.Spelling(i)
	}
	if len(text) <= 15 {
		return FormatNumber(v)
	}
	plain, _ := c.Reading.Numerals.plain(text)
	return canonical(plain, v)
}

// Float returns the value of row i as a number: NaN where it is missing, an error
// where it is a word.
func (c *Column) Float(i int) (float64, error) {
	switch {
	case c.IsMissing(i):
		return math.NaN(), nil
	case c.Kind == Number:
		return c.Numbers[i], nil
	}
	text := c.text(i)
	v, ok := c.Reading.Numerals.parse(strings.TrimSpace(text))
	if !ok {
		return 0, fmt.Errorf("%q is no number", text)
	}
	return v, nil
}

// FormatNumber returns v in the fewest digits that give it back, without an exponent from 1e-6 up to 1e21.
func FormatNumber(v float64) string {
	if v == 0 {
		return "0"
	}
	if a := math.Abs(v); a < 1e-6 || a >= 1e21 {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// Table is columns by name, all of the same length: what a CSV file holds.
type Table struct {
	Name    string // of the file, for messages
	Header  bool   // whether the names came from the file
	Columns []Column
	Rows    int
	Guesses []Guess  // what was taken for granted, because the file does not say it
	Marks   []string // of a missing value, as the reader was told them beside the usual ones

	lines       lines              // on which the rows begin; none when not from a file
	scratch     *arrayfile.Scratch // where the values of rows that are taken from it lie; nil: in memory
	dates, zone string             // how times are written, as the reader was told
	flags       bool               // messages name flags: see CSVOptions.Flags
	total       string             // why the last row seems to be no sample: see Total
}

// Names lists the columns' names in order.
func (t *Table) Names() []string {
	names := make([]string, len(t.Columns))
	for i := range t.Columns {
		names[i] = t.Columns[i].Name
	}
	return names
}

// Find returns the index of a column given as the words of the command have it: a
// name, a 1-based number, or "last". A name wins over a number. The error is a *config.Error without a path, whose
// remedy is the nearest column.
func (t *Table) Find(column string) (int, error) {
	if i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == column }); i >= 0 {
		return i, nil
	}
	if len(t.Columns) == 0 {
		return 0, config.Errorf("", "%s: column %q: the table has no columns", t.Name, column)
	}
	if column == "last" {
		return len(t.Columns) - 1, nil
	}
	if n, err := strconv.Atoi(column); err == nil {
		if n >= 1 && n <= len(t.Columns) {
			return n - 1, nil
		}
		return 0, config.Errorf("", "%s: there is no column %d", t.Name, n).Fix("give 1 to %d", len(t.Columns))
	}
	e := config.Errorf("", "%s: no column %q", t.Name, column)
	if near := spell.Nearest(column, t.Names()); near != "" {
		return 0, e.Fix("did you mean %q?", near)
	}
	return 0, e.Fix("there are %s", list(t.Names(), 12))
}

// Column returns the column that Find finds.
func (t *Table) Column(column string) (*Column, error) {
	i, err := t.Find(column)
	if err != nil {
		return nil, err
	}
	return &t.Columns[i], nil
}

// Unnamed reports whether the columns have no names but c1, c2, …: the file had no
// header, and its columns can only be told by their places.
func (t *Table) Unnamed() bool {
	if t.Header {
		return false
	}
	for i, c := range t.Columns {
		if c.Name != "c"+strconv.Itoa(i+1) {
			return false
		}
	}
	return true
}

// Select returns a table of the given rows, in their order.
func (t *Table) Select(rows []int) *Table {
	out := &Table{Name: t.Name, Header: t.Header, Rows: len(rows), Guesses: t.Guesses, Marks: t.Marks,
		dates: t.dates, zone: t.zone, flags: t.flags, scratch: t.scratch}
	rows = slices.Clone(rows) // shared by the columns' spellings
	out.Columns = make([]Column, len(t.Columns))
	par.Each(len(t.Columns), func(i int) {
		c := &t.Columns[i]
		d := Column{Name: c.Name, Kind: c.Kind, Reading: c.Reading, mixed: c.mixed}
		if d.spelled = c.spelled.pick(rows); c.Kind == Number {
			d.Numbers = pick(c.Numbers, rows)
		} else {
			d.Missing, d.coding = pick(c.Missing, rows), c.coding.pick(rows)
		}
		if c.Strings != nil {
			d.Strings = pick(c.Strings, rows)
		}
		d.file(t.scratch)
		out.Columns[i] = d
	})
	out.lines = t.lines.pick(rows)
	return out
}

func pick[T any](from []T, rows []int) []T {
	out := make([]T, len(rows))
	for i, r := range rows {
		out[i] = from[r]
	}
	return out
}

// list joins words, at most n of them.
func list(words []string, n int) string {
	s := ""
	for i, w := range words {
		if i == n {
			return s + ", … (" + strconv.Itoa(len(words)) + " in all)"
		}
		if i > 0 {
			s += ", "
		}
		s += w
	}
	return s
}
