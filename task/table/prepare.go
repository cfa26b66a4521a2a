package table

import (
	"slices"
	"strconv"

	"gorae/config"
	"gorae/data"
	"gorae/internal/words"
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
	set, err := labelSet(in, t, columns)
	if err != nil {
		return fail(err)
	}
	labels := make([]bool, len(columns))
	for i, c := range columns {
		labels[i] = set != nil || inferred(prep.Task(in.Spec.Data.Task), c) == prep.Labels
	}
	l := withTargets(t, columns, labels)
	if l.note != "" {
		in.Notes = append(in.Notes, l.note)
	}
	parts, err := split(in, l, set)
	if err != nil {
		return fail(err)
	}
	f, err := fit(in, l, set, parts[task.Train])
	if err != nil {
		return fail(err)
	}
	if err := noteUnknown(in, f.Pipeline, t, test); err != nil {
		return fail(err)
	}
	in.NoteOnce("doubts about the table", func() { noteDoubts(in, l, f, parts[task.Train]) })
	p := &supervised.Problem{Name: in.Name, Targets: f.Targets}
	keys := map[*data.Table][]supervised.Key{}
	for part, rows := range parts {
		own, rows := t, l.rowsOf(rows)
		if task.Part(part) == task.Test && test != nil {
			if columns, err = f.targetsOf(test, ""); err != nil {
				return fail(in.Test.Errorf("%v", err))
			}
			own, rows = test, withTargets(test, columns, f.labels()).rows
			if rows == nil {
				rows = data.Range(test.Rows)
			}
		}
		p.Origins[part] = supervised.Origin{Table: own, Rows: rows}
		// Rows that were split by time or by group are taken for dependent as it is.
		if d := in.Dependence[part]; len(rows) > 0 && !d.Serial && d.Groups == nil {
			if _, known := keys[own]; !known {
				keys[own] = f.keys(own)
			}
			p.Rows[part], p.Keys[part] = rows, keys[own]
		}
	}
	if len(f.Pipeline.Inputs) > 0 {
		p.Branches = f.branches
	}
	out := &task.Prepared{Fitted: f, Problem: p}
	if v := f.Pipeline.Vocabulary(); v != nil {
		out.Vocabulary = v.Size()
	}
	if err := f.layOut(in, l, test, parts, out); err != nil {
		return fail(err)
	}
	if out.Weights, err = weights(in, l, parts); err != nil {
		return fail(err)
	}
	f.origin = origin{t, test, parts}
	supervised.Resolve(in, f.Targets)
	f.resolve(in)
	return out, f, p, nil
}

// split returns the row numbers of the parts, among the rows with targets. The sets of labels, or the classes of the
// first target where it has any, are the strata.
func split(in *task.Input, l labelled, set *prep.Target) ([3][]int, error) {
	rows := task.Rows{N: l.known.Rows, Table: l.known}
	if set != nil {
		y, err := set.Encode(l.known, l.columns...)
		if err != nil {
			return [3][]int{}, config.Under("data.target", err)
		}
		rows.Labels = supervised.LabelsOf(y)
	} else if len(l.columns) > 0 && inferred(prep.Task(in.Spec.Data.Task), l.columns[0]) == prep.Classification {
		rows.Codes, _ = l.columns[0].Codes()
	}
	return in.Split(rows, in.Test != nil)
}

