package series

import (
	"image/color"

	"gorae/chart"
	"gorae/data/series"
	"gorae/quantile"
)

// bands returns an area for each pair of quantiles, the widest first and the darkest last, at the places x. of returns
// the quantiles at a place.
func bands(levels quantile.Levels, x []float64, of func(i int) []float64) (lines []chart.Line) {
	for k := 0; k < len(levels)/2; k++ {
		low, high := k, len(levels)-1-k
		l := chart.Line{Name: chart.Sprintf("%.4g %% to %.4g %%", 100*levels[low], 100*levels[high]), X: x,
			Color: shade(k, len(levels)/2)}
		for i := range x {
			q := of(i)
			l.Base, l.Y = append(l.Base, q[low]), append(l.Y, q[high])
		}
		lines = append(lines, l)
	}
	return lines
}

// shade is the colour of area k of n.
func shade(k, n int) color.Color {
	light := func(c uint8) uint8 { return uint8(255 - (255-int(c))*(k+1)/(2*n+1)) }
	c := chart.Orange
	return color.NRGBA{light(c.R), light(c.G), light(c.B), 255}
}

// fan draws the last forecast of the first target, all its steps, behind what was observed before it.
func fan(p *series.Problem, net *series.Forecasts) chart.Panel {
	spec, last := p.Fitted.Spec, len(net.Values)-1
	origin, targets := net.Origins[last], len(spec.Targets)
	column, err := p.Frame.Column(spec.Targets[0])
	panel := chart.Panel{Title: chart.Sprintf("%s, from %s on", spec.Targets[0], p.Frame.Stamp(origin+spec.Horizon)),
		X: chart.Sprintf("step"), Whole: true, Head: true}
	if err != nil {
		return panel
	}
	observed := chart.Line{Name: chart.Sprintf("observed"), Color: chart.Grey}
	for i := max(0, origin+1-2*spec.Steps); i < origin+spec.Horizon+spec.Steps && i < len(column); i++ {
		observed.X, observed.Y = append(observed.X, float64(i+1)), append(observed.Y, column[i])
	}
	middle := chart.Line{Name: chart.Sprintf("forecast"), Color: chart.Orange}
	for s := range spec.Steps {
		middle.X = append(middle.X, float64(origin+spec.Horizon+s+1))
		middle.Y = append(middle.Y, net.Values[last][s*targets])
	}
	areas := bands(spec.Quantiles, middle.X, func(i int) []float64 { return net.Spread[last][i*targets] })
	panel.Lines = append(areas, observed, middle)
	return panel
}
