package graph

import "fmt"

// CellAttr is the attributes of the body of a recurrent cell. The names of the functions stand for them: equal names
// must mean equal functions.
type CellAttr struct {
	// Activation names the function of the candidate and the output, Recurrent that of the
	// gates. simple_rnn_cell has no gates.
	Activation, Recurrent string
	// ResetAfter puts the reset gate of a gru_cell behind the product with the recurrent
	// weights, so that they have a bias of their own if RecurrentBias.
	ResetAfter, RecurrentBias bool
	// Dropped: the last operand is a mask [batch, units] that multiplies h where it meets the
	// recurrent weights, the same at each step.
	Dropped bool
}

func (a CellAttr) String() string {
	s := fmt.Sprintf("activation=%s recurrent=%s", a.Activation, a.Recurrent)
	for _, f := range []struct {
		is   bool
		word string
	}{{a.ResetAfter, " reset_after"}, {a.RecurrentBias, " recurrent_bias"}, {a.Dropped, " dropped"}} {
		if f.is {
			s += f.word
		}
	}
	return s
}

// Func is an activation: a function of each element, or of each row.
type Func func(x *Node) *Node

// cell makes a composite of a body that is given the state h, the states and the projected
// step as they come, and h·mask where the cell drops.
func cell(name string, a CellAttr, operands int, body func(v []*Node, h *Node) []*Node) *Composite {
	if a.Dropped {
		operands++
	}
	return &Composite{Name: name, Attr: a, Body: func(v []*Node) []*Node {
		if len(v) != operands {
			v[0].Graph().Fail(name, "takes %d operands, got %d", operands, len(v))
		}
		h := v[0]
		if a.Dropped {
			h = h.Mul(v[len(v)-1])
		}
		return body(v, h)
	}}
}

// blocks cuts the last axis of a gate matrix into n of equal width.
func blocks(x *Node, n int) []*Node {
	width := x.Shape[len(x.Shape)-1] / n
	parts := make([]int, n)
	for i := range parts {
		parts[i] = width
	}
	return x.Split(-1, parts...)
}

// The four cells below see a step that was projected before: p = x·kernel + bias, for all steps
// one product outside of the loop. Gates lie beside each other along the last axis.

// SimpleRNNCell returns one step of a simple recurrent layer, h′ = act(p + h·U). Operands h [batch, k], p [batch, k], U
// [k, k], and the mask if Dropped; result h′.
func SimpleRNNCell(a CellAttr, act Func) *Composite {
	return cell("simple_rnn_cell", a, 3, func(v []*Node, h *Node) []*Node {
		return []*Node{act(v[1].Add(h.MatMul(v[2])))}
	})
}

// LSTMCell returns one step of an LSTM (Hochreiter and Schmidhuber, 1997), with gates in the order i, f, g, o (Keras
// writes c for g)
//
//	i, f, o = rec(p + h·U), g = act(p + h·U), each its block
//	c′ = f·c + i·g
//	h′ = o·act(c′)
//
// Operands h [batch, k], c [batch, k], p [batch, 4k], U [k, 4k], and the mask if Dropped; results
// h′, c′, and the activated gates [batch, 4k] for the backward pass.
func LSTMCell(a CellAttr, act, rec Func) *Composite {
	return cell("lstm_cell", a, 4, func(v []*Node, h *Node) []*Node {
		z := blocks(v[2].Add(h.MatMul(v[3])), 4)
		i, f, g, o := rec(z[0]), rec(z[1]), act(z[2]), rec(z[3])
		c := f.Mul(v[1]).Add(i.Mul(g))
		return []*Node{o.Mul(act(c)), c, Concatenate(-1, i, f, g, o)}
	})
}

// GRUCell returns one step of a GRU (Cho et al., 2014), with gates in the order z, r, g
//
//	z, r = rec(p + h·U)
//	g = act(p + r·(h·U + b)) with ResetAfter, act(p + (r·h)·U) without
//	h′ = z·h + (1 − z)·g
//
// b, for all three blocks, is there if RecurrentBias. Operands h [batch, k], p [batch, 3k], U [k, 3k], b [3k] if
// RecurrentBias, and the mask if Dropped; results h′ and for the backward pass the activated
// gates [batch, 3k], with ResetAfter followed by h·U + b of block g, [batch, 4k].
func GRUCell(a CellAttr, act, rec Func) *Composite {
	operands := 3
	if a.RecurrentBias {
		operands++
	}
	return cell("gru_cell", a, operands, func(v []*Node, h *Node) []*Node {
		p, u := blocks(v[1], 3), v[2]
		k := h.Shape[1]
		if !a.ResetAfter {
			q := blocks(h.MatMul(u.Narrow(1, 0, 2*k)), 2)
			z, r := rec(p[0].Add(q[0])), rec(p[1].Add(q[1]))
			g := act(p[2].Add(r.Mul(h).MatMul(u.Narrow(1, 2*k, 3*k))))
			return []*Node{mix(z, v[0], g), Concatenate(-1, z, r, g)}
		}
		inner := h.MatMul(u)
		if a.RecurrentBias {
			inner = inner.Add(v[3])
		}
		q := blocks(inner, 3)
		z, r := rec(p[0].Add(q[0])), rec(p[1].Add(q[1]))
		g := act(p[2].Add(r.Mul(q[2])))
		return []*Node{mix(z, v[0], g), Concatenate(-1, z, r, g, q[2])}
	})
}

// UGRNNCell returns the update-gate network (Collins, Sohl-Dickstein and Sussillo, 2016), with gates in the
// order g, f
//
//	g = act(p + h·U), f = rec(p + h·U)
//	h′ = (1 − f)·g + f·h
//
// Operands h [batch, k], p [batch, 2k], U [k, 2k], and the mask if Dropped; results h′ and the
// activated gates [batch, 2k] for the backward pass.
func UGRNNCell(a CellAttr, act, rec Func) *Composite {
	return cell("ugrnn_cell", a, 3, func(v []*Node, h *Node) []*Node {
		z := blocks(v[1].Add(h.MatMul(v[2])), 2)
		g, f := act(z[0]), rec(z[1])
		return []*Node{mix(f, v[0], g), Concatenate(-1, g, f)}
	})
}

// mix returns z·h + (1 − z)·g.
func mix(z, h, g *Node) *Node { return z.Mul(h).Add(z.Neg().AddC(1).Mul(g)) }
