package sequence

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"

	"gorae/data"
	"gorae/data/sequence"
	"gorae/internal/words"
	"gorae/model"
	"gorae/task"
	"gorae/task/supervised"
	"gorae/tensor"
)

// Fitted is the fitted preprocessing of sequences: reading, length and scale.
type Fitted struct {
	supervised.Targets `json:"targets"`
	sequence.Reading   `json:"reading"`
	Names              []string        `json:"names"` // of the features, in order
	Length             int             `json:"length"`
	Before             bool            `json:"before,omitempty"`
	First              bool            `json:"first,omitempty"`
	Value              float32         `json:"value"` // of the padding
	Masked             bool            `json:"masked"`
	Equal              bool            `json:"equal,omitempty"` // no training sequence was padded
	Shift              []float64       `json:"shift,omitempty"`
	Divisor            []float64       `json:"divisor,omitempty"`
	CSV                data.CSVOptions `json:"csv"`
}

// Unit implements task.Fitted.
func (*Fitted) Unit() string { return "sequence" }

// check returns an error for values that no training writes, such as those of a damaged file.
func (f *Fitted) check() error {
	finite := func(list []float64) bool {
		return !slices.ContainsFunc(list, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
	}
	switch n := len(f.Names); {
	case n == 0 || f.Length < 1:
		return fmt.Errorf("sequences of %d steps and %d features", f.Length, n)
	case (f.Shift != nil || f.Divisor != nil) && (len(f.Shift) != n || len(f.Divisor) != n),
		!finite(f.Shift) || !finite(f.Divisor) || slices.Contains(f.Divisor, 0):
		return fmt.Errorf("the scale of the sequences does not fit their %d features", n)
	}
	return f.Targets.Check()
}

// Check returns an error unless the network takes the sequences.
func (f *Fitted) Check(m *model.Model) error {
	in := m.InputTypes(1)
	if want := (tensor.Shape{f.Length, len(f.Names)}); len(in) != 1 || !tensor.Shape(in[0].Shape[1:]).Equal(want) {
		return fmt.Errorf("sequences become samples of shape %v, but the network takes %v", want, in[0].Shape[1:])
	}
	return nil
}

// padded returns a set as the network takes it.
func (f *Fitted) padded(set *sequence.Set) (*sequence.Padded, error) {
	if len(set.Features) != len(f.Names) {
		return nil, fmt.Errorf("%s: %s a step (%s), but the network was trained on %d (%s)", set.Name,
			words.Plural(len(set.Features), "feature"), strings.Join(set.Features, ", "), len(f.Names),
			strings.Join(f.Names, ", "))
	}
	if !slices.Equal(set.Features, f.Names) {
		return nil, fmt.Errorf("%s: the features %s, but the network was trained on %s; give them in this order",
			set.Name,
			strings.Join(set.Features, ", "), strings.Join(f.Names, ", "))
	}
	p := &sequence.Padded{Set: set, Length: f.Length, Before: f.Before, First: f.First, Value: f.Value, Shift: f.Shift,
		Divisor: f.Divisor}
	if err := p.Check(); err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(data.Range(set.Len()), func(i int) bool { return set.Length(i) < f.Length }); i >= 0 &&
		f.Equal && !f.Masked {
		return nil, fmt.Errorf("%s: sequence %s has %s; the network was trained on %d without padding and does not "+
			"mask it", set.Name,
			set.IDs[i], words.Plural(set.Length(i), "step"), f.Length)
	}
	if f.Masked {
		if _, empty := p.Lost(); len(empty) > 0 {
			return nil, fmt.Errorf("%s: all steps of sequence %s hold %v in every feature, which the network masks; "+
				"remove it, or give masking another value",
				set.Name, set.IDs[empty[0]], f.Value)
		}
	}
	return p, nil
}

// pairs returns padded sequences with their targets; column is that of the targets, "" the training data's.
func (f *Fitted) pairs(set *sequence.Set, x *sequence.Padded, column string) (data.Dataset, error) {
	y, err := f.encode(set, column)
	if err != nil {
		return nil, err
	}
	return supervised.WithTargets(x, f.Targets, y)
}

// encode returns the targets of sequences; column is theirs, "" the training data's.
func (f *Fitted) encode(set *sequence.Set, column string) (*tensor.Tensor, error) {
	g := f.Targets[0]
	columns := g.Columns()
	switch {
	case len(columns) > 1 && column != "":
		return nil, fmt.Errorf("target: %s is one column, but the labels are %d, each a column of 0 and 1 (%s)", column,
			len(columns), strings.Join(columns, ", "))
	case len(columns) == 1 && column == "" && set.Labels != nil:
		return g.Encode(set.About, set.Labels)
	case column != "":
		columns = []string{column}
	}
	var cs []*data.Column
	for _, name := range columns {
		c, err := set.About.Column(name)
		if err != nil {
			return nil, fmt.Errorf("target: %w", err)
		}
		cs = append(cs, c)
	}
	return g.Encode(set.About, cs...)
}

// Open reads sequences as the training sequences were; an array goes to the network as it is.
func (f *Fitted) Open(r *task.Request) (*task.Bound, error) {
	say := supervised.NewTable(f.Targets, r.Training)
	set, x, notes, err := f.open(r.Source)
	if err != nil {
		return nil, err
	}
	if x != nil {
		if r.Targets {
			return nil, fmt.Errorf("%s: an array of numbers without the labels of its sequences", r.Source.Name)
		}
		d, err := data.Of(x, nil)
		if err != nil {
			return nil, err
		}
		return &task.Bound{Name: r.Source.Name, Data: d, Header: say.Header(), Decode: say.Decode}, nil
	}
	p, err := f.padded(set)
	if err != nil {
		return nil, err
	}
	say.IDs = []*data.Column{&set.About.Columns[0]}
	b := &task.Bound{Name: set.Name, Notes: notes, Data: p, Header: say.Header(),
		Decode: say.Decode}
	if r.Targets {
		if b.Data, err = f.pairs(set, p, r.Column); err == nil {
			f.Report(b, r)
		}
	}
	return b, err
}

// open returns the sequences of a source, or the array that it holds.
func (f *Fitted) open(s *task.Source) (set *sequence.Set, x *tensor.Tensor, notes []string, err error) {
	reading := f.Reading
	reading.MayLack = true
	if s.Labels != "" {
		reading.Labels = s.Labels
	}
	if reading.ID != "" {
		reading.Features = f.Names
	}
	if _, err := os.Stat(s.Path); !isTable(s) && err == nil {
		set, err := reading.Open(s.Path, f.CSV)
		return set, nil, nil, err
	}
	s.CSV = f.CSV
	src, err := s.Read()
	if err != nil {
		return nil, nil, nil, err
	}
	if src.Table == nil {
		x, err := f.array(src.Arrays)
		return nil, x, nil, err
	}
	notes = src.Table.FileGuesses()
	note := ""
	if reading.ID == "" { // the training sequences were no table
		if reading, note, err = reading.ForTable(src.Table, f.Names, f.Targets[0].Name); err != nil {
			return nil, nil, nil, err
		}
	}
	set, err = reading.From(src)
	if err == nil && note != "" {
		set.Features, notes = f.Names, append(append(notes, note), set.Notes...)
	}
	return set, nil, notes, err
}

// array returns an array of the network's shape.
func (f *Fitted) array(a *data.Arrays) (*tensor.Tensor, error) {
	if a == nil || a.X == nil {
		return nil, fmt.Errorf("no sequences; give a table, a folder, a .ts file or an array of shape [n, %d, %d]",
			f.Length, len(f.Names))
	}
	x := a.X.Floats()
	if want := (tensor.Shape{f.Length, len(f.Names)}); !tensor.Shape(x.Shape[1:]).Equal(want) {
		return nil, fmt.Errorf("%s: sequences of shape %v, but the model takes %v", a.Name, x.Shape[1:], want)
	}
	return x, (&data.Arrays{Name: a.Name, X: x}).CheckFinite()
}
