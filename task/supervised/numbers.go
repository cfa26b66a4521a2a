package supervised

import (
	"math"

	"gorae/chart"
	"gorae/data"
	"gorae/internal/picture"
	"gorae/internal/words"
	"gorae/prep"
	"gorae/task"
	"gorae/train"
)

// ResidualsFile is the picture of the predictions of a number beside what was observed: .png and .svg.
const ResidualsFile = "residuals"

// mostPairs is how many predictions a report and its picture show.
const mostPairs = 600

// numbers collects the predictions of targets that are numbers.
type numbers struct {
	targets             Targets
	part                task.Part
	samples             []int
	observed, predicted [][]float64 // by target; empty for classes
}

// newNumbers returns nil where no target is a number.
func newNumbers(ts Targets, part task.Part) *numbers {
	for _, g := range ts {
		if g.Task == prep.Regression {
			return &numbers{targets: ts, part: part, observed: make([][]float64, len(ts)),
				predicted: make([][]float64, len(ts))}
		}
	}
	return nil
}

// Batch implements train.Consumer.
func (n *numbers) Batch(b *train.EvalBatch) error {
	n.samples = append(n.samples, b.Samples...)
	for k, g := range n.targets {
		if g.Task != prep.Regression {
			continue
		}
		width := b.Outputs[k].Len() / len(b.Samples)
		for i := range b.Samples {
			n.observed[k] = append(n.observed[k], g.Number(b.Targets[k].Rows(i, i+1).F32))
			n.predicted[k] = append(n.predicted[k], g.Point(b.Outputs[k].F32[i*width:(i+1)*width]))
		}
	}
	return nil
}

// pairs returns the predictions that are shown of target k: finite numbers, which JSON can hold.
func (n *numbers) pairs(k int) task.Errors {
	e := task.Errors{Target: n.targets[k].Name, Part: n.part.String(), Samples: len(n.observed[k])}
	for _, i := range apart(data.Range(e.Samples), mostPairs) {
		if y, p := n.observed[k][i], n.predicted[k][i]; finite(y) && finite(p) {
			e.Observed, e.Predicted = append(e.Observed, y), append(e.Predicted, p)
		}
	}
	return e
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// draw draws the predictions of target k: against what was observed, and their errors.
func (n *numbers) draw(f *task.Finish, k int, e *task.Errors) error {
	name := ResidualsFile
	if len(n.targets) > 1 {
		name += "-" + words.FileName(n.targets[k].Name)
	}
	return f.Draw(name, func() (picture.Vector, error) { return Residual(f.Name, e), nil })
}

// Residual draws predictions of a number against what was observed, and the errors against the predictions. The points
// of a perfect network stand on the lines.
func Residual(name string, e *task.Errors) chart.Figure {
	low, high := e.Observed[0], e.Observed[0]
	var errors []float64
	first, last := e.Predicted[0], e.Predicted[0]
	for i, y := range e.Observed {
		low, high = min(low, y, e.Predicted[i]), max(high, y, e.Predicted[i])
		first, last = min(first, e.Predicted[i]), max(last, e.Predicted[i])
		errors = append(errors, y-e.Predicted[i])
	}
	return chart.Figure{
		Title: chart.Sprintf("%s: predictions of %s, %s samples", name, e.Target, e.Part),
		Panels: []chart.Panel{{
			Title:  chart.Sprintf("predicted and observed"),
			X:      chart.Sprintf("observed"),
			Y:      chart.Sprintf("predicted"),
			Points: []chart.Points{{X: e.Observed, Y: e.Predicted}},
			Lines:  []chart.Line{{X: []float64{low, high}, Y: []float64{low, high}, Color: chart.Grey}},
		}, {
			Title:  chart.Sprintf("errors"),
			X:      chart.Sprintf("predicted"),
			Y:      chart.Sprintf("observed − predicted"),
			Points: []chart.Points{{X: e.Predicted, Y: errors}},
			Lines:  []chart.Line{{X: []float64{first, last}, Y: []float64{0, 0}, Color: chart.Grey}},
		}},
	}
}
