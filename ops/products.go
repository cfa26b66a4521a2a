package ops

import (
	"slices"
	"strings"

	"gorae/graph"
	"gorae/layer"
)

func init() {
	add("numpy", "x1 x2", matmul, "Matmul")
	add("numpy", "x1 x2", func(c *call) []*graph.Node {
		if a, b := c.node("x1"), c.node("x2"); len(a.Shape) == 0 || len(b.Shape) == 0 {
			return one(a.AsFloat().Mul(b.AsFloat()))
		} else if len(b.Shape) > 2 {
			c.Fail("joins %v and %v; gorae computes it with a matrix or a vector as x2", layer.Features(a.Shape),
				layer.Features(b.Shape))
		}
		return matmul(c)
	}, "Dot")
	add("numpy", "*operands | subscripts", einsum, "Einsum")
}

// matmul is the matrix product over the last two axes; a vector is one row or one column.
func matmul(c *call) []*graph.Node {
	a, b := c.float("x1"), c.float("x2")
	literal := !isOperand(c.arg("x1")) || !isOperand(c.arg("x2"))
	switch {
	case len(a.Shape) == 0 || len(b.Shape) == 0:
		c.Fail("multiplies matrices, got %v and %v", a.Shape, b.Shape)
	case !literal && (len(a.Shape) < 3 || len(b.Shape) < 3):
		c.Fail("multiplies %v by %v, which are no matrices for each sample; give both two axes behind that of the "+
			"samples", layer.Features(a.Shape), layer.Features(b.Shape))
	case !isOperand(c.arg("x1")) && len(b.Shape) < 3:
		c.Fail("multiplies an array by %v, whose rows are samples; give the array as x2", layer.Features(b.Shape))
	}
	c.sameRank("x1", "x2")
	drop := -1
	if len(b.Shape) == 1 {
		b, drop = b.Reshape(b.Shape[0], 1), 1
	}
	if len(a.Shape) == 1 {
		a, drop = a.Reshape(1, a.Shape[0]), 2
	}
	y := a.MatMul(b)
	if drop > 0 {
		at := len(y.Shape) - drop
		y = y.Reshape(slices.Delete(y.Shape.Clone(), at, at+1)...)
	}
	return one(y)
}

// einsum is the sum of products over the axes whose letters the result lacks: "bij,bjk->bik".
func einsum(c *call) []*graph.Node {
	text, _ := c.arg("subscripts").(string)
	text = strings.ReplaceAll(text, " ", "")
	left, out, arrow := strings.Cut(text, "->")
	xs := c.nodes("operands")
	terms := strings.Split(left, ",")
	bad := !arrow || len(terms) != len(xs) || strings.Contains(text, ".")
	for i := 0; !bad && i < len(terms); i++ {
		bad = len(terms[i]) != len(xs[i].Shape) || repeats(terms[i])
	}
	if bad || repeats(out) {
		c.Fail("subscripts are %q for %d tensors; give a letter for each axis, different ones within a tensor, and "+
			"-> with those of the result", text, len(xs))
	}
	c.batch(terms, out)
	return one(graph.Einsum(text, xs...).Named("einsum"))
}

// batch fails where the letter of the samples is not the first one of the result and of every tensor.
func (c *call) batch(terms []string, out string) {
	list, _ := asList(c.arg("operands"))
	for i, t := range terms {
		if list != nil && i < len(list) && !isOperand(list[i]) {
			continue // an array
		}
		if out == "" || t == "" || t[0] != out[0] {
			c.Fail("subscripts are %q: the letter of axis 0, that of the samples, must be the first one of the result "+
				"too", c.arg("subscripts"))
		}
	}
}

func repeats(labels string) bool {
	for i := range labels {
		if strings.IndexByte(labels[i+1:], labels[i]) >= 0 {
			return true
		}
	}
	return false
}
