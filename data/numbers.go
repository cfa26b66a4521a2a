package data

import (
	"fmt"
	"slices"

	"gorae/tensor"
)

// Range returns the numbers 0 to n − 1.
func Range(n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	return rows
}

// Numbers returns a table of numbers as a tensor [rows, columns] of float32.
func (t *Table) Numbers() (*tensor.Tensor, error) {
	x := tensor.New(tensor.Float32, t.Rows, len(t.Columns))
	for k := range t.Columns {
		c := &t.Columns[k]
		for i := range t.Rows {
			v, err := c.Float(i)
			if err != nil {
				return nil, fmt.Errorf("%s: column %s: %w", t.Place(i), c.Name, err)
			}
			x.F32[i*len(t.Columns)+k] = float32(v)
		}
	}
	return x, nil
}

// Without returns the table without the column at a position.
func (t *Table) Without(at int) *Table {
	rest := *t
	rest.Columns = slices.Delete(slices.Clone(t.Columns), at, at+1)
	return &rest
}

// Array returns the array of a name in an .npz file; the samples of a file of one array are called x.
func (a *Arrays) Array(name string) (*tensor.Tensor, bool) {
	for _, n := range a.All {
		if n.Name == name {
			return n.Tensor, true
		}
	}
	return nil, false
}

// Names lists the arrays of numbers in an .npz file.
func (a *Arrays) Names() []string {
	var names []string
	for _, n := range a.All {
		names = append(names, n.Name)
	}
	return names
}

// Holds reports whether an .npz file has an array of numbers or of text of a name.
func (a *Arrays) Holds(name string) bool {
	_, ok := a.Array(name)
	return ok || slices.ContainsFunc(a.Text, func(n tensor.Text) bool { return n.Name == name })
}

// Columnwise reports whether the arrays of an .npz file stand for the columns of a table: all that are needed are
// there, or no samples x of the size that a network takes.
func (a *Arrays) Columnwise(needs []string, sample tensor.Shape) bool {
	if a == nil || a.All == nil {
		return false
	}
	lacks := slices.ContainsFunc(needs, func(name string) bool { return !a.Holds(name) })
	return !lacks || a.X == nil || tensor.Shape(a.X.Shape[1:]).Size() != sample.Size()
}
