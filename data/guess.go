package data

import (
	"fmt"
	"slices"
	"strings"

	"gorae/config"
	"gorae/internal/words"
)

// Guess is something that a reader took for granted, because a file does not say it.
type Guess struct {
	Column string `json:"column,omitempty"` // "" where it is the whole file
	What   string `json:"what"`             // what was taken for what
	Count  int    `json:"count"`            // of the values or lines that it is about
	Key    string `json:"key"`              // the setting that says otherwise
	// Setting is where the choice stands in an experiment that has all of its settings, "" where it does not.
	Setting string `json:"setting,omitempty"`
	// Open reports that the file does not settle the guess: training is refused until the key is given.
	Open bool `json:"open,omitempty"`

	thousands bool // it is about points that may stand between thousands, while decimal commas stand in other columns

	quiet bool // it is of no interest where new rows are read for a product
	// spelled is which values it is about, and how they are counted; nil: it is about the file, however few rows of it
	// are taken.
	spelled *spelled
}

// spelled is values of a column that a guess counts.
type spelled struct {
	Values    []string // as they are written, without spaces around them
	As        taken
	Word      string  // asFar: the number
	Low, High float64 // asFar: the least and the greatest of the others
}

// taken is what values are taken for.
type taken string

const (
	asMissing taken = "missing" // a missing value
	asWord    taken = "word"    // a value like any other, though it marks a missing number elsewhere
	asFar     taken = "far"     // a number, though it lies far from the others
)

// what says it of n values.
func (s *spelled) what(n int) string {
	switch s.As {
	case asMissing:
		is := "values are"
		if n == 1 {
			is = "value is"
		}
		return fmt.Sprintf("%d %s spelled %s and taken for missing", n, is, strings.Join(s.Values, ", "))
	case asWord:
		return fmt.Sprintf("%s spelled %s, taken for a value like any other", words.Plural(n, "value"), s.Values[0])
	}
	return fmt.Sprintf("%s %s, far from the others (%s to %s), taken for a number like any other", haveAre(n), s.Word,
		FormatNumber(s.Low), FormatNumber(s.High))
}

// recount returns the guesses with the counts of the rows of t, which are some of those that they were made of, without
// those that are about none of these rows.
func (t *Table) recount(guesses []Guess) []Guess {
	var out []Guess
	for _, g := range guesses {
		at := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == g.Column })
		if g.spelled != nil && at >= 0 {
			c := &t.Columns[at]
			g.Count = 0
			for i := range c.Len() {
				if slices.Contains(g.spelled.Values, strings.TrimSpace(c.Spelling(i))) {
					g.Count++
				}
			}
			if g.Count == 0 {
				continue
			}
			g.What = g.spelled.what(g.Count)
		}
		out = append(out, g)
	}
	return out
}

// FileGuesses returns the guesses about the file as a whole that matter for new rows of a product, whose columns are
// read as those of the training were.
func (t *Table) FileGuesses() []string {
	var out []string
	for _, g := range t.Guesses {
		if g.Column == "" && !g.quiet {
			out = append(out, t.Name+": "+g.String())
		}
	}
	return out
}

// String returns the guess in one line: "price: 40 values have a decimal comma: 1,74 is read as 1.74; …".
func (g Guess) String() string {
	s := g.What
	if g.Column != "" {
		s = g.Column + ": " + s
	}
	if g.Key != "" {
		s += "; " + g.Key
	}
	return s
}

// Settled returns an error where the file leaves open what a column means.
func (t *Table) Settled() error {
	for _, g := range t.Guesses {
		if g.Open {
			return config.Errorf("", "%s: %s", t.Name, Guess{Column: g.Column, What: g.What}).Fix("give %s", g.Key)
		}
	}
	return nil
}

// guess notes a guess about the table.
func (t *Table) guess(column string, count int, key, format string, args ...any) {
	t.Guesses = append(t.Guesses, Guess{Column: column, What: fmt.Sprintf(format, args...), Count: count, Key: key})
}
