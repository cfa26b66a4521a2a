package table

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorae/data"
	"gorae/model"
	"gorae/prep"
	"gorae/prep/text"
	"gorae/task"
	"gorae/task/supervised"
	"gorae/tensor"
)

// Fitted is the fitted preprocessing of rows, and the decoding of outputs.
type Fitted struct {
	supervised.Targets `json:"targets"`
	Pipeline           *prep.Pipeline  `json:"pipeline"`
	CSV                data.CSVOptions `json:"csv"` // how the training table was read

	origin origin // of a training; zero of what was read from a file
	kept   string // the end of the names of what further experiments share ([task.Once])
}

// Restore reads what a Fitted was written as; without targets the network learns its own input.
func Restore(b json.RawMessage) (*Fitted, error) {
	f := &Fitted{}
	if err := json.Unmarshal(b, f); err != nil {
		return nil, err
	}
	columns := 0
	for _, g := range f.Targets {
		if g != nil {
			columns += len(g.Columns())
		}
	}
	if f.Pipeline == nil || len(f.Pipeline.Targets) != columns {
		return nil, errors.New("the columns or the targets are missing")
	}
	return f, nil
}

// Vocabulary implements task.Worded.
func (f *Fitted) Vocabulary() (column string, v *text.Vocabulary) {
	for i := range f.Pipeline.Columns {
		if c := &f.Pipeline.Columns[i]; c.Vocabulary != nil {
			return c.Name, c.Vocabulary
		}
	}
	return "", nil
}

// FeatureNames implements task.Featured; nil where there are several inputs.
func (f *Fitted) FeatureNames() []string {
	if len(f.Pipeline.Inputs) > 1 {
		return nil
	}
	return f.Pipeline.FeatureNames()
}

// Unit returns a row.
func (f *Fitted) Unit() string { return "row" }

// Check returns an error unless the network takes the features of the columns.
func (f *Fitted) Check(m *model.Model) error {
	in := m.InputTypes(1)
	shapes := f.Pipeline.Shapes()
	if len(in) != len(shapes) {
		return fmt.Errorf("rows become %d inputs, but the network takes %d", len(shapes), len(in))
	}
	for k, want := range shapes {
		if got := tensor.Shape(in[k].Shape[1:]); !got.Equal(want) {
			return fmt.Errorf("rows become samples of shape %v, but the network takes %v", want, got)
		}
	}
	return nil
}

// Open reads a table as the training table was read: its lines skipped, its columns named, its missing
// marks. The arrays of an .npz file are taken for columns, and lines of text for the only column of text.
func (f *Fitted) Open(r *task.Request) (*task.Bound, error) {
	if t, err := f.lines(r.Source); err != nil {
		return nil, err
	} else if t != nil {
		return f.Bind(r, t)
	}
	r.Source.CSV = f.CSV
	src, err := r.Source.Read()
	if err != nil {
		return nil, err
	}
	if f.columnwise(r, src.Arrays) {
		if src, err = f.columns(r, src); err != nil {
			return nil, err
		}
	}
	if src.Table == nil {
		return f.array(r, src.Arrays)
	}
	return f.Bind(r, src.Table)
}

// columnwise reports whether arrays stand for the columns of a table.
func (f *Fitted) columnwise(r *task.Request, a *data.Arrays) bool {
	types := r.Training.Model.InputTypes(1)
	return len(types) == 1 && a.Columnwise(f.Pipeline.Needs(), types[0].Shape[1:])
}

// array returns rows that are numbers already; they go to the network unchanged.
func (f *Fitted) array(r *task.Request, a *data.Arrays) (*task.Bound, error) {
	if a == nil || a.X == nil || len(f.Pipeline.Inputs) > 1 {
		return nil, fmt.Errorf("%s: no table; the model takes rows of %s", r.Source.Name,
			strings.Join(f.Pipeline.Needs(), ", "))
	}
	if err := a.CheckFinite(); err != nil {
		return nil, err
	}
	if err := a.CheckFloat32(a.X); err != nil {
		return nil, err
	}
	x, err := data.Of(a.X.Floats(), nil)
	if err != nil {
		return nil, err
	}
	say := supervised.NewTable(f.Targets, r.Training)
	b := &task.Bound{Name: a.Name, Data: x, Header: say.Header(), Decode: say.Decode}
	if !r.Targets {
		return b, nil
	}
	if a.Y == nil {
		return nil, fmt.Errorf("%s: samples without targets; name the file of the labels", a.Name)
	}
	if n := len(f.Targets); n != 1 {
		return nil, fmt.Errorf("%s: an array of labels is one target, but the model predicts %d; give a table with "+
			"their columns", a.Name, n)
	}
	y, err := f.Targets[0].EncodeLabels(a.Y)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.Name, err)
	}
	if b.Data, err = supervised.WithTargets(x, f.Targets, y); err == nil {
		f.Report(b, r)
	}
	return b, err
}

