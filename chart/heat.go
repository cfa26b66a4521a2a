package chart

import "fmt"

// Heat draws numbers of many orders of magnitude as colours: the maps of Maps one above the other, with one logarithmic
// scale for all. NaN is grey, 0 is black.
type Heat struct {
	Title string
	X, Y  string // what columns and rows are
	Scale string // the quantity that the colours stand for
	Maps  []HeatMap
}

// HeatMap is rows of non-negative numbers. Columns count from 1.
type HeatMap struct {
	Title string
	Names []string // names of the rows, from the top
	Rows  [][]float64
	Mark  int // the row to outline, from 1; 0: none
}

// Check returns an error where the rows, their names and the mark do not match.
func (h Heat) Check() error {
	if len(h.Maps) == 0 {
		return fmt.Errorf("plot: heat without a map; give at least one")
	}
	for _, m := range h.Maps {
		if len(m.Rows) == 0 || len(m.Names) != len(m.Rows) {
			return fmt.Errorf("plot: heat %q: %d rows with %d names", m.Title, len(m.Rows), len(m.Names))
		}
		if m.Mark < 0 || m.Mark > len(m.Rows) {
			return fmt.Errorf("plot: heat %q: row %d of %d is to be outlined; give 1 to %d, or 0 for none", m.Title,
				m.Mark, len(m.Rows), len(m.Rows))
		}
		for i, r := range m.Rows {
			if len(r) == 0 || len(r) != len(m.Rows[0]) {
				return fmt.Errorf("plot: heat %q: row %d has %d numbers, the first %d; give all as many", m.Title, i+1,
					len(r), len(m.Rows[0]))
			}
		}
	}
	return nil
}
