package table

import (
	"fmt"
	"slices"
	"strings"

	"gorae/data"
	"gorae/task/supervised"
	"gorae/tensor"
)

// labelled is a table with the rows that have all their targets. From the others nothing can be learnt, and they cannot
// be scored.
type labelled struct {
	whole, known *data.Table
	columns      []*data.Column // of the targets, of known
	rows         []int          // of whole that are in known; nil: all
	note         string         // on the rows that are left out; "" where there are none
}

// withTargets finds the rows of a table that have all their targets. A row without a value in a column of labels has no
// labels, which is a target too. Where no row has its targets, it takes all of them, so that the fitting tells what is
// wrong; so too where a class is missing by a word such as NA, which may be a class itself (Namibia).
func withTargets(t *data.Table, targets []*data.Column, labels []bool) labelled {
	l := labelled{whole: t, known: t, columns: targets}
	var rows []int
	word := false
	for r := range t.Rows {
		i := 0
		for i < len(targets) && (labels[i] || !targets[i].IsMissing(r)) {
			i++
		}
		if i == len(targets) {
			rows = append(rows, r)
		} else if s := strings.TrimSpace(targets[i].Spelling(r)); targets[i].Kind == data.Category {
			word = word || s != "" && !slices.Contains(t.Marks, s)
		}
	}
	missing := t.Rows - len(rows)
	if missing == 0 || len(rows) == 0 || word {
		return l
	}
	l.rows = rows
	of := &data.Table{Name: t.Name, Rows: t.Rows}
	for _, c := range targets {
		of.Columns = append(of.Columns, *c)
	}
	of, l.columns = of.Select(rows), nil
	for i := range of.Columns {
		l.columns = append(l.columns, &of.Columns[i])
	}
	l.known = t.Select(rows)
	l.note = fmt.Sprintf("%s: rows without a target are left out: %d of %d", t.Name, missing, t.Rows)
	return l
}

// rowsOf returns the rows of the whole table for rows of the known one.
func (l labelled) rowsOf(known []int) []int {
	if l.rows == nil {
		return known
	}
	out := make([]int, len(known))
	for i, r := range known {
		out[i] = l.rows[r]
	}
	return out
}

// pairs returns the inputs of all rows of the whole table, so that a row goes by its number in the file, with the
// targets of those that have them; those of the others are zeros and are for nobody.
func (f *Fitted) pairs(x data.Dataset, l labelled) (data.Dataset, error) {
	var ys []*tensor.Tensor
	columns := l.columns
	for _, g := range f.Targets {
		n := len(g.Columns())
		y, err := g.Encode(l.known, columns[:n]...)
		if err != nil {
			return nil, err
		}
		if l.rows != nil {
			y = spread(y, l.rows, l.whole.Rows)
		}
		ys, columns = append(ys, y), columns[n:]
	}
	return supervised.WithTargets(x, f.Targets, ys...)
}

// spread puts the rows of y to their places among n.
func spread(y *tensor.Tensor, rows []int, n int) *tensor.Tensor {
	shape := y.Shape.Clone()
	shape[0] = n
	out := tensor.New(y.DType(), shape...)
	size := y.Len() / len(rows)
	for i, r := range rows {
		if y.I32 != nil {
			copy(out.I32[r*size:(r+1)*size], y.I32[i*size:])
		} else {
			copy(out.F32[r*size:(r+1)*size], y.F32[i*size:(i+1)*size])
		}
	}
	return out
}
