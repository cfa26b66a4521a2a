package experiment

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"gorae/data"
	"gorae/data/series"
	"gorae/loss"
	"gorae/metric"
	"gorae/source"
	"gorae/tensor"
)

// appliedSeries reads windows out of tables like the learning table.
type appliedSeries struct{ recipe *Recipe }

func (a appliedSeries) check() error {
	s := a.recipe.Series
	if s.Fitted == nil {
		return fmt.Errorf("the series' windows are missing")
	}
	if s.Linear != nil {
		return s.Linear.Check()
	}
	return nil
}

func (a appliedSeries) read(p *Product, path string, stdin io.Reader, labels string) (*data.Source, error) {
	if labels != "" {
		return nil, fmt.Errorf("--labels %s: the targets of a series are its own columns; leave it out", labels)
	}
	src, err := read(path, stdin, source.Options{CSV: a.recipe.CSV})
	if err != nil {
		return nil, err
	}
	spec := a.recipe.Series.Spec
	if needs := slices.Concat(spec.Time, spec.Features); p.columnwise(src.Arrays, needs) {
		t, err := src.Arrays.Table(needs, spec.Targets, a.recipe.CSV)
		return &data.Source{Table: t}, err
	}
	return src, nil
}

// frame is the series of a source; what is odd about its times is noted in the source.
func (s *FittedSeries) frame(src *data.Source) (*series.Frame, error) {
	if src.Table == nil {
		return nil, fmt.Errorf("%s: no table; the model takes rows of %s in time's order", sourceName(src), strings.Join(s.Spec.Features, ", "))
	}
	reading := s.Spec.Reading
	reading.Columns = slices.Clone(s.Spec.Features)
	for _, t := range s.Spec.Targets {
		if !slices.Contains(reading.Columns, t) {
			reading.Columns = append(reading.Columns, t)
		}
	}
	f, err := series.FromTable(src.Table, reading)
	if err != nil {
		return nil, err
	}
	for _, n := range f.Notes {
		if !slices.Contains(src.Table.Notes, n) {
			src.Table.Notes = append(src.Table.Notes, n)
		}
	}
	return f, nil
}

// problem is the windows of a source with their targets.
func (s *FittedSeries) problem(src *data.Source) (*series.Problem, error) {
	f, err := s.frame(src)
	if err != nil {
		return nil, err
	}
	p, w, err := s.Ahead(f)
	if err != nil {
		return nil, err
	}
	if need := p.Lead + p.Length + s.Spec.Horizon + s.Spec.Steps - 1; f.Len() < need {
		return nil, fmt.Errorf("%s: %d steps hold %s but not what follows; give at least %d", f.Name, f.Len(), plural(w.Len(), "window"), need)
	}
	return s.On(f)
}

// inputs is every window of which there is something to foretell, the one that ends with the
// series too. An array goes to the network as it is.
func (a appliedSeries) inputs(p *Product, src *data.Source) (data.Dataset, error) {
	if src.Arrays != nil && src.Arrays.X != nil {
		return plain{}.inputs(p, src)
	}
	f, err := a.recipe.Series.frame(src)
	if err != nil {
		return nil, err
	}
	_, w, err := a.recipe.Series.Ahead(f)
	return w, err
}

func (a appliedSeries) pairs(p *Product, src *data.Source, target string, _ loss.Loss) (data.Dataset, error) {
	if target != "" && !slices.Equal([]string{target}, a.recipe.Series.Spec.Targets) {
		return nil, fmt.Errorf("--target %s: the model foretells %s; leave it out", target, strings.Join(a.recipe.Series.Spec.Targets, ", "))
	}
	pr, err := a.recipe.Series.problem(src)
	if err != nil {
		return nil, err
	}
	return series.Levelled{Problem: pr}, nil
}

// judge hides the levels from a loss.
func (a appliedSeries) judge(l loss.Loss) loss.Loss { return learnt{l, len(a.recipe.Series.Targets)} }

func (a appliedSeries) measure(name string, m metric.Metric, _ loss.Loss) metric.Metric {
	return named(name, m, unitsOf(a.recipe.Series.Units()))
}

// remark judges the network beside the baselines of the learning span.
func (a appliedSeries) remark(ctx context.Context, p *Product, src *data.Source, m *Remarks) error {
	pr, err := a.recipe.Series.problem(src)
	if err != nil {
		return err
	}
	all := data.Subset{Dataset: pr, Rows: counted(pr.Len())}
	if err := mixed(m, pr, all, a.recipe.Metrics); err != nil {
		return err
	}
	net, err := forecasts(ctx, p.Model, pr, all)
	if err != nil {
		return err
	}
	return beside(m, pr, all, net, a.recipe.Series.Linear)
}

// rows has a row for each step that is foretold: its time, how many steps ahead it lies where there are
// several, and each target in its units.
func (a appliedSeries) rows(p *Product, src *data.Source, out *tensor.Tensor) (*rows, error) {
	s := a.recipe.Series
	k := len(s.Targets)
	size := k
	if s.Spec.Every {
		size *= s.Spec.Window
	}
	if src.Table == nil || out.Len() != out.Shape[0]*size {
		return nil, fmt.Errorf("%s: outputs of shape %v have no times; write them as .npy", p.path, out.Shape)
	}
	f, err := s.frame(src)
	if err != nil {
		return nil, err
	}
	pr, w, err := s.Ahead(f)
	if err != nil {
		return nil, err
	}
	targets, steps := len(s.Spec.Targets), s.Spec.Steps
	t := &rows{header: s.header(), n: w.Len() * steps}
	t.row = func(i int, row []string) []string {
		at, step := w.Origin(i/steps), i%steps
		ahead := s.Spec.Horizon + step
		row = append(row, f.Stamp(at+pr.Lead+ahead))
		if steps > 1 {
			row = append(row, fmt.Sprint(ahead))
		}
		end := (i/steps + 1) * size
		for _, y := range pr.Units(at, out.F32[end-k:end])[step*targets : (step+1)*targets] {
			row = append(row, figure(y))
		}
		return row
	}
	return t, nil
}

// header names the columns of forecasts.
func (s *FittedSeries) header() []string {
	h := []string{"step"}
	switch len(s.Spec.Time) {
	case 0:
	case 1:
		h[0] = s.Spec.Time[0]
	default:
		h[0] = "time"
	}
	if s.Spec.Steps > 1 {
		h = append(h, "ahead")
	}
	if len(s.Spec.Targets) == 1 {
		return append(h, "prediction")
	}
	for _, t := range s.Spec.Targets {
		h = append(h, "prediction("+t+")")
	}
	return h
}
