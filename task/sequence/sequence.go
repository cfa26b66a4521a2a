// Package sequence is the task of samples that are sequences of their own, with lengths of their
// own and one target each: .ts files, folders of sequence files, .npz files with lengths, tables in
// long form.
package sequence

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"gorae/config"
	"gorae/data"
	"gorae/data/sequence"
	"gorae/internal/words"
	"gorae/layer"
	"gorae/prep"
	"gorae/spec"
	"gorae/task"
	"gorae/task/supervised"
)

func init() { task.Register(Task{}) }

const name = "sequence"

// Task is the task of sequences.
type Task struct{}

// Section is the keys of the data section for sequences.
type Section struct {
	Sequence *Sequence `keras:"sequence"` // nil: nothing is said of them; true is the same as {}
}

// Sequence says how sequences are read, and how they are brought to one length.
type Sequence struct {
	ID       string   `keras:"id,column"`     // of a table: the column that tells sequences apart
	Step     string   `keras:"step,column"`   // of a table: the column that orders a sequence's rows
	Features []string `keras:"features"`      // of a table: columns; all of numbers are inferred
	Files    string   `keras:"files"`         // of a folder: the pattern of the sequences' files
	Labels   string   `keras:"labels"`        // of a folder: the file of the labels in it
	About    []string `keras:"about"`         // of a folder: further files about the sequences
	Target   string   `keras:"target,column"` // the column of the labels
	Length   int      `keras:"length,min=1,what=number of steps"`
	Padding  string   `keras:"padding,oneof=after|before"` // where shorter sequences are padded
	Keep     string   `keras:"keep,oneof=last|first"`      // the steps that longer ones keep
	Scale    string   `keras:"scale,oneof=zscore|minmax|none"`
}

// paddingValue is the value of padded steps where the network is inferred. Scaled features are far from it.
const paddingValue = -1e9

// units is the width of a default network's LSTM, in each direction.
const units = 32

// Name implements task.Task.
func (Task) Name() string { return name }

// Section implements task.Task.
func (Task) Section() any { return &Section{} }

// Detect implements task.Task: Typical for an experiment with the key sequence, and for files of sequences.
func (Task) Detect(in *task.Input) (task.Score, error) {
	s := in.Source
	switch {
	case task.Section[Section](in, name).Sequence != nil:
		return task.Typical, nil
	case s.Is("ts", "zip", "sequences"), s.Is("npz") && sequence.HasLengths(s.Path):
		return task.Typical, nil
	}
	return task.None, nil
}

// Prepare reads the sequences of in, splits them, fits scale and target to the training sequences, and returns the
// samples, all of one length.
func (Task) Prepare(_ context.Context, in *task.Input) (*task.Prepared, error) {
	own := task.Section[Section](in, name)
	if own.Sequence == nil {
		own.Sequence = &Sequence{}
	}
	s := own.Sequence
	if err := s.check(in); err != nil {
		return nil, err
	}
	f := &Fitted{Reading: s.reading(in.Spec.Split.Group), CSV: in.Spec.Data.CSV()}
	set, err := s.open(in, f)
	if err != nil {
		return nil, err
	}
	parts, err := f.split(in, set)
	if err != nil {
		return nil, err
	}
	padded, err := f.fit(in, s, set, parts[task.Train])
	if err != nil {
		return nil, err
	}
	supervised.Resolve(in, f.Targets)
	s.resolve(f)
	return f.prepared(in, set, padded, parts)
}

// reading returns how the sequences are read. The column group by which they are split, "" if there is none, is no
// feature.
func (s *Sequence) reading(group string) sequence.Reading {
	r := sequence.Reading{ID: s.ID, Step: s.Step, Features: s.Features, Files: s.Files, Labels: s.Labels,
		About: s.About, Target: s.Target}
	if group != "" && s.ID != "" {
		r.Others = []string{group}
	}
	return r
}

