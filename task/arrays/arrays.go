// Package arrays is the task of tensors whose first axis counts the samples: IDX, .npy and .npz
// files. Several arrays of an .npz file may be inputs of their own.
package arrays

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"gorae/data"
	"gorae/prep"
	"gorae/spec"
	"gorae/task"
	"gorae/task/supervised"
	"gorae/tensor"
)

func init() { task.Register(Task{}) }

// Task is the task of arrays.
type Task struct{}

// Reconstructs implements task.Reconstructor.
func (Task) Reconstructs() {}

// Name implements task.Task.
func (Task) Name() string { return "arrays" }

// Section implements task.Task: arrays have no keys of their own.
func (Task) Section() any { return nil }

// Detect takes any file of arrays.
func (Task) Detect(in *task.Input) (task.Score, error) {
	if !in.Source.Readable() {
		return task.None, nil
	}
	src, err := in.Source.Read()
	if err != nil || src.Arrays == nil {
		return task.None, err
	}
	return task.Fallback, nil
}

// Prepare splits the samples, and fits scales and target to the training samples.
func (Task) Prepare(_ context.Context, in *task.Input) (*task.Prepared, error) {
	src, err := in.Source.Read()
	if err != nil {
		return nil, err
	}
	a := src.Arrays
	xs, err := inputs(in, a)
	if err != nil {
		return nil, err
	}
	if err := check(in, a, xs); err != nil {
		return nil, err
	}
	f := &Fitted{Targets: supervised.Targets{}}
	rows := task.Rows{N: xs[0].Shape[0]}
	kind := prep.Task(in.Spec.Data.Task)
	if a.Y != nil {
		whole, err := prep.FitLabels(a.Y, a.Classes, nil, supervised.Options(in, kind))
		if err != nil {
			return nil, err
		}
		switch kind = whole.Task; kind {
		case prep.Classification:
			labels := data.ColumnOf("label", a.Y)
			rows.Codes, _ = labels.Codes()
		case prep.Labels:
			y, err := whole.EncodeLabels(a.Y)
			if err != nil {
				return nil, err
			}
			rows.Labels = supervised.LabelsOf(y)
		}
	}
	parts, err := in.Split(rows, in.Test != nil || a.Test != nil)
	if err != nil {
		return nil, err
	}
	if !supervised.OwnInput(in) {
		target, err := prep.FitLabels(a.Y, a.Classes, parts[task.Train], supervised.Options(in, kind))
		if err != nil {
			return nil, err
		}
		f.Targets = supervised.Targets{target}
	}
	for _, x := range xs {
		scale, err := prep.FitArray(x.Tensor, parts[task.Train], in.Spec.Data.Features.All)
		if err != nil {
			return nil, task.Errorf("data.features", "%s", err)
		}
		f.Inputs = append(f.Inputs, Input{Name: x.Name, Scale: scale, Sample: x.Shape[1:].Clone(),
			Numbers: x.DType() != tensor.Uint8})
	}
	supervised.Resolve(in, f.Targets)
	p, err := f.prepared(in, a, parts)
	if err == nil && supervised.OwnInput(in) {
		p, err = supervised.Autoencode(in, p, known(in, a, parts))
	}
	return p, err
}

// known returns the labels as classes that are known and not learnt from; nil without labels.
func known(in *task.Input, a *data.Arrays, parts [3][]int) *supervised.Known {
	if a.Y == nil || len(a.Y.Shape) != 1 {
		return nil
	}
	c := data.ColumnOf("label", a.Y)
	test := a.Test
	if in.Test != nil {
		if src, err := in.Test.Read(); err == nil {
			test = src.Arrays
		}
	}
	var apart *data.Column
	if test != nil && test.Y != nil && len(test.Y.Shape) == 1 {
		own := data.ColumnOf("label", test.Y)
		apart = &own
	}
	return supervised.KnownOf(&c, parts, apart)
}

