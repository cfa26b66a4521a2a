package data

import (
	"fmt"
	"math"
	"slices"

	"gorae/internal/par"
	"gorae/internal/words"
	"gorae/tensor"
)

// Report is the content of the output of gorae data inspect about a file.
type Report struct {
	Name    string         `json:"name"`
	Samples int            `json:"samples"`
	Shape   tensor.Shape   `json:"shape"`       // of the whole: samples first
	Input   tensor.Shape   `json:"input_shape"` // as Keras writes it: without the sample axis
	Axes    []string       `json:"axes"`        // what each axis of Shape counts
	DType   string         `json:"dtype,omitempty"`
	Columns []ColumnReport `json:"columns,omitempty"`
	Values  *ColumnReport  `json:"values,omitempty"`  // of an array's elements
	Classes []ClassReport  `json:"classes,omitempty"` // of the target or the labels
	Target  string         `json:"target,omitempty"`
	// Assumed is the column that a training takes for the target of a table, the last one, where none is named.
	Assumed string `json:"assumed_target,omitempty"`
	// Labels is of a target of which a sample may have several labels.
	Labels  *LabelsReport `json:"labels,omitempty"`
	Sizes   []SizeReport  `json:"sizes,omitempty"`   // of pictures in files, by falling count
	Formats []ClassReport `json:"formats,omitempty"` // of the same: png, jpeg, …, by falling count
	Colours []ClassReport `json:"colours,omitempty"` // of the same: colour, grey
	Series  []string      `json:"series,omitempty"`  // of rows in time: what package series says of them, in lines
	Texts   []TextReport  `json:"texts,omitempty"`   // of columns of prose, or of one text: see package prep/text
	// Sequences is the description by package sequence of samples that are sequences, in lines.
	Sequences []string `json:"sequences,omitempty"`
	// Uses is what the columns become in a training that says nothing of them.
	Uses     *Uses    `json:"uses,omitempty"`
	Guesses  []Guess  `json:"guesses,omitempty"` // what was taken for granted
	Warnings []string `json:"warnings,omitempty"`
}

// TextReport counts what is in texts. Lengths are in words.
type TextReport struct {
	Name       string           `json:"name"`
	Texts      int              `json:"texts"`
	Empty      int              `json:"empty"` // without a word
	Characters int              `json:"characters"`
	Words      int              `json:"words"`
	Different  int              `json:"different_words"`
	Median     int              `json:"median_length"`
	Most95     int              `json:"length_95_percent"` // 95 % of the texts are no longer
	Longest    int              `json:"longest"`
	Coverage   []CoverageReport `json:"coverage"`
	Hangul     float64          `json:"hangul"` // share of the letters
}

// CoverageReport is the share of all words that the most frequent ones make up.
type CoverageReport struct {
	Words int     `json:"words"`
	Share float64 `json:"share"`
}

// ColumnReport is one column's statistics; SD is the population's.
type ColumnReport struct {
	Name    string        `json:"name,omitempty"`
	Kind    string        `json:"kind"`
	Missing int           `json:"missing"`
	Levels  int           `json:"levels"` // different values, missing aside
	Min     float64       `json:"min"`
	Mean    float64       `json:"mean"`
	SD      float64       `json:"sd"`
	Max     float64       `json:"max"`
	Common  []ClassReport `json:"common,omitempty"` // the most frequent words
}

// ClassReport counts one class.
type ClassReport struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// SizeReport counts the pictures of one size.
type SizeReport struct {
	Height int `json:"height"`
	Width  int `json:"width"`
	Count  int `json:"count"`
}

// Imbalanced is the number of samples of the commonest class for one of the rarest above which a target counts as
// imbalanced: its accuracy then says little of the rarest class.
const Imbalanced = 10

// WarnImbalance adds a warning where the classes are imbalanced.
func (r *Report) WarnImbalance() {
	if len(r.Classes) < 2 {
		return
	}
	count := func(a, b ClassReport) int { return a.Count - b.Count }
	least, most := slices.MinFunc(r.Classes, count), slices.MaxFunc(r.Classes, count)
	if most.Count > Imbalanced*least.Count {
		r.Warnings = append(r.Warnings, fmt.Sprintf("the class %s is rare: %d of %d samples, where %s has %d; a "+
			"training says its recall beside the accuracy", words.Clip(least.Name, 30), least.Count, r.Samples,
			words.Clip(most.Name, 30), most.Count))
	}
}

