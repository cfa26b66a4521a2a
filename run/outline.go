package run

import (
	"context"
	"fmt"

	"gorae/data"
	"gorae/layer"
	"gorae/model"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
)

// Network returns the network of an experiment, built, and a line about it where it may differ from the trained one,
// else "". It reads no data where the experiment says what the samples are: by a first layer input with its shape, or
// by keys of its kind of data, such as the size and the colour of pictures. Without data and such keys the error names
// them.
func Network(ctx context.Context, f *spec.File) (m *model.Model, note string, err error) {
	o := outline(&f.Experiment)
	if f.Model != nil && len(o.Inputs) > 0 && !o.Loose {
		m, err = o.build(f)
		return m, "", err
	}
	prepared, err := Prepare(ctx, f)
	if err == nil {
		return prepared.Model, "", nil
	}
	absent := &Prepared{Name: f.Name, Spec: f.Experiment.Clone(), file: f}
	if _, lost := absent.input(); lost == nil {
		return nil, "", err // the data are there: something else is wrong
	}
	lacks := o.Lacks
	switch named := o.vocabularyNamed(f.Model); {
	case f.Model == nil && len(o.Inputs) > 0:
		lacks = "model: the default one depends on the data"
	case f.Model == nil:
		lacks = "model, and " + lacks
	case len(o.Inputs) > 0 && !named:
		m, err = o.build(f)
		return m, "", err
	case len(o.Inputs) > 0 && o.Vocabulary > 0:
		m, err = o.build(f)
		return m, fmt.Sprintf("without the data: %s of %s ids at most", spec.Vocabulary,
			layer.Thousands(o.Vocabulary)), err
	}
	return nil, "", fmt.Errorf("%w; without the data a summary needs %s", err, lacks)
}

// outlined is what an experiment says of its samples.
type outlined struct{ task.Outline }

// outline returns what an experiment says of its samples: a first layer input goes before the keys of data.
func outline(e *spec.Experiment) outlined {
	const input = "a first layer input with the shape of a sample, such as model: [input: {shape: [28, 28, 1]}, …]"
	if n := e.Model; n != nil && len(n.Steps) > 0 && len(e.Data.Inputs) == 0 {
		if in, ok := n.Steps[0].Layer.(layer.Input); ok && len(in.Shape) > 0 && fixed(in.Shape) {
			f := data.Field{Name: "x", Shape: in.Shape}
			if in.DType == tensor.Int32.String() || takesIDs(n) {
				f.DType = tensor.Int32
			}
			return outlined{task.Outline{Inputs: []data.Field{f}}}
		}
	}
	lacks := input
	for _, t := range task.All() {
		o, ok := t.(task.Outliner)
		if !ok || e.Data.Foreign(t.Name()) != "" {
			continue
		}
		if out := o.Outline(&e.Data); out.Inputs != nil {
			return outlined{out}
		} else if ownKey(&e.Data, t.Name()) {
			lacks = out.Lacks + ", or " + input
		}
	}
	return outlined{task.Outline{Lacks: lacks}}
}

// ownKey reports whether an experiment gives a key of a task.
func ownKey(d *spec.Data, name string) bool {
	for _, k := range d.Keys() {
		if d.Owner(k) == name {
			return true
		}
	}
	return false
}

// fixed reports whether a shape has no open extents.
func fixed(s []int) bool {
	for _, n := range s {
		if n < 1 {
			return false
		}
	}
	return true
}

// takesIDs reports whether the layer behind the input takes whole numbers.
func takesIDs(n *spec.Network) bool {
	if len(n.Steps) < 2 {
		return false
	}
	_, ok := n.Steps[1].Layer.(layer.TakesIDs)
	return ok
}

// vocabularyNamed reports whether a network has a number of ids of the data in it.
func (o outlined) vocabularyNamed(n *spec.Network) bool {
	if n == nil {
		return false
	}
	for _, s := range n.Steps {
		if s.Layer == nil && s.Pretrained == nil {
			return true
		}
	}
	return false
}

// build returns the network of an experiment for the samples that the outline says.
func (o outlined) build(f *spec.File) (*model.Model, error) {
	vars := map[string]int{}
	if o.Vocabulary > 0 {
		vars[spec.Vocabulary] = o.Vocabulary
	}
	n, err := f.Model.Resolve(vars)
	if err != nil {
		return nil, f.Locate(err)
	}
	b := &builder{network: n, inputs: o.Inputs,
		expand: func(key, path string) (string, error) { return expand(f, key, path) }}
	m, err := b.build(f.Seed)
	if err != nil {
		return nil, f.Locate(err)
	}
	m.Name = modelName(f.Name)
	return m, nil
}
