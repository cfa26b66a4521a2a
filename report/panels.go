package report

import (
	"html/template"

	"gorae/chart"
	"gorae/chart/inline"
	"gorae/task"
	"gorae/task/supervised"
)

// figure is a picture with its numbers.
type figure struct {
	SVG  template.HTML
	Head []string
	Rows [][]string
}

// mostRows is how many rows the table of a picture's numbers has.
const mostRows = 200

// chart returns a panel with the numbers of its lines.
func (p *Page) chart(c chart.Panel) figure {
	f := figure{SVG: template.HTML(inline.Panel(c)), Head: []string{c.X}}
	longest := 0
	for _, l := range c.Lines {
		f.Head = append(f.Head, l.Name)
		longest = max(longest, len(l.Y))
	}
	for i := 0; i < longest && i < mostRows; i++ {
		row := make([]string, 1+len(c.Lines))
		for k, l := range c.Lines {
			if i >= len(l.Y) {
				continue
			}
			x := float64(i + 1)
			if l.X != nil {
				x = l.X[i]
			}
			row[0], row[k+1] = number(x), number(l.Y[i])
		}
		f.Rows = append(f.Rows, row)
	}
	return f
}

// residual draws the predictions of a number.
func residual(e *task.Errors) []chart.Panel { return supervised.Residual("", e).Panels }

// reliable draws the probabilities of a network beside the shares of the samples to which they apply, with Wilson's
// intervals.
func reliable(r task.Reliability) chart.Panel {
	p := chart.Panel{X: chart.Sprintf("predicted probability"), Y: chart.Sprintf("observed share"),
		Title: chart.Sprintf("reliability of the predicted class")}
	if r.Class != "" {
		p.Title = chart.Sprintf("reliability of the probability of %s", r.Class)
	}
	var x, y, low, high []float64
	for _, b := range r.Bins {
		x, y = append(x, b.Predicted), append(y, b.Observed)
		low, high = append(low, b.Interval.Low), append(high, b.Interval.High)
	}
	p.Lines = []chart.Line{
		{Name: chart.Sprintf("95 %% interval"), X: x, Y: high, Base: low, Color: chart.Blue},
		{Name: chart.Sprintf("calibrated"), X: []float64{0, 1}, Y: []float64{0, 1}, Color: chart.Grey},
		{Name: chart.Sprintf("network"), X: x, Y: y, Color: chart.Blue},
	}
	return p
}
