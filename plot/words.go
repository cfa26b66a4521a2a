package plot

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"gorae/chart"
)

// addWords adds words at their points, each beside a dot, on the side that has more room.
func addWords(p *plot.Plot, words []chart.Word, face writing) error {
	if len(words) == 0 {
		return nil
	}
	for _, w := range words {
		p.X.Min, p.X.Max = math.Min(p.X.Min, w.X), math.Max(p.X.Max, w.X)
		p.Y.Min, p.Y.Max = math.Min(p.Y.Min, w.Y), math.Max(p.Y.Max, w.Y)
	}
	settle(&p.X)
	settle(&p.Y)
	for _, w := range words {
		dot, err := plotter.NewScatter(plotter.XYs{{X: w.X, Y: w.Y}})
		if err != nil {
			return err
		}
		dot.Color, dot.Radius, dot.Shape = w.Color(), vg.Points(1.8), draw.CircleGlyph{}
		style := face.style(vg.Points(8))
		style.Color = w.Color()
		style.XAlign, style.YAlign = draw.XLeft, draw.YCenter
		offset := vg.Point{X: vg.Points(3)}
		if w.X > (p.X.Min+p.X.Max)/2 {
			style.XAlign, offset.X = draw.XRight, -offset.X
		}
		p.Add(dot, &plotter.Labels{XYs: []plotter.XY{{X: w.X, Y: w.Y}}, Labels: []string{w.Text},
			TextStyle: []text.Style{style}, Offset: offset})
	}
	return nil
}
