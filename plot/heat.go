package plot

import (
	"fmt"
	"gorae/chart"
	"image/color"
	"io"
	"math"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

const (
	heatWidth   = 6.2 * vg.Inch // width of a map
	heatRow     = 0.2 * vg.Inch // greatest height of a row
	heatHeight  = 2.6 * vg.Inch // greatest height of a map
	heatLeft    = 0.75 * vg.Inch
	heatRight   = 1.15 * vg.Inch // space for the scale
	heatTop     = 0.3 * vg.Inch
	heatBottom  = 0.45 * vg.Inch
	heatColumns = 240 // more columns are reduced to this number, by the mean of their logarithms
)

// markColor outlines a row: viridis has no red.
var markColor = color.NRGBA{214, 39, 40, 255}

// viridis is the colour map of Smith and van der Walt (2015), from dark to light, at even distances.
var viridis = []color.NRGBA{{68, 1, 84, 255}, {59, 82, 139, 255}, {33, 145, 140, 255}, {94, 201, 98, 255},
	{253, 231, 37, 255}}

// heatColor returns the colour of a position on the scale, 0 to 1.
func heatColor(at float64) color.NRGBA {
	at = min(max(at, 0), 1) * float64(len(viridis)-1)
	i := min(int(at), len(viridis)-2)
	a, b, f := viridis[i], viridis[i+1], at-float64(i)
	mix := func(a, b uint8) uint8 { return uint8(float64(a) + f*(float64(b)-float64(a)) + 0.5) }
	return color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}

// span returns the decades in which the positive numbers lie.
func (h heat) span() (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, m := range h.Maps {
		for _, row := range m.Rows {
			for _, v := range row {
				if v > 0 && !math.IsInf(v, 1) {
					lo, hi = min(lo, math.Log10(v)), max(hi, math.Log10(v))
				}
			}
		}
	}
	if lo > hi {
		return -1, 0
	}
	if hi-lo < 1 { // the scale covers at least a decade
		mid := (hi + lo) / 2
		lo, hi = mid-0.5, mid+0.5
	}
	return lo, hi
}

// narrowed reduces a row to at most heatColumns numbers.
func narrowed(row []float64) []float64 {
	if len(row) <= heatColumns {
		return row
	}
	out := make([]float64, heatColumns)
	for i := range out {
		sum, n := 0.0, 0
		for _, v := range row[i*len(row)/heatColumns : (i+1)*len(row)/heatColumns] {
			if !math.IsNaN(v) {
				sum, n = sum+math.Log(v), n+1
			}
		}
		out[i] = math.NaN()
		if n > 0 {
			out[i] = math.Exp(sum / float64(n))
		}
	}
	return out
}

// height returns the height of a map's cells.
func (m heatMap) height() vg.Length { return min(heatHeight, heatRow*vg.Length(len(m.Rows))) }

func (h heat) size() (width, height vg.Length) {
	height = titleHeight
	for _, m := range h.Maps {
		height += heatTop + heatMap(m).height() + heatBottom
	}
	return heatLeft + heatWidth + heatRight, max(height, titleHeight+2.2*vg.Inch)
}

// png writes the maps as a PNG picture.
func (h heat) png(w io.Writer) error {
	if err := chart.Heat(h).Check(); err != nil {
		return err
	}
	width, height := h.size()
	c := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dotsPerInch))
	h.draw(draw.New(c), drawn())
	return writePNG(w, c.Image())
}

// svg writes the maps as an SVG document; its text stays text.
func (h heat) svg(w io.Writer) error {
	if err := chart.Heat(h).Check(); err != nil {
		return err
	}
	c := vgsvg.New(h.size())
	h.draw(draw.New(c), written())
	return writeSVG(w, c)
}

