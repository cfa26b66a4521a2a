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

// Prepare splits the rows of table t, fits targets and columns to the training rows, and returns the samples. test is
// the table of a test set in a file of its own, nil if there is none. The problem is returned beside the samples, so
// that the task can set the layers of the default network.
func Prepare(in *task.Input, t, test *data.Table) (*task.Prepared, *Fitted, *supervised.Problem, error) {
	fail := func(err error) (*task.Prepared, *Fitted, *supervised.Problem, error) { return nil, nil, nil, err }
	if err := in.Take(t); err != nil {
		return fail(err)
	}
	columns, err := targets(in, t)
	if err != nil {
		return fail(err)
	}
	parts, err := split(in, t, columns)
	if err != nil {
		return fail(err)
	}
	f, err := fit(in, t, columns, parts[task.Train])
	if err != nil {
		return fail(err)
	}
	if err := noteUnknown(in, f.Pipeline, t, test); err != nil {
		return fail(err)
	}
	p := &supervised.Problem{Name: in.Name, Targets: f.Targets}
	if len(f.Pipeline.Inputs) > 0 {
		p.Branches = f.branches
	}
	out := &task.Prepared{Fitted: f, Problem: p}
	if v := f.Pipeline.Vocabulary(); v != nil {
		out.Vocabulary = v.Size()
	}
	if err := f.layOut(in, t, test, parts, out); err != nil {
		return fail(err)
	}
	supervised.Resolve(in, f.Targets)
	f.resolve(in)
	return out, f, p, nil
}

// split returns the row numbers of the parts. The classes of the first target, where it has any, are the strata.
func split(in *task.Input, t *data.Table, targets []*data.Column) ([3][]int, error) {
	rows := task.Rows{N: t.Rows, Table: t}
	if g, err := labelled(in, t, targets); err != nil {
		return [3][]int{}, err
	} else if g != nil {
		y, err := g.Encode(t, targets...)
		if err != nil {
			return [3][]int{}, config.Under("data.target", err)
		}
		rows.Labels = supervised.LabelsOf(y)
	} else if len(targets) > 0 && inferred(prep.Task(in.Spec.Data.Task), targets[0]) == prep.Classification {
		rows.Codes, _ = targets[0].Codes()
	}
	return in.Split(rows, in.Test != nil)
}

// fit returns targets and columns as they are fitted to the training rows.
func fit(in *task.Input, t *data.Table, targets []*data.Column, training []int) (*Fitted, error) {
	kind := prep.Task(in.Spec.Data.Task)
	f := &Fitted{Targets: supervised.Targets{}, CSV: in.Spec.Data.CSV()}
	set, err := labelled(in, t, targets)
	if err != nil {
		return nil, err
	}
	if set != nil {
		f.Targets = supervised.Targets{set}
		if kind == "" && in.Source.Sample == nil {
			in.Guesses = append(in.Guesses, guessSet(targets)...)
		}
		targets = nil
	}
	for _, c := range targets {
		g, err := prep.FitTarget(t, c.Name, training, supervised.Options(in, inferred(kind, c)))
		if err != nil {
			return nil, config.Under("data", err)
		}
		f.Targets = append(f.Targets, g)
		if kind == "" && in.Source.Sample == nil {
			in.Guesses = append(in.Guesses, prep.GuessTask(c)...)
		}
	}
	if f.Pipeline, err = prep.Fit(t, training, columnsOf(in, t, f.Targets)); err != nil {
		return nil, config.Under("data", err)
	}
	in.Notes = append(in.Notes, f.Pipeline.Notes...)
	return f, nil
}

// noteUnknown adds notes about the categories of tables that the pipeline was not fitted to. A nil table is passed
// over.
func noteUnknown(in *task.Input, p *prep.Pipeline, tables ...*data.Table) error {
	for _, t := range tables {
		if t == nil {
			continue
		}
		unknown, err := p.Unknown(t)
		if err != nil {
			return err
		}
		in.Notes = append(in.Notes, unknown...)
	}
	return nil
}

// layOut sets the parts of out to the rows of t, and to the whole of test unless it is nil.
func (f *Fitted) layOut(in *task.Input, t, test *data.Table, parts [3][]int, out *task.Prepared) error {
	whole, err := f.dataset(t)
	if err != nil {
		return err
	}
	out.SetParts(whole, parts)
	if test != nil {
		if out.Parts[task.Test], err = f.dataset(test); err != nil {
			return in.Test.Errorf("%v", err)
		}
	}
	return nil
}

// inferred returns kind, or what the values of a column suggest where kind is "".
func inferred(kind prep.Task, c *data.Column) prep.Task {
	if kind != "" {
		return kind
	}
	return prep.InferTask(c)
}

// columnsOf returns targets, inputs and specs of the columns of a table, as the experiment gives them.
func columnsOf(in *task.Input, t *data.Table, targets supervised.Targets) prep.Columns {
	d := &in.Spec.Data
	out := prep.Columns{Specs: map[string]prep.Spec{}}
	for _, g := range targets {
		out.Targets = append(out.Targets, g.Columns()...)
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

// dataset returns the rows of a table with their targets.
func (f *Fitted) dataset(t *data.Table) (data.Dataset, error) {
	x, err := f.Pipeline.Dataset(t)
	if err != nil {
		return nil, err
	}
	return f.pairs(x, t, "")
}

// targets returns the columns of the targets, by name from here on but for tables without names.
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

// branches returns the layers of each input of a default network.
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

// Test returns the table of a test set in a source of its own; nil without.
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
