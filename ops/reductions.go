package ops

import (
	"math"

	"gorae/graph"
	"gorae/tensor"
)

// reduction adds a function over axes. It makes whole numbers of whole numbers where keep is set.
func reduction(module, class string, keep bool, f func(x *graph.Node, axes ...int) *graph.Node, more ...string) {
	signature := "x | axis=None keepdims=False"
	if class == "Max" || class == "Min" {
		signature += " initial=None"
	}
	add(module, signature, func(c *call) []*graph.Node {
		x := c.float("x")
		axes := c.axes(x)
		y := f(x, axes...)
		if c.op.function.param("initial") != nil && c.arg("initial") != nil {
			join := map[string]func(a, b *graph.Node) *graph.Node{"Max": (*graph.Node).Max, "Min": (*graph.Node).Min}
			y = join[class](y, c.float("initial"))
		}
		if keep {
			y = c.like(y, c.node("x"))
		}
		return one(c.keepDims(x, y, axes))
	}, append(more, class)...)
}

// keepDims gives a reduction of x over axes back the axes, with extent 1, where the argument keepdims says so.
func (c *call) keepDims(x, y *graph.Node, axes []int) *graph.Node {
	if c.bool("keepdims") {
		return x.KeepDims(y, axes...)
	}
	return y
}

func truths(x *graph.Node) *graph.Node { return x.Ne(scalar(x, 0)) }

func init() {
	reduction("numpy", "Sum", true, (*graph.Node).Sum)
	reduction("numpy", "Mean", false, (*graph.Node).Mean)
	reduction("numpy", "Max", true, (*graph.Node).ReduceMax)
	reduction("numpy", "Min", true, (*graph.Node).ReduceMin)
	reduction("numpy", "Amax", true, (*graph.Node).ReduceMax)
	reduction("numpy", "Amin", true, (*graph.Node).ReduceMin)
	reduction("numpy", "Var", false, (*graph.Node).Variance)
	reduction("numpy", "Std", false, func(x *graph.Node, axes ...int) *graph.Node { return x.Variance(axes...).Sqrt() })
	reduction("numpy", "Ptp", true, func(x *graph.Node, axes ...int) *graph.Node {
		return x.ReduceMax(axes...).Sub(x.ReduceMin(axes...))
	})
	reduction("numpy", "Any", false, func(x *graph.Node, axes ...int) *graph.Node {
		return truths(x).ReduceMax(axes...)
	})
	reduction("numpy", "All", false, func(x *graph.Node, axes ...int) *graph.Node {
		return truths(x).ReduceMin(axes...)
	})
	reduction("math", "Logsumexp", false, (*graph.Node).LogSumExp)
	add("numpy", "x | axis=None keepdims=False dtype=None", func(c *call) []*graph.Node {
		x := c.float("x")
		axes := c.axes(x)
		y := x
		for _, a := range axes {
			y = product(y, a)
		}
		s := tensor.Shape{}
		for i, d := range x.Shape {
			if !contains(axes, i) {
				s = append(s, d)
			}
		}
		return one(c.keepDims(x, c.like(y.Reshape(s...), c.node("x")), axes))
	}, "Prod")
	add("numpy", "x | axis=None", func(c *call) []*graph.Node {
		x := c.float("x")
		return one(truths(x).Sum(c.axes(x)...).Cast(tensor.Int32))
	}, "CountNonzero")
	add("numpy", "x weights=None | axis=None", average, "Average")
	position := func(sign float64) func(c *call) []*graph.Node {
		return func(c *call) []*graph.Node {
			x := c.float("x")
			axes := c.axes(x)
			if len(axes) > 1 {
				c.Fail("axis is %v; give one axis", axes)
			}
			y := toLast(x.MulC(sign), axes[0]).ArgMax()
			return one(c.keepDims(x, y, axes))
		}
	}
	add("numpy", "x | axis=None keepdims=False", position(1), "Argmax")
	add("numpy", "x | axis=None keepdims=False", position(-1), "Argmin")
	running := func(join func(a, b *graph.Node) *graph.Node, first float64) func(c *call) []*graph.Node {
		return func(c *call) []*graph.Node {
			x := c.float("x")
			axes := c.axes(x)
			if len(axes) > 1 {
				c.Fail("axis is %v; give one axis", axes)
			}
			y := c.like(scan(x, axes[0], join, first), c.node("x"))
			if c.arg("dtype") != nil {
				y = c.cast(y)
			}
			return one(y)
		}
	}
	add("numpy", "x | axis=None dtype=None", running((*graph.Node).Add, 0), "Cumsum")
	add("numpy", "x | axis=None dtype=None", running((*graph.Node).Mul, 1), "Cumprod")
	add("linalg", "x | ord=None axis=None keepdims=False", norm, "Norm")
}