// open reads the sequences of in.Source, and returns an error where they have no labels or lack the column by which
// they are split.
func (s *Sequence) open(in *task.Input, f *Fitted) (*sequence.Set, error) {
	if isTable(in.Source) && len(in.Spec.Data.Target) > 1 {
		f.Reading.Targets = in.Spec.Data.Target
	}
	set, err := read(in.Source, f.Reading, f.CSV)
	if err != nil {
		return nil, err
	}
	if isTable(in.Source) {
		if src, err := in.Source.Read(); err == nil && src.Table != nil {
			if err := in.Take(src.Table); err != nil {
				return nil, err
			}
		}
	}
	in.Notes = append(in.Notes, set.Notes...)
	if err := s.checkLabels(set, f.Reading.Targets); err != nil {
		return nil, err
	}
	if group := in.Spec.Split.Group; group != "" {
		if _, err := set.About.Find(group); err != nil {
			return nil, task.Errorf("split.by", "%s is not known of every sequence, or changes within one; there are "+
				"%s", group, strings.Join(set.About.Names(), ", "))
		}
	}
	return set, nil
}

// split returns the indices of the sequences of each part, and fits the target to the training sequences. Classes are
// the strata.
func (f *Fitted) split(in *task.Input, set *sequence.Set) (parts [3][]int, err error) {
	kind := prep.Task(in.Spec.Data.Task)
	switch {
	case f.Reading.Targets != nil:
		kind = prep.Labels
	case kind == "":
		kind = prep.InferTask(set.Labels)
		in.Guesses = append(in.Guesses, prep.GuessTask(set.Labels)...)
	}
	rows := task.Rows{N: set.Len(), Table: set.About}
	switch kind {
	case prep.Classification:
		rows.Codes, _ = set.Labels.Codes()
	case prep.Labels:
		g, err := f.target(in, set, nil, kind)
		if err != nil {
			return parts, config.Under("data", err)
		}
		f.Targets = supervised.Targets{g}
		y, err := f.encode(set, "")
		if err != nil {
			return parts, err
		}
		rows.Labels = supervised.LabelsOf(y)
	}
	if parts, err = in.Split(rows, in.Test != nil); err != nil {
		return parts, err
	}
	target, err := f.target(in, set, parts[task.Train], kind)
	f.Targets = supervised.Targets{target}
	return parts, err
}

// target fits the target to sequences.
func (f *Fitted) target(in *task.Input, set *sequence.Set, rows []int, kind prep.Task) (*prep.Target, error) {
	if f.Reading.Targets != nil {
		return prep.FitLabelSet(set.About, f.Reading.Targets, supervised.Options(in, kind))
	}
	return prep.FitTarget(set.About, set.Labels.Name, rows, supervised.Options(in, kind))
}

// prepared returns the samples x, split into parts, with the problem of the task.
func (f *Fitted) prepared(in *task.Input, set *sequence.Set, x *sequence.Padded, parts [3][]int) (*task.Prepared,
	error) {
	p := &supervised.Problem{Name: in.Name, Targets: f.Targets, Hidden: func() []spec.Step {
		return spec.Steps(
			layer.Masking{Value: paddingValue},
			layer.Bidirectional{Layer: layer.LSTM{Units: units}},
			layer.Dropout{Rate: 0.3},
		)
	}}
	out := &task.Prepared{Fitted: f, Problem: p}
	whole, err := f.pairs(set, x, "")
	if err != nil {
		return nil, err
	}
	out.SetParts(whole, parts)
	if in.Test != nil {
		out.Parts[task.Test], err = f.test(in)
	}
	return out, err
}

// test returns the samples of in.Test, padded and scaled as the training sequences are.
func (f *Fitted) test(in *task.Input) (data.Dataset, error) {
	reading := f.Reading
	if reading.ID != "" {
		reading.Features = f.Names
	}
	if l := in.Spec.Data.Test.Labels; l != "" {
		reading.Labels = l
	}
	set, err := read(in.Test, reading, f.CSV)
	if err != nil {
		return nil, err
	}
	x, err := f.padded(set)
	if err != nil {
		return nil, in.Test.Errorf("%s", err)
	}
	d, err := f.pairs(set, x, "")
	if err != nil {
		return nil, in.Test.Errorf("%s", err)
	}
	return d, nil
}

