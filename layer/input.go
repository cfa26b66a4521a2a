package layer

import (
	"cmp"
	"slices"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
)

func init() { Layers.RegisterAs("InputLayer", Input{}, "input") }

// Input says the shape of one sample, without the sample axis:
// (28, 28, 1) for a grey picture. It computes nothing.
type Input struct {
	Base
	Shape []int    `keras:"shape,main,min=1,what=extent"`
	Batch []int    `keras:"batch_shape,older=batch_input_shape"` // Keras's form: null and the shape, null where open
	DType string   `keras:"dtype,default=float32,oneof=float32|int32|uint8|bool,widths"`
	_     struct{} `keras:"sparse=false,ragged=false,optional=false"`
	// At is the extent in the place of one that is left open while the model is built; 0 stands for 256.
	At int `keras:"-"`
}

// Call implements Layer.
func (l Input) Call(s *Scope, x ...*graph.Node) []*graph.Node { return x }

// Traits implements Described.
func (Input) Traits() Traits { return Elementwise() }

// Sample returns the type of n samples.
func (l Input) Sample(n int) graph.Type {
	return graph.Type{DType: l.Elem(), Shape: append(tensor.Shape{n}, l.Extents()...)}
}

// Elem returns the type of the elements.
func (l Input) Elem() tensor.DType {
	switch l.DType {
	case "int32":
		return tensor.Int32
	case "uint8", "bool": // of truths, 0 and 1: masks are given so
		return tensor.Uint8
	}
	return tensor.Float32
}

// Word returns the name of the elements' type.
func (l Input) Word() string {
	if l.DType == "bool" {
		return l.DType
	}
	return l.Elem().String()
}

// openExtent stands for an extent that Batch leaves open while a model is built. Weights do not depend on it.
const openExtent = 256

// Extents returns the shape of one sample, from Shape or from Batch. In the place of an extent that is left open it has
// At, 256 by default.
func (l Input) Extents() tensor.Shape {
	if l.Shape != nil || len(l.Batch) == 0 {
		return l.Shape
	}
	s := tensor.Shape(l.Batch[1:])
	if open := l.Open(); len(open) > 0 {
		s = s.Clone()
		for _, i := range open {
			s[i] = cmp.Or(l.At, openExtent)
		}
	}
	return s
}

// Open lists the axes of a sample whose extents Batch leaves open, by null: lengths of sequences, sizes of pictures.
// A model with such an input takes samples of any extents there.
func (l Input) Open() []int {
	var axes []int
	if l.Shape == nil && len(l.Batch) > 0 {
		for i, d := range l.Batch[1:] {
			if d == 0 {
				axes = append(axes, i)
			}
		}
	}
	return axes
}

// Takes reports whether a sample of the shape fits.
func (l Input) Takes(s tensor.Shape) bool {
	want := l.Extents()
	if len(s) != len(want) {
		return false
	}
	open := l.Open()
	for i, d := range s {
		if d != want[i] && (d < 1 || !slices.Contains(open, i)) {
			return false
		}
	}
	return true
}

// Check tests the extents.
func (l Input) Check() error {
	for _, d := range l.Extents() {
		if d < 1 {
			return config.Errorf("shape", "%d is not an extent", d).Fix("give 1 or more")
		}
	}
	return nil
}

// Formula implements Formulator.
func (Input) Formula(in, out []tensor.Shape) string { return "none: these are the features" }
