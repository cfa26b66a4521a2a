package table

import (
	"slices"

	"gorae/config"
	"gorae/data"
	"gorae/layer"
	"gorae/prep"
	"gorae/spec"
	"gorae/task"
	"gorae/task/supervised"
)

// Prepare splits the rows of a table, fits targets and columns, and lays the samples out. test is the table of
// a test set of its own; nil without. The problem is returned apart: its task sets the layers of the default
// network.
func Prepare(in *task.Input, t, test *data.Table) (*task.Prepared, *Fitted, *supervised.Problem, error) {
	fail := func(err error) (*task.Prepared, *Fitted, *supervised.Problem, error) { return nil, nil, nil, err }
	if err := in.Take(t); err != nil {
		return fail(err)
	}
	columns, err := targets(in, t)
	if err != nil {
		return fail(err)
	}
	kind := prep.Task(in.Spec.Data.Task)
	rows := task.Rows{N: t.Rows, Table: t}
	if len(columns) > 0 && inferred(kind, columns[0]) == prep.Classification {
		rows.Codes, _ = columns[0].Codes()
	}
	parts, err := in.Split(rows, in.Test != nil)
	if err != nil {
		return fail(err)
	}
	f := &Fitted{Targets: supervised.Targets{}, CSV: in.Spec.Data.CSV()}
	for _, c := range columns {
		g, err := prep.FitTarget(t, c.Name, parts[task.Train], supervised.Options(in, inferred(kind, c)))
		if err != nil {
			return fail(config.Under("data", err))
		}
		f.Targets = append(f.Targets, g)
		if kind == "" && in.Source.Sample == nil {
			in.Guesses = append(in.Guesses, prep.GuessTask(c)...)
		}
	}
	if f.Pipeline, err = prep.Fit(t, parts[task.Train], columnsOf(in, t, f.Targets)); err != nil {
		return fail(config.Under("data", err))
	}
	in.Notes = append(in.Notes, f.Pipeline.Notes...)
	for _, of := range []*data.Table{t, test} {
		if of == nil {
			continue
		}
		unknown, err := f.Pipeline.Unknown(of)
		if err != nil {
			return fail(err)
		}
		in.Notes = append(in.Notes, unknown...)
	}
	p := &supervised.Problem{Name: in.Name, Targets: f.Targets}
	out := &task.Prepared{Fitted: f, Problem: p}
	whole, err := f.dataset(t)
	if err != nil {
		return fail(err)
	}
	for i, rows := range parts {
		if len(rows) > 0 {
			out.Parts[i] = data.Subset{Dataset: whole, Rows: rows}
		}
	}
	if test != nil {
		if out.Parts[task.Test], err = f.dataset(test); err != nil {
			return fail(in.Test.Errorf("%v", err))
		}
	}
	supervised.Resolve(in, f.Targets)
	f.resolve(in)
	if len(f.Pipeline.Inputs) > 0 {
		p.Branches = f.branches
	}
	if v := f.Pipeline.Vocabulary(); v != nil {
		out.Vocabulary = v.Size()
	}
	return out, f, p, nil
}

func inferred(kind prep.Task, c *data.Column) prep.Task {
	if kind != "" {
		return kind
	}
	return prep.InferTask(c)
}

// columnsOf is what the columns of a table are, as the experiment says it.
func columnsOf(in *task.Input, t *data.Table, targets supervised.Targets) prep.Columns {
	d := &in.Spec.Data
	out := prep.Columns{Specs: map[string]prep.Spec{}}
	for _, g := range targets {
		out.Targets = append(out.Targets, g.Name)
	}
	for _, i := range d.Inputs {
		out.Inputs = append(out.Inputs, prep.Input(i))
	}
	for _, c := range d.Features.Columns {
		out.Specs[c.Name] = c.Spec
	}
	if d.Features.All != "" { // one word for all columns of numbers
		for at, c := range t.Columns {
			if c.Kind == data.Number && !slices.Contains(out.Targets, c.Name) && !t.IsID(at) {
				out.Specs[c.Name] = prep.Spec{Scale: d.Features.All}
			}
		}
	}
	if g := in.Spec.Split.Group; g != "" {
		if _, named := out.Specs[g]; !named {
			out.Specs[g] = prep.Spec{Drop: true} // to which group a row belongs is not to be learnt
		}
	}
	return out
}

// dataset is the rows of a table with their targets.
func (f *Fitted) dataset(t *data.Table) (data.Dataset, error) {
	x, err := f.Pipeline.Dataset(t)
	if err != nil {
		return nil, err
	}
	return f.pairs(x, t, "")
}

// targets is the columns of the targets, by name from here on but for tables without names.
func targets(in *task.Input, t *data.Table) ([]*data.Column, error) {
	d := &in.Spec.Data
	if supervised.OwnInput(in) {
		return nil, supervised.NoColumn(t)
	}
	if len(d.Target) == 0 {
		d.Target = []string{"last"}
		if s := in.Source.Sample; s != nil {
			d.Target[0] = s.Target
		} else if len(t.Columns) > 0 {
			in.Note("%s: the target is taken to be the last column, %s; data.target names another", t.Name,
				t.Columns[len(t.Columns)-1].Name)
		}
	}
	var out []*data.Column
	for i, name := range d.Target {
		c, err := t.Column(name)
		if err != nil {
			return nil, task.Errorf("data.target", "%s", err)
		}
		if slices.Contains(out, c) {
			return nil, task.Errorf("data.target", "%s stands twice; leave one out", c.Name)
		}
		if !t.Unnamed() {
			d.Target[i] = c.Name
		}
		out = append(out, c)
	}
	return out, nil
}

// resolve writes down how columns become features.
func (f *Fitted) resolve(in *task.Input) {
	d := &in.Spec.Data
	d.Features = spec.Features{}
	for _, c := range f.Pipeline.Columns {
		d.Features.Columns = append(d.Features.Columns, spec.Feature{Name: c.Name, Spec: c.Spec})
	}
}

// branches is the layers of each input of a default network.
func (f *Fitted) branches() []spec.Branch {
	var out []spec.Branch
	for _, i := range f.Pipeline.Inputs {
		b := spec.Branch{Input: i.Name, Layers: []layer.Layer{layer.Dense{Units: hiddenUnits, Activation: "relu"}}}
		if v := f.Pipeline.VocabularyOf(i.Name); v != nil && v.Spec.Ids() {
			b.Layers = texts(v.Size(), embeddingDim)
		}
		out = append(out, b)
	}
	return out
}

// Test is the table of a test set in a source of its own; nil without.
func Test(in *task.Input) (*data.Table, error) {
	if in.Test == nil {
		return nil, nil
	}
	src, err := in.Test.Read()
	if err != nil {
		return nil, err
	}
	if src.Table == nil {
		return nil, in.Test.Errorf("%s holds no table, as data.source does; give a file of the same kind", in.Test.Name)
	}
	return src.Table, nil
}
