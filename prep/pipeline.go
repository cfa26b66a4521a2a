package prep

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"gorae/config"
	"gorae/data"
	"gorae/internal/par"
	"gorae/prep/text"
)

// MaxLevels is the greatest number of different values of a text column that is one-hot encoded by default.
const MaxLevels = data.MaxLevels

// Pipeline is the fitted transforms of a table's columns. It is saved as JSON.
type Pipeline struct {
	Columns []Fitted `json:"columns"` // in the training table's order, the targets left out
	// Inputs are the named inputs of the network, in order; none: one input of all columns.
	Inputs  []Input  `json:"inputs,omitempty"`
	Width   int      `json:"width"`           // columns of the training table
	Targets []int    `json:"targets"`         // the targets' places among them
	Notes   []string `json:"notes,omitempty"` // what was decided without being asked, one line each
	// Uses is what the columns became where nothing was said about them, and which are dropped.
	Uses data.Uses `json:"uses,omitzero"`

	given   map[int]bool   // columns of which the experiment says something
	because map[int]string // why columns are dropped, beside what their values show
	fitted  []int          // the training rows of the table that was fitted to
}

// Input is a named input of a network and the columns that it is made of, in order. A column may be in several inputs.
type Input struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
}

// Columns are the targets, inputs and specs of a table's columns. Columns are named as data.Table.Find takes them.
type Columns struct {
	Targets []string
	Specs   map[string]Spec // by column; a column without one is inferred
	Inputs  []Input         // none: one input of all columns but the targets
	// Piecewise is the number of bins of columns of numbers of which no spec says anything; 0: none.
	Piecewise int
	// Bags makes a bag of prose that is all there is to learn from, up to MostBagged rows; else it becomes ids.
	Bags bool
	// Learnt are the fitted targets, for encodings by them (TargetMean).
	Learnt []*Target
	// Group is the column whose rows of one value are in one fold of such an encoding; "": each by itself.
	Group string
	// Seed is what folds and frequencies are drawn by.
	Seed uint64
}

// Fitted is one column's transform with its statistics.
type Fitted struct {
	Name     string `json:"name"`
	Position int    `json:"position"` // in the training table, from 0
	Spec     Spec   `json:"-"`        // complete: nothing left to infer; spec in JSON
	ID       bool   `json:"id,omitempty"`
	// Reading is how the column's text became values; nil of files that say nothing of it, where each table reads its
	// own way.
	Reading *data.Reading `json:"reading,omitempty"`

	// A number x becomes (f(x) − Shift) / Divisor, f being log1p or nothing, within the fence, or Curve of f(x) where
	// the scale is no straight line; where x is missing, Fill stands for it, or, with Spec.Impute "", the result is 0.
	Shift   float64 `json:"shift"`
	Divisor float64 `json:"divisor"`
	Curve   Map     `json:"-"` // curve in JSON; nil: the line
	Fill    float64 `json:"fill"`
	Fence   *Fence  `json:"fence,omitempty"`
	Bins    Bins    `json:"bins,omitempty"` // of Spec.Piecewise, of f(x)
	// Frequencies are those of Spec.Periodic, of the scaled number.
	Frequencies []float64 `json:"frequencies,omitempty"`

	Encoded Encoded `json:"-"` // of an encoded column; encoded in JSON

	Vocabulary *text.Vocabulary `json:"vocabulary,omitempty"` // of a column of text

	Saved // Spec, Curve and Encoded as JSON

	own [][]float32 // the features of the training rows, where they are their own
}