// Bind returns the rows of a table as the network takes them; where targets are asked for, those that have them.
func (f *Fitted) Bind(r *task.Request, t *data.Table) (*task.Bound, error) {
	l := labelled{whole: t, known: t}
	if r.Targets {
		columns, err := f.targetsOf(t, r.Column)
		if err != nil {
			return nil, err
		}
		if l = withTargets(t, columns, f.labels()); l.rows != nil {
			t = l.known
			l.whole, l.rows = t, nil
		}
	}
	b, err := f.rows(r, t)
	if err != nil {
		return nil, err
	}
	if l.note != "" {
		b.Notes = append(b.Notes, l.note)
	}
	if r.Targets {
		if b.Data, err = f.pairs(b.Data, l); err != nil {
			return nil, err
		}
	}
	if f.Report(b, r); r.Targets && b.Report == nil {
		errors := supervised.NewResiduals(f.Targets, f.Rules(r.Training), t.Rows, nil, f.keys(t), 0)
		b.Consumer = errors
		b.Report = func(_ context.Context, to *task.Findings) error { return errors.Say(to, "rows", false) }
	}
	return b, nil
}

// rows returns the rows of a table as the network takes them, without targets.
func (f *Fitted) rows(r *task.Request, t *data.Table) (*task.Bound, error) {
	x, err := f.Pipeline.Dataset(t)
	if err != nil {
		return nil, err
	}
	unknown, err := f.Pipeline.Unknown(t)
	if err != nil {
		return nil, err
	}
	say := supervised.NewTable(f.Targets, r.Training, supervised.IDs(t, f.Pipeline.IDs())...)
	return &task.Bound{Name: t.Name, Notes: append(t.FileGuesses(), unknown...), Data: x, Header: say.Header(),
		Decode: say.Decode}, nil
}

// keys returns the columns of a table that may say to whom its rows belong: those that the network is not given.
func (f *Fitted) keys(t *data.Table) []supervised.Key {
	var keys []supervised.Key
	for _, c := range f.Pipeline.Columns {
		if !c.Spec.Drop {
			continue
		}
		if column, err := t.Column(c.Name); err == nil {
			keys = append(keys, supervised.Key{Name: c.Name, Groups: column.GroupsOf})
		}
	}
	return keys
}

// targetsOf returns the columns of the targets of a table. Where there is one target, column may name another column
// than that of the training table.
func (f *Fitted) targetsOf(t *data.Table, column string) ([]*data.Column, error) {
	if column != "" && len(f.Targets) > 1 {
		return nil, fmt.Errorf("--target %s: the model has %d targets; leave it out", column, len(f.Targets))
	}
	if column != "" && len(f.Targets) == 1 && len(f.Targets[0].Columns()) > 1 {
		return nil, fmt.Errorf("--target %s: the labels are read from %d columns; leave it out", column,
			len(f.Targets[0].Columns()))
	}
	var out []*data.Column
	for _, g := range f.Targets {
		for _, name := range g.Columns() {
			k := len(out) // column of a target
			if column != "" {
				name = column
			} else if at := f.Pipeline.TargetColumn(k); at >= 0 && t.Unnamed() && len(t.Columns) == f.Pipeline.Width {
				name = strconv.Itoa(at + 1)
			}
			c, err := t.Column(name)
			if err != nil {
				return nil, fmt.Errorf("target: %w", err)
			}
			if g.Reading != nil {
				read := c.As(*g.Reading)
				c = &read
			}
			out = append(out, c)
		}
	}
	return out, nil
}

// columns takes the arrays of an .npz file for columns.
func (f *Fitted) columns(r *task.Request, src *data.Source) (*data.Source, error) {
	a := src.Arrays
	target := ""
	if len(f.Targets) > 0 {
		target = f.Targets[0].Name
	}
	if r.Source.Labels != "" && !a.Holds(target) && a.Y != nil {
		a.All = append(a.All, tensor.Named{Name: target, Tensor: a.Y})
	}
	var known []string
	for _, g := range f.Targets {
		known = append(known, g.Columns()...)
	}
	for k := range f.Pipeline.Columns {
		known = append(known, f.Pipeline.Columns[k].Name)
	}
	t, err := a.Table(f.Pipeline.Needs(), known, f.CSV)
	if err != nil {
		return nil, err
	}
	for k := range f.Pipeline.Columns {
		if err := wordsWanted(t.Name, a, &f.Pipeline.Columns[k]); err != nil {
			return nil, err
		}
	}
	return &data.Source{Table: t}, nil
}

// wordsWanted returns an error for numbers in a column of words: they would be unknown categories, and pass for rows
// without any.
func wordsWanted(file string, a *data.Arrays, c *prep.Fitted) error {
	if x, number := a.Array(c.Name); c.Spec.Drop || !number || x.Type == tensor.Bool {
		return nil
	}
	levels := c.Levels()
	if c.Vocabulary == nil && (len(levels) == 0 || slices.ContainsFunc(levels, isNumber)) {
		return nil
	}
	about := "text"
	if len(levels) > 0 {
		about += " such as " + strings.Join(levels[:min(2, len(levels))], ", ")
	}
	return fmt.Errorf("%s: array %q holds numbers where the model was fitted with %s; save it as an array of text",
		file, c.Name, about)
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}