func contains(list []int, k int) bool {
	for _, v := range list {
		if v == k {
			return true
		}
	}
	return false
}

// product multiplies along an axis, which keeps the extent 1: halves by halves.
func product(x *graph.Node, a int) *graph.Node {
	for x.Shape[a] > 1 {
		n := x.Shape[a]
		y := x.Narrow(a, 0, n/2).Mul(x.Narrow(a, n/2, n/2*2))
		if n%2 == 1 {
			y = graph.Concatenate(a, y, x.Narrow(a, n-1, n))
		}
		x = y
	}
	return x
}

// scan joins each element with those before it along an axis: steps of 1, 2, 4, …. first is what changes nothing.
func scan(x *graph.Node, a int, join func(a, b *graph.Node) *graph.Node, first float64) *graph.Node {
	n := x.Shape[a]
	lo, hi := make([]int, len(x.Shape)), make([]int, len(x.Shape))
	for k := 1; k < n; k *= 2 {
		lo[a] = k
		x = join(x, x.Narrow(a, 0, n-k).Pad(lo, hi, first))
	}
	return x
}

// average is the mean of x over axes, or Σ w·x/Σ w.
func average(c *call) []*graph.Node {
	x := c.float("x")
	axes := c.axes(x)
	if c.arg("weights") == nil {
		return one(x.Mean(axes...))
	}
	w := c.float("weights")
	if len(w.Shape) == 1 && len(axes) == 1 && len(x.Shape) > 1 {
		s := make([]int, len(x.Shape))
		for i := range s {
			s[i] = 1
		}
		s[axes[0]] = w.Shape[0]
		w = w.Reshape(s...)
	}
	w = w.Broadcast(x.Shape...)
	return one(x.Mul(w).Sum(axes...).Div(w.Sum(axes...)))
}

// norm is the length of vectors along one axis: the sum of |x|^ord to the power of 1/ord, the greatest |x| for ord inf.
// Over two axes it is the Frobenius norm.
func norm(c *call) []*graph.Node {
	x := c.float("x")
	axes := c.axes(x)
	order, isNumber := number(c.arg("ord"))
	word, _ := c.arg("ord").(string)
	var y *graph.Node
	switch {
	case c.arg("ord") == nil, len(axes) == 2 && word == "fro", len(axes) == 1 && isNumber && order == 2:
		y = x.Square().Sum(axes...).Sqrt()
	case len(axes) > 1 || !isNumber && word != "inf" && word != "-inf":
		c.Fail("ord is %v over the axes %v; gorae computes the norms of vectors, and the Frobenius norm", c.arg("ord"),
			axes)
	case word == "inf" || math.IsInf(order, 1):
		y = x.Abs().ReduceMax(axes...)
	case word == "-inf" || math.IsInf(order, -1):
		y = x.Abs().ReduceMin(axes...)
	case order == 1:
		y = x.Abs().Sum(axes...)
	case order == 0:
		y = truths(x).Sum(axes...)
	default:
		y = x.Abs().Pow(scalar(x, order)).Sum(axes...).Pow(scalar(x, 1/order))
	}
	return one(c.keepDims(x, y, axes))
}

// normalize is x divided by its length along an axis, epsilon (10⁻⁷) at least.
func normalize(c *call) []*graph.Node {
	x := c.float("x")
	a := c.axis(x)
	eps := 1e-7
	if c.arg("epsilon") != nil {
		eps = c.number("epsilon")
	}
	order := c.number("order")
	if order == 2 {
		return one(x.Mul(x.KeepDims(x.Square().Sum(a).MaxC(eps*eps).Rsqrt(), a)))
	}
	n := x.Abs().Pow(scalar(x, order)).Sum(a).Pow(scalar(x, 1/order)).MaxC(eps)
	return one(x.Div(x.KeepDims(n, a)))
}
