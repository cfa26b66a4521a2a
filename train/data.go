package train

import (
	"fmt"
	"math"

	"gorae/data"
	"gorae/tensor"
)

// Data is samples to train on or to evaluate.
type Data struct {
	// X are the model's inputs and Y what its outputs are compared with, in the model's
	// order; the first axis of each counts the samples. Pixels may be uint8 and ids int32.
	X, Y []*tensor.Tensor
	// Weights says how much each sample counts in the loss, [samples]; nil: all 1.
	Weights *tensor.Tensor
	// OutputWeights, in place of Weights, has a list for each output; one that is nil: all 1.
	OutputWeights []*tensor.Tensor
	// Source gives the samples instead of X and Y. It may be a stream, whose length is not known (data.Generator).
	Source data.Dataset
}

// Pairs is the data of a model with one input and one output.
func Pairs(x, y *tensor.Tensor) Data {
	return Data{X: []*tensor.Tensor{x}, Y: []*tensor.Tensor{y}}
}

// Len is the number of samples, −1 of a stream.
func (d Data) Len() int {
	switch {
	case d.Source != nil:
		return d.Source.Len()
	case len(d.X) > 0 && d.X[0] != nil && len(d.X[0].Shape) > 0:
		return d.X[0].Shape[0]
	}
	return 0
}

// dataset is the data as a dataset, after the checks that need no model. part is
// "training data" or "validation data"; targets says whether there must be some.
func (d Data) dataset(part string, targets bool) (data.Dataset, error) {
	if d.Source != nil {
		if len(d.X)+len(d.Y) > 0 {
			return nil, fmt.Errorf("%s: both Source and X, Y are given; give one", part)
		}
		switch n := d.Source.Len(); {
		case n == 0:
			return nil, fmt.Errorf("%s: the source has 0 samples; a run needs at least one", part)
		case n < 0 && len(d.weights()) > 0:
			return nil, fmt.Errorf("%s: weights of samples are for data whose length is known; a stream has none", part)
		}
		return d.Source, d.checkWeights(part)
	}
	if len(d.X) == 0 || targets && len(d.Y) == 0 {
		return nil, fmt.Errorf("%s: %d inputs and %d targets; give at least one of each", part, len(d.X), len(d.Y))
	}
	m := &data.Memory{}
	for _, list := range []struct {
		letter string
		from   []*tensor.Tensor
		to     *[]tensor.Named
	}{{"x", d.X, &m.Inputs}, {"y", d.Y, &m.Targets}} {
		for i, t := range list.from {
			name := list.letter
			if len(list.from) > 1 {
				name = fmt.Sprintf("%s[%d]", list.letter, i)
			}
			if err := d.check(t, part, name); err != nil {
				return nil, err
			}
			*list.to = append(*list.to, tensor.Named{Name: name, Tensor: t})
		}
	}
	return m, d.checkWeights(part)
}

// check looks at one tensor: as many samples as the others, and numbers only.
func (d Data) check(t *tensor.Tensor, part, name string) error {
	switch {
	case t == nil:
		return fmt.Errorf("%s: %s is nil", part, name)
	case len(t.Shape) == 0:
		return fmt.Errorf("%s: %s is a scalar; its first axis must count the samples", part, name)
	case t.Shape[0] != d.Len():
		return fmt.Errorf("%s: x has %d samples, %s has %d; each sample needs its own", part, d.Len(), name, t.Shape[0])
	case t.Shape[0] == 0:
		return fmt.Errorf("%s: %s has no samples: shape %v; give at least one", part, name, t.Shape)
	case t.Len() == 0:
		return fmt.Errorf("%s: %s has samples without numbers: shape %v", part, name, t.Shape)
	}
	for i, v := range t.F32 {
		if v-v != 0 { // NaN, +Inf, −Inf
			return fmt.Errorf("%s: %s is %v at %s; replace such values (impute) or drop the sample",
				part, name, v, place(i, t.Shape))
		}
	}
	return nil
}

// place says where element i lies: row 17, column 3; both from 0, as the tensor is
// indexed.
func place(i int, s tensor.Shape) string {
	row := tensor.Shape(s[1:]).Size()
	switch len(s) {
	case 1:
		return fmt.Sprintf("row %d", i)
	case 2:
		return fmt.Sprintf("row %d, column %d", i/row, i%row)
	}
	at := make(tensor.Shape, len(s)-1)
	for k, rest := len(at)-1, i%row; k >= 0; k-- {
		at[k], rest = rest%s[k+1], rest/s[k+1]
	}
	return fmt.Sprintf("row %d, place %v", i/row, at)
}

// weights are the lists of weights: none, one for all outputs, or one for each.
func (d Data) weights() []*tensor.Tensor {
	if d.Weights != nil {
		return []*tensor.Tensor{d.Weights}
	}
	return d.OutputWeights
}

func (d Data) checkWeights(part string) error {
	if d.Weights != nil && len(d.OutputWeights) > 0 {
		return fmt.Errorf("%s: both Weights and OutputWeights are given; give one", part)
	}
	for k, w := range d.weights() {
		if w == nil {
			continue
		}
		what := "weights"
		if d.Weights == nil {
			what = fmt.Sprintf("weights of output %d", k+1)
		}
		if w.DType() != tensor.Float32 || len(w.Shape) != 1 || w.Shape[0] != d.Len() {
			return fmt.Errorf("%s: %s are %v%v; give float32 of shape %v, one for each sample",
				part, what, w.DType(), w.Shape, tensor.Shape{d.Len()})
		}
		for i, v := range w.F32 {
			if !(v >= 0) || math.IsInf(float64(v), 0) {
				return fmt.Errorf("%s: the weight of row %d is %v; give a number from 0", part, i, v)
			}
		}
	}
	return nil
}
