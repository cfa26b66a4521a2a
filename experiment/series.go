package experiment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gorae/config"
	"gorae/data"
	"gorae/data/series"
	"gorae/internal/yamltree"
	"gorae/loss"
	"gorae/metric"
	"gorae/tensor"
)

// Series says how the rows of a table, steps in time, become windows and what of them is foretold:
// series.Spec as an experiment file writes it.
type Series struct {
	Window    int               `keras:"window,min=1,what=number of steps"` // steps that the network sees
	Horizon   int               `keras:"horizon,min=1,what=number of steps"`
	Steps     int               `keras:"steps,min=1,what=number of steps"`
	Stride    int               `keras:"stride,min=1,what=number of steps"`
	Every     bool              `keras:"every"` // foretell from each step of a window
	Features  []string          `keras:"features"`
	Targets   []string          `keras:"targets"`
	Transform map[string]string // by column: none, log, difference, log_return, seasonal
	Scale     string            `keras:"scale,oneof=zscore|minmax|none"`
	Calendar  []string          `keras:"calendar"`
	Season    int               `keras:"season,min=2,what=number of steps"`
	Sort      bool              `keras:"sort"`
	Repeated  string            `keras:"repeated,oneof=first|last"`
	Gaps      string            `keras:"gaps,oneof=bridge|break"`
	Fill      string            `keras:"fill,oneof=previous|linear|zero"`
}

// spec is the same in package series' terms.
func (s *Series) spec(time []string) series.Spec {
	out := series.Spec{
		Reading: series.Reading{Time: time, Sort: s.Sort, Repeated: s.Repeated, Gaps: s.Gaps, Fill: s.Fill},
		Window:  s.Window, Horizon: s.Horizon, Steps: s.Steps, Stride: s.Stride, Every: s.Every,
		Features: s.Features, Targets: s.Targets, Transform: s.Transform, Scale: s.Scale, Calendar: s.Calendar, Season: s.Season,
	}
	if len(s.Features) > 0 && len(s.Targets) > 0 {
		out.Columns = slices.Clone(s.Features)
		for _, t := range s.Targets {
			if !slices.Contains(out.Columns, t) {
				out.Columns = append(out.Columns, t)
			}
		}
	}
	return out
}

// FittedSeries is what a model file knows of its series: how its windows are made, and the linear
// autoregression of the learning span, beside which forecasts of other files are judged.
type FittedSeries struct {
	*series.Fitted
	Linear *series.Autoregression `json:"linear,omitempty"`
}

// UnmarshalJSON reads both.
func (s *FittedSeries) UnmarshalJSON(b []byte) error {
	var rest struct {
		Linear *series.Autoregression `json:"linear"`
	}
	if err := json.Unmarshal(b, &rest); err != nil {
		return err
	}
	s.Fitted, s.Linear = &series.Fitted{}, rest.Linear
	return json.Unmarshal(b, s.Fitted)
}

// seriesKind is a table whose rows are steps in time.
var seriesKind = kind{
	keys:   []string{"series"},
	decode: (*Experiment).decodeSeries,
	of: func(r *Ready, o *origin) (form, error) {
		if r.Data.Series == nil {
			return nil, nil
		}
		src, err := o.read()
		if err != nil {
			return nil, err
		}
		if src.Table == nil {
			return nil, r.mistake("data.source", "%s holds no table; a series is read from rows of columns, in time's order", o.path)
		}
		return &seriesForm{table: src.Table}, nil
	},
	member: "series",
	applied: func(r *Recipe) applied {
		if r.Series == nil {
			return nil
		}
		return appliedSeries{r}
	},
}

func (e *Experiment) decodeSeries() error {
	n := e.tree.At("data.series")
	if n == nil {
		return nil
	}
	s := &Series{}
	m, err := e.section("data.series", "transform")
	if err != nil {
		return err
	}
	if err := e.unknown("data.series", m, s, "transform"); err != nil {
		return err
	}
	e.Data.Series = s
	how := given(n, "transform")
	if how == nil {
		return nil
	}
	if how.Kind != yamltree.Map {
		return e.mistake("data.series.transform", "%s is no map of columns; write for example {Close: log_return}", brief(how))
	}
	s.Transform = map[string]string{}
	for i, k := range how.Keys {
		word, ok := how.Values[i].Value.(string)
		if !ok || !slices.Contains(series.Transforms, word) {
			return e.mistake("data.series.transform."+strings.ReplaceAll(k.Name, ".", `\.`), "%s is no transform%s; give one of %s",
				brief(how.Values[i]), config.DidYouMean(word, series.Transforms), strings.Join(series.Transforms, ", "))
		}
		s.Transform[k.Name] = word
	}
	return nil
}

