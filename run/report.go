package run

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gorae/chart"
	"gorae/data"
	"gorae/internal/file"
	"gorae/internal/picture"
	_ "gorae/plot" // draws the pictures of a run
	"gorae/task"
	"gorae/train"
)

// Report is the result of a finished run, the content of metrics.json. Every metric is computed with the best epoch's
// weights, in inference mode, over the whole part.
type Report struct {
	Target string `json:"target,omitempty"` // what is predicted, in words
	// Assumed: the target is the last column because the experiment names none.
	Assumed    bool          `json:"target_assumed,omitempty"`
	Train      train.Metrics `json:"train"`
	Validation train.Metrics `json:"validation,omitempty"`
	Test       train.Metrics `json:"test,omitempty"`
	// Intervals are those of the metrics of the test samples, or of the validation samples where there are no test
	// samples.
	Intervals []task.Interval `json:"intervals,omitempty"`
	Gap       *Gap            `json:"gap,omitempty"`
	// Duplicates are the samples of the validation and the test part that equal training samples.
	Duplicates []Duplicates `json:"duplicates,omitempty"`
	Rows       [3]int       `json:"samples"` // by part
	Unit       string       `json:"unit"`    // the word for one sample: row, image, window, …
	// Folds is the number of folds of the training samples that are the validation samples; 0 where these are others.
	Folds     int     `json:"validation_folds,omitempty"`
	Epochs    int     `json:"epochs"` // run
	BestEpoch int     `json:"best_epoch"`
	Seconds   float64 `json:"seconds"` // of training, validation included
	// Guesses are the assumptions about tables that their files do not confirm.
	Guesses []data.Guess `json:"guesses,omitempty"`
	// Uses is what the columns of a table became beside their values: those that were dropped, and by which rule.
	Uses *data.Uses `json:"uses,omitempty"`
	// Findings are those of the task and of the probes, under keys of their own.
	Findings task.Findings `json:"-"`
}

// report is Report without its methods.
type report Report

// MarshalJSON writes the members of the report and, behind them, those of the findings.
func (r *Report) MarshalJSON() ([]byte, error) {
	return task.JoinObjects((*report)(r), r.Findings)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (r *Report) UnmarshalJSON(b []byte) error {
	if err := json.Unmarshal(b, (*report)(r)); err != nil {
		return err
	}
	if err := json.Unmarshal(b, &r.Findings); err != nil {
		return err
	}
	for _, key := range []string{"train", "validation", "test", "intervals", "gap", "duplicates", "samples", "unit",
		"epochs", "best_epoch", "seconds", "guesses", "target", "target_assumed", "uses"} {
		delete(r.Findings.Sections, key)
	}
	return nil
}

func (r *Report) write(dir string) error { return writeJSON(filepath.Join(dir, MetricsFile), r) }

// writeJSON writes a value as indented JSON.
func writeJSON(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return file.Replace(path, func(w io.Writer) error {
		_, err := w.Write(append(b, '\n'))
		return err
	})
}

// ReadReport reads the metrics.json of a run directory.
func ReadReport(dir string) (*Report, error) {
	r := &Report{}
	return r, readJSON(filepath.Join(dir, MetricsFile), r)
}

// readJSON reads a file that is written last in a directory.
func readJSON(path string, to any) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return file.OpenError(path, err)
	}
	if err := json.Unmarshal(b, to); err != nil {
		return fmt.Errorf("%s: %w; remove it and give --resume to have it written again", path, err)
	}
	return nil
}

// writeHistory writes history.csv: an epoch a line, its metrics and its seconds.
func writeHistory(dir string, names []string, rows []train.Row) error {
	return file.Replace(filepath.Join(dir, HistoryFile), func(w io.Writer) error {
		if _, err := fmt.Fprintf(w, "epoch,%s,seconds\n", strings.Join(names, ",")); err != nil {
			return err
		}
		for _, r := range rows {
			line := strconv.Itoa(r.Epoch)
			for _, n := range names {
				line += "," + task.Text(r.Metrics.Of(n))
			}
			if _, err := fmt.Fprintf(w, "%s,%.3f\n", line, r.Seconds); err != nil {
				return err
			}
		}
		return nil
	})
}

// draw writes the learning curve as PNG and as SVG.
func (p *Prepared) draw(dir string, h *train.History) error {
	var curves []chart.Curve
	for _, n := range p.how.curves() {
		c := chart.Curve{Name: n, Training: h.Column(n)}
		if slices.Contains(p.how.columns(), "val_"+n) {
			c.Validation = h.Column("val_" + n)
		}
		curves = append(curves, c)
	}
	return picture.Write(dir, CurveFile, func() (picture.Vector, error) {
		return chart.LearningCurves(p.Name, h.Best, curves...), nil
	})
}

// Overall separates metrics into the loss and those of whole outputs, and those of single columns of an output,
// such as rmse(Open).
func Overall(ms train.Metrics) (whole, single train.Metrics) {
	for _, x := range ms {
		if strings.HasSuffix(x.Name, ")") {
			single = append(single, x)
		} else {
			whole = append(whole, x)
		}
	}
	return whole, single
}
