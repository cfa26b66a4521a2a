package chart

import (
	"math"
	"strconv"
)

// Curve is one metric over the epochs, for training and validation data. Element i belongs to epoch i+1; a NaN leaves a
// gap. Validation is empty where there is no validation data.
type Curve struct {
	Name       string
	Training   []float64
	Validation []float64
}

// LearningCurves returns the learning curves of a training: one panel for each metric, side by side. The epoch whose
// weights were kept, best, is marked by an upright line and, in each panel, by its value. best is 1 for the first
// epoch, 0 to mark none.
func LearningCurves(title string, best int, curves ...Curve) Figure {
	f := Figure{Title: title}
	for _, c := range curves {
		p := Panel{Title: c.Name, X: Sprintf("epoch"), Whole: true}
		p.Lines = append(p.Lines, Line{Name: Sprintf("training"), Y: c.Training, Color: Blue})
		kept := c.Training
		if len(c.Validation) > 0 {
			p.Lines = append(p.Lines, Line{Name: Sprintf("validation"), Y: c.Validation, Color: Orange})
			kept = c.Validation
		}
		p.Log = spansDecades(c.Training, c.Validation)
		if best >= 1 && best <= len(kept) && !math.IsNaN(kept[best-1]) {
			p.Marks = append(p.Marks, Mark{
				X:    float64(best),
				Y:    kept[best-1],
				Text: Sprintf("epoch %d: %s", best, short(kept[best-1])),
			})
		}
		f.Panels = append(f.Panels, p)
	}
	return f
}

// spansDecades reports whether a logarithmic axis shows the values better: all
// are positive and the largest is more than a hundred times the smallest.
func spansDecades(series ...[]float64) bool {
	low, high := math.Inf(1), math.Inf(-1)
	for _, s := range series {
		for _, v := range s {
			if math.IsNaN(v) {
				continue
			}
			low, high = min(low, v), max(high, v)
		}
	}
	return low > 0 && !math.IsInf(high, 0) && high/low > 100
}

// short is a number in four significant digits.
func short(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }
