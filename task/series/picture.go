package series

import (
	"math"

	"gorae/chart"
	"gorae/data/series"
	"gorae/stat"
	"gorae/task"
)

// ForecastFile is the picture of forecasts beside what was observed, and of how the errors correlate: .png and .svg.
const ForecastFile = "forecast"

// How much the picture of the forecasts shows.
const (
	shownSteps   = 300 // the last ones of the span
	shownTargets = 3
	shownLags    = 40
)

// drawForecasts draws, for the first targets, the first step ahead against the observations at the end of the span,
// and the autocorrelation of the errors with the limits ±1.96/√n of chance.
func drawForecasts(name string, p *series.Problem, net *series.Forecasts, part task.Part) chart.Figure {
	spec := p.Fitted.Spec
	n := len(net.Values)
	from := max(0, n-shownSteps)
	f := chart.Figure{Title: chart.Sprintf("%s: forecasts of the %s span", name, part)}
	if from > 0 {
		f.Title = chart.Sprintf("%s: the last %d of %d forecasts of the %s span", name, n-from, n, part)
	}
	if spec.Steps > 1 {
		f.Title = chart.Sprintf("%s, the first step of each", f.Title)
	}
	for k, target := range spec.Targets[:min(len(spec.Targets), shownTargets)] {
		var x, y, z []float64
		for i := from; i < n; i++ {
			x = append(x, float64(net.Origins[i]+spec.Horizon+1))
			y, z = append(y, net.Actual[i][k]), append(z, net.Values[i][k])
		}
		title := target
		if n > 0 {
			title = chart.Sprintf("%s, %s to %s", target, p.Frame.Stamp(net.Origins[from]+spec.Horizon),
				p.Frame.Stamp(net.Origins[n-1]+spec.Horizon))
		}
		f.Panels = append(f.Panels, chart.Panel{Title: title, X: chart.Sprintf("step"), Whole: true,
			Head: spec.Quantiles == nil,
			Lines: append(bands(spec.Quantiles, x, func(i int) []float64 { return net.Spread[from+i][k] }),
				chart.Line{Name: chart.Sprintf("observed"), X: x, Y: y, Color: chart.Grey},
				chart.Line{Name: chart.Sprintf("forecast"), X: x, Y: z, Color: chart.Orange})})
	}
	if spec.Steps > 1 && spec.Quantiles != nil && n > 0 {
		f.Panels = append(f.Panels, fan(p, net))
	}
	if acf, err := stat.Autocorrelation(net.Errors(0), min(shownLags, max(0, n/4))); err == nil && len(acf) > 1 {
		limit := 1.96 / math.Sqrt(float64(n))
		ends := []float64{0.5, float64(len(acf)) - 0.5}
		f.Panels = append(f.Panels, chart.Panel{
			Title: chart.Sprintf("autocorrelation of the errors of %s", spec.Targets[0]), X: chart.Sprintf("lag"),
			Whole: true, Head: true, Lines: []chart.Line{{Name: chart.Sprintf("errors"), Y: acf[1:]},
				{Name: chart.Sprintf("95 %% of chance"), X: ends, Y: []float64{limit, limit},
					Color: chart.Grey},
				{X: ends, Y: []float64{-limit, -limit}, Color: chart.Grey},
			}})
	}
	return f
}
