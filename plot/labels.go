package plot

import (
	"fmt"
	"image/color"
	"io"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Labels is a sheet of 2 × 2 tables, one for each of several labels that a sample may have.
type Labels struct {
	Title  string
	Labels []Label
}

// Label is the table of one label: Counts[i][j] is the number of samples that have it (i = 1) or not (0) and are said
// to have it (j = 1) or not (0).
type Label struct {
	Name   string
	Counts [2][2]int
}

// labelColumns is the number of tables side by side.
const labelColumns = 4

// tables are the labels as confusion matrices.
func (l Labels) tables() []Confusion {
	var out []Confusion
	for _, x := range l.Labels {
		out = append(out, Confusion{Title: label(x.Name), Classes: []string{"no", "yes"},
			Counts: [][]int{x.Counts[0][:], x.Counts[1][:]}})
	}
	return out
}

func (l Labels) check() error {
	if len(l.Labels) == 0 {
		return fmt.Errorf("plot: tables of no labels")
	}
	return nil
}

// text is all text that the sheet shows.
func (l Labels) text() string {
	var b strings.Builder
	b.WriteString(l.Title + said + "noyes")
	for _, x := range l.Labels {
		b.WriteString(x.Name)
	}
	return b.String()
}

// PNG writes the sheet; see [Confusion.PNG].
func (l Labels) PNG(w io.Writer) error {
	if err := l.check(); err != nil {
		return err
	}
	face := faceFor(l.text())
	width, height := l.size(face)
	canvas := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dotsPerInch))
	l.draw(draw.New(canvas), face)
	return writePNG(w, canvas.Image())
}

// SVG writes the sheet as an SVG document; its text stays text.
func (l Labels) SVG(w io.Writer) error {
	if err := l.check(); err != nil {
		return err
	}
	face := latin()
	canvas := vgsvg.New(l.size(face))
	l.draw(draw.New(canvas), face)
	return writeSVG(w, canvas)
}

// tile is the size of the largest table.
func (l Labels) tile(face typeface) (width, height vg.Length) {
	for _, c := range l.tables() {
		w, h := c.size(face)
		width, height = max(width, w), max(height, h)
	}
	return width, height
}

func (l Labels) size(face typeface) (width, height vg.Length) {
	w, h := l.tile(face)
	columns := min(labelColumns, len(l.Labels))
	rows := (len(l.Labels) + labelColumns - 1) / labelColumns
	return max(vg.Length(columns)*w, face.textWidth(l.Title, vg.Points(12))+0.4*vg.Inch),
		vg.Length(rows)*h + titleHeight
}

func (l Labels) draw(to draw.Canvas, face typeface) {
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
