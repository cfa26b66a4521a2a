// Package categories reads the encodings of categories that a product saves, for the formats that write them.
package categories

import (
	"encoding/json"

	"gorae/prep"
)

// Table is an encoding of categories as a table: the features of each level, of any other value and of a missing one.
type Table struct {
	Levels         []string
	Rows           [][]float32
	Other, Missing []float32
}

// saved is what the encodings of categories save.
type saved struct {
	Levels  []string `json:"levels"`
	Rare    int      `json:"rare"`
	Targets []struct {
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
	case prep.OneHotEncoder, *prep.OneHotEncoder, prep.Ordinal, *prep.Ordinal, prep.TargetMean, *prep.TargetMean:
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