// fit returns targets and columns as they are fitted to the training rows.
func fit(in *task.Input, l labelled, set *prep.Target, training []int) (*Fitted, error) {
	kind := prep.Task(in.Spec.Data.Task)
	f := &Fitted{Targets: supervised.Targets{}, CSV: in.Spec.Data.CSV()}
	targets := l.columns
	if set != nil {
		f.Targets = supervised.Targets{set}
		if kind == "" && in.Source.Sample == nil {
			in.Guesses = append(in.Guesses, guessSet(targets)...)
		}
		targets = nil
	}
	for _, c := range targets {
		g, err := prep.FitTarget(l.known, c.Name, training, supervised.Options(in, inferred(kind, c)))
		if err != nil {
			return nil, config.Under("data", err)
		}
		f.Targets = append(f.Targets, g)
		if kind == "" && in.Source.Sample == nil {
			in.Guesses = append(in.Guesses, prep.GuessTask(c)...)
		}
	}
	var err error
	columns := columnsOf(in, l.whole, f.Targets)
	groupSpecs(in, l.whole, l.rowsOf(training), columns.Specs)
	columns.Piecewise = piecewise(in, l.whole)
	// Beside data, split and seed, whether there is a network of the experiment's own decides what columns become.
	f.kept = " " + strconv.FormatBool(columns.Bags) + " " + strconv.Itoa(columns.Piecewise)
	f.Pipeline, err = task.Once(in, "columns"+f.kept, func() (*prep.Pipeline, error) {
		return prep.Fit(l.whole, l.rowsOf(training), columns)
	})
	if err != nil {
		return nil, config.Under("data", err)
	}
	in.Notes, in.Uses = append(in.Notes, f.Pipeline.Notes...), &f.Pipeline.Uses
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

// layOut sets the parts of out to the rows of l, and to the whole of test unless it is nil.
func (f *Fitted) layOut(in *task.Input, l labelled, test *data.Table, parts [3][]int, out *task.Prepared) error {
	x, err := task.Once(in, "samples"+f.kept, func() (data.Dataset, error) { return f.Pipeline.Training(l.whole) })
	if err != nil {
		return err
	}
	whole, err := f.pairs(x, l)
	if err != nil {
		return err
	}
	for k := range parts {
		parts[k] = l.rowsOf(parts[k])
	}
	out.SetParts(whole, parts)
	if test == nil {
		return nil
	}
	columns, err := f.targetsOf(test, "")
	if err != nil {
		return in.Test.Errorf("%v", err)
	}
	own := withTargets(test, columns, f.labels())
	if own.note != "" {
		in.Notes = append(in.Notes, own.note)
	}
	x, err = task.Once(in, "test"+f.kept, func() (data.Dataset, error) { return f.Pipeline.Dataset(own.whole) })
	if err == nil {
		out.Parts[task.Test], err = f.pairs(x, own)
	}
	if err != nil {
		return in.Test.Errorf("%v", err)
	}
	if own.rows != nil {
		out.Parts[task.Test] = data.Subset{Dataset: out.Parts[task.Test], Rows: own.rows}
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
		all, _ := prep.ParseSpec(d.Features.All) // the experiment's decoder knows it
		for at, c := range t.Columns {
			if c.Kind == data.Number && !slices.Contains(out.Targets, c.Name) && !t.IsID(at) {
				out.Specs[c.Name] = all
			}
		}
	}
	out.Learnt, out.Seed = targets, in.Spec.Seed
	out.Bags = in.Spec.Model == nil && in.Spec.Train.StartFrom == "" && !d.Given("vectors")
	if g := nameOf(t, in.Spec.Split.Group); g != "" {
		out.Group = g
		if _, named := out.Specs[g]; !named {
			out.Specs[g] = prep.Spec{Drop: true} // to which group a row belongs is not to be learnt
		}
	}
	for _, name := range []string{d.Known, d.SampleWeight} {
		if c, err := t.Column(name); name != "" && err == nil { // else it is an error where it is read
			out.Specs[c.Name] = prep.Spec{Drop: true}
		}
	}
	return out
}

// nameOf returns the name of a column that an experiment names by its name, its number or "last"; as it stands where
// the table has none such, which is an error elsewhere.
func nameOf(t *data.Table, column string) string {
	if c, err := t.Column(column); column != "" && err == nil {
		return c.Name
	}
	return column
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
			in.Assumed = true
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
		if err := stray(in, t, c); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// stray returns an error where a target would be taken for classes because a few of its numbers are spelled as none.
func stray(in *task.Input, t *data.Table, c *data.Column) error {
	if in.Spec.Data.Task != "" || in.Spec.Data.Types[c.Name] != "" {
		return nil
	}
	s := c.Stray()
	if s == nil {
		return nil
	}
	word := words.Clip(c.Spelling(s.Row), 30)
	return task.Errorf("data.target", "%q in %s is no number, as %d of the %d values of %s are: the target would be "+
		"%d classes", word, t.Place(s.Row), s.Numbers, s.Values, c.Name, s.Levels).
		Fix("give missing: [%q], which leaves such rows out, or task: classification", word)
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
		b := spec.Branch{Input: i.Name, Steps: spec.Steps(layer.Dense{Units: branchUnits, Activation: "relu"})}
		if v := f.Pipeline.VocabularyOf(i.Name); v != nil && v.Spec.Ids() {
			b.Steps = texts(v.Size(), embeddingDim)
		} else if n := f.Pipeline.IDsOf(i.Name); n > 0 {
			b.Steps = categories(n)
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
