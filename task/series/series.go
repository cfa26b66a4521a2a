// Package series is the task of series: rows of a table are steps in time, a sample is a window of
// steps, and the network predicts what follows the window.
package series

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"gorae/config"
	"gorae/data"
	"gorae/data/series"
	"gorae/task"
)

func init() { task.Register(Task{}) }

const name = "series"

// Task is the task of series.
type Task struct{}

// Section is the keys of the data section for series.
type Section struct {
	Series *Series `keras:"series"` // nil: rows are samples of their own
}

// Series says how the steps become windows and what of them is predicted. data/series has the meaning of
// each key.
type Series struct {
	Window  int  `keras:"window,min=1,what=number of steps"` // steps that the network sees
	Horizon int  `keras:"horizon,min=1,what=number of steps"`
	Steps   int  `keras:"steps,min=1,what=number of steps"`
	Stride  int  `keras:"stride,min=1,what=number of steps"`
	Every   bool `keras:"every"` // predict from each step of a window
	// Context lets the windows of the validation and the test part begin in the steps before the part, of which they
	// predict none; true where a part would else have less than half of the windows that end in it.
	Context  *bool    `keras:"context"`
	Features []string `keras:"features"`
	Targets  []string `keras:"targets"`
	// Transform of each column; where none is given, difference for columns whose level wanders in the training steps.
	Transform map[string]string `keras:"transform,oneof=none|log|difference|log_return|seasonal|trend"`
	Scale     string            `keras:"scale,oneof=zscore|minmax|none"`
	// WindowScale normalises each window by itself, and undoes it for what is predicted: last takes the last value off,
	// mean the mean, zscore divides by the standard deviation besides. Of columns that are learnt as differences
	// nothing is taken off.
	WindowScale string   `keras:"window_scale,oneof=none|last|mean|zscore"`
	Calendar    []string `keras:"calendar"`
	Season      int      `keras:"season,min=2,what=number of steps"`
	Sort        bool     `keras:"sort"`
	Repeated    string   `keras:"repeated,oneof=first|last"`
	Gaps        string   `keras:"gaps,oneof=bridge|break"`
	Fill        string   `keras:"fill,oneof=previous|linear|zero"`
}

// share is the share of the steps for validation, and for test, where the experiment does not say it.
const share = 0.15

// Name implements task.Task.
func (Task) Name() string { return name }

// Section implements task.Task.
func (Task) Section() any { return &Section{} }

// Detect takes what the experiment calls a series, by the key series.
func (Task) Detect(in *task.Input) (task.Score, error) {
	if task.Section[Section](in, name).Series != nil && !in.Source.Folder {
		return task.Typical, nil
	}
	return task.None, nil
}

// Prepare splits the steps of in into spans of time, fits scales to the training span, and cuts each span into windows.
// The split comes first, so that nothing fitted depends on validation or test steps, and no two parts share a step but
// those that windows of a later part begin with (Series.Context).
func (Task) Prepare(_ context.Context, in *task.Input) (*task.Prepared, error) {
	frame, spec, err := read(in)
	if err != nil {
		return nil, err
	}
	spans, err := split(in, frame)
	if err != nil {
		return nil, err
	}
	open := task.Section[Section](in, name).Series.Context == nil
	fit, err := task.Once(in, "fit", func() (*fitting, error) { return newFitting(frame, spec, spans, open) })
	if err != nil {
		return nil, err
	}
	fitted := fit.Fitted
	in.Guesses, in.Notes = append(in.Guesses, fit.guesses...), append(in.Notes, fit.notes...)
	p := &problem{name: in.Name, fitted: &Fitted{Fitted: fitted, CSV: in.Spec.Data.CSV()}}
	out := &task.Prepared{Fitted: p.fitted, Problem: p}
	if err := p.cut(frame, spans, out); err != nil {
		return nil, err
	}
	p.recipe(in)
	if note := p.all.Frame.MissingNote(p.all.Fitted.Spec.Fill); note != "" {
		in.Notes = append(in.Notes, note)
	}
	if note := p.all.FilledNote(); note != "" {
		in.Notes = append(in.Notes, note)
	}
	task.Section[Section](in, name).Series.resolve(in, &fitted.Spec)
	if in.Test != nil {
		if err = p.test(in.Test, out); err != nil {
			return nil, err
		}
		if note := p.windows[task.Test].of.FilledNote(); note != "" {
			in.Notes = append(in.Notes, note)
		}
	}
	return out, nil
}