type seriesForm struct {
	table *data.Table
	all   *series.Problem
	learn data.Subset
	// judged are the windows of the test span, of a test set apart, or else of the validation span.
	judged data.Subset
	on     *series.Problem // whose windows they are
	part   string
}

// open cuts the series in windows: spans of time are parted first, so that what
// is fitted to the learning span has seen nothing of the others, and no two parts share a step.
func (f *seriesForm) open(r *Ready) (samples, error) {
	fail := func(err error) (samples, error) { return samples{}, err }
	t := f.table
	r.Notes = append(r.Notes, t.Notes...)
	if err := r.seriesKeys(t); err != nil {
		return fail(err)
	}
	spec := r.Data.Series.spec(r.Data.Time)
	frame, err := series.FromTable(t, spec.Reading)
	if err != nil {
		return fail(r.seriesError(err))
	}
	r.Notes = append(r.Notes, frame.Notes...)
	if spec.Window == 0 {
		spec.Window = window(frame)
	}
	validation, test, err := r.shares()
	if err != nil {
		return fail(err)
	}
	r.Split.By = "time"
	r.put("split", "by", "time")
	r.tree.Put("seed", int(r.Seed))
	learn, val, hold, err := frame.Spans(validation, test)
	if err != nil {
		return fail(r.seriesError(err))
	}
	fitted, err := series.Fit(frame, spec, learn)
	if err != nil {
		return fail(r.seriesError(err))
	}
	if f.all, err = fitted.On(frame); err != nil {
		return fail(r.seriesError(err))
	}
	parts, err := f.all.Parts(learn, val, hold)
	if err != nil {
		return fail(r.seriesError(err))
	}
	r.Recipe.Series, r.Recipe.CSV = &FittedSeries{Fitted: fitted}, r.Data.CSV()
	r.putSeries(&fitted.Spec)
	s := samples{x: series.Levelled{Problem: f.all}, noun: "windows", shape: f.all.Spec().Inputs[0].Shape.Clone()}
	for i, p := range parts {
		s.parts[i] = p.Rows
	}
	f.learn, f.judged, f.on, f.part = parts[0], parts[2], f.all, "test"
	if r.Data.Test != nil {
		if s.apart, err = f.apart(r); err != nil {
			return fail(err)
		}
	}
	if f.judged.Len() == 0 {
		f.judged, f.part = parts[1], "validation"
	}
	return s, nil
}

// apart is the windows of a test series in a file of its own.
func (f *seriesForm) apart(r *Ready) (*samples, error) {
	o, err := r.origin("data.test.source", r.Data.Test.Source, "")
	if err != nil {
		return nil, err
	}
	src, err := o.read()
	if err != nil {
		return nil, err
	}
	if f.on, err = r.Recipe.Series.problem(src); err != nil {
		return nil, r.mistake("data.test.source", "%s", err)
	}
	f.judged = data.Subset{Dataset: f.on, Rows: counted(f.on.Len())}
	return &samples{x: series.Levelled{Problem: f.on}, shape: f.on.Spec().Inputs[0].Shape.Clone()}, nil
}

func counted(n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	return rows
}

