package onnx

import (
	"math"

	"gorae/format/onnx/internal/pb"
	"gorae/graph"
	"gorae/tensor"
)

func init() {
	type node = *graph.Node
	kinds := map[string]graph.Kind{"Abs": graph.Abs, "Ceil": graph.Ceil, "Cos": graph.Cos, "Erf": graph.Erf,
		"Exp": graph.Exp, "Floor": graph.Floor, "Log": graph.Log, "Neg": graph.Neg, "Reciprocal": graph.Recip,
		"Relu": graph.Relu, "Round": graph.Round, "Sigmoid": graph.Sigmoid, "Sign": graph.Sign, "Sin": graph.Sin,
		"Softplus": graph.Softplus, "Sqrt": graph.Sqrt, "Tanh": graph.Tanh}
	for name, kind := range kinds {
		unary(func(c *call, x node) node { return x.Elem(kind) }, name)
	}
	unary(func(c *call, x node) node { return x }, "Identity")
	operators["Identity"].trace = func(c *call) []*value { return []*value{c.in[0]} }
	operators["Dropout"] = &operator{trace: func(c *call) []*value {
		kept := c.graph.Scalar(1).Broadcast(c.value(0).shape()...)
		return []*value{c.in[0], {n: kept, elem: pb.Bool}}
	}}
	unary(func(c *call, x node) node { return x.Sin().Div(x.Cos()) }, "Tan")
	unary(func(c *call, x node) node { return x.Exp().Sub(x.Neg().Exp()).MulC(.5) }, "Sinh")
	unary(func(c *call, x node) node { return x.Exp().Add(x.Neg().Exp()).MulC(.5) }, "Cosh")
	unary(func(c *call, x node) node { return x.Div(x.Abs().AddC(1)) }, "Softsign")
	unary(func(c *call, x node) node { return x.Elu(c.float("alpha", 1)) }, "Elu")
	unary(func(c *call, x node) node {
		a := c.float("alpha", 1)
		return x.MaxC(0).Add(x.DivC(a).Exp().AddC(-1).MulC(a).MinC(0))
	}, "Celu")
	unary(func(c *call, x node) node {
		const alpha, gamma = 1.67326319217681884765625, 1.05070102214813232421875
		return x.Elu(c.float("alpha", alpha)).MulC(c.float("gamma", gamma))
	}, "Selu")
	unary(func(c *call, x node) node { return x.LeakyRelu(c.float("alpha", .01)) }, "LeakyRelu")
	unary(func(c *call, x node) node {
		return x.Gt(c.graph.Scalar(c.float("alpha", 1))).Where(x, c.graph.Scalar(0))
	}, "ThresholdedRelu")
	unary(func(c *call, x node) node {
		return x.MulC(c.float("alpha", .2)).AddC(c.float("beta", .5)).Clip(0, 1)
	}, "HardSigmoid")
	unary(func(c *call, x node) node { return x.Mul(x.DivC(6).AddC(.5).Clip(0, 1)) }, "HardSwish")
	unary(func(c *call, x node) node { return x.Mul(x.MulC(c.float("alpha", 1)).Sigmoid()) }, "Swish")
	unary(func(c *call, x node) node { return x.Gelu(c.text("approximate", "none") == "tanh") }, "Gelu")
	unary(func(c *call, x node) node { return x.Mul(x.Softplus().Tanh()) }, "Mish")
	unary(func(c *call, x node) node {
		bias, lambda := c.float("bias", 0), c.float("lambd", .5)
		zero := c.graph.Scalar(0)
		below := x.Lt(c.graph.Scalar(-lambda)).Where(x.AddC(bias), zero)
		return x.Gt(c.graph.Scalar(lambda)).Where(x.AddC(-bias), below)
	}, "Shrink")
	truths := map[string]func(c *call, x node) node{
		"Not":   func(c *call, x node) node { return x.Not() },
		"IsNaN": func(c *call, x node) node { return x.Ne(x) },
		"IsInf": func(c *call, x node) node {
			is := c.graph.Scalar(0)
			if c.int("detect_positive", 1) == 1 {
				is = is.Or(x.Eq(c.graph.Scalar(math.Inf(1))))
			}
			if c.int("detect_negative", 1) == 1 {
				is = is.Or(x.Eq(c.graph.Scalar(math.Inf(-1))))
			}
			return is.Broadcast(x.Shape...)
		},
	}
	for name, f := range truths {
		add(func(c *call) []*value {
			return c.each(pb.Bool, func(x ...node) node { return f(c, x[0]) }, c.value(0))
		}, name)
	}
	add(clip, "Clip")
	add(castTo, "Cast", "CastLike")
	add(func(c *call) []*value {
		return c.each(c.value(0).elem, func(x ...node) node {
			return x[0].Lt(c.graph.Scalar(0)).Where(x[0].Mul(x[1]), x[0])
		}, c.value(0), c.value(1))
	}, "PRelu").weights = []int{1}
	pairs()
}

