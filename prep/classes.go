package prep

import (
	"fmt"

	"gorae/data"
	"gorae/tensor"
)

// Encoding is the form in which a loss compares classes with a network's outputs.
type Encoding int

const (
	// ClassIDs are the classes' numbers, int32: for the sparse categorical cross-entropy.
	ClassIDs Encoding = iota
	// OneHot is a row of zeros with a one at the class: for the categorical cross-entropy and others that compare
	// output by output.
	OneHot
	// ZeroOne is the class of two as one number, 0 or 1: for a single output.
	ZeroOne
)

// ClassEncoding returns the encoding for a network with so many outputs; sparse says that the loss takes class numbers.
func ClassEncoding(outputs int, sparse bool) Encoding {
	switch {
	case outputs == 1:
		return ZeroOne
	case sparse:
		return ClassIDs
	}
	return OneHot
}

// Targets returns encoded targets, as Encode gives them, in the form that a loss wants: a dataset of one input under
// the target's name, for data.WithTargets. Classes become what the encoding says, one-hot rows of the given width as
// they are read; numbers of a regression stay as they are.
func (g *Target) Targets(y *tensor.Tensor, e Encoding, outputs int) (data.Dataset, error) {
	if g.Task != Classification || y.DType() != tensor.Int32 || e == ClassIDs {
		return data.Tensors(tensor.Named{Name: g.Name, Tensor: y})
	}
	c := &classes{name: g.Name, y: y.I32, width: 1}
	if e == OneHot {
		c.width, c.onehot = outputs, true
	}
	for i, k := range c.y {
		if k < 0 || c.onehot && int(k) >= outputs {
			return nil, fmt.Errorf("target %s: class %d of sample %d is none of %d outputs", g.Name, k, i, outputs)
		}
	}
	return c, nil
}

// classes is class numbers as numbers or as one-hot rows of float32.
type classes struct {
	name   string
	y      []int32
	width  int
	onehot bool
}

// Spec returns one input of float32.
func (c *classes) Spec() data.Spec {
	return data.Spec{Inputs: []data.Field{{Name: c.name, Shape: tensor.Shape{c.width}}}}
}

// Len returns the number of samples.
func (c *classes) Len() int { return len(c.y) }

// Read encodes the class of sample i.
func (c *classes) Read(_, i int, row data.Row) error {
	if i < 0 || i >= len(c.y) {
		return fmt.Errorf("target %s: no sample %d of %d", c.name, i, len(c.y))
	}
	if len(row) == 0 {
		return nil
	}
	to := row[0].F32
	if !c.onehot {
		to[0] = float32(c.y[i])
		return nil
	}
	clear(to)
	to[c.y[i]] = 1
	return nil
}
