package board

import (
	"math"
	"path/filepath"
	"slices"
	"strings"

	"gorae/chart"
	"gorae/report"
	"gorae/run"
)

// mostCurves is how many runs a picture of curves shows.
const mostCurves = 16

// smoothed is the exponential moving average of a curve, weight the share of what was before, without the bias of the
// beginning: s_t = Σ w^(t−i)·y_i / Σ w^(t−i). A NaN stays one and has no weight.
func smoothed(y []float64, weight float64) []float64 {
	out := make([]float64, len(y))
	sum, of := 0.0, 0.0
	for i, v := range y {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			out[i] = math.NaN()
			continue
		}
		sum, of = weight*sum+(1-weight)*v, weight*of+1-weight
		out[i] = sum / of
	}
	return out
}

// curves draws every metric of runs over their epochs.
func (l *library) curves(ids []string, weight float64, logarithmic bool) ([]chart.Panel, error) {
	ids = ids[:min(len(ids), mostCurves)]
	histories := make([]*report.History, len(ids))
	var names []string
	for i, id := range ids {
		h, err := report.ReadHistory(filepath.Join(l.dir, filepath.FromSlash(id), run.HistoryFile))
		if err != nil {
			continue // a run that has no epoch yet, or was removed
		}
		histories[i] = h
		for _, n := range h.Names {
			if n != "seconds" && !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	// Validation beside training.
	slices.SortStableFunc(names, func(a, b string) int {
		return strings.Compare(strings.TrimPrefix(a, "val_"), strings.TrimPrefix(b, "val_"))
	})
	var panels []chart.Panel
	for _, n := range names {
		p := chart.Panel{Title: n, X: chart.Sprintf("epoch"), Whole: true, Log: logarithmic}
		for i, h := range histories {
			if h == nil {
				continue
			}
			if y := h.Of(n); y != nil {
				p.Lines = append(p.Lines, chart.Line{Name: ids[i], Y: smoothed(y, weight)})
			}
		}
		panels = append(panels, p)
	}
	return panels, nil
}
