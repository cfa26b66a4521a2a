package chart

import (
	"fmt"
	"io"
)

// Alignment is a picture of weights from 0 to 1 between the elements of two sequences, such as the attention between the
// words of a translation and those of its source: a cell for each pair, the darker the greater.
type Alignment struct {
	Title string
	X, Y  string // what columns and rows are
	Maps  []AlignmentMap
}

// AlignmentMap is one pair of sequences.
type AlignmentMap struct {
	Rows, Columns []string // names
	Values        [][]float64
}

// Check returns an error unless every cell has its names.
func (a Alignment) Check() error {
	if len(a.Maps) == 0 {
		return fmt.Errorf("plot: an alignment without a map; give at least one")
	}
	for i, m := range a.Maps {
		if len(m.Rows) == 0 || len(m.Columns) == 0 || len(m.Values) != len(m.Rows) {
			return fmt.Errorf("plot: alignment %d: %d rows and %d columns with %d rows of weights", i+1, len(m.Rows),
				len(m.Columns), len(m.Values))
		}
		for k, row := range m.Values {
			if len(row) != len(m.Columns) {
				return fmt.Errorf("plot: alignment %d: row %d has %d weights for %d columns", i+1, k+1, len(row),
					len(m.Columns))
			}
		}
	}
	return nil
}

// PNG writes the alignment as a PNG picture.
func (a Alignment) PNG(w io.Writer) error { return drawPNG(w, a) }

// SVG writes the alignment as an SVG document.
func (a Alignment) SVG(w io.Writer) error { return drawSVG(w, a) }
