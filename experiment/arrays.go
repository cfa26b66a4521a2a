package experiment

import (
	"fmt"
	"strings"

	"gorae/data"
	"gorae/prep"
	"gorae/tensor"
)

// arrayKind is tensors whose first axis counts the samples.
var arrayKind = kind{
	of: func(r *Ready, o *origin) (form, error) {
		src, err := o.read()
		if err != nil || src.Arrays == nil {
			return nil, err
		}
		return arrayForm{src: src}, nil
	},
	member: "array",
	applied: func(r *Recipe) applied {
		if r.Array == nil {
			return nil
		}
		return plain{r}
	},
}

type arrayForm struct {
	plain
	src *data.Source
}

// open does for tensors what tableForm's does for tables.
func (f arrayForm) open(r *Ready) (samples, error) {
	a := f.src.Arrays
	r.apart = r.apart || a.Test != nil
	fail := func(err error) (samples, error) { return samples{}, err }
	if a.X == nil {
		return fail(r.mistake("data.source", "%s", noSamples(a)))
	}
	if a.Y == nil {
		return fail(r.mistake("data.labels", "%s holds samples without targets; name the file of the labels", a.Name))
	}
	if r.Data.Features != nil {
		return fail(r.mistake("data.features", "%s holds arrays, which have no columns; give one word: zscore, minmax, rescale or none", a.Name))
	}
	if len(a.X.Shape) < 2 {
		return fail(r.mistake("data.source", "%s has shape %v; samples × features at least are needed", a.Name, a.X.Shape))
	}
	if err := a.CheckFinite(); err != nil {
		return fail(err)
	}
	if n := a.Y.Len(); n != a.Len() {
		return fail(r.mistake("data.labels", "%d labels for %d samples; each sample needs one", n, a.Len()))
	}
	whole, err := prep.FitLabels(a.Y, a.Classes, nil, r.targetOptions(prep.Task(r.Data.Task)))
	if err != nil {
		return fail(err)
	}
	codes := make([]int, a.Len())
	if whole.Task == prep.Classification {
		for i := range codes {
			codes[i] = int(a.Y.Float(i))
		}
	}
	parts, err := r.split(a.Len(), nil, whole.Task, codes)
	if err != nil {
		return fail(err)
	}
	target, err := prep.FitLabels(a.Y, a.Classes, parts[0], r.targetOptions(whole.Task))
	if err != nil {
		return fail(err)
	}
	affine, err := prep.FitArray(a.X, parts[0], r.Data.Array)
	if err != nil {
		return fail(r.mistake("data.features", "%s", err))
	}
	r.Recipe.Array, r.Recipe.Target = affine, target
	r.Recipe.Sample = a.X.Shape[1:].Clone()
	r.Recipe.Figures = a.X.DType() != tensor.Uint8
	r.setTarget(target)
	if r.Data.Array != "" {
		r.put("data", "features", r.Data.Array)
	}
	x, err := prep.NewScaled(a.X, affine)
	if err != nil {
		return fail(err)
	}
	s := samples{x: x, shape: a.X.Shape[1:].Clone(), parts: parts, labels: func() (*tensor.Tensor, error) { return target.EncodeLabels(a.Y) }}
	if a.X.DType() == tensor.Uint8 && len(a.X.Shape) == 4 {
		if s.bytes, err = data.Of(a.X, nil); err != nil {
			return fail(err)
		}
	}
	s.apart, err = r.openApart(a.Test)
	return s, err
}

// noSamples says of an .npz file that none of its arrays is known for the samples.
func noSamples(a *data.Arrays) string {
	var names []string
	for _, x := range a.All {
		names = append(names, x.Name)
	}
	if len(names) == 0 {
		return fmt.Sprintf("%s: it holds text alone; save samples as an array of numbers under the name x", a.Name)
	}
	return fmt.Sprintf("%s: which of %s are the samples? save them under the name x", a.Name, strings.Join(names, ", "))
}
