package ops

import (
	"slices"

	"gorae/graph"
	"gorae/layer"
)

// activation adds a function of package layer.
func activation(class string, a layer.Activation) {
	each("nn", class, a.Apply)
}

func init() {
	for class, a := range map[string]layer.Activation{
		"Relu": "relu", "Relu6": "relu6", "Sigmoid": "sigmoid", "Softplus": "softplus", "Softsign": "softsign",
		"Silu": "silu", "LogSigmoid": "log_sigmoid", "HardSigmoid": "hard_sigmoid", "HardSilu": "hard_silu",
		"Selu": "selu", "TanhShrink": "tanh_shrink", "HardTanh": "hard_tanh", "SparsePlus": "sparse_plus",
		"SparseSigmoid": "sparse_sigmoid",
	} {
		activation(class, a)
	}
	elementwise(add("nn", "x | negative_slope=0.2", func(c *call) []*graph.Node {
		return one(c.float("x").LeakyRelu(c.number("negative_slope")))
	}, "LeakyRelu"))
	elementwise(add("nn", "x | alpha=1.0", func(c *call) []*graph.Node {
		return one(c.float("x").Elu(c.number("alpha")))
	}, "Elu"))
	elementwise(add("nn", "x | alpha=1.0", func(c *call) []*graph.Node {
		x, a := c.float("x"), c.number("alpha")
		above, zero := x.Gt(scalar(x, 0)), scalar(x, 0)
		return one(above.Where(x, above.Where(zero, x).DivC(a).Expm1().MulC(a)))
	}, "Celu"))
	elementwise(add("nn", "x | approximate=True", func(c *call) []*graph.Node {
		return one(c.float("x").Gelu(c.bool("approximate")))
	}, "Gelu"))
	elementwise(add("nn", "x | b=4", func(c *call) []*graph.Node {
		x := c.float("x")
		return one(x.Add(x.Square().AddC(c.number("b")).Sqrt()).MulC(0.5))
	}, "Squareplus"))
	elementwise(add("nn", "x | threshold=0.5", func(c *call) []*graph.Node {
		x := c.float("x")
		return one(x.Abs().Le(scalar(x, c.number("threshold"))).Where(scalar(x, 0), x))
	}, "HardShrink"))
	elementwise(add("nn", "x | threshold=0.5", func(c *call) []*graph.Node {
		x, t := c.float("x"), c.number("threshold")
		return one(x.AddC(-t).Relu().Sub(x.Neg().AddC(-t).Relu()))
	}, "SoftShrink"))
	elementwise(add("nn", "x | threshold default_value", func(c *call) []*graph.Node {
		x := c.float("x")
		return one(x.Gt(scalar(x, c.number("threshold"))).Where(x, scalar(x, c.number("default_value"))))
	}, "Threshold"))
	along("Softmax", (*graph.Node).Softmax)
	along("LogSoftmax", (*graph.Node).LogSoftmax)
	along("Sparsemax", func(x *graph.Node, a int) *graph.Node {
		perm := slices.Insert(identity(len(x.Shape)-1), a, len(x.Shape)-1)
		return layer.Activation("sparsemax").Apply(toLast(x, a)).Transpose(perm...)
	})
	add("nn", "x | axis=-1", func(c *call) []*graph.Node {
		x := c.float("x")
		a := c.axis(x)
		if x.Shape[a]%2 != 0 {
			c.Fail("halves axis %d, whose extent %d is odd", a, x.Shape[a])
		}
		h := x.Split(a, x.Shape[a]/2, x.Shape[a]/2)
		return one(h[0].Mul(h[1].Sigmoid()))
	}, "Glu")
	add("nn", "x | num_classes axis=-1 dtype=None sparse=False", oneHot, "OneHot")
	add("nn", "x | axis=-1 order=2 epsilon=None", normalize, "Normalize")
}

// along adds a function along the argument axis.
func along(class string, f func(x *graph.Node, axis int) *graph.Node) {
	add("nn", "x | axis=-1", func(c *call) []*graph.Node {
		x := c.float("x")
		return one(f(x, c.axis(x)))
	}, class)
}
