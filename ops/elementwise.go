package ops

import (
	"math"

	"gorae/graph"
	"gorae/layer"
	"gorae/tensor"
)

// each adds functions of the elements of x.
func each(module, class string, f func(x *graph.Node) *graph.Node, aliases ...string) {
	elementwise(add(module, "x", func(c *call) []*graph.Node { return one(f(c.float("x"))) },
		append(aliases, class)...))
}

// keeping adds a function of the elements of x that makes whole numbers of whole numbers.
func keeping(module, class string, f func(x *graph.Node) *graph.Node, aliases ...string) {
	elementwise(add(module, "x", func(c *call) []*graph.Node { return one(c.like(f(c.float("x")), c.node("x"))) },
		append(aliases, class)...))
}

// both adds a function of the elements of x1 and x2, which repeat to one shape. It makes whole numbers of whole numbers
// where keep is set.
func both(class string, keep bool, f func(a, b *graph.Node) *graph.Node, aliases ...string) {
	elementwise(add("numpy", "x1 x2", func(c *call) []*graph.Node {
		c.sameRank("x1", "x2")
		y := f(c.float("x1"), c.float("x2"))
		if keep {
			y = c.like(y, c.node("x1"), c.node("x2"))
		}
		return one(y)
	}, append(aliases, class)...))
}

func elementwise(fs []*function) {
	for _, f := range fs {
		f.elementwise = true
	}
}

// sameRank fails where tensors have different numbers of axes: by NumPy's rules the samples of the one would then meet
// the places of the other. Numbers and arrays of numbers repeat.
func (c *call) sameRank(names ...string) {
	var first *graph.Node
	for _, name := range names {
		k, is := c.op.args[name].(Operand)
		if !is || int(k) >= len(c.x) {
			continue
		}
		n := c.x[k]
		if first != nil && len(n.Shape) != len(first.Shape) {
			c.Fail("joins %v and %v, which have different numbers of axes; give the smaller one axes of extent 1 "+
				"behind that of the samples (expand_dims)", layer.Features(first.Shape), layer.Features(n.Shape))
		}
		first = n
	}
}

func elem(k graph.Kind) func(x *graph.Node) *graph.Node {
	return func(x *graph.Node) *graph.Node { return x.Elem(k) }
}

func scalar(x *graph.Node, v float64) *graph.Node { return x.Graph().Scalar(v) }

