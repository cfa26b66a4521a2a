package supervised

import (
	"math"
	"slices"

	"gorae/data"
	"gorae/task"
)

// grid is the columns of a table that are the pixels of a square picture, row by row.
type grid struct {
	columns   []*data.Column
	width     int
	low, high float64 // over all rows that were looked at
}

// Bounds of pictures in tables.
const (
	leastSide = 5
	gridRows  = 200 // rows that are looked at
	greatest  = 255
	alike     = 0.7 // of the squared difference of any two pixels: that of one below the other
)

// pixels returns the grid of a table; nil where its columns are no pixels. They are where, but for the targets, they
// are as many as a square has, hold whole numbers from 0 to 255, and where those that would stand below each other are
// alike, as they are in pictures and, as a rule, not in other numbers that stand in some order.
func (p *Problem) pixels(t *data.Table) *grid {
	if g, known := p.grids[t]; known {
		return g
	}
	if p.grids == nil {
		p.grids = map[*data.Table]*grid{}
	}
	p.grids[t] = newGrid(t, p.targetColumns())
	return p.grids[t]
}

func newGrid(t *data.Table, targets []string) *grid {
	g := &grid{low: math.Inf(1), high: math.Inf(-1)}
	for i := range t.Columns {
		if c := &t.Columns[i]; !slices.Contains(targets, c.Name) {
			g.columns = append(g.columns, c)
		}
	}
	g.width = int(math.Round(math.Sqrt(float64(len(g.columns)))))
	if g.width < leastSide || g.width*g.width != len(g.columns) {
		return nil
	}
	step := max(1, t.Rows/gridRows)
	sum, square, below, pairs, n := 0.0, 0.0, 0.0, 0.0, 0.0
	for row := 0; row < t.Rows; row += step {
		values, ok := g.values(row)
		if !ok {
			return nil
		}
		for k, v := range values {
			g.low, g.high = min(g.low, v), max(g.high, v)
			sum, square, n = sum+v, square+v*v, n+1
			if k >= g.width {
				d := v - values[k-g.width]
				below, pairs = below+d*d, pairs+1
			}
		}
	}
	variance := square/n - (sum/n)*(sum/n)
	if !(g.high > g.low) || below/pairs > alike*2*variance {
		return nil
	}
	return g
}

// values returns the pixels of a row; false where one of them is no whole number from 0 to 255.
func (g *grid) values(row int) ([]float64, bool) {
	out := make([]float64, len(g.columns))
	for k, c := range g.columns {
		if c.Kind != data.Number || c.IsMissing(row) {
			return nil, false
		}
		v, err := c.Float(row)
		if err != nil || v != math.Trunc(v) || v < 0 || v > greatest {
			return nil, false
		}
		out[k] = v
	}
	return out, true
}

// picture returns a row as a picture, black the least value; nil where the table or the row is none.
func (g *grid) picture(row int) *task.Pixels {
	if g == nil {
		return nil
	}
	values, ok := g.values(row)
	if !ok {
		return nil
	}
	out := &task.Pixels{Width: g.width}
	for _, v := range values {
		share := min(1, max(0, (v-g.low)/(g.high-g.low)))
		out.Values = append(out.Values, byte(math.Round(255*share)))
	}
	return out
}
