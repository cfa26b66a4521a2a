package experiment

import (
	"fmt"
	"slices"
	"strings"

	"gorae/config"
	"gorae/data"
	"gorae/data/sequence"
	"gorae/internal/yamltree"
	"gorae/layer"
	"gorae/prep"
	"gorae/tensor"
)

// Sequences says how samples that are sequences of their own are read, and how they are brought to one length.
type Sequences struct {
	ID       string   `keras:"id"`       // of a table: the column that tells sequences apart
	Step     string   `keras:"step"`     // of a table: the column that orders a sequence's rows
	Features []string `keras:"features"` // of a table: columns; all of numbers are inferred
	Files    string   `keras:"files"`    // of a folder: the pattern of the sequences' files
	Labels   string   `keras:"labels"`   // of a folder: the file of the labels in it
	About    []string `keras:"about"`    // of a folder: further files about the sequences
	Target   string   `keras:"target"`   // the column of the labels
	Length   int      `keras:"length,min=1,what=number of steps"`
	Padding  string   `keras:"padding,oneof=after|before"` // where shorter sequences are padded
	Keep     string   `keras:"keep,oneof=last|first"`      // the steps that longer ones keep
	Scale    string   `keras:"scale,oneof=zscore|minmax|none"`
}

// paddingValue is what shorter sequences are padded with where the network is inferred: scaled figures do not come near.
const paddingValue = -1e9

// FittedSequence is what a model file knows of its sequences: how they are read, brought to one length, and scaled.
type FittedSequence struct {
	sequence.Reading
	Names   []string  `json:"names"` // of the features, in order
	Length  int       `json:"length"`
	Before  bool      `json:"before,omitempty"`
	First   bool      `json:"first,omitempty"`
	Value   float32   `json:"value"` // of the padding
	Masked  bool      `json:"masked"`
	Equal   bool      `json:"equal,omitempty"` // no learning sequence was padded
	Shift   []float64 `json:"shift,omitempty"`
	Divisor []float64 `json:"divisor,omitempty"`
}

// padded is a set as the network takes it.
func (s *FittedSequence) padded(set *sequence.Set) (*sequence.Padded, error) {
	if len(set.Features) != len(s.Names) {
		return nil, fmt.Errorf("%s: %s a step (%s), but the network learnt from %d (%s)", set.Name, plural(len(set.Features), "feature"),
			strings.Join(set.Features, ", "), len(s.Names), strings.Join(s.Names, ", "))
	}
	if !slices.Equal(set.Features, s.Names) {
		return nil, fmt.Errorf("%s: the features %s, but the network learnt from %s; give them in this order", set.Name,
			strings.Join(set.Features, ", "), strings.Join(s.Names, ", "))
	}
	p := &sequence.Padded{Set: set, Length: s.Length, Before: s.Before, First: s.First, Value: s.Value, Shift: s.Shift, Divisor: s.Divisor}
	if err := p.Check(); err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(counted(set.Len()), func(i int) bool { return set.Length(i) < s.Length }); i >= 0 && s.Equal && !s.Masked {
		return nil, fmt.Errorf("%s: sequence %s has %s; the network learnt from %d without padding and does not mask it", set.Name, set.IDs[i], plural(set.Length(i), "step"), s.Length)
	}
	if s.Masked {
		if _, empty := p.Lost(); len(empty) > 0 {
			return nil, fmt.Errorf("%s: all steps of sequence %s hold %v in every feature, which the network masks; remove it, or give masking another value",
				set.Name, set.IDs[empty[0]], s.Value)
		}
	}
	return p, nil
}