// pairs adds the functions of several operands.
func pairs() {
	type node = *graph.Node
	// join folds operands.
	join := func(f func(c *call, a, b node) node, names ...string) *operator {
		return add(func(c *call) []*value {
			vs := make([]*value, len(c.in))
			for i := range c.in {
				vs[i] = c.value(i)
			}
			if len(vs) == 0 {
				c.fail("has no operands")
			}
			return c.each(vs[0].elem, func(x ...node) node {
				y := x[0]
				for _, b := range x[1:] {
					y = f(c, y, b)
				}
				return y
			}, vs...)
		}, names...)
	}
	join(func(c *call, a, b node) node { return a.Add(b) }, "Add", "Sum").vectors = true
	join(func(c *call, a, b node) node { return a.Sub(b) }, "Sub").vectors = true
	join(func(c *call, a, b node) node { return a.Mul(b) }, "Mul").vectors = true
	join(func(c *call, a, b node) node { return a.Max(b) }, "Max")
	join(func(c *call, a, b node) node { return a.Min(b) }, "Min")
	join(func(c *call, a, b node) node { return a.Pow(b) }, "Pow")
	join(func(c *call, a, b node) node {
		if isFloat(c.in[0].elem) {
			return a.Div(b)
		}
		return towardZero(a.Div(b))
	}, "Div").vectors = true
	join(func(c *call, a, b node) node {
		q := a.Div(b)
		if c.int("fmod", 0) == 1 {
			return a.Sub(towardZero(q).Mul(b))
		}
		return a.Sub(q.Floor().Mul(b))
	}, "Mod")
	mean := join(func(c *call, a, b node) node { return a.Add(b) }, "Mean").trace
	operators["Mean"].trace = func(c *call) []*value {
		y := mean(c)[0]
		return c.each(y.elem, func(x ...node) node { return x[0].DivC(float64(len(c.in))) }, y)
	}
	for name, kind := range map[string]graph.Kind{"Equal": graph.Eq, "Less": graph.Lt, "LessOrEqual": graph.Le,
		"Greater": graph.Gt, "GreaterOrEqual": graph.Ge, "And": graph.And, "Or": graph.Or, "Xor": graph.Ne} {
		add(func(c *call) []*value {
			return c.each(pb.Bool, func(x ...node) node { return x[0].Elem(kind, x[1]) }, c.value(0), c.value(1))
		}, name)
	}
	add(func(c *call) []*value {
		return c.each(c.value(1).elem, func(x ...node) node { return x[0].Where(x[1], x[2]) }, c.value(0), c.value(1),
			c.value(2))
	}, "Where")
}

// towardZero drops the fraction.
func towardZero(x *graph.Node) *graph.Node { return x.Abs().Floor().Mul(x.Sign()) }

// clip keeps numbers between two bounds, attributes until version 6.
func clip(c *call) []*value {
	lo, hi := c.number("min", 1, math.Inf(-1)), c.number("max", 2, math.Inf(1))
	return c.each(c.value(0).elem, func(x ...*graph.Node) *graph.Node {
		y := x[0]
		if !math.IsInf(lo, -1) {
			y = y.MaxC(lo)
		}
		if !math.IsInf(hi, 1) {
			y = y.MinC(hi)
		}
		return y
	}, c.value(0))
}

// castTo changes the type. Floats of all widths are float32 here.
func castTo(c *call) []*value {
	to := pb.Elem(c.int("to", int(pb.F32)))
	if c.node.op == "CastLike" {
		to = c.value(1).elem
	}
	from := c.value(0)
	if to == pb.Text {
		c.fail("makes texts of numbers, which gorae does not")
	}
	return c.each(to, func(x ...*graph.Node) *graph.Node {
		switch {
		case to == pb.Bool:
			return x[0].Ne(c.graph.Scalar(0))
		case !isFloat(to) && isFloat(from.elem):
			return towardZero(x[0])
		}
		return x[0]
	}, from)
}

// ids are whole numbers as int32.
func (c *call) ids(i int) *graph.Node { return c.raw(i).Cast(tensor.Int32) }