// Fit fits transforms to the rows of t that are trained on (nil: all rows). A column without a Spec is inferred by what
// its values show, as Spec says; what is dropped, or is in none of the inputs, stands in Uses. The targets are left
// out. A column with a transform and without any value in the training rows is an error.
func Fit(t *data.Table, rows []int, of Columns) (*Pipeline, error) {
	p := &Pipeline{Width: len(t.Columns), Targets: []int{}, given: map[int]bool{}, because: map[int]string{}}
	t, of, err := withCrosses(t, of)
	if err != nil {
		return nil, err
	}
	for _, target := range of.Targets {
		at, err := p.table(t).Find(target)
		if err != nil {
			return nil, config.Under("target", err)
		}
		if p.isTarget(at) {
			return nil, config.Errorf("target", "%s is named twice", t.Columns[at].Name)
		}
		p.Targets = append(p.Targets, at)
	}
	specs, err := p.requested(t, of.Specs)
	if err != nil {
		return nil, err
	}
	if err := p.assign(t, of.Inputs, specs); err != nil {
		return nil, err
	}
	all := rows == nil
	if all {
		rows = data.Range(t.Rows)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s: no rows to train on", t.Name)
	}
	if err := p.alone(t, specs); err != nil {
		return nil, err
	}
	train := t
	if !all {
		train = t.Select(rows)
	}
	p.choose(t, train, specs, of.Bags)
	for i := range train.Columns {
		if s := specs[i]; !p.isTarget(i) && !p.given[i] && s.bare() && train.Columns[i].Kind == data.Number {
			s.Piecewise = of.Piecewise
			specs[i] = s
		}
	}
	p.fitted = rows
	to, err := p.fitting(train, of, specs)
	if err != nil {
		return nil, err
	}
	fits := make([]fitting, len(train.Columns))
	par.Each(len(fits), func(i int) {
		if f := &fits[i]; !p.isTarget(i) {
			f.Fitted, f.note, f.err = fit(t, train, i, specs[i], to)
		}
	})
	for i, done := range fits {
		if p.isTarget(i) {
			continue
		}
		f := done.Fitted
		if done.err != nil {
			return nil, done.err
		}
		f.Position = i
		if err := f.save(); err != nil {
			return nil, err
		}
		if done.note != "" {
			p.Notes = append(p.Notes, f.Name+": "+done.note)
		}
		if f.Vocabulary != nil {
			p.Notes = append(p.Notes, f.textNote(p.given[i]))
		}
		if note := f.signNote(t, rows); note != "" {
			p.Notes = append(p.Notes, note)
		}
		p.Columns = append(p.Columns, f)
	}
	if empty, is := p.withoutFeatures(); is {
		if empty != "" {
			return nil, config.Errorf(inputPath(empty), "%s: every column of the input is dropped", t.Name).
				Fix("give at least one a transform with features")
		}
		e := config.Errorf("features", "%s: every column but the target is dropped", t.Name)
		for i := range train.Columns {
			if c := &train.Columns[i]; !p.isTarget(i) && c.Kind == data.Category && train.MayBeTime(c) {
				return nil, e.Fix("for a series give data: {time: %s, series: {}}, else give at least one a transform "+
					"with features", c.Name)
			}
		}
		return nil, e.Fix("give at least one a transform with features")
	}
	return p, p.check()
}

// fitting is a column that has been fitted.
type fitting struct {
	Fitted
	note string
	err  error
}

// table returns the table's own columns, without crossed ones.
func (p *Pipeline) table(t *data.Table) *data.Table {
	own := *t
	own.Columns = t.Columns[:p.Width]
	return &own
}

// fitting returns what encodings of the training rows are fitted to. Targets are encoded where some encoding needs
// them.
func (p *Pipeline) fitting(train *data.Table, of Columns, specs map[int]Spec) (Fitting, error) {
	in := Fitting{Seed: of.Seed}
	needed := false
	for _, s := range specs {
		needed = needed || encodes[TargetMean](s)
	}
	if !needed {
		return in, nil
	}
	if c, err := p.table(train).Column(of.Group); of.Group != "" && err == nil {
		if in.Groups = c.Groups(); slices.Contains(in.Groups, -1) {
			in.Groups = nil // a row without a group is one by itself
		}
	}
	for _, g := range of.Learnt {
		if err := in.add(train, g); err != nil {
			return in, config.Under("target", err)
		}
	}
	return in, nil
}

// featurePath and inputPath are the places of a column's spec and of an input in a configuration.
func featurePath(column string) string { return "features." + config.Step(column) }
func inputPath(name string) string     { return "inputs." + config.Step(name) }

// requested returns the specs by column, checked.
func (p *Pipeline) requested(t *data.Table, specs map[string]Spec) (map[int]Spec, error) {
	out := map[int]Spec{}
	for _, name := range slices.Sorted(maps.Keys(specs)) {
		at, err := t.Find(name)
		if err != nil {
			return nil, config.Errorf(featurePath(name), "%v", err).AtKey()
		}
		if p.isTarget(at) {
			return nil, config.Errorf(featurePath(name), "%s is the target", t.Columns[at].Name).
				Fix("leave it out of the features")
		}
		if _, twice := out[at]; twice {
			return nil, config.Errorf(featurePath(name), "%s is named twice", t.Columns[at].Name)
		}
		if err := specs[name].Valid(); err != nil {
			return nil, config.Under(featurePath(name), err)
		}
		out[at] = specs[name]
		p.given[at] = specs[name] != Spec{}
	}
	return out, nil
}

