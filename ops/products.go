package ops

import (
	"slices"
	"strings"

	"gorae/graph"
	"gorae/layer"
	"gorae/tensor"
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

// labelled is a tensor with a letter for each axis.
type labelled struct {
	x      *graph.Node
	labels string
}

// einsum is the sum of products over the axes whose letters the result lacks: "bij,bjk->bik".
func einsum(c *call) []*graph.Node {
	text, _ := c.arg("subscripts").(string)
	text = strings.ReplaceAll(text, " ", "")
	left, out, arrow := strings.Cut(text, "->")
	xs := c.nodes("operands")
	terms := strings.Split(left, ",")
	bad := !arrow || len(terms) != len(xs) || strings.Contains(text, ".")
	var all []labelled
	for i := 0; !bad && i < len(terms); i++ {
		bad = len(terms[i]) != len(xs[i].Shape) || repeats(terms[i])
		all = append(all, labelled{xs[i].AsFloat(), terms[i]})
	}
	if bad || repeats(out) {
		c.Fail("subscripts are %q for %d tensors; give a letter for each axis, different ones within a tensor, and "+
			"-> with those of the result", text, len(xs))
	}
	c.batch(all, out)
	sum := all[0]
	for i, next := range all[1:] {
		keep := out
		for _, later := range all[i+2:] {
			keep += later.labels
		}
		sum = c.contract(sum, next, keep)
	}
	sum = sum.only(out)
	if len(sum.labels) != len(out) {
		c.Fail("subscripts are %q: the result has a letter that no tensor has", text)
	}
	perm := make([]int, len(out))
	for i, l := range out {
		perm[i] = strings.IndexRune(sum.labels, l)
	}
	return one(sum.x.Transpose(perm...).Named("einsum"))
}

// batch fails where the letter of the samples is not the first one of the result and of every tensor.
func (c *call) batch(all []labelled, out string) {
	list, _ := asList(c.arg("operands"))
	for i, t := range all {
		if list != nil && i < len(list) && !isOperand(list[i]) {
			continue // an array
		}
		if out == "" || t.labels == "" || t.labels[0] != out[0] {
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

// only sums over the axes whose letters are not in keep.
func (t labelled) only(keep string) labelled {
	var axes []int
	left := ""
	for i := range t.labels {
		if strings.IndexByte(keep, t.labels[i]) < 0 {
			axes = append(axes, i)
		} else {
			left += t.labels[i : i+1]
		}
	}
	if len(axes) == 0 {
		return t
	}
	return labelled{t.x.Sum(axes...), left}
}

// contract multiplies two tensors and sums over the axes whose letters are not in keep, as one matrix product: the
// letters that both have and that stay, those of a alone, those of b alone.
func (c *call) contract(a, b labelled, keep string) labelled {
	a, b = a.only(keep+b.labels), b.only(keep+a.labels)
	var both, summed, ofA, ofB string
	for _, l := range a.labels {
		switch s := string(l); {
		case !strings.Contains(b.labels, s):
			ofA += s
		case strings.Contains(keep, s):
			both += s
		default:
			summed += s
		}
	}
	for _, l := range b.labels {
		if !strings.ContainsRune(a.labels, l) {
			ofB += string(l)
		}
	}
	extents := map[byte]int{}
	for _, t := range []labelled{a, b} {
		for i := range t.labels {
			if d, ok := extents[t.labels[i]]; ok && d != t.x.Shape[i] {
				c.Fail("subscripts are %q: the axes %c have the extents %d and %d", c.arg("subscripts"), t.labels[i], d,
					t.x.Shape[i])
			}
			extents[t.labels[i]] = t.x.Shape[i]
		}
	}
	shape := func(labels string) tensor.Shape {
		s := tensor.Shape{}
		for i := range labels {
			s = append(s, extents[labels[i]])
		}
		return s
	}
	matrix := func(t labelled, rows, cols string) *graph.Node {
		order := both + rows + cols
		perm := make([]int, len(order))
		for i, l := range order {
			perm[i] = strings.IndexRune(t.labels, l)
		}
		return t.x.Transpose(perm...).Reshape(append(shape(both), shape(rows).Size(), shape(cols).Size())...)
	}
	y := matrix(a, ofA, summed).MatMul(matrix(b, summed, ofB))
	labels := both + ofA + ofB
	return labelled{y.Reshape(shape(labels)...), labels}
}
