package experiment

import (
	"errors"
	"fmt"
	"strings"

	"gorae/config"
	"gorae/data"
	"gorae/internal/yamltree"
	"gorae/prep"
	"gorae/tensor"
)

// tableKind is rows of columns.
var tableKind = kind{
	of: func(r *Ready, o *origin) (form, error) {
		src, err := o.read()
		if err != nil || src.Table == nil {
			return nil, err
		}
		return tableForm{src: src}, nil
	},
	files:  []string{"vectors"},
	member: "table",
	applied: func(r *Recipe) applied {
		if r.Table == nil {
			return nil
		}
		return plain{r}
	},
}

type tableForm struct {
	plain
	src *data.Source
}

// open decides on the target, splits the rows, and fits the pipeline.
func (f tableForm) open(r *Ready) (samples, error) {
	src, t := f.src, f.src.Table
	fail := func(err error) (samples, error) { return samples{}, err }
	r.Notes = append(r.Notes, t.Notes...)
	if r.Data.Target == "" {
		r.Data.Target = "last"
		if src.Sample != nil {
			r.Data.Target = src.Sample.Target
		} else if len(t.Columns) > 0 {
			r.Notes = append(r.Notes, fmt.Sprintf("%s: the target is taken to be the last column, %s; data.target names another", t.Name, t.Columns[len(t.Columns)-1].Name))
		}
	}
	col, err := t.Column(r.Data.Target)
	if err != nil {
		return fail(r.mistake("data.target", "%s", err))
	}
	// From here on the target goes by its name, but for tables without names.
	if !t.Unnamed() {
		r.Data.Target = col.Name
	}
	task := prep.Task(r.Data.Task)
	if task == "" {
		task = prep.InferTask(col)
	}
	codes, _ := col.Codes()
	parts, err := r.split(t.Rows, t, task, codes)
	if err != nil {
		return fail(err)
	}
	target, err := prep.FitTarget(t, r.Data.Target, parts[0], r.targetOptions(task))
	if err != nil {
		return fail(err)
	}
	specs := map[string]prep.Spec{}
	for name, s := range r.Data.Features {
		specs[name] = s
	}
	if r.Data.Array != "" { // one word for all columns of numbers
		for i, c := range t.Columns {
			if c.Kind == data.Number && c.Name != col.Name && !t.IsID(i) {
				specs[c.Name] = prep.Spec{Scale: r.Data.Array}
			}
		}
	}
	if g := r.Split.Group; g != "" {
		if _, named := specs[g]; !named {
			specs[g] = prep.Spec{Drop: true} // whose rows these are is not to be learnt
		}
	}
	p, err := prep.Fit(t, parts[0], prep.Columns{Targets: []string{r.Data.Target}, Specs: specs})
	if err != nil {
		return fail(r.featureError(err))
	}
	r.Notes = append(r.Notes, p.Notes...)
	x, err := p.Dataset(t)
	if err != nil {
		return fail(err)
	}
	field := x.Spec().Inputs[0]
	if field.Shape[0] == 0 {
		return fail(r.mistake("data.features", "%s leaves no feature to learn from; drop fewer columns", t.Name))
	}
	r.Recipe.Table, r.Recipe.Target = p, target
	r.Recipe.CSV = r.Data.CSV()
	r.setTarget(target)
	features := &yamltree.Node{Kind: yamltree.Map}
	for _, c := range p.Columns {
		features.Put(c.Name, specNode(c.Spec))
	}
	r.put("data", "features", features)
	s := samples{x: x, shape: field.Shape, dtype: field.DType, parts: parts, vocabulary: p.Vocabulary(), labels: func() (*tensor.Tensor, error) { return target.Encode(t, col) }}
	s.apart, err = r.openApart(nil)
	return s, err
}

// featureError is a mistake of a column or an input at its key, if the file names it.
func (r *Ready) featureError(err error) error {
	var e *config.Error
	if !errors.As(err, &e) || e.Path == "" {
		return err
	}
	path := config.Join("data", e.Path)
	for r.tree.At(path) == nil { // the file need not say what is at fault
		up := path[:max(0, strings.LastIndex(path, "."))]
		if up == "data" || up == "" {
			return err
		}
		path = up
	}
	return r.misplaced(path, true, e.Text())
}
