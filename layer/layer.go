package layer

import (
	"fmt"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
)

// Layer computes nodes from nodes. Its exported fields are its whole configuration.
type Layer interface {
	Call(s *Scope, x ...*graph.Node) []*graph.Node
}

// Base is embedded in each layer.
type Base struct {
	Name   string `keras:"name"`
	Frozen bool   `keras:"!trainable"` // its weights are not moved
}

// Common gives the fields that all layers share.
func (b Base) Common() Base { return b }

// common returns the Base of a layer; that of a layer without one is empty.
func common(l Layer) Base {
	if b, ok := l.(interface{ Common() Base }); ok {
		return b.Common()
	}
	return Base{}
}

// NameOf returns the name that a layer was given, "" if none.
func NameOf(l Layer) string { return common(l).Name }

// Layers are those that a configuration can name.
var Layers = config.NewRegistry[Layer]("layer", "keras.layers")

// Formulator is a layer that can say in words how its parameters are counted,
// for shapes without the sample axis: "(2352 + 1) × 64 = 150,592".
type Formulator interface {
	Formula(in, out []tensor.Shape) string
}

// TypeName is the class name of a layer: Dense. A layer that stands for many classes has a method ClassName.
func TypeName(l Layer) string {
	if n, ok := l.(interface{ ClassName() string }); ok {
		return n.ClassName()
	}
	c, _ := Layers.Class(l)
	return c
}

// one returns the only input of a layer that takes one.
func one(s *Scope, x []*graph.Node) *graph.Node {
	if len(x) != 1 {
		s.Fail("takes one input, got %d", len(x))
	}
	return x[0]
}

// float returns x converted to float32, such as ids and pixels.
func float(x *graph.Node) *graph.Node { return x.AsFloat() }

// axis counts an axis of x from the start and fails where x has none. Axis 0 is
// that of the samples.
func axis(s *Scope, x *graph.Node, a int) int {
	n := len(x.Shape)
	if a < 0 {
		a += n
	}
	if a < 1 || a >= n {
		s.Fail("there is no feature axis %d in %v; the sample axis is 0", a, Features(x.Shape))
	}
	return a
}

// Features prints a batch's shape as Keras does, without the number of samples: (None, 64).
func Features(s tensor.Shape) string {
	if len(s) == 0 {
		return "()"
	}
	if len(s) == 1 {
		return "(None,)"
	}
	return "(None, " + trimParens(s[1:].String()) + ")"
}

func trimParens(s string) string {
	s = s[1 : len(s)-1]
	if n := len(s); n > 0 && s[n-1] == ',' {
		s = s[:n-1]
	}
	return s
}

// Thousands prints a count with commas: 150,592.
func Thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