// sequenceKind is samples that are sequences of their own.
var sequenceKind = kind{
	keys: []string{"sequence"},
	decode: func(e *Experiment) error {
		n := e.tree.At("data.sequence")
		if n == nil {
			return nil
		}
		if n.Kind == yamltree.Scalar && n.Value == true { // sequence: true
			n = &yamltree.Node{Kind: yamltree.Map}
			e.tree.Get("data").Put("sequence", n)
		}
		m, err := e.section("data.sequence")
		if err != nil {
			return err
		}
		for _, k := range []string{"id", "step", "target"} { // a column may be given by its number
			if v, ok := config.Number(m[k]); ok {
				m[k] = data.FormatNumber(v)
			}
		}
		e.Data.Sequence = &Sequences{}
		return e.unknown("data.sequence", m, e.Data.Sequence)
	},
	of: func(r *Ready, o *origin) (form, error) {
		s := r.Data.Sequence
		switch {
		case s != nil && r.Data.Series != nil:
			return nil, r.misplaced("data.sequence", true, "is for samples that are sequences of their own, series for windows of one; leave one out")
		case s != nil, sequence.IsFile(o.path), sequence.HasLengths(o.path), o.folder && sequence.IsFolder(o.path):
			return &sequenceForm{at: o}, nil
		}
		return nil, nil
	},
	member: "sequence",
	applied: func(r *Recipe) applied {
		if r.Sequence == nil {
			return nil
		}
		return appliedSequence{plain{r}}
	},
}

// sequenceForm has one target a sequence, as plain forms have.
type sequenceForm struct {
	plain
	at *origin
}

// open reads the sequences, parts them, and scales them by the steps of the learning ones alone.
func (f *sequenceForm) open(r *Ready) (samples, error) {
	fail := func(err error) (samples, error) { return samples{}, err }
	if r.Data.Sequence == nil {
		r.Data.Sequence = &Sequences{}
	}
	s := r.Data.Sequence
	if err := r.sequenceKeys(f.at); err != nil {
		return fail(err)
	}
	reading := sequence.Reading{ID: s.ID, Step: s.Step, Features: s.Features, Files: s.Files, Labels: s.Labels, About: s.About, Target: s.Target}
	if g := r.Split.Group; g != "" && s.ID != "" {
		reading.Others = []string{g} // whose sequences these are is not to be learnt
	}
	set, err := r.sequences(f.at, reading)
	if err != nil {
		return fail(err)
	}
	r.Notes = append(r.Notes, set.Notes...)
	if set.Labels == nil {
		remedy := "name their column by sequence: {target: COLUMN}"
		switch {
		case len(set.Others) > 0:
			remedy = "name their file by sequence: {labels: FILE}; there are " + strings.Join(set.Others[:min(5, len(set.Others))], ", ")
		case s.ID == "":
			remedy = "foretell what has some"
		}
		return fail(r.mistake("data.sequence", "%s: the sequences have no labels; %s", set.Name, remedy))
	}
	if g := r.Split.Group; g != "" {
		if _, err := set.About.Find(g); err != nil {
			return fail(r.mistake("split.by", "%s is not known of every sequence, or changes within one; there are %s", g, strings.Join(set.About.Names(), ", ")))
		}
	}
	name, task := set.Labels.Name, prep.Task(r.Data.Task)
	if task == "" {
		task = prep.InferTask(set.Labels)
	}
	codes, _ := set.Labels.Codes()
	parts, err := r.split(set.Len(), set.About, task, codes)
	if err != nil {
		return fail(err)
	}
	target, err := prep.FitTarget(set.About, name, parts[0], r.targetOptions(task))
	if err != nil {
		return fail(err)
	}
	p, fitted, err := r.fitSequences(set, reading, parts[0])
	if err != nil {
		return fail(err)
	}
	r.Recipe.Sequence, r.Recipe.Target, r.Recipe.CSV = fitted, target, r.Data.CSV()
	r.setTarget(target)
	r.putSequences(fitted)
	out := samples{x: p, noun: "sequences", shape: p.Spec().Inputs[0].Shape.Clone(), parts: parts,
		labels: func() (*tensor.Tensor, error) { return target.Encode(set.About, set.Labels) }}
	if r.Data.Test != nil {
		if out.apart, err = f.apart(r); err != nil {
			return fail(err)
		}
	}
	return out, nil
}

