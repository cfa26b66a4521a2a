package data

import (
	"math"
	"slices"
)

// Pixels is the columns of a table that are the pixels of square pictures, row by row.
type Pixels struct {
	Width     int
	Low, High float64 // over all rows that were looked at

	columns []*Column
}

// Bounds of pictures in tables.
const (
	leastSide     = 5
	pixelRows     = 200 // rows that are looked at
	greatestPixel = 255
	pixelsAlike   = 0.7 // of the squared difference of any two pixels: that of one below the other
)

// PixelsOf returns the pixels that the columns of a table are, but for some of its columns, such as the targets; nil
// where they are none. They are pixels where they are as many as a square has, hold whole numbers from 0 to 255, and
// where those that would stand below each other are alike, as they are in pictures and, as a rule, not in other numbers
// that stand in some order.
func PixelsOf(t *Table, except []string) *Pixels {
	p := &Pixels{Low: math.Inf(1), High: math.Inf(-1)}
	for i := range t.Columns {
		if c := &t.Columns[i]; !slices.Contains(except, c.Name) {
			p.columns = append(p.columns, c)
		}
	}
	p.Width = int(math.Round(math.Sqrt(float64(len(p.columns)))))
	if p.Width < leastSide || p.Width*p.Width != len(p.columns) {
		return nil
	}
	step := max(1, t.Rows/pixelRows)
	sum, square, below, pairs, n := 0.0, 0.0, 0.0, 0.0, 0.0
	for row := 0; row < t.Rows; row += step {
		values, ok := p.Row(row)
		if !ok {
			return nil
		}
		for k, v := range values {
			p.Low, p.High = min(p.Low, v), max(p.High, v)
			sum, square, n = sum+v, square+v*v, n+1
			if k >= p.Width {
				d := v - values[k-p.Width]
				below, pairs = below+d*d, pairs+1
			}
		}
	}
	variance := square/n - (sum/n)*(sum/n)
	if !(p.High > p.Low) || below/pairs > pixelsAlike*2*variance {
		return nil
	}
	return p
}

// Row returns the pixels of a row; false where one of them is no whole number from 0 to 255.
func (p *Pixels) Row(row int) ([]float64, bool) {
	out := make([]float64, len(p.columns))
	for k, c := range p.columns {
		if c.Kind != Number || c.IsMissing(row) {
			return nil, false
		}
		v, err := c.Float(row)
		if err != nil || v != math.Trunc(v) || v < 0 || v > greatestPixel {
			return nil, false
		}
		out[k] = v
	}
	return out, true
}
