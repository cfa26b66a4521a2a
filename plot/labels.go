package plot

import (
	"image/color"
	"io"

	"gorae/chart"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

type labels chart.Labels

// labelColumns is the number of tables side by side.
const labelColumns = 4

// tables are the labels as confusion matrices.
func (l labels) tables() []confusion {
	var out []confusion
	for _, x := range l.Labels {
		out = append(out, confusion{Title: label(x.Name), Classes: []string{chart.Sprintf("no"), chart.Sprintf("yes")},
			Counts: [][]int{x.Counts[0][:], x.Counts[1][:]}})
	}
	return out
}

// png writes the sheet.
func (l labels) png(w io.Writer) error {
	if err := chart.Labels(l).Check(); err != nil {
		return err
	}
	face := drawn()
	width, height := l.size(face)
	canvas := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dotsPerInch))
	l.draw(draw.New(canvas), face)
	return writePNG(w, canvas.Image())
}

// svg writes the sheet as an SVG document; its text stays text.
func (l labels) svg(w io.Writer) error {
	if err := chart.Labels(l).Check(); err != nil {
		return err
	}
	face := written()
	canvas := vgsvg.New(l.size(face))
	l.draw(draw.New(canvas), face)
	return writeSVG(w, canvas)
}

// tile is the size of the largest table.
func (l labels) tile(face writing) (width, height vg.Length) {
	for _, c := range l.tables() {
		w, h := c.size(face)
		width, height = max(width, w), max(height, h)
	}
	return width, height
}

func (l labels) size(face writing) (width, height vg.Length) {
	w, h := l.tile(face)
	columns := min(labelColumns, len(l.Labels))
	rows := (len(l.Labels) + labelColumns - 1) / labelColumns
	return max(vg.Length(columns)*w, face.style(vg.Points(12)).Width(l.Title)+0.4*vg.Inch),
		vg.Length(rows)*h + titleHeight
}

func (l labels) draw(to draw.Canvas, face writing) {
	to.SetColor(color.White)
	to.Fill(to.Rectangle.Path())
	s := face.style(vg.Points(12))
	s.XAlign, s.YAlign, s.Color = draw.XCenter, draw.YCenter, color.Gray{30}
	to.FillText(s, vg.Point{X: (to.Min.X + to.Max.X) / 2, Y: to.Max.Y - titleHeight/2}, l.Title)
	w, h := l.tile(face)
	for i, c := range l.tables() {
		left, top := to.Min.X+vg.Length(i%labelColumns)*w, to.Max.Y-titleHeight-vg.Length(i/labelColumns)*h
		c.draw(draw.Canvas{Canvas: to.Canvas, Rectangle: vg.Rectangle{Min: vg.Point{X: left, Y: top - h},
			Max: vg.Point{X: left + w, Y: top}}}, face)
	}
}