func (h heat) draw(to draw.Canvas, face writing) {
	to.SetColor(color.White)
	to.Fill(to.Rectangle.Path())
	style := func(size float64, x text.XAlignment, y text.YAlignment) text.Style {
		s := face.style(vg.Points(size))
		s.XAlign, s.YAlign, s.Color = x, y, color.Gray{30}
		return s
	}
	to.FillText(style(12, draw.XCenter, draw.YCenter),
		vg.Point{X: (to.Min.X + to.Max.X) / 2, Y: to.Max.Y - titleHeight/2}, h.Title)
	lo, hi := h.span()
	left, top := to.Min.X+heatLeft, to.Max.Y-titleHeight
	for _, m := range h.Maps {
		top -= heatTop
		to.FillText(style(10, draw.XLeft, draw.YBottom), vg.Point{X: left, Y: top + vg.Points(4)}, m.Title)
		row := heatMap(m).height() / vg.Length(len(m.Rows))
		every := 1 // names where there is space for them
		for row*vg.Length(every) < vg.Points(8) {
			every++
		}
		for i, all := range m.Rows {
			values := narrowed(all)
			y := top - row*vg.Length(i)
			cell := heatWidth / vg.Length(len(values))
			for k, v := range values {
				c := color.NRGBA{0, 0, 0, 255}
				switch {
				case math.IsNaN(v):
					c = faint
				case v > 0:
					c = heatColor((math.Log10(v) - lo) / (hi - lo))
				}
				to.SetColor(c)
				// A point over the edge, which the next cell covers, or viewers show seams.
				x := left + cell*vg.Length(k)
				r := vg.Rectangle{Min: vg.Point{X: x, Y: max(y-row-vg.Points(1), top-heatMap(m).height())},
					Max: vg.Point{X: min(x+cell+vg.Points(1), left+heatWidth), Y: y}}
				to.Fill(r.Path())
			}
			mark := m.Mark - 1 // the marked row has its name, and no other name stands too near to it
			if named := i%every == 0 && (mark < 0 || max(i-mark, mark-i) >= every); named || i == mark {
				to.FillText(style(8, draw.XRight, draw.YCenter), vg.Point{X: left - vg.Points(4), Y: y - row/2},
					m.Names[i])
			}
		}
		if m.Mark > 0 {
			y := top - row*vg.Length(m.Mark-1)
			r := vg.Rectangle{Min: vg.Point{X: left, Y: y - row}, Max: vg.Point{X: left + heatWidth, Y: y}}
			to.SetColor(markColor)
			to.SetLineWidth(vg.Points(1.2))
			to.Stroke(r.Path())
		}
		steps := len(m.Rows[0])
		below := top - heatMap(m).height() - vg.Points(3)
		for k := range 5 {
			at := 1 + k*(steps-1)/4
			if k > 0 && at == 1+(k-1)*(steps-1)/4 {
				continue
			}
			x := left + heatWidth*vg.Length((float64(at)-0.5)/float64(steps))
			to.FillText(style(8, draw.XCenter, draw.YTop), vg.Point{X: x, Y: below}, fmt.Sprint(at))
		}
		to.FillText(style(9, draw.XCenter, draw.YTop), vg.Point{X: left + heatWidth/2, Y: below - vg.Points(10)}, h.X)
		upright := style(9, draw.XCenter, draw.YTop)
		upright.Rotation = math.Pi / 2
		to.FillText(upright, vg.Point{X: to.Min.X + 0.2*vg.Inch, Y: top - heatMap(m).height()/2}, h.Y)
		top -= heatMap(m).height() + heatBottom
	}
	h.scale(to, style, lo, hi)
}

// scale draws the colour scale on the right.
func (h heat) scale(to draw.Canvas, style func(size float64, x text.XAlignment, y text.YAlignment) text.Style, lo,
	hi float64) {
	const cells = 60
	left, top := to.Max.X-heatRight+0.25*vg.Inch, to.Max.Y-titleHeight-heatTop
	length := 1.7 * vg.Inch
	for i := range cells {
		to.SetColor(heatColor(1 - (float64(i)+0.5)/cells))
		y := top - length*vg.Length(i)/cells
		r := vg.Rectangle{Min: vg.Point{X: left, Y: max(y-length/cells-vg.Points(1), top-length)},
			Max: vg.Point{X: left + 0.16*vg.Inch, Y: y}}
		to.Fill(r.Path())
	}
	to.FillText(style(8, draw.XLeft, draw.YBottom), vg.Point{X: left, Y: top + vg.Points(4)}, h.Scale)
	for k := range 5 {
		at := float64(k) / 4
		value := math.Pow(10, hi-at*(hi-lo))
		to.FillText(style(8, draw.XLeft, draw.YCenter), vg.Point{X: left + 0.2*vg.Inch, Y: top - length*vg.Length(at)},
			fmt.Sprintf("%.1g", value))
	}
}
