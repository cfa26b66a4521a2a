package data

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
)

// Reading is the rule by which the text of a column becomes values. A product keeps that of each column which it was
// fitted with, so that a new row reads the same whatever rows stand beside it.
type Reading struct {
	Kind     Kind     `json:"kind"`
	Numerals Numerals `json:"numerals,omitzero"`
	// Missing are the marks of a missing value beside the empty field: in any capitals, and, where they are numbers, by
	// value in a column of numbers; as they stand in one of text.
	Missing []string `json:"missing,omitempty"`
}

// Marks of a missing value that are taken for such where nothing is said. A column of text has fewer: none and null may
// be words.
var (
	numberMarks = []string{"NA", "NaN", "?", "N/A", "#N/A", "null", "nil", "none", "missing", "-", "--", ".", "—"}
	textMarks   = []string{"NA", "NaN", "nan", "NAN", "?"}
)

// isMissing reports whether a trimmed text is a mark of a missing value.
func (r *Reading) isMissing(s string) bool {
	if s == "" {
		return true
	}
	if r.Kind == Category {
		return slices.Contains(r.Missing, s)
	}
	if len(s) > 10 { // no mark that is not a number is so long, but a user's own
		return slices.Contains(r.Missing, s)
	}
	for _, m := range r.Missing {
		if len(m) == len(s) && strings.EqualFold(m, s) {
			return true
		}
	}
	return false
}

// longest returns the greatest length of a text that may be a mark of a missing value, as isMissing has it.
func (r *Reading) longest() int {
	n := 10
	for _, m := range r.Missing {
		n = max(n, len(m))
	}
	return n
}

// missingNumbers returns the marks that are numbers: -999 stands for -999.0 too.
func (r *Reading) missingNumbers() []float64 {
	var out []float64
	for _, m := range r.Missing {
		if v, ok := r.Numerals.parse(strings.TrimSpace(m)); ok {
			out = append(out, v)
		}
	}
	return out
}

// number returns the number that a text stands for: NaN where it is missing.
func (r *Reading) number(s string, marks []float64) (v float64, missing, ok bool) {
	s = strings.TrimSpace(s)
	v, ok = r.Numerals.parse(s)
	if ok && slices.Contains(marks, v) || !ok && r.isMissing(s) {
		return math.NaN(), true, true
	}
	return v, false, ok
}

// As returns the column read by r. A column of numbers that came as text is read from the text again. Where r is one of
// numbers and some value is none, the result is a column of text whose other values count as numbers in Float and
// Level: what is in one row does not change another.
func (c *Column) As(r Reading) Column {
	if c.Kind == r.Kind && reflect.DeepEqual(c.Reading, r) {
		return *c
	}
	if !c.spells() { // numbers of an array
		if r.Kind == Number {
			return c.masked(r)
		}
		out := Column{Name: c.Name, Kind: Category, Reading: r, Strings: make([]string, c.Len()),
			Missing: make([]bool, c.Len())}
		for i := range out.Strings {
			out.Strings[i], out.Missing[i] = c.Text(i), c.IsMissing(i)
		}
		return out
	}
	if r.Kind == Category && c.coded() {
		return c.words(r)
	}
	n, text := c.Len(), c.spelling()
	if r.Kind == Number {
		out := Column{Name: c.Name, Kind: Number, Reading: r, Numbers: make([]float64, n), spelled: text}
		marks, all := r.missingNumbers(), true
		for i := range n {
			v, _, ok := r.number(text.at(i), marks)
			out.Numbers[i], all = v, all && ok
		}
		if all {
			return out
		}
	}
	out := Column{Name: c.Name, Kind: Category, Reading: r, Strings: make([]string, n), Missing: make([]bool, n),
		mixed: r.Kind == Number}
	marks := r.missingNumbers()
	for i := range n {
		s := text.at(i)
		out.Strings[i], out.Missing[i] = s, r.isMissing(strings.TrimSpace(s))
		if r.Kind == Number && !out.Missing[i] {
			_, out.Missing[i], _ = r.number(s, marks)
		}
	}
	return out
}

// words returns a column that is coded as one of text, each different text of which is read once.
func (c *Column) words(r Reading) Column {
	out := Column{Name: c.Name, Kind: Category, Reading: r, Strings: c.Strings, Missing: make([]bool, c.Len()),
		coding: c.coding}
	missing := make([]bool, len(c.coding.words))
	for k, s := range c.coding.words {
		missing[k] = r.isMissing(strings.TrimSpace(s))
	}
	for i, k := range c.coding.codes {
		out.Missing[i] = missing[k]
	}
	return out
}

// masked returns a column of numbers in which those that mark a missing value are missing.
func (c *Column) masked(r Reading) Column {
	out := *c
	out.Reading = r
	if marks := r.missingNumbers(); len(marks) > 0 {
		out.Numbers = slices.Clone(c.Numbers)
		for i, v := range out.Numbers {
			if slices.Contains(marks, v) {
				out.Numbers[i] = math.NaN()
			}
		}
	}
	return out
}

// Numeric returns the column as numbers: itself where it is one of numbers, else its text as numbers, which all values
// must be that are not missing, such as names of digits. The error tells the first that is none.
func (c *Column) Numeric() (Column, error) {
	if c.Kind == Number {
		return *c, nil
	}
	r := Reading{Kind: Number, Numerals: c.Reading.Numerals, Missing: slices.Concat(numberMarks, c.Reading.Missing)}
	out := c.As(r)
	if out.Kind == Number {
		return out, nil
	}
	for i := range out.Len() {
		if _, err := out.Float(i); err != nil {
			return out, fmt.Errorf("value %d: %w", i+1, err)
		}
	}
	return out, fmt.Errorf("it holds text")
}