// sequences reads those of a key.
func (r *Ready) sequences(o *origin, reading sequence.Reading) (*sequence.Set, error) {
	var set *sequence.Set
	var err error
	if o.folder || sequence.IsFile(o.path) || strings.HasSuffix(strings.ToLower(o.path), ".npz") {
		set, err = reading.Open(o.path, r.Data.CSV())
	} else {
		var src *data.Source
		if src, err = o.read(); err != nil {
			return nil, err
		}
		set, err = reading.From(src)
	}
	if err != nil {
		return nil, r.mistake(o.at, "%s", err)
	}
	return set, nil
}

// sequenceKeys refuses keys that mean nothing here.
func (r *Ready) sequenceKeys(o *origin) error {
	s := r.Data.Sequence
	switch {
	case r.Data.Features != nil || r.Data.Array != "":
		return r.misplaced("data.features", true, "the features of sequences are named under sequence: {features: […]}, scaled by sequence: {scale: zscore}")
	case r.Data.Labels != "":
		return r.misplaced("data.labels", true, "labels of sequences are named under sequence: {target: COLUMN}, their file in a folder by sequence: {labels: FILE}")
	case len(r.Data.Time) > 0:
		return r.misplaced("data.time", true, "the order of steps is named by sequence: {step: COLUMN}")
	case len(r.Data.Augment) > 0:
		return r.misplaced("data.augment", true, "is for pictures; leave it out")
	case r.Data.Target != "" && s.Target != "":
		return r.mistake("data.target", "%s, but sequence.target names %s; leave one out", r.Data.Target, s.Target)
	case r.Split.By == "time":
		return r.mistake("split.by", "time orders the steps within a sequence; give random, or group: COLUMN")
	}
	if s.Target == "" {
		s.Target = r.Data.Target
	}
	table := !o.folder && !sequence.IsFile(o.path) && !strings.HasSuffix(strings.ToLower(o.path), ".npz")
	switch {
	case table && s.ID == "":
		return r.mistake("data.sequence", "name the column that tells sequences apart; write sequence: {id: COLUMN}")
	case !table && (s.ID != "" || s.Step != "" || s.Features != nil):
		return r.mistake("data.sequence", "id, step and features are columns of a table in long form; %s is none", o.path)
	case table && (s.Files != "" || s.Labels != "" || s.About != nil):
		return r.mistake("data.sequence", "files, labels and about are of a folder or a zip file; %s is none", o.path)
	}
	return nil
}

// fitSequences decides on length, padding and scale.
func (r *Ready) fitSequences(set *sequence.Set, reading sequence.Reading, learn []int) (*sequence.Padded, *FittedSequence, error) {
	s := r.Data.Sequence
	p := &sequence.Padded{Set: set, Length: s.Length, Before: s.Padding == "before", First: s.Keep == "first"}
	if err := p.Check(); err != nil {
		return nil, nil, r.mistake("data.sequence", "%s", err)
	}
	switch s.Scale {
	case "none":
	case "minmax":
		p.MinMax(learn)
	default:
		s.Scale = "zscore"
		p.Standardise(learn)
	}
	equal := !slices.ContainsFunc(counted(set.Len()), func(i int) bool { return set.Length(i) < p.Length })
	value, at, masked := r.masking()
	if p.Value = float32(value); masked {
		switch steps, empty := p.Lost(); {
		case len(empty) > 0:
			return nil, nil, r.mistake(at, "%s: all steps of sequence %s hold %v in every feature, which masking leaves out; remove it, or give masking another value", set.Name, set.IDs[empty[0]], value)
		case steps > 0:
			r.Notes = append(r.Notes, fmt.Sprintf("%s: %s of the sequences hold %v in every feature and are masked with the padding; another value of masking keeps them", set.Name, plural(steps, "step"), value))
		}
	} else if !equal {
		r.Notes = append(r.Notes, fmt.Sprintf("%s: sequences differ in length and the network does not mask the padding, which it takes for zeros; begin with masking: %.0e", set.Name, paddingValue))
	}
	return p, &FittedSequence{Reading: reading, Names: set.Features, Length: p.Length, Before: p.Before, First: p.First, Value: p.Value, Masked: masked, Equal: equal,
		Shift: p.Shift, Divisor: p.Divisor}, nil
}

