package plot

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// band is the area between two lines.
type band struct {
	around plotter.XYs
	shade  color.Color
}

// fill adds the area between a line and its base.
func (l line) fill(p *plot.Plot, shade color.Color) error {
	if len(l.Base) != len(l.Y) || l.X != nil && len(l.X) != len(l.Y) {
		return fmt.Errorf("plot: area %q has %d upper ends, %d lower ones and %d places", l.Name, len(l.Y), len(l.Base),
			len(l.X))
	}
	b := band{shade: shade}
	for i := range l.Y {
		x, y := l.at(i)
		b.around = append(b.around, plotter.XY{X: x, Y: y})
	}
	for i := len(l.Base) - 1; i >= 0; i-- {
		x, _ := l.at(i)
		b.around = append(b.around, plotter.XY{X: x, Y: l.Base[i]})
	}
	p.Add(b)
	if l.Name != "" {
		p.Legend.Add(l.Name, b)
	}
	return nil
}

// Plot implements plot.Plotter.
func (b band) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var corners []vg.Point
	for _, at := range b.around {
		corners = append(corners, vg.Point{X: x(at.X), Y: y(at.Y)})
	}
	c.FillPolygon(b.shade, c.ClipPolygonXY(corners))
}

// DataRange implements plot.DataRanger.
func (b band) DataRange() (xmin, xmax, ymin, ymax float64) { return plotter.XYRange(b.around) }

// Thumbnail implements plot.Thumbnailer.
func (b band) Thumbnail(c *draw.Canvas) {
	c.FillPolygon(b.shade, []vg.Point{c.Min, {X: c.Min.X, Y: c.Max.Y}, c.Max, {X: c.Max.X, Y: c.Min.Y}})
}
