package onnx

import (
	"gorae/format/onnx/internal/pb"
	"gorae/graph"
	"gorae/tensor"
)

func init() {
	add(func(c *call) []*value {
		a := c.int("axis", 1)
		x := c.x(0)
		y := x.Sub(c.channel(2, x, a)).Mul(c.channel(1, x, a))
		return give(pb.F32, y)
	}, "DequantizeLinear").weights = []int{0}
	add(func(c *call) []*value {
		a := c.int("axis", 1)
		x := c.x(0)
		lo, hi, elem := c.levels(2)
		y := x.Div(c.channel(1, x, a)).Elem(graph.Round).Add(c.channel(2, x, a)).Clip(lo, hi)
		return give(elem, y)
	}, "QuantizeLinear")
	add(func(c *call) []*value {
		x := c.x(0)
		lo, hi := x.ReduceMin().MinC(0), x.ReduceMax().MaxC(0)
		scale := hi.Sub(lo).DivC(255)
		zero := lo.Neg().Div(scale).Elem(graph.Round).Clip(0, 255)
		y := x.Div(scale).Elem(graph.Round).Add(zero).Clip(0, 255)
		return []*value{{n: y, elem: pb.Uint8}, {n: scale, elem: pb.F32}, {n: zero, elem: pb.Uint8}}
	}, "DynamicQuantizeLinear")
	add(func(c *call) []*value {
		a, b := c.x(0), c.x(1)
		if c.has(2) {
			zero := c.x(2)
			if len(zero.Shape) == 1 && zero.Shape[0] > 1 {
				zero = zero.Reshape(zero.Shape[0], 1)
			}
			a = a.Sub(zero)
		}
		if c.has(3) {
			b = b.Sub(c.x(3))
		}
		return give(pb.I32, matMul(a, b))
	}, "MatMulInteger")
}

// levels are the least and the greatest number of the type of a zero point, uint8 without one.
func (c *call) levels(i int) (lo, hi float64, elem pb.Elem) {
	elem = pb.Uint8
	if c.has(i) {
		elem = c.in[i].elem
	}
	switch elem {
	case pb.Uint8:
		return 0, 255, elem
	case pb.Int8:
		return -128, 127, elem
	case pb.Uint16:
		return 0, 65535, elem
	case pb.Int16:
		return -32768, 32767, elem
	}
	c.fail("quantizes to %v, which gorae does not", elem)
	return 0, 0, elem
}

// channel is a scale or zero point for x: one number, or one for each place along the axis; 0 where it is not given.
func (c *call) channel(i int, x *graph.Node, axis int) *graph.Node {
	if !c.has(i) {
		return c.graph.Scalar(0)
	}
	v := c.x(i)
	if v.Shape.Size() == 1 {
		return v.Reshape()
	}
	a := c.axis(axis, len(x.Shape))
	if len(v.Shape) != 1 || v.Shape[0] != x.Shape[a] || c.int("block_size", 0) != 0 {
		c.fail("has scales %v for axis %d of %v", v.Shape, a, x.Shape)
	}
	s := make(tensor.Shape, len(x.Shape))
	for b := range s {
		s[b] = 1
	}
	s[a] = v.Shape[0]
	return v.Reshape(s...)
}