// masking is the value that the network masks in its input, and the key that says so; an inferred network masks
// what no figure comes near. Without masking padding is 0.
func (r *Ready) masking() (value float64, at string, ok bool) {
	if r.Experiment.Model == nil {
		return paddingValue, "data.sequence", true
	}
	for i, s := range r.Experiment.Model.Steps {
		m, is := s.Layer.(layer.MasksValue)
		if is && (s.Inputs == nil && i == 0 || slices.Equal(s.Inputs, []string{"input"})) {
			return m.MaskValue(), s.path, true
		}
	}
	return 0, "data.sequence", false
}

// putSequences writes down how sequences are brought to one length.
func (r *Ready) putSequences(f *FittedSequence) {
	n := r.tree.At("data.sequence")
	if n == nil || n.Kind != yamltree.Map {
		n = &yamltree.Node{Kind: yamltree.Map}
		r.put("data", "sequence", n)
	}
	word := func(first bool, yes, no string) string {
		if first {
			return yes
		}
		return no
	}
	if f.ID != "" {
		n.Put("features", f.Names)
	}
	n.Put("length", f.Length)
	n.Put("padding", word(f.Before, "before", "after"))
	n.Put("keep", word(f.First, "first", "last"))
	n.Put("scale", r.Data.Sequence.Scale)
}

// apart is the sequences of a test set in a file of its own.
func (f *sequenceForm) apart(r *Ready) (*samples, error) {
	o, err := r.origin("data.test.source", r.Data.Test.Source, "")
	if err != nil {
		return nil, err
	}
	reading := r.Recipe.Sequence.Reading
	if reading.ID != "" {
		reading.Features = r.Recipe.Sequence.Names
	}
	if r.Data.Test.Labels != "" {
		reading.Labels = r.Data.Test.Labels
	}
	set, err := r.sequences(o, reading)
	if err != nil {
		return nil, err
	}
	p, err := r.Recipe.Sequence.padded(set)
	if err != nil {
		return nil, r.mistake(o.at, "%s", err)
	}
	if set.Labels == nil {
		return nil, r.mistake(o.at, "%s: the sequences have no labels", set.Name)
	}
	return &samples{x: p, shape: p.Spec().Inputs[0].Shape.Clone(),
		labels: func() (*tensor.Tensor, error) { return r.Recipe.Target.Encode(set.About, set.Labels) }}, nil
}

// network masks the padding, reads the sequence from both ends by an LSTM of 32 units each, and has an output for the task.
func (f *sequenceForm) network(r *Ready, _ samples) *yamltree.Node {
	n := &yamltree.Node{Kind: yamltree.List}
	n.Values = append(n.Values, yamltree.Pairs("masking", float64(paddingValue)),
		yamltree.Pairs("bidirectional", yamltree.Pairs("layer", yamltree.Pairs("lstm", yamltree.Pairs("units", 32)))), yamltree.Pairs("dropout", 0.3), output(r.Recipe.Target))
	return n
}

// fits is plain's, with the remedy for networks that give sequences.
func (f *sequenceForm) fits(r *Ready, out tensor.Shape, place string) error {
	if len(out) == 3 {
		return r.mistake(place, "the model gives %v for a sequence, but %s is one value; let the last recurrent layer give no sequence (return_sequences: false)", tensor.Shape(out[1:]), r.Recipe.Target.Name)
	}
	return f.plain.fits(r, out, place)
}