// fitting is what is fitted to the training span, with what there is to say of it.
type fitting struct {
	*series.Fitted
	guesses []data.Guess
	notes   []string
}

// newFitting fits the scales, and settles what spec leaves open: how the columns are learnt, their season and calendar,
// and with openContext where the windows of later parts begin.
func newFitting(frame *series.Frame, spec series.Spec, spans [3]series.Span, openContext bool) (*fitting, error) {
	out := &fitting{}
	plain := spec.WindowScale == "" || spec.WindowScale == "none"
	if spec.Transform == nil && spec.Scale != "none" && plain { // nothing is said of how the numbers are to be learnt
		spec.Transform, out.guesses = series.Wandering(frame, spec.Columns, spans[task.Train])
		if spec.Transform == nil && spec.WindowScale == "" {
			if said, ok := inDoubt(frame, &spec, spans[task.Train]); ok {
				spec.WindowScale = "last"
				out.guesses = append(out.guesses, said...)
			}
		}
	}
	fitted, err := series.Fit(frame, spec, spans[task.Train])
	if err != nil {
		return nil, config.Under("data", err)
	}
	if cycles := fitted.Cycles(frame.Stamps); spec.Calendar == nil && cycles != nil {
		spec.Calendar = cycles
		if fitted, err = series.Fit(frame, spec, spans[task.Train]); err != nil {
			return nil, config.Under("data", err)
		}
	}
	out.guesses = append(out.guesses, fitted.Guesses()...)
	out.notes = fitted.Notes(frame, spans[task.Train])
	if openContext {
		fitted.Spec.Context = short(&fitted.Spec, spans)
	}
	out.Fitted = fitted
	return out, nil
}

// read returns the steps of in.Source, in the order of time, and the specification of their windows.
func read(in *task.Input) (*series.Frame, series.Spec, error) {
	t, err := table(in.Source)
	if err != nil {
		return nil, series.Spec{}, err
	}
	if err := in.Take(t); err != nil {
		return nil, series.Spec{}, err
	}
	if err := settle(in, t); err != nil {
		return nil, series.Spec{}, err
	}
	s := task.Section[Section](in, name).Series
	spec := s.spec(in.Spec.Data.Time)
	spec.Quantiles = in.Spec.Data.Quantiles
	spec.Wanted = union(s.Features, s.Targets)
	frame, err := task.OnceForData(in, "steps", func() (*series.Frame, error) {
		return series.FromTable(t, spec.Reading)
	})
	if err != nil {
		return nil, series.Spec{}, config.Under("data", err)
	}
	in.Notes, in.Guesses = append(in.Notes, frame.Notes...), append(in.Guesses, frame.Guesses...)
	spec.Format, spec.Rule = frame.Format(), frame.Rule()
	if spec.Window == 0 {
		spec.Window = window(frame)
	}
	return frame, spec, nil
}

// split returns the spans of the parts, and sets the keys of the section split.
func split(in *task.Input, f *series.Frame) (spans [3]series.Span, err error) {
	validation, test, err := in.Shares(share, in.Test != nil)
	if err != nil {
		return spans, err
	}
	in.Spec.Split.By = "time"
	for part := range in.Dependence {
		in.Dependence[part].Serial = true
	}
	steps := f.Len()
	if in.Spec.Split.Folds > 0 {
		steps, validation, test = in.Forward(steps, validation)
	}
	spans[task.Train], spans[task.Validation], spans[task.Test], err = f.Spans(steps, validation, test)
	return spans, err
}

