package report

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gorae/bundle"
	"gorae/chart"
	"gorae/data"
	"gorae/diagnose"
	"gorae/internal/file"
	"gorae/model"
	"gorae/run"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
	"gorae/tune/study"
)

// Words puts what a page says into a language. A nil *lang.Translator is one that leaves English as it is.
type Words interface {
	// Sprintf prints a format of the page's own.
	Sprintf(format string, args ...any) string
	// Lines is lines that a run has written.
	Lines(s string) string
}

// Options are the settings of pages.
type Options struct {
	Words    Words
	Language string // the page's, as HTML has it: en, ko
	Version  string // of the program, for the page's foot
	NoData   bool   // the data are not read again to describe them
	run.CompareOptions
}

// Page is the content of a page.
type Page struct {
	Options
	Title string
	Runs  []*Run
	// Settings are those in which several runs differ.
	Settings []Setting
	// Comparison is the paired comparison of several runs; nil for one run, or where they cannot be compared, of which
	// Incomparable is the reason.
	Comparison   *run.Comparison
	Incomparable string
}

// Setting is a value of an experiment file, by run.
type Setting struct {
	Path   string
	Values []string
}

// Run is a finished run.
type Run struct {
	Dir, Name  string
	ID         string // of the run's part of the page
	Report     *run.Report
	History    *History
	Experiment string // the text of experiment.yaml
	Seed       uint64
	Inputs     *run.Inputs // nil of a run of a version that did not write them
	Summary    model.Summary
	Given      []Given // what the network is given, by input
	Data       *data.Report
	NoData     string // why there is no report on the data
	Shown
	Pictures []Picture // that the page does not draw itself
	// Diagnosis is the findings about the run; nil where it was not diagnosed.
	Diagnosis *diagnose.Diagnosis
	// Study is the search by which the run's values were found; nil of a run of its own.
	Study *Study

	settings map[string]string
	language string // of its pictures
}

// Given is the training samples as the network is given them.
type Given struct {
	Shape tensor.Shape
	Axes  []string // what each axis counts
}

// given are the training samples as the inputs of a network take them.
func given(m *model.Model, n int) (all []Given) {
	for _, t := range m.InputTypes(n) {
		g := Given{Shape: t.Shape, Axes: data.AxisNames(t.Shape)}
		if t.DType == tensor.Int32 && len(g.Axes) == 2 {
			g.Axes[1] = "time steps" // ids of words
		}
		all = append(all, g)
	}
	return all
}

// Shown is what a run wrote of single samples and of its errors.
type Shown struct {
	Confusion   []task.ConfusionCounts
	Reliability []task.Reliability
	Errors      []task.Errors
	Cases       []task.Cases
}

// Read reads the runs of directories. The run of a study's directory is that of its best trial.
func Read(ctx context.Context, dirs []string, o Options) (*Page, error) {
	p := &Page{Options: o}
	for i, dir := range dirs {
		s, err := readStudy(dir, o.Language)
		if err != nil {
			return nil, err
		}
		from := dir
		if s != nil {
			from = filepath.Join(dir, study.BestDir)
		}
		r, err := p.read(ctx, from)
		if err != nil {
			return nil, err
		}
		r.ID, r.Name, r.Study = fmt.Sprintf("run%d", i+1), filepath.Base(dir), s
		p.Runs = append(p.Runs, r)
	}
	p.Title = p.Runs[0].Name
	if len(p.Runs) == 1 {
		return p, nil
	}
	p.Title = chart.Sprintf("%d runs", len(p.Runs))
	p.Settings = differing(p.Runs)
	var compared []string
	for _, r := range p.Runs {
		compared = append(compared, r.Dir)
	}
	var err error
	if p.Comparison, err = run.Compare(ctx, compared, o.CompareOptions); err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		p.Incomparable = err.Error()
	}
	return p, nil
}

