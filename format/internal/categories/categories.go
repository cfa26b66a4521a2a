// Package categories reads what a product saves of its columns, encodings of categories, times and curves of numbers,
// for the formats that write them.
package categories

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"gorae/data"
	"gorae/prep"
)

// Table is an encoding of categories as a table: the features of each level, of any other value and of a missing one.
type Table struct {
	Levels         []string
	Rows           [][]float32
	Other, Missing []float32
	// Folded says that values are compared in lower case, blanks around them left out and several of them as one, as
	// Levels stand.
	Folded bool
}

// saved is what the encodings of categories save.
type saved struct {
	Levels     []string `json:"levels"`
	Rare       int      `json:"rare"`
	Categories []string `json:"categories"` // of ranks
	Mean, SD   float64
	Targets    []struct {
		Means                []float64
		Mean, Shift, Divisor float64
	} `json:"targets"`
}

// Hot is a row of n numbers with a 1 at a place, zeros alone where the place is outside.
func Hot(n, at int) []float32 {
	row := make([]float32, n)
	if at >= 0 && at < n {
		row[at] = 1
	}
	return row
}

// Of returns the encoding of a column as a table; ok is false where it is none, or where what was saved is not what the
// encoding saves.
func Of(c *prep.Fitted) (t Table, ok bool) {
	var s saved
	switch c.Spec.Encode.(type) {
	case prep.OneHotEncoder, *prep.OneHotEncoder, prep.Ordinal, *prep.Ordinal, prep.TargetMean, *prep.TargetMean,
		prep.Ranks, *prep.Ranks:
		if json.Unmarshal(c.RawEncoded, &s) != nil {
			return t, false
		}
	}
	t.Levels = s.Levels
	n, width := len(s.Levels), c.Encoded.Width()
	switch c.Spec.Encode.(type) {
	case prep.OneHotEncoder, *prep.OneHotEncoder:
		other, missing := -1, -1
		if s.Rare > 0 {
			other = n
		}
		if c.Spec.Missing {
			missing = width - 1
		}
		for i := range n {
			t.Rows = append(t.Rows, Hot(width, i))
		}
		t.Other, t.Missing = Hot(width, other), Hot(width, missing)
	case prep.Ordinal, *prep.Ordinal:
		for i := range n {
			t.Rows = append(t.Rows, []float32{float32(i + 1)})
		}
		t.Other, t.Missing = []float32{0}, []float32{0}
		if s.Rare > 0 {
			t.Other[0] = float32(n + 1)
		}
	case prep.TargetMean, *prep.TargetMean:
		for k := range n + 2 { // the levels, missing values, others
			var row []float32
			for _, m := range s.Targets {
				if len(m.Means) != n+1 {
					return t, false
				}
				v := m.Mean
				if k <= n {
					v = m.Means[k]
				}
				row = append(row, float32((v-m.Shift)/m.Divisor))
			}
			t.Rows = append(t.Rows, row)
		}
		t.Rows, t.Missing, t.Other = t.Rows[:n], t.Rows[n], t.Rows[n+1]
	case prep.Ranks, *prep.Ranks:
		for i, l := range s.Categories {
			t.Levels = append(t.Levels, strings.ToLower(strings.Join(strings.Fields(l), " ")))
			t.Rows = append(t.Rows, []float32{float32((float64(i) - s.Mean) / s.SD)})
		}
		t.Other, t.Missing, t.Folded = []float32{0}, []float32{0}, true
	default:
		return t, false
	}
	return t, true
}

// Edges are the inner edges of the bins of a column; ok is false where it has none.
func Edges(c *prep.Fitted) (edges []float64, ok bool) {
	var s struct {
		Edges []float64 `json:"edges"`
	}
	switch c.Spec.Encode.(type) {
	case prep.KBins, *prep.KBins:
		err := json.Unmarshal(c.RawEncoded, &s)
		return s.Edges, err == nil
	}
	return nil, false
}

// Parts are the values of a combination of columns, n of them, as the levels of a crossed column name them: × stands
// between values, and twice in the place of a × within one. ok is false for a level of another number of values.
func Parts(level string, n int) (parts []string, ok bool) {
	const between = " × "
	at := 0
	for i := 0; i < len(level); {
		switch {
		case strings.HasPrefix(level[i:], "××"):
			i += len("××")
		case strings.HasPrefix(level[i:], between):
			parts = append(parts, level[at:i])
			i += len(between)
			at = i
		default:
			i++
		}
	}
	parts = append(parts, level[at:])
	for i := range parts {
		parts[i] = strings.ReplaceAll(parts[i], "××", "×")
	}
	return parts, len(parts) == n
}

// Marks are the numbers that mark a missing value in a column of numbers.
func Marks(c *prep.Fitted) (marks []float64) {
	if c.Reading == nil {
		return nil
	}
	for _, mark := range c.Reading.Missing {
		one := data.Column{Kind: data.Category, Strings: []string{mark}, Missing: []bool{false},
			Reading: data.Reading{Numerals: c.Reading.Numerals}}
		v, err := one.Float(0)
		if err == nil && !math.IsInf(v, 0) && !math.IsNaN(v) && !slices.Contains(marks, v) {
			marks = append(marks, v)
		}
	}
	return marks
}

// Words are the texts that mark a missing value in a column of texts, beside the empty one, which are none of the
// levels.
func Words(c *prep.Fitted, levels []string) (words []string) {
	if c.Reading == nil {
		return nil
	}
	for _, w := range c.Reading.Missing {
		if w != "" && !slices.Contains(levels, w) && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return words
}

// Numeric reports whether the values of a column are numbers; levels are its categories, where it has any.
func Numeric(c *prep.Fitted, levels []string) bool {
	if c.Reading != nil {
		return c.Reading.Kind == data.Number
	}
	for _, l := range levels {
		if _, err := strconv.ParseFloat(l, 64); err != nil {
			return false
		}
	}
	return true
}

// Input is an input of a network with the columns that it is made of.
type Input struct {
	Name    string
	Columns []*prep.Fitted
}

// Inputs are the inputs of a pipeline; only is the name of the one that takes all columns where none are named.
func Inputs(p *prep.Pipeline, only string) (all []Input) {
	inputs := p.Inputs
	if len(inputs) == 0 {
		inputs = []prep.Input{{Name: only}}
		for i := range p.Columns {
			inputs[0].Columns = append(inputs[0].Columns, p.Columns[i].Name)
		}
	}
	at := map[string]*prep.Fitted{}
	for i := range p.Columns {
		if c := &p.Columns[i]; !c.Spec.Drop {
			at[c.Name] = c
		}
	}
	for _, in := range inputs {
		out := Input{Name: in.Name}
		for _, name := range in.Columns {
			if at[name] != nil {
				out.Columns = append(out.Columns, at[name])
			}
		}
		all = append(all, out)
	}
	return all
}
