package experiment

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"gorae/data/series"
	"gorae/internal/file"
	"gorae/plot"
	"gorae/train"
)

// Report is what a finished run came to: metrics.json. Every figure is computed with the
// best epoch's weights, in inference mode, over the whole part.
type Report struct {
	Train      train.Metrics `json:"train"`
	Validation train.Metrics `json:"validation,omitempty"`
	Test       train.Metrics `json:"test,omitempty"`
	Gap        *Gap          `json:"gap,omitempty"`
	// Gradients is how the gradient changes across the sequence, loop by loop, in a recurrent model.
	Gradients []Across `json:"gradients,omitempty"`
	Epochs    int      `json:"epochs"`     // run
	BestEpoch int      `json:"best_epoch"` // whose weights were kept
	Seconds   float64  `json:"seconds"`    // of training, validation included
	Remarks
}

// Remarks is what a form of data has to say of a network beside its figures.
type Remarks struct {
	// Baselines is the network, first, beside what any network must beat: for each target of
	// a series, over the test span.
	Baselines []series.Score `json:"baselines,omitempty"`
	Language  *LanguageScore `json:"language,omitempty"` // of unseen text, read from end to end
	Pictures  []string       `json:"pictures,omitempty"` // files in the run directory, beside the learning curve
	Words     []string       `json:"words,omitempty"`    // sentences for people, a line each
}

// Lines is all of it for people: the table of the baselines, and the words.
func (m *Remarks) Lines() []string {
	if len(m.Baselines) == 0 {
		return m.Words
	}
	return append(strings.Split(strings.TrimSuffix(series.Table(m.Baselines), "\n"), "\n"), m.Words...)
}

// Gap is the sign of overfitting (the chapter's P8): by how much the network does
// better on the rows that it learnt from than on those that it never saw.
type Gap struct {
	Metric string `json:"metric"`
	// Difference is the figure of the learning rows minus that of the test rows (or the
	// validation rows, where there is no test set).
	Difference float64 `json:"difference"`
	// StandardError is the binomial standard error √(p(1 − p)/n) of the accuracy p on
	// the n unseen rows: a gap of less than two of them may be chance.
	StandardError float64 `json:"standard_error,omitempty"`
}

// gap compares the learning rows with unseen ones by a metric.
func gap(metric string, learn, unseen train.Metrics, n int) *Gap {
	a, b := learn.Of(metric), unseen.Of(metric)
	if math.IsNaN(a-b) || math.IsInf(a-b, 0) {
		return nil // JSON has no word for it, and it says nothing
	}
	g := &Gap{Metric: metric, Difference: a - b}
	if strings.HasSuffix(metric, "accuracy") || metric == "acc" {
		g.StandardError = math.Sqrt(b * (1 - b) / float64(n))
	}
	return g
}

func (p *Report) write(dir string) error {
	b, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	return file.Replace(filepath.Join(dir, MetricsFile), func(w io.Writer) error {
		_, err := w.Write(append(b, '\n'))
		return err
	})
}

// ReadReport reads the metrics.json of a run directory.
func ReadReport(dir string) (*Report, error) {
	path := filepath.Join(dir, MetricsFile)
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, openError(path, err)
	}
	p := &Report{}
	if err := json.Unmarshal(b, p); err != nil {
		return nil, fmt.Errorf("%s: %w; remove it and give --resume to have it written again", path, err)
	}
	return p, nil
}

// writeHistory writes history.csv: an epoch a line, its figures and its seconds.
func writeHistory(dir string, names []string, rows []train.Row) error {
	return file.Replace(filepath.Join(dir, HistoryFile), func(w io.Writer) error {
		if _, err := fmt.Fprintf(w, "epoch,%s,seconds\n", strings.Join(names, ",")); err != nil {
			return err
		}
		for _, r := range rows {
			line := strconv.Itoa(r.Epoch)
			for _, n := range names {
				line += "," + strconv.FormatFloat(r.Metrics.Of(n), 'g', 9, 64)
			}
			if _, err := fmt.Fprintf(w, "%s,%.3f\n", line, r.Seconds); err != nil {
				return err
			}
		}
		return nil
	})
}

// draw writes the learning curve as PNG and as SVG: the loss, and the first metric.
func (r *Ready) draw(dir string, h *train.History) error {
	names := []string{"loss"}
	if len(r.Train.Metrics) > 0 {
		names = append(names, r.Train.Metrics[0].Name)
	}
	var curves []plot.Curve
	for _, n := range names {
		c := plot.Curve{Name: n, Learning: h.Column(n)}
		if r.Rows[1] > 0 {
			c.Validation = h.Column("val_" + n)
		}
		curves = append(curves, c)
	}
	figure := plot.Learning(r.Name, h.Best, curves...)
	if err := file.Replace(filepath.Join(dir, CurveFile+".png"), figure.PNG); err != nil {
		return err
	}
	return file.Replace(filepath.Join(dir, CurveFile+".svg"), figure.SVG)
}