// prepared lays the parts out.
func (f *Fitted) prepared(in *task.Input, a *data.Arrays, parts [3][]int) (*task.Prepared, error) {
	p := &supervised.Problem{Name: in.Name, Targets: f.Targets,
		Hidden: func() []spec.Step { return supervised.Hidden(f.Inputs[0].Sample) }}
	if len(f.Inputs) > 1 {
		p.Branches = f.branches
	}
	out := &task.Prepared{Fitted: f, Problem: p}
	x, err := f.pairs(a)
	if err != nil {
		return nil, err
	}
	out.SetParts(x, parts)
	test, from := a.Test, in.Source
	if in.Test != nil {
		from = in.Test
		src, err := in.Test.Read()
		if err != nil {
			return nil, err
		}
		if test = src.Arrays; test == nil {
			return nil, in.Test.Errorf("%s holds no arrays, as data.source does; give a file of the same kind",
				in.Test.Name)
		}
	}
	if test != nil {
		if own, x := f.Inputs[0].Sample, test.X; len(f.Inputs) == 1 && x != nil &&
			tensor.Shape(x.Shape[1:]).Size() != own.Size() {
			return nil, from.Errorf("the test set has samples of shape %v, the training data of %v; they must be "+
				"alike", tensor.Shape(x.Shape[1:]), own)
		}
		if out.Parts[task.Test], err = f.pairs(test); err != nil {
			return nil, from.Errorf("%s", err)
		}
	}
	return out, nil
}

// branches returns the layers of each input of a default network.
func (f *Fitted) branches() []spec.Branch {
	var out []spec.Branch
	for _, i := range f.Inputs {
		out = append(out, spec.Branch{Input: i.Name, Steps: supervised.Hidden(i.Sample)})
	}
	return out
}

// inputs returns the arrays that enter the network.
func inputs(in *task.Input, a *data.Arrays) ([]tensor.Named, error) {
	d := &in.Spec.Data
	if len(d.Inputs) == 0 {
		if a.X == nil {
			return nil, task.Errorf("data.source", "%s", noSamples(a))
		}
		return []tensor.Named{{Name: "x", Tensor: a.X}}, nil
	}
	var out []tensor.Named
	for _, i := range d.Inputs {
		path := "data.inputs." + i.Name
		if len(i.Columns) != 1 {
			return nil, task.Errorf(path, "%d arrays; an input is one array", len(i.Columns))
		}
		x, ok := a.Array(i.Columns[0])
		if !ok {
			return nil, task.Errorf(path, "%s has no array %q; there are %s", a.Name, i.Columns[0],
				strings.Join(a.Names(), ", "))
		}
		out = append(out, tensor.Named{Name: i.Name, Tensor: x})
	}
	return out, nil
}

// check returns an error for arrays that are no samples with targets, and keys that mean nothing for arrays.
func check(in *task.Input, a *data.Arrays, xs []tensor.Named) error {
	d := &in.Spec.Data
	switch {
	case a.Y == nil && !supervised.OwnInput(in):
		return task.Errorf("data.labels", "%s holds samples without targets; name the file of the labels", a.Name)
	case len(d.Features.Columns) > 0:
		return task.Errorf("data.features", "%s holds arrays, which have no columns; give one word: zscore, minmax, "+
			"rescale or none", a.Name)
	case len(d.Target) > 0 && !supervised.OwnInput(in):
		return task.Errorf("data.target", "%s holds arrays, which have no columns; data.labels names the array or "+
			"the file of the targets", a.Name)
	}
	for _, x := range xs {
		if len(x.Shape) < 2 {
			return task.Errorf("data.source", "%s has shape %v; samples × features at least are needed", a.Name,
				x.Shape)
		}
		if err := (&data.Arrays{Name: a.Name, X: x.Tensor}).CheckFinite(); err != nil {
			return err
		}
		if a.Y != nil && a.Y.Shape[0] != x.Shape[0] {
			return task.Errorf("data.labels", "%d labels for %d samples; each sample needs one", a.Y.Shape[0],
				x.Shape[0])
		}
	}
	return nil
}

// noSamples returns the message for an .npz file of which it is not known which array holds the samples.
func noSamples(a *data.Arrays) string {
	if names := a.Names(); len(names) > 0 {
		return fmt.Sprintf("%s: which of %s are the samples? save them under the name x", a.Name,
			strings.Join(names, ", "))
	}
	return fmt.Sprintf("%s: it holds text alone; save samples as an array of numbers under the name x", a.Name)
}

// Restore implements task.Task.
func (Task) Restore(b json.RawMessage) (task.Fitted, error) {
	f := &Fitted{}
	if err := json.Unmarshal(b, f); err != nil {
		return nil, err
	}
	if len(f.Inputs) == 0 {
		return nil, errors.New("the inputs are missing")
	}
	for _, i := range f.Inputs {
		if i.Scale == nil {
			return nil, fmt.Errorf("input %q: the scale is missing", i.Name)
		}
	}
	return supervised.Restored(b, f, f.Targets)
}