// short reports whether a part after the training part would have less than half of the windows that end in it, if they
// had to begin there too.
func short(s *series.Spec, spans [3]series.Span) bool {
	ends := s.Horizon + s.Steps - 1 // steps from a window's end to its last target
	for _, of := range spans[task.Train+1:] {
		if n := of.To - of.From; n > 0 && n-(s.Window+ends)+1 < (n-ends)/2 {
			return !s.Every
		}
	}
	return false
}

// cut sets the windows of p and the parts of out to the windows that lie within each span.
func (p *problem) cut(f *series.Frame, spans [3]series.Span, out *task.Prepared) (err error) {
	if p.all, err = p.fitted.On(f); err != nil {
		return config.Under("data", err)
	}
	parts, err := p.all.Parts(spans[task.Train], spans[task.Validation], spans[task.Test])
	if err != nil {
		return err
	}
	p.train = parts[task.Train]
	var rows [3][]int
	for i, part := range parts {
		if rows[i] = part.Rows; part.Len() > 0 {
			p.windows[i] = windows{p.all, part}
		}
	}
	out.SetParts(series.Levelled{Problem: p.all}, rows)
	return nil
}

// test sets the windows of p and the part Test of out to all windows of a test set in a file of its own.
func (p *problem) test(s *task.Source, out *task.Prepared) error {
	src, err := s.Read()
	if err != nil {
		return err
	}
	own, err := p.fitted.problem(s, src)
	if err != nil {
		return s.Errorf("%v", err)
	}
	p.windows[task.Test] = windows{own, data.Subset{Dataset: own, Rows: data.Range(own.Len())}}
	out.Parts[task.Test] = series.Levelled{Problem: own}
	return nil
}

// table returns the table of a source.
func table(s *task.Source) (*data.Table, error) {
	src, err := s.Read()
	if err != nil {
		return nil, err
	}
	if src.Table == nil {
		return nil, s.Errorf("%s holds no table; a series is read from rows of columns, in the order of time", s.Name)
	}
	return src.Table, nil
}

// spec returns the same in the terms of package data/series.
func (s *Series) spec(time []string) series.Spec {
	out := series.Spec{
		Reading: series.Reading{Time: time, Sort: s.Sort, Repeated: s.Repeated, Gaps: s.Gaps, Fill: s.Fill},
		Window:  s.Window, Horizon: s.Horizon, Steps: s.Steps, Stride: s.Stride, Every: s.Every,
		Features: s.Features, Targets: s.Targets, Transform: s.Transform, Scale: s.Scale, WindowScale: s.WindowScale,
		Calendar: s.Calendar,
		Season:   s.Season, Context: s.Context != nil && *s.Context,
	}
	if len(s.Features) > 0 && len(s.Targets) > 0 {
		out.Columns = union(s.Features, s.Targets)
	}
	return out
}

