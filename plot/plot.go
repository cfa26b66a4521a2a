package plot

import (
	"fmt"
	"io"

	"gorae/chart"
)

func init() { chart.Register(painter{}) }

// painter implements chart.Painter.
type painter struct{}

// PNG implements chart.Painter.
func (painter) PNG(w io.Writer, picture any) error {
	switch p := picture.(type) {
	case chart.Alignment:
		return alignment(p).png(w)
	case chart.Figure:
		return figure(p).png(w)
	case chart.Confusion:
		return confusion(p).png(w)
	case chart.Heat:
		return heat(p).png(w)
	case chart.Labels:
		return labels(p).png(w)
	case chart.Sheet:
		return sheet(p).png(w)
	}
	return fmt.Errorf("plot: %T cannot be drawn", picture)
}

// SVG implements chart.Painter.
func (painter) SVG(w io.Writer, picture any) error {
	switch p := picture.(type) {
	case chart.Alignment:
		return alignment(p).svg(w)
	case chart.Figure:
		return figure(p).svg(w)
	case chart.Confusion:
		return confusion(p).svg(w)
	case chart.Heat:
		return heat(p).svg(w)
	case chart.Labels:
		return labels(p).svg(w)
	}
	return fmt.Errorf("plot: %T cannot be drawn as SVG", picture)
}
