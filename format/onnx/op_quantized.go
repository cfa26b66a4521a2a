package onnx

import (
	"slices"

	"gorae/format/onnx/internal/pb"
	"gorae/graph"
)

// microsoft is before the names of ONNX Runtime's own operators.
const microsoft = "com.microsoft."

// The operators of quantized numbers that ONNX Runtime's static quantizer writes in its format QOperator: of numbers q
// with a scale and a zero point, which stand for scale·(q − zero).
//
// Products and convolutions add whole numbers, in float32, which is exact to 2²⁴; what comes out is multiplied once.
func init() {
	add(func(c *call) []*value {
		xs, ws, ys := c.x(1), c.x(4), c.x(6)
		if len(ws.Shape) > 0 { // along the channels of the result, which are last
			ws = ws.Reshape(-1)
		}
		in := []*value{{n: c.centred(0, 2), elem: pb.F32}, {n: c.centredRows(3, 5), elem: pb.F32}}
		if c.has(8) {
			in = append(in, &value{n: c.x(8), elem: pb.F32})
		}
		y := conv(c.with(in...))[0]
		y = &value{last: y.channelsLast().Mul(xs.Reshape().Mul(ws)).Div(ys.Reshape()), elem: pb.F32}
		return []*value{c.rounded(y, nil, 7)}
	}, "QLinearConv")
	add(func(c *call) []*value {
		y := matMul(c.centred(0, 2), c.centred(3, 5)).Mul(c.one(1).Mul(c.perColumn(4)).Div(c.one(6)))
		return []*value{c.rounded(&value{n: y, elem: pb.F32}, nil, 7)}
	}, "QLinearMatMul")
	add(func(c *call) []*value { // a·b + c in the scale of a·b; the scale of the result may be left out
		b := c.centred
		if c.int("transB", 0) == 1 {
			b = c.centredRows
		}
		in := []*value{{n: c.centred(0, 2), elem: pb.F32}, {n: b(3, 5), elem: pb.F32}}
		if c.has(6) {
			in = append(in, &value{n: c.x(6), elem: pb.F32})
		}
		y := &value{n: gemm(c.with(in...))[0].node().Mul(c.one(1).Mul(c.perColumn(4))), elem: pb.F32}
		if !c.has(7) {
			return []*value{y}
		}
		return []*value{c.rounded(y, c.one(7), 8)}
	}, microsoft+"QGemm")
	for _, name := range []string{"Sigmoid", "LeakyRelu", "Softmax", "AveragePool"} {
		add(func(c *call) []*value { return c.throughFloats(name, 3, c.meant(0)) }, microsoft+"QLinear"+name)
	}
	add(func(c *call) []*value {
		if c.int("channels_last", 0) != 0 {
			c.fail("has its channels last, which gorae does not read")
		}
		return c.throughFloats("GlobalAveragePool", 3, c.meant(0))
	}, microsoft+"QLinearGlobalAveragePool")
	for _, name := range []string{"Add", "Mul"} {
		add(func(c *call) []*value {
			return c.throughFloats(name, 6, c.meant(0), c.meant(3))
		}, microsoft+"QLinear"+name)
	}
	add(func(c *call) []*value {
		var in []*value
		for i := 2; i < len(c.in); i += 3 {
			in = append(in, c.meant(i))
		}
		return c.throughFloats("Concat", 0, in...)
	}, microsoft+"QLinearConcat")
}

// with is the call with other inputs, for another operator.
func (c *call) with(in ...*value) *call {
	d := *c
	d.in = in
	return &d
}

// one is input i, which is one number.
func (c *call) one(i int) *graph.Node {
	v := c.x(i)
	if v.Shape.Size() != 1 {
		c.fail("has %v numbers for input %d; gorae takes one", v.Shape, i)
	}
	return v.Reshape()
}

// perColumn is input i: one number, or one for each column of a product.
func (c *call) perColumn(i int) *graph.Node {
	v := c.x(i)
	if v.Shape.Size() == 1 {
		return v.Reshape()
	}
	return v
}

// centred is the whole numbers of input i less their zero point.
func (c *call) centred(i, zero int) *graph.Node {
	x := c.x(i)
	if !c.has(zero) {
		return x
	}
	return x.Sub(c.perColumn(zero))
}

// centredRows is centred, where a zero point may be one for each place along the first axis.
func (c *call) centredRows(i, zero int) *graph.Node {
	x := c.x(i)
	if !c.has(zero) || c.x(zero).Shape.Size() == 1 {
		return c.centred(i, zero)
	}
	v := c.x(zero)
	if len(v.Shape) != 1 || v.Shape[0] != x.Shape[0] {
		c.fail("has %v zero points for %v", v.Shape, x.Shape)
	}
	return x.Sub(v.Reshape(append([]int{v.Shape[0]}, slices.Repeat([]int{1}, len(x.Shape)-1)...)...))
}

// meant is what the numbers of input i stand for; scale and zero point are the inputs behind it.
func (c *call) meant(i int) *value {
	return &value{n: c.centred(i, i+2).Mul(c.one(i + 1)), elem: pb.F32}
}

// rounded quantizes y by a scale (nil: it is divided already) and the zero point of an input, whose type is that of the
// result.
func (c *call) rounded(y *value, scale *graph.Node, zero int) *value {
	lo, hi, elem := c.levels(zero)
	level := func(x *graph.Node) *graph.Node {
		if scale != nil {
			x = x.Div(scale)
		}
		x = x.Elem(graph.Round)
		if c.has(zero) {
			x = x.Add(c.one(zero))
		}
		return x.Clip(lo, hi)
	}
	if y.n == nil {
		return &value{last: level(y.last), elem: elem}
	}
	return &value{n: level(y.n), elem: elem}
}

// throughFloats is an operator of floats, whose result is quantized by the input scale and the one behind it.
func (c *call) throughFloats(name string, scale int, in ...*value) []*value {
	y := operators[name].trace(c.with(in...))
	return []*value{c.rounded(y[0], c.one(scale), scale+1)}
}
