package plot

import (
	"fmt"
	"math"

	"gorae/chart"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

type points chart.Points

// shapes are those of points: each stands for as many kinds as there are colours.
var shapes = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.TriangleGlyph{}, draw.BoxGlyph{}, draw.CrossGlyph{}}

// add draws the points of kind k; of points that have no place, as NaN, nothing is drawn.
func (s points) add(p *plot.Plot, k int, radius vg.Length) error {
	if len(s.X) != len(s.Y) {
		return fmt.Errorf("plot: points %q have %d places across and %d up", s.Name, len(s.X), len(s.Y))
	}
	var at plotter.XYs
	for i, x := range s.X {
		if v := x + s.Y[i]; !math.IsNaN(v) && !math.IsInf(v, 0) {
			at = append(at, plotter.XY{X: x, Y: s.Y[i]})
		}
	}
	if len(at) == 0 {
		return nil
	}
	dots, err := plotter.NewScatter(at)
	if err != nil {
		return fmt.Errorf("plot: points %q: %w", s.Name, err)
	}
	colours := chart.Palette
	dots.Color, dots.Radius = colours[k%len(colours)], radius
	dots.Shape = shapes[k/len(colours)%len(shapes)]
	p.Add(dots)
	if s.Name != "" {
		sample := *dots
		sample.Radius = vg.Points(2.4)
		p.Legend.Add(s.Name, &sample)
	}
	return nil
}

// dots returns the radius of the panel's points: the more there are, the smaller.
func (p panel) dots() vg.Length {
	n := 0
	for _, s := range p.Points {
		n += len(s.X)
	}
	return vg.Points(min(2.4, max(0.9, 60/math.Sqrt(float64(n+1)))))
}

// rowsHeight returns the height of a panel with names of rows.
func rowsHeight(rows int) vg.Length { return vg.Length(rows)*vg.Points(14) + 0.9*vg.Inch }

// rowTicks puts a name at each of the places 1, 2, ….
func rowTicks(names []string) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for i, name := range names {
		ticks = append(ticks, plot.Tick{Value: float64(i + 1), Label: name})
	}
	return ticks
}

// namedTicks puts names at places of an axis.
func namedTicks(list []chart.Tick) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for _, t := range list {
		ticks = append(ticks, plot.Tick{Value: t.At, Label: t.Text})
	}
	return ticks
}

// room widens the x axis on the right, so that the legend hides no point.
func (p panel) room(out *plot.Plot) {
	longest := 0
	for _, s := range p.Points {
		longest = max(longest, len([]rune(s.Name)))
	}
	if longest > 0 {
		const letter, dot, width = 6, 26, 290 // in points, of a panel
		share := min(0.5, (letter*float64(longest)+dot)/width)
		out.X.Max += (out.X.Max - out.X.Min) * share / (1 - share)
	}
}
