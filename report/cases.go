package report

import (
	"bytes"
	"html/template"
	"image"
	"image/color"
	"image/png"

	"gorae/chart"
	"gorae/task"
)

// pixels returns a picture as the address of an image.
func pixels(p *task.Pixels) (template.URL, error) {
	img := &image.Gray{Pix: p.Values, Stride: p.Width, Rect: image.Rect(0, 0, p.Width, p.Height())}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return "", err
	}
	return dataURL("image/png", b.Bytes()), nil
}

// course draws a forecast beside what was seen before it and what came, by steps from the present.
func course(of *task.Course) chart.Panel {
	p := chart.Panel{X: chart.Sprintf("steps from the present"), Whole: true}
	add := func(name string, first int, y []float64, c color.NRGBA) {
		if len(y) == 0 {
			return
		}
		x := make([]float64, len(y))
		for i := range x {
			x[i] = float64(first + i)
		}
		p.Lines = append(p.Lines, chart.Line{Name: name, X: x, Y: y, Color: c})
	}
	add(chart.Sprintf("seen"), 1-len(of.Seen), of.Seen, chart.Grey)
	add(chart.Sprintf("observed"), of.Ahead, of.Observed, chart.Blue)
	add(chart.Sprintf("forecast"), of.Ahead, of.Forecast, chart.Orange)
	return p
}
