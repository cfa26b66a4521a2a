package report

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"gorae/chart"
	"gorae/internal/file"
)

// History is the metrics of a run by epoch, as history.csv holds them.
type History struct {
	Names  []string    // of metrics, in the file's order
	Epochs []int       // a number for each row
	Values [][]float64 // by metric and row; NaN where there is none
}

// mostEpochs bounds what is read of a history.
const mostEpochs = 1 << 20

// ReadHistory reads a history.csv.
func ReadHistory(path string) (*History, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, file.OpenError(path, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	r := csv.NewReader(f)
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(rows) == 0 || len(rows[0]) < 2 || rows[0][0] != "epoch" || len(rows) > mostEpochs {
		return nil, fmt.Errorf("%s: this is no history of a run", path)
	}
	h := &History{Names: rows[0][1:]}
	h.Values = make([][]float64, len(h.Names))
	for i, row := range rows[1:] {
		epoch, err := strconv.Atoi(row[0])
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %q is no epoch", path, i+2, row[0])
		}
		h.Epochs = append(h.Epochs, epoch)
		for k, s := range row[1:] {
			v, err := strconv.ParseFloat(s, 64)
			if err != nil {
				v = math.NaN() // an epoch without the metric
			}
			h.Values[k] = append(h.Values[k], v)
		}
	}
	return h, nil
}

// Of returns the values of a metric; nil where there is none of the name.
func (h *History) Of(name string) []float64 {
	for k, n := range h.Names {
		if n == name {
			return h.Values[k]
		}
	}
	return nil
}

// Curves returns the learning curves, a panel for each metric that was computed on the training samples, with the best
// epoch marked.
func (h *History) Curves(best int) []chart.Panel {
	var curves []chart.Curve
	for _, n := range h.Names {
		if n != "seconds" && !strings.HasPrefix(n, "val_") {
			validation := h.Of("val_" + n)
			curves = append(curves, chart.Curve{Name: n, Training: h.Of(n), Validation: validation})
		}
	}
	return chart.LearningCurves("", best, curves...).Panels
}

// overlaid returns a panel for each metric of the validation samples, or of the training samples where there are none
// of validation, with a line for each run.
func overlaid(runs []*Run) []chart.Panel {
	var panels []chart.Panel
	for _, n := range runs[0].History.Names {
		_, validation := strings.CutPrefix(n, "val_")
		if n == "seconds" || !validation && runs[0].History.Of("val_"+n) != nil {
			continue
		}
		p := chart.Panel{Title: n, X: chart.Sprintf("epoch"), Whole: true}
		for _, r := range runs {
			if y := r.History.Of(n); y != nil {
				p.Lines = append(p.Lines, chart.Line{Name: r.Name, Y: y})
			}
		}
		panels = append(panels, p)
	}
	return panels
}
