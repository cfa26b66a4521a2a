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
	cellLength = 0.46 * vg.Inch
	// labelled is the largest number of classes with numbers written in each cell.
	labelled = 20
)

// png writes the matrix: counts, and below each its share of the row in percent.
func (c confusion) png(w io.Writer) error {
	if err := chart.Confusion(c).Check(); err != nil {
		return err
	}
	face := drawn()
	width, height := c.size(face)
	canvas := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dotsPerInch))
	c.draw(draw.New(canvas), face)
	return writePNG(w, canvas.Image())
}

// svg writes the matrix as an SVG document; its text stays text.
func (c confusion) svg(w io.Writer) error {
	if err := chart.Confusion(c).Check(); err != nil {
		return err
	}
	face := written()
	canvas := vgsvg.New(c.size(face))
	c.draw(draw.New(canvas), face)
	return writeSVG(w, canvas)
}

// label is a class's name, cut where it is long.
func label(s string) string {
	if r := []rune(composed(s)); len(r) > 18 {
		return string(r[:17]) + "…"
	}
	return s
}

func (c confusion) cell() vg.Length {
	return min(cellLength, 11*vg.Inch/vg.Length(len(c.Classes)))
}

// margin is the space for the names of the classes.
func (c confusion) margin(face writing) vg.Length {
	room := vg.Length(0)
	for _, n := range c.Classes {
		room = max(room, face.style(c.nameSize()).Width(label(n)))
	}
	return room + 0.42*vg.Inch
}

func (c confusion) nameSize() vg.Length { return min(vg.Points(9), c.cell()*0.8) }

func (c confusion) size(face writing) (width, height vg.Length) {
	side := c.cell()*vg.Length(len(c.Classes)) + c.margin(face) + 0.2*vg.Inch
	return max(side, face.style(vg.Points(12)).Width(c.Title)+0.4*vg.Inch), side + titleHeight
}

func (c confusion) draw(to draw.Canvas, face writing) {
	to.SetColor(color.White)
	to.Fill(to.Rectangle.Path())
	style := func(size vg.Length, x text.XAlignment, y text.YAlignment) text.Style {
		s := face.style(size)
		s.XAlign, s.YAlign, s.Color = x, y, color.Gray{30}
		return s
	}
	to.FillText(style(vg.Points(12), draw.XCenter, draw.YCenter),
		vg.Point{X: (to.Min.X + to.Max.X) / 2, Y: to.Max.Y - titleHeight/2}, c.Title)
	cell, margin, n := c.cell(), c.margin(face), len(c.Classes)
	left, top := to.Min.X+margin, to.Max.Y-titleHeight-margin
	whole := vg.Length(n) * cell
	to.FillText(style(vg.Points(10), draw.XCenter, draw.YTop), vg.Point{X: left + whole/2, Y: to.Max.Y - titleHeight},
		chart.Sprintf("predicted class"))
	upright := style(vg.Points(10), draw.XCenter, draw.YTop)
	upright.Rotation = math.Pi / 2
	to.FillText(upright, vg.Point{X: to.Min.X + 0.08*vg.Inch, Y: top - whole/2}, chart.Sprintf("true class"))
	for i, name := range c.Classes {
		middle := (vg.Length(i) + 0.5) * cell
		to.FillText(style(c.nameSize(), draw.XRight, draw.YCenter), vg.Point{X: left - vg.Points(4), Y: top - middle},
			label(name))
		upright := style(c.nameSize(), draw.XLeft, draw.YCenter)
		upright.Rotation = math.Pi / 2
		to.FillText(upright, vg.Point{X: left + middle, Y: top + vg.Points(4)}, label(name))
	}
	for i, row := range c.Counts {
		total := 0
		for _, k := range row {
			total += k
		}
		for j, k := range row {
			share := 0.0
			if total > 0 {
				share = float64(k) / float64(total)
			}
			r := vg.Rectangle{
				Min: vg.Point{X: left + vg.Length(j)*cell, Y: top - vg.Length(i+1)*cell},
				Max: vg.Point{X: left + vg.Length(j+1)*cell, Y: top - vg.Length(i)*cell},
			}
			tint := chart.Orange
			if i == j {
				tint = chart.Blue
			}
			to.SetColor(blend(tint, share))
			to.Fill(r.Path())
			to.SetColor(faint)
			to.SetLineWidth(vg.Points(0.5))
			to.Stroke(r.Path())
			if n > labelled || k == 0 {
				continue
			}
			s := style(vg.Points(9), draw.XCenter, draw.YBottom)
			if share > 0.6 {
				s.Color = color.White
			}
			mid := vg.Point{X: (r.Min.X + r.Max.X) / 2, Y: (r.Min.Y + r.Max.Y) / 2}
			to.FillText(s, mid, fmt.Sprint(k))
			s.YAlign, s.Font.Size = draw.YTop, vg.Points(7)
			to.FillText(s, vg.Point{X: mid.X, Y: mid.Y - vg.Points(1)}, fmt.Sprintf("%.0f %%", 100*share))
		}
	}
}

// blend mixes white with a share of a colour.
func blend(c color.NRGBA, share float64) color.Color {
	mix := func(v uint8) uint8 { return uint8(255 - share*float64(255-v) + 0.5) }
	return color.NRGBA{mix(c.R), mix(c.G), mix(c.B), 255}
}
