package graph

import "gorae/tensor"

// Attention is scaled dot-product attention (Vaswani et al., "Attention is all you need", 2017), head by head:
//
//	s = Scale·q·kᵀ, w = softmax(s) along the keys, y = w·v
//
// with queries q [batch, T, heads, D], keys k [batch, S, groups, D] and values v [batch, S, groups, E]; y is [batch, T,
// heads, E]. heads is a multiple of groups: head h reads group h/(heads/groups) (Ainslie et al., 2023).
type Attention struct {
	Scale  float64
	Causal bool  // query t attends to the keys 0 to t alone
	Mask   *Node // repeats to [batch, heads, T, S]: 0 where a query does not attend to a key; nil: to all
	// Zero makes the weights of a query that attends to no key 0; without it they are all alike, as a softmax of equal
	// numbers gives.
	Zero bool
	// Key, if not nil, drops each weight w with probability Rate and divides the others by 1 − Rate.
	Key    *Node
	Rate   float64
	Stream uint32
}

// attentionFill is the score of a key that a query does not attend to.
const attentionFill = -1e9

// AttentionAttr is what a kernel of attention must know beside the operands: q, k, v, then the mask, then the key of
// the dropout, where there are such.
type AttentionAttr struct {
	Scale                float64
	Causal, Masked, Zero bool
	Rate                 float64
	Stream               uint32
}

// Dropout returns the operation that drops weights.
func (a AttentionAttr) Dropout() Dropout { return Dropout{float32(a.Rate), a.Stream} }

// attr returns the attributes of the composite.
func (o Attention) attr() AttentionAttr {
	a := AttentionAttr{Scale: o.Scale, Causal: o.Causal, Masked: o.Mask != nil, Zero: o.Zero}
	if o.Key != nil {
		a.Rate, a.Stream = o.Rate, o.Stream
	}
	return a
}

// check fails the trace where the operands do not fit.
func (o Attention) check(q, k, v *Node) {
	g := q.Graph()
	q.Check("attention: queries", -1, -1, -1, -1)
	heads, d := q.Shape[2], q.Shape[3]
	k.Check("attention: keys", q.Shape[0], -1, -1, d)
	v.Check("attention: values", q.Shape[0], k.Shape[1], k.Shape[2], -1)
	if groups := k.Shape[2]; groups == 0 || heads%groups != 0 {
		g.Fail("attention", "%d heads of queries are no multiple of %d heads of keys", heads, groups)
	}
	if k.Shape[1] == 0 {
		g.Fail("attention", "there are no keys in %v", k.Shape)
	}
	if o.Mask != nil {
		full := tensor.Shape{q.Shape[0], heads, q.Shape[1], k.Shape[1]}
		if s, err := BroadcastShapes(o.Mask.Shape, full); err != nil || !s.Equal(full) || len(o.Mask.Shape) != 4 {
			g.Fail("attention", "the mask %v does not repeat to %v", o.Mask.Shape, full)
		}
	}
}

// operands lists those of the composite.
func (o Attention) operands(q, k, v *Node) []*Node {
	x := []*Node{q, k, v}
	if o.Mask != nil {
		x = append(x, o.Mask)
	}
	if o.Key != nil {
		x = append(x, o.Key)
	}
	return x
}

// Apply returns y [batch, T, heads, E].
func (o Attention) Apply(q, k, v *Node) *Node {
	o.check(q, k, v)
	return Compose(attention(o.attr()), o.operands(q, k, v)...)[0]
}

// Weights returns w [batch, heads, T, S], before any is dropped.
func (o Attention) Weights(q, k *Node) *Node {
	o.check(q, k, k)
	o.Key = nil
	w, _, _ := newAttending(o.attr(), o.operands(q, k, k)).weights()
	return w
}

// attending is the body of the composites: operands by heads.
type attending struct {
	AttentionAttr
	q, k, v   *Node // [batch, heads, T or S, D or E]
	keep, key *Node // 1 where a query attends to a key, nil for everywhere; the key of the dropout
}

func newAttending(a AttentionAttr, x []*Node) *attending {
	t := &attending{AttentionAttr: a, q: x[0].Transpose(0, 2, 1, 3)}
	heads := x[0].Shape[2]
	t.k, t.v = byHeads(x[1], heads), byHeads(x[2], heads)
	rest := x[3:]
	if a.Masked {
		t.keep, rest = rest[0].Ne(rest[0].Graph().Scalar(0)), rest[1:]
	}
	if a.Causal {
		if c := x[0].Graph().Const(causalMask(x[0].Shape[1], x[1].Shape[1])); t.keep == nil {
			t.keep = c
		} else {
			t.keep = t.keep.Mul(c)
		}
	}
	if a.Rate > 0 {
		t.key = rest[0]
	}
	return t
}