// seriesKeys settles which columns are the time and the targets, and refuses keys that mean
// nothing for a series.
func (r *Ready) seriesKeys(t *data.Table) error {
	own := *r.Data.Series // the experiment may be opened again
	own.Features, own.Targets = slices.Clone(own.Features), slices.Clone(own.Targets)
	s := &own
	r.Data.Series, r.Data.Time = s, slices.Clone(r.Data.Time)
	switch {
	case r.Data.Features != nil || r.Data.Array != "":
		return r.misplaced("data.features", true, "the columns of a series are named under series: {features: […]}, scaled by series: {scale: zscore}")
	case r.Data.Task != "" && r.Data.Task != "regression":
		return r.mistake("data.task", "%s, but a series foretells figures; leave it out", r.Data.Task)
	case r.Data.Scale != "":
		return r.misplaced("data.target_scale", true, "the columns of a series are scaled by series: {scale: zscore}")
	case r.Data.Labels != "":
		return r.misplaced("data.labels", true, "the targets of a series are its own columns; name them by series: {targets: […]}")
	case r.Split.By != "" && r.Split.By != "time":
		return r.mistake("split.by", "%s would let the network learn from the future of what it is judged by; a series is split by time", r.Split.By)
	case r.Data.Target != "" && len(s.Targets) > 0:
		return r.mistake("data.target", "%s, but series.targets names %s; leave one out", r.Data.Target, strings.Join(s.Targets, ", "))
	}
	if len(r.Data.Time) == 0 {
		var err error
		if r.Data.Time, err = series.TimeColumns(t); err != nil {
			return r.mistake("data.source", "%s; or name the column of the time: data: {time: COLUMN}", err)
		} else if len(r.Data.Time) > 0 {
			r.put("data", "time", short(r.Data.Time))
		} else {
			r.Notes = append(r.Notes, t.Name+": no column of times is named, so rows are taken to follow each other evenly; data.time names one")
		}
	}
	if r.Data.Target != "" {
		s.Targets = []string{r.Data.Target}
	}
	// From here on columns go by their names.
	name := func(path string, words []string) error {
		for i, w := range words {
			c, err := t.Column(w)
			if err != nil {
				return r.mistake(path, "%s", err)
			}
			words[i] = c.Name
		}
		return nil
	}
	targets := "data.series.targets"
	if r.Data.Target != "" {
		targets = "data.target"
	}
	for _, p := range []struct {
		path  string
		words []string
	}{{"data.time", r.Data.Time}, {targets, s.Targets}, {"data.series.features", s.Features}} {
		if err := name(p.path, p.words); err != nil {
			return err
		}
	}
	if r.Data.Target != "" {
		r.Data.Target = s.Targets[0]
		r.put("data", "target", r.Data.Target)
	}
	how := map[string]string{}
	for _, w := range slices.Sorted(maps.Keys(s.Transform)) {
		column := []string{w}
		if err := name("data.series.transform."+strings.ReplaceAll(w, ".", `\.`), column); err != nil {
			return err
		}
		how[column[0]] = s.Transform[w]
	}
	s.Transform = how
	return nil
}

// short is a list, or the word of a list of one.
func short(words []string) any {
	if len(words) == 1 {
		return words[0]
	}
	return words
}

// window is the steps that a network sees where nothing is said: two seasons, or 32, and
// not more than an eighth of the series.
func window(f *series.Frame) int {
	n := 32
	if s := f.Stamps.Season(); s > 0 {
		n = 2 * s
	}
	return max(1, min(n, f.Len()/8))
}

// seriesError is a mistake of package series at its key, if the file names it.
func (r *Ready) seriesError(err error) error {
	var e *config.Error
	if !errors.As(err, &e) || e.Path == "" {
		return r.misplaced("data.series", true, err.Error())
	}
	if e.Path == "split" {
		return r.misplaced("split", true, e.Text())
	}
	path := config.Join("data", e.Path)
	if r.tree.At(path) == nil {
		path = "data.series"
	}
	return r.mistake(path, "%s", e.Text())
}

// putSeries writes down how the series is cut.
func (r *Ready) putSeries(s *series.Spec) {
	n := r.tree.At("data.series")
	if n.Kind != yamltree.Map {
		n = &yamltree.Node{Kind: yamltree.Map}
		r.put("data", "series", n)
	}
	for _, p := range []struct {
		key   string
		value int
	}{{"window", s.Window}, {"horizon", s.Horizon}, {"steps", s.Steps}, {"stride", s.Stride}} {
		n.Put(p.key, p.value)
	}
	n.Put("features", s.Features)
	if r.Data.Target == "" {
		n.Put("targets", s.Targets)
	}
	n.Put("scale", s.Scale)
	if s.Season > 0 {
		n.Put("season", s.Season)
	}
}

// network is one LSTM of 32 units and an output for each step of each target.
func (f *seriesForm) network(r *Ready, _ samples) *yamltree.Node {
	n := &yamltree.Node{Kind: yamltree.List}
	lstm := yamltree.Pairs("units", 32)
	if r.Recipe.Series.Spec.Every {
		lstm.Put("return_sequences", true)
	}
	n.Values = append(n.Values, yamltree.Pairs("lstm", lstm), yamltree.Pairs("dense", yamltree.Pairs("units", len(r.Recipe.Series.Targets))))
	return n
}