// union returns the names of a, and behind them those of b that are not among them.
func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, name := range b {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// settle sets the columns of the time and of the targets, by their names, and returns an error for keys that do not
// apply to a series.
func settle(in *task.Input, t *data.Table) error {
	d := &in.Spec.Data
	s := task.Section[Section](in, name).Series
	switch {
	case d.Given("features"):
		return task.Errorf("data.features", "the columns of a series are named under series: {features: […]}, scaled "+
			"by series: {scale: zscore}")
	case d.Given("inputs"):
		return task.Errorf("data.inputs", "a series has one input; leave it out")
	case d.Task != "" && d.Task != "regression":
		return task.Errorf("data.task", "%s, but a series predicts numbers; leave it out", d.Task)
	case d.Scale != "":
		return task.Errorf("data.target_scale", "the columns of a series are scaled by series: {scale: zscore}")
	case d.Labels != "":
		return task.Errorf("data.labels", "the targets of a series are its own columns; name them by series: "+
			"{targets: […]}")
	case in.Spec.Split.By != "" && in.Spec.Split.By != "time":
		return task.Errorf("split.by", "%s would let the network learn from the future of what it is evaluated on; a "+
			"series is split by time", in.Spec.Split.By)
	case len(d.Target) > 0 && len(s.Targets) > 0:
		return task.Errorf("data.target", "%s, but series.targets names %s; leave one out",
			strings.Join(d.Target, ", "), strings.Join(s.Targets, ", "))
	}
	if len(d.Time) == 0 {
		var err error
		if d.Time, err = series.TimeColumns(t); err != nil {
			return task.Errorf("data.source", "%s; or name the column of the time: data: {time: COLUMN}", err)
		} else if len(d.Time) == 0 {
			in.Note("%s: no column of times is named, so rows are taken to follow each other evenly; data.time names "+
				"one", t.Name)
		}
	}
	targets, path := s.Targets, "data.series.targets"
	if len(d.Target) > 0 {
		targets, path = d.Target, "data.target"
	}
	for _, c := range []struct {
		path  string
		names []string
	}{{"data.time", d.Time}, {path, targets}, {"data.series.features", s.Features}} {
		if err := byName(t, c.path, c.names); err != nil {
			return err
		}
	}
	s.Targets = targets
	var how map[string]string
	for _, w := range slices.Sorted(maps.Keys(s.Transform)) {
		column := []string{w}
		if err := byName(t, "data.series.transform."+config.Step(w), column); err != nil {
			return err
		}
		if how == nil {
			how = map[string]string{}
		}
		how[column[0]] = s.Transform[w]
	}
	s.Transform = how
	return nil
}

// byName puts the names of columns in place of other words for them.
func byName(t *data.Table, path string, words []string) error {
	for i, w := range words {
		c, err := t.Column(w)
		if err != nil {
			return task.Errorf(path, "%s", err)
		}
		words[i] = c.Name
	}
	return nil
}

// mostOfWindow is the longest season of which a window has two where nothing is said.
const mostOfWindow = 48

// inDoubt is series.InDoubt of the targets, where the window has their last values.
func inDoubt(f *series.Frame, spec *series.Spec, learn series.Span) ([]data.Guess, bool) {
	targets := spec.Targets
	if targets == nil {
		targets = f.Names
	}
	for _, name := range targets {
		if spec.Features != nil && !slices.Contains(spec.Features, name) {
			return nil, false
		}
	}
	if spec.Every {
		return nil, false
	}
	return series.InDoubt(f, targets, learn)
}

// window returns the steps that a network sees where nothing is said: two short seasons, and not more than a quarter of
// the series, or else 32, and not more than an eighth.
func window(f *series.Frame) int {
	if s := f.Stamps.Season(); s > 0 && s <= mostOfWindow {
		return max(1, min(2*s, f.Len()/4))
	}
	return max(1, min(32, f.Len()/8))
}

// resolve writes down how the series is cut.
func (s *Series) resolve(in *task.Input, fitted *series.Spec) {
	s.Window, s.Horizon, s.Steps, s.Stride = fitted.Window, fitted.Horizon, fitted.Steps, fitted.Stride
	s.Features, s.Scale, s.Season = fitted.Features, fitted.Scale, fitted.Season
	s.WindowScale = fitted.WindowScale
	s.Transform, s.Calendar = fitted.Transform, fitted.Calendar
	s.Targets = fitted.Targets
	if s.Context == nil && fitted.Context {
		s.Context = &fitted.Context
	}
	if d := &in.Spec.Data; len(d.Target) > 0 {
		d.Target, s.Targets = fitted.Targets, nil
	}
}

// Restore implements task.Task.
func (Task) Restore(b json.RawMessage) (task.Fitted, error) {
	f := &Fitted{}
	if err := json.Unmarshal(b, f); err != nil {
		return nil, err
	}
	if f.Fitted == nil {
		return nil, errors.New("the windows of the series are missing")
	}
	if err := f.Baselines.Check(&f.Spec); err != nil {
		return nil, err
	}
	return f, nil
}
