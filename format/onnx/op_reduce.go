package onnx

import (
	"slices"

	"gorae/format/onnx/internal/pb"
	"gorae/graph"
	"gorae/tensor"
)

func init() {
	type node = *graph.Node
	reduce := func(name string, f func(x node, axes ...int) node) {
		add(func(c *call) []*value {
			x := c.x(0)
			axes := c.axes(c.list("axes", 1), len(x.Shape))
			if len(axes) == 0 {
				if c.int("noop_with_empty_axes", 0) == 1 {
					return []*value{c.in[0]}
				}
				for a := range x.Shape {
					axes = append(axes, a)
				}
			}
			y := x
			if len(axes) > 0 {
				y = f(x, axes...)
			}
			if c.int("keepdims", 1) == 1 && len(axes) > 0 {
				y = x.KeepDims(y, axes...)
			}
			return c.like(0, y)
		}, name)
	}
	reduce("ReduceSum", node.Sum)
	reduce("ReduceMean", node.Mean)
	reduce("ReduceMax", node.ReduceMax)
	reduce("ReduceMin", node.ReduceMin)
	reduce("ReduceL1", func(x node, axes ...int) node { return x.Abs().Sum(axes...) })
	reduce("ReduceL2", func(x node, axes ...int) node { return x.Square().Sum(axes...).Sqrt() })
	reduce("ReduceSumSquare", func(x node, axes ...int) node { return x.Square().Sum(axes...) })
	reduce("ReduceLogSum", func(x node, axes ...int) node { return x.Sum(axes...).Log() })
	reduce("ReduceLogSumExp", func(x node, axes ...int) node { return x.LogSumExp(axes...) })
	reduce("ReduceProd", func(x node, axes ...int) node {
		slices.Reverse(axes)
		for _, a := range axes {
			n := x.Shape[a]
			if n > mostParts {
				x.Graph().Fail("product", "%d factors; gorae multiplies %d", n, mostParts)
			}
			y := x.Graph().Scalar(1).Broadcast(slices.Delete(x.Shape.Clone(), a, a+1)...)
			for i := range n {
				y = y.Mul(x.Narrow(a, i, i+1).Reshape(y.Shape...))
			}
			x = y
		}
		return x
	})
	arg := func(sign float64) func(c *call) []*value {
		return func(c *call) []*value {
			x := c.x(0)
			a := c.axis(c.int("axis", 0), len(x.Shape))
			if c.int("select_last_index", 0) == 1 {
				x = take(x, a, c.vector(tensor.Shape{x.Shape[a]}, backwards(x.Shape[a])...))
			}
			y := behind(x.MulC(sign), a).ArgMax()
			if c.int("select_last_index", 0) == 1 {
				y = y.AsFloat().Neg().AddC(float64(x.Shape[a] - 1)).Cast(tensor.Int32)
			}
			if c.int("keepdims", 1) == 1 {
				y = y.Reshape(slices.Insert(y.Shape.Clone(), a, 1)...)
			}
			return give(pb.I64, y)
		}
	}
	add(arg(1), "ArgMax")
	add(arg(-1), "ArgMin")
	// Until version 12 the axes from the given one on are one.
	rows := func(f func(x node, a int) node, names ...string) {
		add(func(c *call) []*value {
			x := c.x(0)
			if c.node.opset >= 13 || c.node.opset == 0 {
				return c.like(0, f(x, c.axis(c.int("axis", -1), len(x.Shape))))
			}
			a := c.axis(c.int("axis", 1), len(x.Shape))
			if a == len(x.Shape)-1 {
				return c.like(0, f(x, a))
			}
			return c.like(0, f(x.Reshape(x.Shape[:a].Size(), x.Shape[a:].Size()), 1).Reshape(x.Shape...))
		}, names...)
	}
	rows(node.Softmax, "Softmax")
	rows(node.LogSoftmax, "LogSoftmax")
	rows(func(x node, a int) node {
		hot := behind(x, a).ArgMax().OneHot(x.Shape[a])
		return inFront(hot, a)
	}, "Hardmax")
	add(func(c *call) []*value {
		x := c.x(0)
		a := c.axis(c.int("axis", -1), len(x.Shape))
		norm := x.Square().Sum(a).Sqrt()
		if c.int("p", 2) == 1 {
			norm = x.Abs().Sum(a)
		}
		return c.like(0, x.Div(x.KeepDims(norm, a)))
	}, "LpNormalization")
	add(cumSum, "CumSum")
	add(topK, "TopK")
}

// mostParts bounds what is computed one part after the other.
const mostParts = 1 << 12

func backwards(n int) []int {
	ids := make([]int, n)
	for i := range ids {
		ids[i] = n - 1 - i
	}
	return ids
}

// behind puts axis a last.
func behind(x *graph.Node, a int) *graph.Node {
	var perm []int
	for b := range x.Shape {
		if b != a {
			perm = append(perm, b)
		}
	}
	return x.Transpose(append(perm, a)...)
}

// inFront puts the last axis before axis a: the inverse of behind.
func inFront(x *graph.Node, a int) *graph.Node {
	last := len(x.Shape) - 1
	var perm []int
	for b := range last {
		perm = append(perm, b)
	}
	return x.Transpose(slices.Insert(perm, a, last)...)
}

// cumSum adds up along an axis: a product with a triangle of ones.
func cumSum(c *call) []*value {
	x := c.x(0)
	a := c.axis(int(c.number("axis", 1, 0)), len(x.Shape))
	n := x.Shape[a]
	c.most(n, n)
	ones := tensor.New(tensor.Float32, n, n)
	for i := range n { // what of i goes to j
		for j := range n {
			before := i <= j
			if c.int("reverse", 0) == 1 {
				before = i >= j
			}
			if before && (i != j || c.int("exclusive", 0) == 0) {
				ones.F32[i*n+j] = 1
			}
		}
	}
	y := behind(x, a)
	rows := y.Reshape(y.Shape.Size()/max(n, 1), n).MatMul(c.graph.Const(ones))
	return c.like(0, inFront(rows.Reshape(y.Shape...), a))
}

// topK are the k greatest or least along an axis, by as many searches.
func topK(c *call) []*value {
	x := c.x(0)
	a := c.axis(c.int("axis", -1), len(x.Shape))
	k := c.int("k", 0)
	if c.has(1) {
		k = int(c.number("k", 1, 0))
	}
	n := x.Shape[a]
	if k < 1 || k > n || k > mostParts {
		c.fail("takes the first %d of %d", k, n)
	}
	sign := 1.0
	if c.int("largest", 1) == 0 {
		sign = -1
	}
	rows := behind(x, a)
	left := rows.MulC(sign)
	var values, places []*graph.Node
	for range k {
		at := left.ArgMax()
		hot := at.OneHot(n)
		column := append(at.Shape.Clone(), 1)
		values = append(values, hot.Where(rows, c.graph.Scalar(0)).Sum(-1).Reshape(column...))
		places = append(places, at.Reshape(column...))
		left = hot.Where(c.graph.Scalar(-3.4e38), left)
	}
	join := func(xs []*graph.Node) *graph.Node { return inFront(graph.Concatenate(-1, xs...), a) }
	return []*value{c.like(0, join(values))[0], {n: join(places), elem: pb.I64}}
}