func (p *Page) read(ctx context.Context, dir string) (*Run, error) {
	e, report, err := run.ReadFinished(dir)
	if err != nil {
		return nil, err
	}
	r := &Run{Dir: dir, language: p.Language, Report: report, Seed: e.Seed, settings: run.Settings(e)}
	text, err := os.ReadFile(filepath.Join(dir, run.ExperimentFile))
	if err != nil {
		return nil, file.OpenError(dir, err)
	}
	r.Experiment = string(text)
	if r.Inputs, err = run.ReadInputs(dir); err != nil {
		return nil, err
	}
	if r.History, err = ReadHistory(filepath.Join(dir, run.HistoryFile)); err != nil {
		return nil, err
	}
	b, err := bundle.Open(filepath.Join(dir, run.ModelFile))
	if err != nil {
		return nil, err
	}
	r.Summary, r.Given = b.Model.Summary(), given(b.Model, report.Rows[task.Train])
	if err := r.Shown.read(&report.Findings); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, run.MetricsFile), err)
	}
	if err := r.pictures(); err != nil {
		return nil, err
	}
	if r.Diagnosis, err = diagnose.Read(dir); err != nil {
		return nil, err
	}
	return r, p.describe(ctx, r, e)
}

// describe adds the report on the data; where they cannot be read any more, the page says why.
func (p *Page) describe(ctx context.Context, r *Run, e *spec.File) error {
	if p.NoData {
		return nil
	}
	e.AllowNetwork = p.AllowNetwork
	prepared, err := run.Prepare(ctx, e)
	if err == nil {
		r.Data, err = prepared.Describe()
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		r.NoData = err.Error()
	}
	return nil
}

// read reads the sections of the findings.
func (s *Shown) read(f *task.Findings) error {
	for key, to := range map[string]any{task.ConfusionKey: &s.Confusion, task.ReliabilityKey: &s.Reliability,
		task.ErrorsKey: &s.Errors, task.CasesKey: &s.Cases} {
		raw, ok := f.Sections[key].(json.RawMessage)
		if !ok {
			continue
		}
		if err := json.Unmarshal(raw, to); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	for _, c := range s.Confusion {
		if err := (chart.Confusion{Classes: c.Classes, Counts: c.Counts}).Check(); err != nil {
			return err
		}
	}
	for _, c := range s.Cases {
		for _, x := range slices.Concat(c.Worst, c.Typical) {
			if g := x.Picture; g != nil && (g.Width < 1 || len(g.Values) == 0 || len(g.Values)%g.Width != 0) {
				return fmt.Errorf("%s: %d pixels in rows of %d", task.CasesKey, len(g.Values), g.Width)
			}
			if o := x.Course; o != nil && (len(o.Forecast) == 0 || len(o.Forecast) != len(o.Observed)) {
				return fmt.Errorf("%s: %d forecast steps and %d observed ones", task.CasesKey, len(o.Forecast),
					len(o.Observed))
			}
		}
	}
	for _, e := range s.Errors {
		if len(e.Observed) == 0 || len(e.Observed) != len(e.Predicted) {
			return fmt.Errorf("%s: %d observed numbers and %d predicted ones", task.ErrorsKey, len(e.Observed),
				len(e.Predicted))
		}
	}
	return nil
}

// differing returns the settings in which runs differ, in the order of their paths.
func differing(runs []*Run) []Setting {
	var paths []string
	for _, r := range runs {
		for path := range r.settings {
			if !slices.Contains(paths, path) {
				paths = append(paths, path)
			}
		}
	}
	slices.Sort(paths)
	var out []Setting
	for _, path := range paths {
		s := Setting{Path: path}
		same := true
		for _, r := range runs {
			v, ok := r.settings[path]
			if !ok {
				v = "—"
			}
			same = same && (len(s.Values) == 0 || s.Values[0] == v)
			s.Values = append(s.Values, v)
		}
		if !same && !under(out, path) {
			out = append(out, s)
		}
	}
	return out
}

// under reports whether a setting above a path has been listed with its whole value.
func under(listed []Setting, path string) bool {
	return slices.ContainsFunc(listed, func(s Setting) bool { return strings.HasPrefix(path, s.Path+".") })
}
