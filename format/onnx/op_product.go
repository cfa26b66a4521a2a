package onnx

import (
	"strings"

	"gorae/format/onnx/internal/pb"
	"gorae/graph"
)

func init() {
	add(func(c *call) []*value { return c.like(0, matMul(c.x(0), c.x(1))) }, "MatMul").weights = []int{0, 1}
	add(gemm, "Gemm").weights = []int{0, 1, 2}
	add(einsum, "Einsum").weights = []int{0, 1, 2}
	add(attention, "Attention")
}

// matMul is NumPy's product: vectors have an axis added that goes afterwards.
func matMul(a, b *graph.Node) *graph.Node {
	rowVector, columnVector := len(a.Shape) == 1, len(b.Shape) == 1
	if rowVector {
		a = a.Reshape(1, a.Shape[0])
	}
	if columnVector {
		b = b.Reshape(b.Shape[0], 1)
	}
	y := a.MatMul(b)
	s := y.Shape.Clone()
	if columnVector {
		s = s[:len(s)-1]
	}
	if rowVector {
		last := s[len(s)-1]
		s = s[:len(s)-1]
		if !columnVector {
			s[len(s)-1] = last
		}
	}
	return y.Reshape(s...)
}

// gemm is α·A·B + β·C.
func gemm(c *call) []*value {
	a, b := c.x(0), c.x(1)
	if len(a.Shape) != 2 || len(b.Shape) != 2 {
		c.fail("takes matrices, got %v and %v", a.Shape, b.Shape)
	}
	y := a.MatMulT(b, c.int("transA", 0) == 1, c.int("transB", 0) == 1)
	if alpha := c.float("alpha", 1); alpha != 1 {
		y = y.MulC(alpha)
	}
	if c.has(2) {
		bias := c.x(2)
		if beta := c.float("beta", 1); beta != 1 {
			bias = bias.MulC(beta)
		}
		y = y.Add(bias)
	}
	return c.like(0, y)
}

func einsum(c *call) []*value {
	eq := strings.ReplaceAll(c.text("equation", ""), " ", "")
	xs := make([]*graph.Node, len(c.in))
	for i := range xs {
		xs[i] = c.x(i)
	}
	if strings.Contains(eq, "...") {
		c.fail("its equation %q has an ellipsis, which gorae does not read", eq)
	}
	left, _, explicit := strings.Cut(eq, "->")
	if !explicit { // the letters that occur once, in the order of the alphabet
		eq = left + "->"
		for l := 'A'; l <= 'z'; l++ {
			if strings.Count(left, string(l)) == 1 {
				eq += string(l)
			}
		}
	}
	for i, term := range strings.Split(left, ",") { // a letter twice is a diagonal
		for _, l := range term {
			if strings.Count(term, string(l)) > 1 {
				c.fail("its equation %q has a letter twice in tensor %d", eq, i)
			}
		}
	}
	return c.like(0, graph.Einsum(eq, xs...))
}

// attention is softmax(scale·Q·Kᵀ + mask)·V of each head (opset 23). Three axes are split into heads, four have them.
func attention(c *call) []*value {
	q, k, v := c.x(0), c.x(1), c.x(2)
	for i, what := range map[int]string{4: "past_key", 5: "past_value", 6: "nonpad_kv_seqlen"} {
		if c.has(i) {
			c.fail("has the input %s, which gorae does not take", what)
		}
	}
	for i := 1; i < len(c.node.outputs); i++ {
		if c.node.outputs[i] != "" {
			c.fail("gives more than its result; gorae computes that alone")
		}
	}
	if c.float("softcap", 0) != 0 {
		c.fail("has a softcap, which gorae does not compute")
	}
	flat := len(q.Shape) == 3
	heads := func(x *graph.Node, n int) *graph.Node {
		if len(x.Shape) != 3 {
			return x
		}
		if n < 1 || x.Shape[2]%n != 0 {
			c.fail("splits %v into %d heads", x.Shape, n)
		}
		return x.Reshape(x.Shape[0], x.Shape[1], n, x.Shape[2]/n).Transpose(0, 2, 1, 3)
	}
	q, k, v = heads(q, c.int("q_num_heads", 0)), heads(k, c.int("kv_num_heads", 0)), heads(v, c.int("kv_num_heads", 0))
	repeat := func(x *graph.Node) *graph.Node { // heads that share keys and values
		n := q.Shape[1] / max(x.Shape[1], 1)
		if n == 1 {
			return x
		}
		s := x.Shape
		x = x.Reshape(s[0], s[1], 1, s[2], s[3]).Broadcast(s[0], s[1], n, s[2], s[3])
		return x.Reshape(s[0], s[1]*n, s[2], s[3])
	}
	k, v = repeat(k), repeat(v)
	d := q.Shape[3]
	scale := c.float("scale", 0)
	if scale == 0 {
		scale = 1 / sqrt(float64(d))
	}
	z := q.MulC(scale).MatMulT(k, false, true)
	rows, cols := z.Shape[2], z.Shape[3]
	out := c.graph.Scalar(-1e30)
	if c.int("is_causal", 0) == 1 {
		c.most(rows, cols)
		z = lower(c.graph, rows, cols).Where(z, out)
	}
	if c.has(3) {
		mask := c.x(3)
		if c.in[3].elem == pb.Bool {
			z = mask.Where(z, out)
		} else {
			z = z.Add(mask.MaxC(-1e30))
		}
	}
	y := z.Softmax(-1).MatMul(v)
	if flat {
		y = y.Transpose(0, 2, 1, 3)
		y = y.Reshape(y.Shape[0], y.Shape[1], y.Shape[2]*y.Shape[3])
	}
	return c.like(0, y)
}
