package main

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	"gorae/chart"
)

// curve is a line of a panel whose axes are both logarithmic.
type curve struct {
	name string
	x, y []float64
	tone color.Color // nil: by its place
}

func (c *curve) add(x, y float64) { c.x, c.y = append(c.x, x), append(c.y, y) }

// costPanel is a panel of curves over the same sizes. Its axes show logarithms, with ticks at numbers.
func costPanel(title, axis, unit string, curves ...curve) chart.Panel {
	p := chart.Panel{Title: title, X: axis, Y: unit, Head: true}
	low, high := math.Inf(1), math.Inf(-1)
	for i, c := range curves {
		l := chart.Line{Name: c.name, Color: c.tone}
		if l.Color == nil {
			l.Color = chart.Palette[i%len(chart.Palette)]
		}
		for k, y := range c.y {
			l.X, l.Y = append(l.X, math.Log10(c.x[k])), append(l.Y, math.Log10(y))
			low, high = min(low, y), max(high, y)
		}
		p.Lines = append(p.Lines, l)
	}
	x := curves[0].x
	for i := 0; i < len(x); i += max(1, (len(x)+6)/7) {
		p.Ticks = append(p.Ticks, chart.Tick{At: math.Log10(x[i]), Text: number(x[i])})
	}
	for _, v := range niceNumbers(low, high) {
		p.YTicks = append(p.YTicks, chart.Tick{At: math.Log10(v), Text: number(v)})
	}
	return p
}

// niceNumbers are the numbers 1, 2 and 5 times a power of ten from the last one up to low to the first one from high,
// powers alone where they are many.
func niceNumbers(low, high float64) []float64 {
	if !(low > 0) || math.IsInf(high, 0) {
		return nil
	}
	var all []float64
	for e := math.Floor(math.Log10(low)); e <= math.Ceil(math.Log10(high)); e++ {
		for _, m := range []float64{1, 2, 5} {
			if high > 1e4*low && m > 1 {
				continue
			}
			v := m * math.Pow(10, e)
			for len(all) > 0 && v <= low { // the ones before are of no use
				all = all[:0]
			}
			all = append(all, v)
			if v >= high {
				return all
			}
		}
	}
	return all
}

// number is a size: a power of ten from 10⁴ on, or a whole number.
func number(x float64) string {
	if e := math.Round(math.Log10(x)); e >= 4 && math.Pow(10, e) == x {
		return "10" + string([]rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[int(e)])
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// duration is a time in the unit that suits it.
func duration(seconds float64) string {
	switch {
	case seconds >= 1:
		return fmt.Sprintf("%.2f s", seconds)
	case seconds >= 1e-3:
		return fmt.Sprintf("%.2f ms", 1e3*seconds)
	}
	return fmt.Sprintf("%.1f µs", 1e6*seconds)
}

// digits is a number to three digits, or a whole one.
func digits(v float64) string {
	if v >= 100 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// ratio is a cost as a multiple of the one before, of which there is none at first.
func ratio(x, last float64) string {
	if last == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", x/last)
}

// megabytes is an amount of memory.
func megabytes(bytes float64) string {
	if bytes < 1e7 {
		return fmt.Sprintf("%.2f MB", bytes/1e6)
	}
	return fmt.Sprintf("%.0f MB", bytes/1e6)
}