// Inspect reports on what a file holds. Target names a table's target column, in
// the words of Find; it may be "".
func Inspect(s *Source, target string) (*Report, error) {
	if s.Arrays != nil {
		return inspectArrays(s.Arrays), nil
	}
	return inspectTable(s.Table, target)
}

func inspectTable(t *Table, target string) (*Report, error) {
	r := &Report{Name: t.Name, Samples: t.Rows, Guesses: slices.Clone(t.Guesses)}
	at := -1
	if target != "" {
		var err error
		if at, err = t.Find(target); err != nil {
			return nil, err
		}
		r.Target = t.Columns[at].Name
	}
	features := len(t.Columns)
	if at >= 0 {
		features--
	}
	r.Shape, r.Input = tensor.Shape{t.Rows, features}, tensor.Shape{features}
	r.Axes = []string{"samples", "features"}
	if at < 0 {
		r.Assumed = t.Columns[len(t.Columns)-1].Name
		r.Uses = t.UsesOf(len(t.Columns) - 1)
	} else {
		r.Uses = t.UsesOf(at)
	}
	r.Columns = make([]ColumnReport, len(t.Columns))
	par.Each(len(t.Columns), func(i int) { r.Columns[i] = describe(&t.Columns[i]) })
	for i := range t.Columns {
		c, cr := &t.Columns[i], r.Columns[i]
		warn := func(format string, args ...any) {
			r.Warnings = append(r.Warnings, c.Name+": "+fmt.Sprintf(format, args...))
		}
		switch {
		case cr.Levels == 1 && i == at:
			warn("a single class; there is nothing to tell apart")
		case DateDigits(c):
			warn("numbers such as %s look like dates written as digits and are taken for plain numbers", c.Text(0))
		}
		if share := float64(cr.Missing) / float64(max(1, t.Rows)); share > MostlyMissing && cr.Missing < t.Rows {
			warn("missing in %d of %d rows (%.0f %%)", cr.Missing, t.Rows, 100*share)
		}
		if i == at {
			if s := c.Stray(); s != nil {
				warn("%q in %s is no number, as %d of the %d values are; a training asks whether that is a mark of a "+
					"missing value or the target is classes", words.Clip(c.Spelling(s.Row), 30), t.Place(s.Row),
					s.Numbers,
					s.Values)
			}
			if cr.Missing > 0 {
				warn("the target is missing in %d of %d rows; a training leaves them out", cr.Missing, c.Len())
			}
			if c.Kind == Category || cr.Levels <= 20 {
				r.Classes = countClasses(c)
			}
		}
	}
	if n := t.Duplicates(); n > 0 {
		r.Warnings = append(r.Warnings, SameRows(n))
	}
	return r, nil
}

// SameRows says that n rows of a table are the same as an earlier one.
func SameRows(n int) string {
	return fmt.Sprintf("%s the same as an earlier one in every column: if these are copies, remove them",
		words.Count(n, "row is", "rows are"))
}

// describe computes a column's statistics.
func describe(c *Column) ColumnReport {
	r := ColumnReport{Name: c.Name, Kind: c.Kind.String()}
	for i := range c.Len() {
		if c.IsMissing(i) {
			r.Missing++
		}
	}
	levels := c.levels(0, 1)
	if r.Levels = len(levels); c.Kind == Category {
		r.Common = c.most(levels, 5)
		return r
	}
	r.statistics(func(yield func(float64) bool) {
		for _, v := range c.Numbers {
			if !math.IsNaN(v) && !yield(v) {
				return
			}
		}
	})
	return r
}

// statistics computes min, mean, sd and max in two passes.
func (r *ColumnReport) statistics(values func(yield func(float64) bool)) {
	n, sum := 0, 0.0
	for v := range values {
		if n == 0 {
			r.Min, r.Max = v, v
		}
		r.Min, r.Max = min(r.Min, v), max(r.Max, v)
		sum += v
		n++
	}
	if n == 0 {
		return
	}
	r.Mean = sum / float64(n)
	square := 0.0
	for v := range values {
		square += (v - r.Mean) * (v - r.Mean)
	}
	r.SD = math.Sqrt(square / float64(n))
}

func countClasses(c *Column) []ClassReport {
	codes, levels := c.Codes()
	out := make([]ClassReport, len(levels))
	for i, l := range levels {
		out[i].Name = l
	}
	for _, k := range codes {
		if k >= 0 {
			out[k].Count++
		}
	}
	return out
}