// byHeads returns x [batch, S, groups, D] as [batch, heads, S, D].
func byHeads(x *Node, heads int) *Node {
	b, s, g, d := x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3]
	x = x.Transpose(0, 2, 1, 3)
	if g == heads {
		return x
	}
	return x.Reshape(b, g, 1, s, d).Broadcast(b, g, heads/g, s, d).Reshape(b, heads, s, d)
}

// ofHeads is the gradient of byHeads for the operand of that shape.
func ofHeads(x *Node, shape tensor.Shape) *Node {
	b, s, g, d := shape[0], shape[1], shape[2], shape[3]
	if n := x.Shape[1]; g != n {
		x = x.Reshape(b, g, n/g, s, d).Sum(2)
	}
	return x.Transpose(0, 2, 1, 3)
}

// causalMask returns a matrix with 1 where the column is not greater than the row.
func causalMask(rows, cols int) *tensor.Tensor {
	m := tensor.New(tensor.Float32, rows, cols)
	for i := range rows {
		for j := range min(i+1, cols) {
			m.F32[i*cols+j] = 1
		}
	}
	return m
}

// scores returns s [batch, heads, T, S].
func (t *attending) scores() *Node {
	s := t.q.MatMulT(t.k, false, true).MulC(t.Scale)
	if t.keep != nil {
		s = t.keep.Where(s, s.Graph().Scalar(attentionFill))
	}
	return s
}

// weights returns w, and of each query its greatest score and the sum of its exponentials, [batch, heads, T].
func (t *attending) weights() (w, most, sum *Node) {
	s := t.scores()
	m := maxLast(s)
	e := s.Sub(m).Exp()
	n := sumLast(e)
	flat := e.Shape[:3]
	return t.zeroed(e.Div(n)), m.Reshape(flat...), n.Reshape(flat...)
}

// zeroed makes weights of keys to which a query does not attend 0.
func (t *attending) zeroed(w *Node) *Node {
	if t.Zero && t.keep != nil {
		return t.keep.Where(w, w.Graph().Scalar(0))
	}
	return w
}

// dropped drops weights.
func (t *attending) dropped(w *Node) *Node {
	if t.key == nil {
		return w
	}
	return w.Dropout(t.key, t.Rate, t.Stream)
}

func attention(a AttentionAttr) *Composite {
	return &Composite{
		Name: "attention", Attr: a,
		Body: func(x []*Node) []*Node {
			t := newAttending(a, x)
			w, most, sum := t.weights()
			return []*Node{t.dropped(w).MatMul(t.v).Transpose(0, 2, 1, 3), most, sum}
		},
		Backward: func(y, dy []*Node) []*Node {
			if dy[0] == nil || dy[1] != nil || dy[2] != nil {
				return nil
			}
			x := y[0].Call.In
			d := Compose(attentionGrad(a), append([]*Node{dy[0], y[1], y[2]}, x...)...)
			for len(d) < len(x) {
				d = append(d, nil)
			}
			return d
		},
	}
}

// attentionGrad makes the gradients of q, k and v of dy, the greatest scores, the sums and the operands:
//
//	dw = dy·vᵀ, ds = w·(dw − Σ w·dw), dq = Scale·ds·k, dk = Scale·dsᵀ·q, dv = wᵀ·dy
//
// The weights are computed again: that takes as long as reading them, and no memory (Dao, Fu, Ermon, Rudra and Ré,
// "FlashAttention", 2022).
func attentionGrad(a AttentionAttr) *Composite {
	return &Composite{
		Name: "attention_grad", Attr: a,
		Body: func(x []*Node) []*Node {
			t := newAttending(a, x[3:])
			dy := x[0].Transpose(0, 2, 1, 3)
			column := func(n *Node) *Node { return n.Reshape(append(n.Shape.Clone(), 1)...) }
			w := t.scores().Sub(column(x[1])).Exp().Div(column(x[2]))
			dw := t.zeroed(t.dropped(dy.MatMulT(t.v, false, true)))
			ds := dw.Sub(sumLast(dw.Mul(w))).Mul(w)
			if t.keep != nil {
				ds = t.keep.Where(ds, ds.Graph().Scalar(0))
			}
			ds = ds.MulC(t.Scale)
			return []*Node{
				ds.MatMul(t.k).Transpose(0, 2, 1, 3),
				ofHeads(ds.MatMulT(t.q, true, false), x[4].Shape),
				ofHeads(t.dropped(t.zeroed(w)).MatMulT(dy, true, false), x[5].Shape),
			}
		},
	}
}
