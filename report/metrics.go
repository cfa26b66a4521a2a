package report

import (
	"strings"

	"gorae/run"
	"gorae/task"
	"gorae/train"
)

// metricRow is a metric of a run by part, with the interval of the part that is judged, and the baselines' values.
type metricRow struct {
	Name      string
	Parts     []string // training, validation, test; "" where there is none
	Interval  *task.Interval
	Baselines []string
}

// metricRows returns the metrics of whole outputs.
func metricRows(r *run.Report) []metricRow {
	whole, _ := run.Overall(r.Train)
	var rows []metricRow
	for _, m := range whole {
		row := metricRow{Name: m.Name}
		for _, part := range []train.Metrics{r.Train, r.Validation, r.Test} {
			row.Parts = append(row.Parts, lookUp(part, m.Name))
		}
		for i := range r.Intervals {
			if r.Intervals[i].Metric == m.Name && r.Intervals[i].Why == "" {
				row.Interval = &r.Intervals[i]
			}
		}
		for _, b := range r.Findings.Baselines {
			row.Baselines = append(row.Baselines, lookUp(b.Metrics, m.Name))
		}
		rows = append(rows, row)
	}
	return rows
}

func lookUp(m train.Metrics, name string) string {
	v, ok := m.Lookup(name)
	if !ok {
		return ""
	}
	return number(v)
}

// Headline is the first metric that people understand, not the loss, of the part that is judged.
func (r *Run) Headline() (h struct {
	Metric, Value, Part string
	Interval            *task.Interval
}) {
	part, of := task.Test, r.Report.Test
	if of == nil {
		part, of = task.Validation, r.Report.Validation
	}
	if of == nil {
		part, of = task.Train, r.Report.Train
	}
	h.Part = part.String()
	for _, m := range of {
		if h.Metric == "" || h.Metric == "loss" && !strings.HasSuffix(m.Name, ")") {
			h.Metric, h.Value = m.Name, number(m.Value)
		}
	}
	for i := range r.Report.Intervals {
		if x := &r.Report.Intervals[i]; x.Metric == h.Metric && x.Why == "" && part != task.Train {
			h.Interval = x
		}
	}
	return h
}