// fits wants steps × targets outputs, flat or as two axes; with every for each step of the window.
func (f *seriesForm) fits(r *Ready, out tensor.Shape, place string) error {
	s := r.Recipe.Series.Spec
	k := len(r.Recipe.Series.Targets)
	if s.Every {
		if len(out) == 3 && out[1] == s.Window && out[2] == k {
			return nil
		}
		return r.mistake(place, "the model gives %v for a window, but %v is wanted (series.every: %s from each step); give recurrent layers return_sequences: true, and end with dense: %d",
			tensor.Shape(out[1:]), tensor.Shape{s.Window, k}, plural(k, "figure"), k)
	}
	if len(out) == 2 && out[1] == k || len(out) == 3 && out[1] == s.Steps && out[2] == len(s.Targets) {
		return nil
	}
	what := plural(len(s.Targets), "target")
	if s.Steps > 1 {
		what = plural(s.Steps, "step") + " of " + what
	}
	if len(out) > 2 {
		return r.mistake(place, "the model gives %v for a window, but %v is wanted (%s); end with a recurrent layer without return_sequences, or flatten, and dense: %d",
			tensor.Shape(out[1:]), tensor.Shape{k}, what, k)
	}
	return r.mistake(place, "%s, but %s: give %d", plural(out[1], "output"), what, k)
}

func (f *seriesForm) loss(*Ready) string { return "mean_squared_error" }

// metrics has no r2: next to the variance of a level that wanders, any forecast looks good.
func (f *seriesForm) metrics(*Ready) []string { return []string{"rmse", "mae"} }

func (f *seriesForm) agrees(r *Ready) error {
	s := r.Recipe.Series
	if r.Train.Truncate > 0 && !s.Spec.Every {
		return r.mistake("train.truncate", "%d, but a window is judged by its last step alone, which chunks before it do not reach; give data.series.every: true", r.Train.Truncate)
	}
	if loss.TraitsOf(r.Train.Loss).Targets.Classes() {
		return r.mistake("train.loss", "%s is for classes, but a series foretells figures; give mean_squared_error", wordOf(r.Train.Loss))
	} else if rawByLoss(r.Train.Loss) && (s.Spec.Scale != "none" || slices.ContainsFunc(s.Units(), func(u series.Unit) bool { return u.Gain || u.Log })) {
		return r.mistake("train.loss", "%s is for figures as they are, but the targets are scaled or transformed; give data.series.scale: none", wordOf(r.Train.Loss))
	}
	n := r.tree.At("train.metrics")
	for i, m := range r.Train.Metrics {
		if metric.TraitsOf(m.Metric).Targets.Classes() {
			path := elementPath("train.metrics", n, i)
			return r.mistake(path, "%s is for classes, but a series foretells figures; give rmse or mae", nameOf(r.tree.At(path)))
		}
	}
	return nil
}

func (f *seriesForm) about(r *Ready) string {
	s := r.Recipe.Series.Spec
	ahead := plural(s.Horizon, "step") + " ahead"
	if s.Steps > 1 {
		ahead = fmt.Sprintf("%d to %d steps ahead", s.Horizon, s.Horizon+s.Steps-1)
	}
	return strings.Join(s.Targets, ", ") + " (" + ahead + ")"
}

// finish judges the network beside the baselines on the test span, tests its errors, and draws both.
func (f *seriesForm) finish(ctx context.Context, r *Ready, dir string, p *Report) error {
	linear, err := f.all.Autoregression(f.learn)
	if err != nil {
		return err
	}
	r.Recipe.Series.Linear = linear
	if err := mixed(&p.Remarks, f.all, f.learn, r.Recipe.Metrics); err != nil {
		return err
	}
	if f.judged.Len() == 0 {
		return nil
	}
	net, err := forecasts(ctx, r.Model, f.on, f.judged)
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		p.Words = append(p.Words, "the network was not judged beside the baselines: "+err.Error())
		return nil
	}
	if err := beside(&p.Remarks, f.on, f.judged, net, linear); err != nil {
		return err
	}
	p.Pictures = append(p.Pictures, forecastPicture)
	return r.drawForecasts(dir, f.on, net, f.part)
}