// isTarget reports whether the column at a place is a target.
func (p *Pipeline) isTarget(at int) bool { return slices.Contains(p.Targets, at) }

// TargetColumn returns the place of target k in the training table, −1 if there are not so many.
func (p *Pipeline) TargetColumn(k int) int {
	if k < 0 || k >= len(p.Targets) {
		return -1
	}
	return p.Targets[k]
}

// prepare completes what was fitted, or read from a file.
func (f *Fitted) prepare() {
	if c, is := f.Encoded.(interface{ prepare(*Fitted) }); is {
		c.prepare(f)
	}
}

// Levels returns the categories of a column that is encoded by them; nil for others.
func (f *Fitted) Levels() []string {
	if c, is := f.Encoded.(categorical); is {
		return c.levels()
	}
	return nil
}

// indexLevels returns the places of levels by data.Column.Level of a column of that reading. In a column of numbers a
// level is found by any spelling of it: 3 and 3.0 are one.
func indexLevels(levels []string, r *data.Reading) map[string]int {
	place := make(map[string]int, len(levels))
	for i, l := range levels {
		place[l] = i
	}
	if r != nil && r.Kind == data.Category {
		return place
	}
	numerals := data.Reading{Kind: data.Number}
	if r != nil {
		numerals.Numerals = r.Numerals
	}
	texts := data.Column{Kind: data.Category, Strings: levels, Missing: make([]bool, len(levels))}
	c := texts.As(numerals)
	for i := range levels {
		if l := c.Level(i); l != levels[i] {
			if _, taken := place[l]; !taken {
				place[l] = i
			}
		}
	}
	return place
}

// features returns the number of features that the column becomes.
func (f *Fitted) features() int {
	n := 0
	switch {
	case f.Spec.Drop:
		return 0
	case f.Vocabulary != nil:
		return f.Vocabulary.Width()
	case f.Encoded != nil:
		n = f.Encoded.Width()
	default:
		n = 1 + f.Bins.Len() + 2*len(f.Frequencies)
	}
	if f.Spec.Indicator {
		n++
	}
	return n
}

// FeatureNames names the features in order: "Age", "Sex=female", "Age missing". With several inputs they are those of
// the first input, then of the next.
func (p *Pipeline) FeatureNames() []string {
	var names []string
	for _, in := range p.inputs() {
		for _, f := range p.of(in.Columns) {
			names = append(names, f.names()...)
		}
	}
	return names
}

// names returns the names of the column's features.
func (f *Fitted) names() []string {
	var names []string
	switch {
	case f.Spec.Drop:
		return nil
	case f.Vocabulary != nil:
		return f.textNames()
	case f.Encoded != nil:
		names = f.Encoded.Names(f.Name)
	default:
		names = append(names, f.Name)
		for i := range f.Bins.Len() {
			names = append(names, f.Name+" "+f.Bins.name(i, f.Spec.Log1p))
		}
		for i := range f.Frequencies {
			names = append(names, fmt.Sprintf("%s sin %d", f.Name, i+1), fmt.Sprintf("%s cos %d", f.Name, i+1))
		}
	}
	if f.Spec.Indicator {
		names = append(names, f.Name+" missing")
	}
	return names
}

// textNames returns "review 1", "review 2", … for ids and "review=word" for bags.
func (f *Fitted) textNames() []string {
	v := f.Vocabulary
	names := make([]string, v.Width())
	for i := range names {
		if v.Spec.Ids() {
			names[i] = f.Name + " " + strconv.Itoa(i+1)
		} else {
			names[i] = f.Name + "=" + v.Token(int32(i+2))
		}
	}
	return names
}

// IDs names the columns that only tell rows apart: predictions repeat them.
func (p *Pipeline) IDs() []string {
	var names []string
	for _, f := range p.Columns {
		if f.ID && f.Spec.Drop {
			names = append(names, f.Name)
		}
	}
	return names
}