func init() {
	keeping("numpy", "Absolute", (*graph.Node).Abs, "Abs")
	keeping("numpy", "Negative", (*graph.Node).Neg)
	keeping("numpy", "Square", (*graph.Node).Square)
	keeping("numpy", "Sign", (*graph.Node).Sign)
	keeping("numpy", "Copy", func(x *graph.Node) *graph.Node { return x.Named("copy") })
	each("numpy", "Fabs", (*graph.Node).Abs)
	each("numpy", "Exp", (*graph.Node).Exp)
	each("numpy", "Exp2", func(x *graph.Node) *graph.Node { return x.MulC(math.Ln2).Exp() })
	each("numpy", "Expm1", (*graph.Node).Expm1)
	each("numpy", "Log", (*graph.Node).Log)
	each("numpy", "Log1p", (*graph.Node).Log1p)
	each("numpy", "Log2", func(x *graph.Node) *graph.Node { return x.Log().MulC(1 / math.Ln2) })
	each("numpy", "Log10", func(x *graph.Node) *graph.Node { return x.Log().MulC(1 / math.Ln10) })
	each("numpy", "Sqrt", (*graph.Node).Sqrt)
	each("math", "Rsqrt", (*graph.Node).Rsqrt)
	each("numpy", "Reciprocal", (*graph.Node).Recip)
	each("numpy", "Sin", (*graph.Node).Sin)
	each("numpy", "Cos", (*graph.Node).Cos)
	each("numpy", "Tan", func(x *graph.Node) *graph.Node { return x.Sin().Div(x.Cos()) })
	each("numpy", "Sinh", func(x *graph.Node) *graph.Node { return x.Exp().Sub(x.Neg().Exp()).MulC(0.5) })
	each("numpy", "Cosh", func(x *graph.Node) *graph.Node { return x.Exp().Add(x.Neg().Exp()).MulC(0.5) })
	each("numpy", "Tanh", (*graph.Node).Tanh)
	each("math", "Erf", (*graph.Node).Erf)
	each("numpy", "Deg2rad", func(x *graph.Node) *graph.Node { return x.MulC(math.Pi / 180) })
	each("numpy", "Rad2deg", func(x *graph.Node) *graph.Node { return x.MulC(180 / math.Pi) })
	each("numpy", "Floor", elem(graph.Floor))
	each("numpy", "Ceil", elem(graph.Ceil))
	each("numpy", "Trunc", func(x *graph.Node) *graph.Node { return x.Abs().Elem(graph.Floor).Mul(x.Sign()) })
	each("numpy", "Isnan", func(x *graph.Node) *graph.Node { return x.Ne(x) })
	each("numpy", "Isfinite", func(x *graph.Node) *graph.Node { return x.Abs().Lt(scalar(x, math.Inf(1))) })
	each("numpy", "Isinf", func(x *graph.Node) *graph.Node { return x.Abs().Eq(scalar(x, math.Inf(1))) })
	each("numpy", "LogicalNot", (*graph.Node).Not)
	elementwise(add("numpy", "x | decimals=0", func(c *call) []*graph.Node {
		f := math.Pow(10, c.number("decimals"))
		if f == 1 {
			return one(c.float("x").Elem(graph.Round))
		}
		return one(c.float("x").MulC(f).Elem(graph.Round).DivC(f))
	}, "Round"))
	elementwise(add("numpy", "x | x_min x_max", func(c *call) []*graph.Node {
		y := c.float("x")
		if c.arg("x_min") != nil {
			y = y.Max(c.float("x_min"))
		}
		if c.arg("x_max") != nil {
			y = y.Min(c.float("x_max"))
		}
		return one(y)
	}, "Clip"))

	both("Add", true, (*graph.Node).Add)
	both("Subtract", true, (*graph.Node).Sub)
	both("Multiply", true, (*graph.Node).Mul)
	both("TrueDivide", false, (*graph.Node).Div, "Divide")
	both("DivideNoNan", false, func(a, b *graph.Node) *graph.Node {
		zero := b.Eq(scalar(b, 0))
		return zero.Where(scalar(a, 0), a.Div(zero.Where(scalar(b, 1), b)))
	})
	both("FloorDivide", true, func(a, b *graph.Node) *graph.Node { return a.Div(b).Elem(graph.Floor) })
	both("Mod", true, func(a, b *graph.Node) *graph.Node { return a.Sub(a.Div(b).Elem(graph.Floor).Mul(b)) })
	both("Power", true, (*graph.Node).Pow)
	both("Maximum", true, (*graph.Node).Max)
	both("Minimum", true, (*graph.Node).Min)
	both("Hypot", false, func(a, b *graph.Node) *graph.Node { return a.Square().Add(b.Square()).Sqrt() })
	both("Logaddexp", false, func(a, b *graph.Node) *graph.Node {
		return a.Max(b).Add(a.Sub(b).Abs().Neg().Exp().Log1p())
	})
	both("Equal", false, (*graph.Node).Eq)
	both("NotEqual", false, (*graph.Node).Ne)
	both("Less", false, (*graph.Node).Lt)
	both("LessEqual", false, (*graph.Node).Le)
	both("Greater", false, (*graph.Node).Gt)
	both("GreaterEqual", false, (*graph.Node).Ge)
	both("LogicalAnd", false, (*graph.Node).And)
	both("LogicalOr", false, (*graph.Node).Or)
	both("LogicalXor", false, func(a, b *graph.Node) *graph.Node { return a.Not().Ne(b.Not()) })
	elementwise(add("numpy", "condition x1 x2", func(c *call) []*graph.Node {
		c.sameRank("condition", "x1", "x2")
		a, b := c.node("x1"), c.node("x2")
		return one(c.like(c.float("condition").Where(a.AsFloat(), b.AsFloat()), a, b))
	}, "Where"))

	elementwise(add("core", "x | dtype", cast, "Cast", "SaturateCast"))
	elementwise(add("core", "x | dtype=None sparse=None ragged=None", cast, "ConvertToTensor"))
	elementwise(add("core", "variable", func(c *call) []*graph.Node {
		return one(c.node("variable").StopGradient())
	}, "StopGradient"))
	constant("OnesLike", "x | dtype=None", func(c *call) *graph.Node { return c.Graph.Scalar(1) })
	constant("ZerosLike", "x | dtype=None", func(c *call) *graph.Node { return c.Graph.Scalar(0) })
	constant("FullLike", "x fill_value | dtype=None", func(c *call) *graph.Node { return c.float("fill_value") })
}

// cast is x with elements of another type. To an integer it truncates towards 0, to a truth value it compares with 0.
func cast(c *call) []*graph.Node {
	x := c.node("x")
	if c.arg("dtype") == nil {
		return one(x.Named("same"))
	}
	return one(c.cast(x))
}

// cast is x with the type of the argument dtype.
func (c *call) cast(x *graph.Node) *graph.Node {
	word, _ := c.arg("dtype").(string)
	switch word {
	case "float32", "float64", "float16", "bfloat16":
		return x.AsFloat().Named("float")
	case "int8", "int16", "int32", "int64", "uint32", "uint64", "uint16":
		return x.Cast(tensor.Int32).Named("int")
	case "uint8":
		return x.Cast(tensor.Uint8).Named("uint8")
	case "bool":
		return x.AsFloat().Ne(c.Graph.Scalar(0))
	}
	c.Fail("dtype is %v; give float32, int32, uint8 or bool", c.arg("dtype"))
	return nil
}

// constant adds a function whose result has the shape of x and not its values.
func constant(class, signature string, f func(c *call) *graph.Node) {
	fs := add("numpy", signature, func(c *call) []*graph.Node {
		x := c.node("x")
		y := f(c).Broadcast(x.Shape...)
		if c.arg("dtype") != nil {
			return one(c.cast(y))
		}
		return one(y.Cast(x.DType))
	}, class)
	for _, f := range fs {
		f.elementwise, f.constant = true, true
	}
}
