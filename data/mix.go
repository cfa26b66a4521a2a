package data

import "slices"

// Mix returns a table of n rows whose columns come from rows of their own: row i has in each column the value that row
// rows(column)[i] of t has there. Its rows have no lines of the file.
func (t *Table) Mix(n int, rows func(column int) []int) *Table {
	out := t.Select(nil)
	out.Rows, out.lines = n, lines{}
	for i := range t.Columns {
		one := *t
		one.Columns, one.lines = slices.Clone(t.Columns[i:i+1]), lines{}
		out.Columns[i] = one.Select(rows(i)).Columns[0]
	}
	return out
}
