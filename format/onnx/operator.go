package onnx

import (
	"gorae/format/onnx/internal/pb"
	"gorae/graph"
	"gorae/tensor"
)

// operator is how the uses of an operator are traced.
type operator struct {
	trace   func(c *call) []*value
	weights []int // the inputs that a training moves where they are initializers
	states  []int // those that batches of a training move
	vectors bool  // initializers of one axis are weights
}

// operators are all that are known, by name; those of other domains have theirs before it.
var operators = map[string]*operator{}

// add puts operators into the table.
func add(trace func(c *call) []*value, names ...string) *operator {
	o := &operator{trace: trace}
	for _, n := range names {
		operators[n] = o
	}
	return o
}

// unary adds functions of each element.
func unary(f func(c *call, x *graph.Node) *graph.Node, names ...string) {
	add(func(c *call) []*value {
		return c.each(c.value(0).elem, func(x ...*graph.Node) *graph.Node { return f(c, x[0]) }, c.value(0))
	}, names...)
}

// each applies a function of elements, with the channels last where an operand has them so already and the others
// are as many numbers, one for each channel, or one.
func (c *call) each(elem pb.Elem, f func(x ...*graph.Node) *graph.Node, vs ...*value) []*value {
	if xs := alongLast(vs); xs != nil {
		return []*value{{last: f(xs...), elem: elem}}
	}
	xs := make([]*graph.Node, len(vs))
	for i, v := range vs {
		xs[i] = v.node().AsFloat()
	}
	return give(elem, f(xs...))
}

// alongLast gives operands with their channels last; nil where they do not go together so.
func alongLast(vs []*value) []*graph.Node {
	rank := 0
	for _, v := range vs {
		if v.n == nil {
			rank = len(v.last.Shape)
		}
	}
	if rank == 0 {
		return nil
	}
	xs := make([]*graph.Node, len(vs))
	for i, v := range vs {
		switch {
		case v.last != nil && len(v.last.Shape) == rank:
			xs[i] = v.last
		case v.last != nil:
			return nil
		case v.n.Shape.Size() == 1:
			xs[i] = v.n.AsFloat().Reshape()
		case len(v.n.Shape) > rank || !isVector(v.n.Shape):
			return nil
		default:
			s := make(tensor.Shape, 0, rank)
			for range rank - len(v.n.Shape) {
				s = append(s, 1)
			}
			xs[i] = (&value{n: v.n.AsFloat().Reshape(append(s, v.n.Shape...)...)}).channelsLast()
		}
	}
	return xs
}