// read reads the sequences of a source.
func read(s *task.Source, reading sequence.Reading, csv data.CSVOptions) (*sequence.Set, error) {
	if isTable(s) {
		s.CSV = csv
		src, err := s.Read()
		if err != nil {
			return nil, err
		}
		set, err := reading.From(src)
		if err != nil {
			return nil, s.Errorf("%s", err)
		}
		return set, nil
	}
	set, err := reading.Open(s.Path, csv)
	if err != nil {
		return nil, s.Errorf("%s", err)
	}
	return set, nil
}

// isTable reports whether a source is a table in long form: one row for each step of each sequence.
func isTable(s *task.Source) bool {
	return !s.Folder && !sequence.IsFile(s.Path) && s.Extension() != ".npz"
}

// check returns an error for keys that do not apply to the sequences of in, and moves data.target to sequence.target.
func (s *Sequence) check(in *task.Input) error {
	d := &in.Spec.Data
	table := isTable(in.Source)
	switch {
	case d.Given("features"):
		return task.Errorf("data.features", "the features of sequences are named under sequence: {features: […]}, "+
			"scaled by sequence: {scale: zscore}")
	case d.Inputs != nil:
		return task.Errorf("data.inputs", "sequences are one input; leave it out")
	case d.Labels != "":
		return task.Errorf("data.labels", "labels of sequences are named under sequence: {target: COLUMN}, their "+
			"file in a folder by sequence: {labels: FILE}")
	case len(d.Time) > 0:
		return task.Errorf("data.time", "the order of steps is named by sequence: {step: COLUMN}")
	case len(d.Target) > 1 && (!table || d.Task != "" && d.Task != string(prep.Labels)):
		return task.Errorf("data.target", "%d targets; sequences have one, or, in a table, columns of 0 and 1 that "+
			"are labels", len(d.Target))
	case len(d.Target) > 0 && s.Target != "":
		return task.Errorf("data.target", "%s, but sequence.target names %s; leave one out", d.Target[0], s.Target)
	case in.Spec.Split.By == "time":
		return task.Errorf("split.by", "time orders the steps within a sequence; give random, or group: COLUMN")
	case table && s.ID == "":
		return task.Errorf("data.sequence", "name the column that tells sequences apart; write sequence: {id: COLUMN}")
	case !table && (s.ID != "" || s.Step != "" || s.Features != nil):
		return task.Errorf("data.sequence", "id, step and features are columns of a table in long form; %s is none",
			in.Source.Name)
	case table && (s.Files != "" || s.Labels != "" || s.About != nil):
		return task.Errorf("data.sequence", "files, labels and about are of a folder or a zip file; %s is none",
			in.Source.Name)
	}
	if s.Target == "" && len(d.Target) == 1 {
		s.Target, d.Target = d.Target[0], nil
	}
	return nil
}

// checkLabels returns an error for sequences without labels, and for columns of labels that are not of 0 and 1.
func (s *Sequence) checkLabels(set *sequence.Set, several []string) error {
	for _, name := range several {
		c, err := set.About.Column(name)
		if err != nil {
			return task.Errorf("data.target", "%s", err)
		}
		if !prep.Marked(c) {
			return task.Errorf("data.target", "%s: %s is no column of 0 and 1; of several targets each says of one "+
				"label whether the sequence has it", set.Name, name)
		}
	}
	if set.Labels != nil || several != nil {
		return nil
	}
	remedy := "name their column by sequence: {target: COLUMN}"
	switch {
	case len(set.Others) > 0:
		remedy = "name their file by sequence: {labels: FILE}; there are " +
			strings.Join(set.Others[:min(5, len(set.Others))], ", ")
	case s.ID == "":
		remedy = "give sequences that have some"
	}
	return task.Errorf("data.sequence", "%s: the sequences have no labels; %s", set.Name, remedy)
}

