package plot

import (
	"fmt"
	"image/color"
	"io"
	"math"

	"gorae/chart"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// alignment draws a chart.Alignment.
type alignment chart.Alignment

const (
	alignCell = 0.3 * vg.Inch
	alignName = 5.5 // width of a character of a name, in points
	alignGap  = 0.35 * vg.Inch
)

// png writes the maps as a PNG picture.
func (a alignment) png(w io.Writer) error {
	if err := chart.Alignment(a).Check(); err != nil {
		return err
	}
	width, height := a.size()
	c := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dotsPerInch))
	a.draw(draw.New(c), drawn())
	return writePNG(w, c.Image())
}

// svg writes the maps as an SVG document; its text stays text.
func (a alignment) svg(w io.Writer) error {
	if err := chart.Alignment(a).Check(); err != nil {
		return err
	}
	c := vgsvg.New(a.size())
	a.draw(draw.New(c), written())
	return writeSVG(w, c)
}

// room returns the space for names: at least that of a few characters. Hangul and other wide characters count twice.
func room(names []string) vg.Length {
	most := 4
	for _, s := range names {
		n := 0
		for _, c := range label(s) {
			n++
			if c >= 0x1100 {
				n++
			}
		}
		most = max(most, n)
	}
	return vg.Points(alignName*float64(most) + 10)
}

// side returns the length of the cells of a map.
func side(m chart.AlignmentMap) vg.Length {
	return min(alignCell, 9*vg.Inch/vg.Length(max(len(m.Rows), len(m.Columns))))
}

func (a alignment) size() (width, height vg.Length) {
	width, height = 3.5*vg.Inch, titleHeight
	for _, m := range a.Maps {
		width = max(width, 0.4*vg.Inch+room(m.Rows)+side(m)*vg.Length(len(m.Columns))+0.9*vg.Inch)
		height += room(m.Columns) + side(m)*vg.Length(len(m.Rows)) + alignGap
	}
	return width, height
}

// shade returns the colour of a weight from 0 to 1: from white to dark blue.
func shade(v float64) color.NRGBA {
	v = min(max(v, 0), 1)
	mix := func(from, to float64) uint8 { return uint8(from + v*(to-from) + 0.5) }
	return color.NRGBA{mix(255, 8), mix(255, 48), mix(255, 107), 255}
}

func (a alignment) draw(to draw.Canvas, face writing) {
	to.SetColor(color.White)
	to.Fill(to.Rectangle.Path())
	style := func(size float64, x text.XAlignment, y text.YAlignment) text.Style {
		s := face.style(vg.Points(size))
		s.XAlign, s.YAlign, s.Color = x, y, color.Gray{30}
		return s
	}
	to.FillText(style(12, draw.XCenter, draw.YCenter),
		vg.Point{X: (to.Min.X + to.Max.X) / 2, Y: to.Max.Y - titleHeight/2}, a.Title)
	top := to.Max.Y - titleHeight
	for _, m := range a.Maps {
		cell := side(m)
		left := to.Min.X + 0.4*vg.Inch + room(m.Rows)
		top -= room(m.Columns)
		for k, name := range m.Columns {
			upright := style(9, draw.XLeft, draw.YCenter)
			upright.Rotation = math.Pi / 2
			to.FillText(upright, vg.Point{X: left + cell*(vg.Length(k)+0.5), Y: top + vg.Points(4)}, label(name))
		}
		for i, row := range m.Values {
			y := top - cell*vg.Length(i)
			to.FillText(style(9, draw.XRight, draw.YCenter), vg.Point{X: left - vg.Points(4), Y: y - cell/2},
				label(m.Rows[i]))
			for k, v := range row {
				c := faint
				if !math.IsNaN(v) {
					c = shade(v)
				}
				to.SetColor(c)
				x := left + cell*vg.Length(k)
				r := vg.Rectangle{Min: vg.Point{X: x, Y: y - cell}, Max: vg.Point{X: x + cell, Y: y}}
				to.Fill(r.Path())
				to.SetColor(color.Gray{225})
				to.SetLineWidth(vg.Points(0.5))
				to.Stroke(r.Path())
			}
		}
		bottom := top - cell*vg.Length(len(m.Rows))
		to.FillText(style(9, draw.XCenter, draw.YTop), vg.Point{X: left + cell*vg.Length(len(m.Columns))/2,
			Y: bottom - vg.Points(4)}, a.X)
		upright := style(9, draw.XCenter, draw.YTop)
		upright.Rotation = math.Pi / 2
		to.FillText(upright, vg.Point{X: to.Min.X + 0.12*vg.Inch, Y: (top + bottom) / 2}, a.Y)
		top = bottom - alignGap
	}
	a.scale(to, style)
}

// scale draws what the colours stand for on the right of the first map.
func (a alignment) scale(to draw.Canvas, style func(size float64, x text.XAlignment, y text.YAlignment) text.Style) {
	left, top := to.Max.X-0.6*vg.Inch, to.Max.Y-titleHeight-room(a.Maps[0].Columns)
	for i := range 5 {
		v := 1 - float64(i)/4
		y := top - 0.17*vg.Inch*vg.Length(i)
		swatch := vg.Rectangle{Min: vg.Point{X: left, Y: y - 0.17*vg.Inch}, Max: vg.Point{X: left + 0.17*vg.Inch, Y: y}}
		to.SetColor(shade(v))
		to.Fill(swatch.Path())
		to.SetColor(color.Gray{200})
		to.SetLineWidth(vg.Points(0.5))
		to.Stroke(swatch.Path())
		to.FillText(style(8, draw.XLeft, draw.YCenter), vg.Point{X: left + 0.22*vg.Inch, Y: y - 0.085*vg.Inch},
			fmt.Sprint(v))
	}
}
