package prep

import (
	"fmt"

	"gorae/config"
	"gorae/data"
)

// Encoder turns the values of a column into features by what they name, such as a category or a day. Fields of a type
// are its arguments; Encoders gives it its word.
type Encoder interface {
	// Fit fits to the training rows. Errors name the place and the remedy.
	Fit(in *Fitting) (Encoded, error)
	// Blank returns an empty value of the kind that Fit returns, for reading a saved one.
	Blank() Encoded
}

// Encoded is a fitted Encoder. It is saved as JSON.
type Encoded interface {
	// Width is the number of features.
	Width() int
	// Names returns a name for each feature of a column.
	Names(column string) []string
	// Bind returns what writes the features of a row of column c of table t; c is read as the training's column was.
	Bind(t *data.Table, c *data.Column) (Row, error)
	// Check returns an error for what cannot have been fitted.
	Check() error
}

// Row writes the features of row r into to, which holds zeros.
type Row func(to []float32, r int) error

// Fitting is what an Encoder is fitted to.
type Fitting struct {
	Table  *data.Table  // the training rows
	Column *data.Column // of the table
	// Targets are the targets by row, each number or class that is learnt by itself; Names name them.
	Targets [][]float64
	Names   []string
	Strata  []int // the classes of the first target; nil: it has none
	Groups  []int // whose rows belong together; nil: each by itself
	Seed    uint64

	own [][]float32 // the features of the training rows, where they are not what Bind writes
}

// Encoders are the encoders by their words.
var Encoders = config.NewRegistry[Encoder]("encoding", "gorae/prep")

// categorical is an Encoded of categories that were met in training.
type categorical interface {
	Encoded
	// prepare completes what was fitted, or read from a file, by what the column's other settings are.
	prepare(f *Fitted)
	// knows reports whether training met a category.
	knows(level string) bool
	// levels returns the categories with a code of their own.
	levels() []string
}

// placesOf returns a function that gives the place of a row's category in an index: −1 where it is none of them, −2
// where it is missing. Each different value is looked up once.
func placesOf(c *data.Column, index map[string]int) func(r int) int {
	return eachLevel(c, -2, func(level string) int {
		if k, known := index[level]; known {
			return k
		}
		return -1
	})
}

// eachLevel returns a function that gives f of a row's category, which is computed once for each category where the
// column's values are numbered, and gone for a missing value.
func eachLevel(c *data.Column, gone int, f func(level string) int) func(r int) int {
	if codes, words := c.Words(); codes != nil {
		of := make([]int, len(words))
		for k, w := range words {
			of[k] = f(w)
		}
		missing := c.Missing
		return func(r int) int {
			if missing[r] {
				return gone
			}
			return of[codes[r]]
		}
	}
	return func(r int) int {
		if c.IsMissing(r) {
			return gone
		}
		return f(c.Level(r))
	}
}

// wordsNumbered returns the names "column=word" for words.
func wordsNumbered(column string, words []string) []string {
	names := make([]string, len(words))
	for i, w := range words {
		names[i] = column + "=" + w
	}
	return names
}

// twice returns an error where a category stands twice.
func twice(levels []string) error {
	seen := make(map[string]bool, len(levels))
	for _, l := range levels {
		if seen[l] {
			return fmt.Errorf("the category %q twice", l)
		}
		seen[l] = true
	}
	return nil
}