// fit scales the sequences by the training sequences, brings all to one length, and keeps both in f.
func (f *Fitted) fit(in *task.Input, s *Sequence, set *sequence.Set, train []int) (*sequence.Padded, error) {
	p := &sequence.Padded{Set: set, Length: s.Length, Before: s.Padding == "before", First: s.Keep == "first"}
	if err := p.Check(); err != nil {
		return nil, task.Errorf("data.sequence", "%s", err)
	}
	switch s.Scale {
	case "none":
	case "minmax":
		p.MinMax(train)
	default:
		s.Scale = "zscore"
		p.Standardise(train)
	}
	f.Equal = !slices.ContainsFunc(data.Range(set.Len()), func(i int) bool { return set.Length(i) < p.Length })
	masked, err := f.mask(in, p)
	if err != nil {
		return nil, err
	}
	f.Names, f.Length, f.Before, f.First, f.Value, f.Masked = set.Features, p.Length, p.Before, p.First, p.Value, masked
	f.Shift, f.Divisor = p.Shift, p.Divisor
	return p, nil
}

// mask sets p.Value to the value that the network masks, and reports whether it masks one. A sequence that would be
// masked as a whole is an error; single steps that would, and padding that is not masked, are noted.
func (f *Fitted) mask(in *task.Input, p *sequence.Padded) (bool, error) {
	name := p.Set.Name
	value, path, masked := masking(in.Spec.Model)
	if p.Value = float32(value); masked {
		switch steps, empty := p.Lost(); {
		case len(empty) > 0:
			return false, task.Errorf(path, "%s: all steps of sequence %s hold %v in every feature, which masking "+
				"leaves out; remove it, or give masking another value", name, p.Set.IDs[empty[0]], value)
		case steps > 0:
			in.Note("%s: %s of the sequences hold %v in every feature and are masked with the padding; another value "+
				"of masking keeps them", name, words.Plural(steps, "step"), value)
		}
	} else if !f.Equal {
		in.Note("%s: sequences differ in length and the network does not mask the padding, which it takes for zeros; "+
			"begin with masking: %.0e", name, paddingValue)
	}
	return masked, nil
}

// masking returns the value that the network masks in its input, and the path of the layer that masks it. An inferred
// network (nil) masks paddingValue. A network without masking has 0 as the value, and ok is false.
func masking(n *spec.Network) (value float64, path string, ok bool) {
	if n == nil {
		return paddingValue, "data.sequence", true
	}
	for i, s := range n.Steps {
		m, is := s.Layer.(layer.MasksValue)
		if is && (s.Inputs == nil && i == 0 || slices.Equal(s.Inputs, []string{spec.OwnInput})) {
			return m.MaskValue(), n.Path(i), true
		}
	}
	return 0, "data.sequence", false
}

// resolve sets the keys of the section to what was fitted.
func (s *Sequence) resolve(f *Fitted) {
	if f.ID != "" {
		s.Features = f.Names
	}
	s.Length, s.Padding, s.Keep = f.Length, "after", "last"
	if f.Before {
		s.Padding = "before"
	}
	if f.First {
		s.Keep = "first"
	}
}

// Restore implements task.Task.
func (Task) Restore(b json.RawMessage) (task.Fitted, error) {
	f := &Fitted{}
	if err := json.Unmarshal(b, f); err != nil {
		return nil, err
	}
	return f, f.check()
}

// plain is Sequence without its methods, so that decoding does not call UnmarshalConfig again.
type plain Sequence

// UnmarshalConfig reads the keys; true is the same as none.
func (s *Sequence) UnmarshalConfig(d *config.Decoder, written any) error {
	if written == true {
		return nil
	}
	return d.Decode((*plain)(s), written)
}

// ConfigSchema returns the JSON Schema: true, or an object of the keys.
func (Sequence) ConfigSchema(s *config.Schemas) config.Map {
	return config.Map{{Key: "anyOf", Value: []any{config.Map{{Key: "const", Value: true}}, s.Of(new(plain))}}}
}
