package supervised

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gorae/chart"
	"gorae/data"
	"gorae/internal/picture"
	"gorae/internal/words"
	"gorae/layer"
	"gorae/prep"
	"gorae/stat"
	"gorae/task"
	"gorae/train"
)

// LabelsFile is the picture of the 2 × 2 tables of labels in the run directory: .png and .svg.
const LabelsFile = "labels"

// LabelReport is what a network says of one label on a part of the samples. A metric that is not defined is missing.
type LabelReport struct {
	Target    string          `json:"target,omitempty"` // where there are several
	Label     string          `json:"label"`
	Support   int             `json:"support"` // samples that have the label
	Threshold float64         `json:"threshold"`
	Counts    map[string]int  `json:"counts"` // tp, fp, fn, tn
	Precision *float64        `json:"precision,omitempty"`
	Recall    *float64        `json:"recall,omitempty"`
	F1        *float64        `json:"f1,omitempty"`
	AUC       *float64        `json:"auc,omitempty"`
	Intervals []task.Interval `json:"intervals,omitempty"`

	counts counts
}

const (
	mostShownLabels     = 20 // in words
	mostDrawnLabels     = 24 // in the picture
	mostResampledLabels = 50 // whose figures have an interval by resampling
)

// report returns the table of the labels, in their order.
func (s *scores) report(d task.Dependence, seed uint64) []LabelReport {
	var out []LabelReport
	for k, g := range s.targets {
		if g.Task != prep.Labels {
			continue
		}
		for j, label := range g.Classes {
			r := s.one(k, j, d, seed)
			if r.Label = label; len(s.targets) > 1 {
				r.Target = g.Name
			}
			out = append(out, r)
		}
	}
	return out
}

// one reports on label j of target k.
func (s *scores) one(k, j int, d task.Dependence, seed uint64) LabelReport {
	g, l := s.targets[k], s.label(k, j)
	c := l.counts(g.Threshold(j))
	ranks, all := l.ranking(), data.Range(len(l.p))
	r := LabelReport{Support: l.positives(), Threshold: g.Threshold(j), counts: c,
		Counts:    map[string]int{"tp": c.tp, "fp": c.fp, "fn": c.fn, "tn": c.tn},
		Precision: defined(c.precision()), Recall: defined(c.recall()), F1: defined(c.f1()),
		AUC: defined(ranks.auc(all))}
	if r.Support == 0 {
		r.Precision, r.F1 = nil, nil
	}
	if len(all) < 10 || r.Support == 0 {
		return r
	}
	resampled := len(g.Classes) <= mostResampledLabels
	add := func(name string, value *float64, of func([]int) float64) {
		if value != nil {
			i := task.IntervalOf(len(all), of, d, seed)
			i.Metric = name
			r.Intervals = append(r.Intervals, i)
		}
	}
	independent := !d.Serial && d.Groups == nil
	switch {
	case independent:
		wilson := func(name string, right, of int) {
			if of > 0 {
				r.Intervals = append(r.Intervals, task.Interval{Metric: name, Method: "wilson",
					Interval: stat.Wilson(right, of, 0.95)})
			}
		}
		wilson("precision", c.tp, c.tp+c.fp)
		wilson("recall", c.tp, c.tp+c.fn)
	case resampled:
		add("precision", r.Precision, func(rows []int) float64 { return l.among(r.Threshold, rows).precision() })
		add("recall", r.Recall, func(rows []int) float64 { return l.among(r.Threshold, rows).recall() })
	}
	if resampled {
		add("f1", r.F1, func(rows []int) float64 { return l.among(r.Threshold, rows).f1() })
	}
	switch {
	case r.AUC == nil:
	case independent:
		i := task.IntervalOfArea(l.scores(), l.has)
		i.Metric = "auc"
		r.Intervals = append(r.Intervals, i)
	case resampled:
		add("auc", r.AUC, ranks.auc)
	}
	return r
}

// defined is a number that JSON can hold; nil for another.
func defined(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// add adds the table to the findings: all labels as a section, in words the most frequent ones.
func (s *scores) add(f *task.Findings, d task.Dependence, seed uint64) ([]LabelReport, error) {
	all := s.report(d, seed)
	if err := f.Add("labels", all); err != nil {
		return nil, err
	}
	shown := slices.Clone(all)
	slices.SortStableFunc(shown, func(a, b LabelReport) int { return b.Support - a.Support })
	shown = shown[:min(len(shown), mostShownLabels)]
	width := len("label")
	for i := range shown {
		width = max(width, words.Width(shown[i].name()))
	}
	pad := func(s string) string { return words.Pad(s, width) }
	f.Say("  %s  samples  threshold  precision  recall      F1     AUC", pad("label"))
	for i := range shown {
		r := &shown[i]
		f.Say("  %s  %7s  %9.3g  %9s  %6s  %6s  %6s", pad(r.name()), layer.Thousands(r.Support), r.Threshold,
			figure(r.Precision), figure(r.Recall), figure(r.F1), figure(r.AUC))
	}
	if len(shown) < len(all) {
		f.Say("  the %d most frequent labels of %d", len(shown), len(all))
	}
	return all, nil
}

// name is the label as tables write it, cut where it is long.
func (r *LabelReport) name() string {
	name := r.Label
	if r.Target != "" {
		name = r.Target + ": " + r.Label
	}
	return words.Clip(name, 24)
}

func figure(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.3f", *v)
}

// finish adds the table of labels to the findings of a run, and draws it.
func (s *scores) finish(f *task.Finish) error {
	var d task.Dependence
	for _, part := range []task.Part{task.Validation, task.Test} {
		if part.String() == s.part {
			d = f.Dependence[part]
		}
	}
	all, err := s.add(f.Findings, d, f.Seed)
	if err != nil {
		return err
	}
	if s.part == task.Validation.String() {
		f.Findings.Say("  all thresholds are 0.5: without test samples nothing is chosen on the validation samples")
	}
	slices.SortStableFunc(all, func(a, b LabelReport) int { return b.Support - a.Support })
	var labels []chart.Label
	for _, r := range all[:min(len(all), mostDrawnLabels)] {
		labels = append(labels, chart.Label{Name: r.name(),
			Counts: [2][2]int{{r.counts.tn, r.counts.fp}, {r.counts.fn, r.counts.tp}}})
	}
	return f.Draw(LabelsFile, func() (picture.Vector, error) {
		return chart.Labels{Title: chart.Sprintf("%s: %s of %s", f.Name, words.Plural(len(labels), "label"),
			words.Plural(len(s.seen), s.part+" sample")), Labels: labels}, nil
	})
}

// Report makes an evaluation of other samples add the table of labels to its findings, where a target is labels.
func (ts Targets) Report(b *task.Bound, r *task.Request) {
	if !r.Targets || !ts.hasLabels() {
		return
	}
	s := newScores(ts, ts.Rules(r.Training), b.Data.Len())
	b.Consumer = s
	b.Report = func(_ context.Context, f *task.Findings) error {
		_, err := s.add(f, b.Dependence, 0)
		return err
	}
}

var _ train.Consumer = (*scores)(nil)
