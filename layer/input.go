package layer

import (
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
	Batch []int    `keras:"batch_shape"`              // Keras's form: null and the shape
	Older []int    `keras:"batch_input_shape,legacy"` // Keras 2's name for it
	DType string   `keras:"dtype,default=float32,oneof=float32|int32|uint8|bool"`
	_     struct{} `keras:"sparse=false,ragged=false,optional=false"`
}

// Call implements Layer.
func (l Input) Call(s *Scope, x ...*graph.Node) []*graph.Node { return x }

// Traits implements Described.
func (Input) Traits() Traits { return Elementwise() }

// Sample is the type of n samples.
func (l Input) Sample(n int) graph.Type {
	return graph.Type{DType: l.Elem(), Shape: append(tensor.Shape{n}, l.Extents()...)}
}

// Elem is the type of the elements.
func (l Input) Elem() tensor.DType {
	switch l.DType {
	case "int32":
		return tensor.Int32
	case "uint8", "bool": // of truths, 0 and 1: masks are given so
		return tensor.Uint8
	}
	return tensor.Float32
}

// Word is the name of the elements' type.
func (l Input) Word() string {
	if l.DType == "bool" {
		return l.DType
	}
	return l.Elem().String()
}

// Extents is the shape of one sample, from Shape or from Batch.
func (l Input) Extents() tensor.Shape {
	if l.Shape != nil {
		return l.Shape
	}
	for _, s := range [][]int{l.Batch, l.Older} {
		if len(s) > 0 {
			return s[1:]
		}
	}
	return nil
}

// Check tests that the extents are known.
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
