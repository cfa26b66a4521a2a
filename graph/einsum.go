package graph

import (
	"strings"

	"gorae/tensor"
)

// labelled is a tensor with a letter for each axis.
type labelled struct {
	x      *Node
	labels string
}

// Einsum is the sum of products over the axes whose letters the result lacks, "bij,bjk->bik" of a batch of matrices:
// one matrix product for each tensor behind the first one. There is a letter for each axis, different ones within a
// tensor, and each letter of the result is one of a tensor.
func Einsum(subscripts string, xs ...*Node) *Node {
	left, out, _ := strings.Cut(subscripts, "->")
	terms := strings.Split(left, ",")
	if len(terms) != len(xs) {
		xs[0].Graph().Fail("einsum", "subscripts are %q for %d tensors", subscripts, len(xs))
	}
	all := make([]labelled, len(xs))
	for i, x := range xs {
		if len(terms[i]) != len(x.Shape) {
			x.Graph().Fail("einsum", "subscripts are %q: %q are %d letters for the shape %v", subscripts, terms[i],
				len(terms[i]), x.Shape)
		}
		all[i] = labelled{x.AsFloat(), terms[i]}
	}
	sum := all[0]
	for i, next := range all[1:] {
		keep := out
		for _, later := range all[i+2:] {
			keep += later.labels
		}
		sum = contract(subscripts, sum, next, keep)
	}
	sum = sum.only(out)
	if len(sum.labels) != len(out) {
		sum.x.Graph().Fail("einsum", "subscripts are %q: the result has a letter that no tensor has", subscripts)
	}
	perm := make([]int, len(out))
	for i, l := range out {
		perm[i] = strings.IndexRune(sum.labels, l)
	}
	return sum.x.Transpose(perm...)
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
func contract(subscripts string, a, b labelled, keep string) labelled {
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
				a.x.Graph().Fail("einsum", "subscripts are %q: the axes %c have the extents %d and %d", subscripts,
					t.labels[i], d, t.x.Shape[i])
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
	matrix := func(t labelled, rows, cols string) *Node {
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
