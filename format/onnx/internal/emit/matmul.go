package emit

import (
	"gorae/format/onnx/internal/pb"
	"gorae/graph"
	"gorae/tensor"
)

// swapped is the order of n axes with the last two exchanged.
func swapped(n int) []int {
	p := identity(n)
	p[n-1], p[n-2] = p[n-2], p[n-1]
	return p
}

// factor is an operand of a product, transposed where it is stored so.
func (l *lowering) factor(x *graph.Node, trans bool) string {
	if trans {
		return l.in(x, swapped(len(x.Shape)), pb.F32)
	}
	return l.in(x, nil, pb.F32)
}

// matMul lowers a MatMul.
func (l *lowering) matMul(n *graph.Node) {
	o := n.Call.Op.(graph.MatMul)
	a, b := n.Call.In[0], n.Call.In[1]
	l.one(n, nil, "MatMul", []string{l.factor(a, o.TransA), l.factor(b, o.TransB)})
}

// rows says of which value n is the product, where n is the rows of x [..., k] times a matrix, and perhaps a bias:
// reshape(reshape(x)·w + b).
func (l *lowering) rows(n *graph.Node) (x, w, b *graph.Node, o graph.MatMul, ok bool) {
	m := n.Call.In[0]
	if elemOf(m, graph.Add) && l.uses[m] == 1 && l.isStatic(m.Call.In[1]) && len(m.Call.In[1].Shape) == 1 {
		m, b = m.Call.In[0], m.Call.In[1]
	}
	o, ok = m.Call.Op.(graph.MatMul)
	if !ok || o.TransA || len(m.Call.In[1].Shape) != 2 || l.uses[m] != 1 {
		return nil, nil, nil, o, false
	}
	r, ok := m.Call.In[0].Call.Op.(graph.Reshape)
	if !ok || len(r.Shape) != 2 {
		return nil, nil, nil, o, false
	}
	x = m.Call.In[0].Call.In[0]
	k := len(x.Shape) - 1
	return x, m.Call.In[1], b, o, len(n.Shape) == k+1 && k > 0 && tensor.Shape(n.Shape[:k]).Equal(x.Shape[:k]) &&
		x.Shape[k] == r.Shape[1]
}

// matMulOfRows lowers the rows of a value times a matrix as one product.
func (l *lowering) matMulOfRows(n *graph.Node) bool {
	x, w, b, o, ok := l.rows(n)
	if !ok || l.isStatic(x) {
		return false
	}
	y := l.f.One(n.Call.Label, "MatMul", []string{l.in(x, nil, pb.F32), l.factor(w, o.TransB)})
	if b != nil {
		y = l.f.One(n.Call.Label, "Add", []string{y, l.in(b, nil, pb.F32)})
	}
	l.put(n, y, pb.F32, nil)
	return true
}

// biased lowers a product or a convolution and the bias behind it as one node.
func (l *lowering) biased(n *graph.Node) bool {
	for i := range 2 {
		y, b := n.Call.In[i], n.Call.In[1-i]
		if l.uses[y] != 1 || l.values[y] != nil || !l.isStatic(b) || l.isStatic(y) || len(b.Shape) != 1 ||
			len(y.Shape) != len(n.Shape) || b.Shape[0] != y.Shape[len(y.Shape)-1] {
			continue
		}
		switch o := y.Call.Op.(type) {
		case graph.MatMul:
			if len(y.Shape) != 2 {
				return false
			}
			l.one(n, nil, "Gemm", []string{l.factor(y.Call.In[0], o.TransA), l.factor(y.Call.In[1], o.TransB),
				l.in(b, nil, pb.F32)})
			return true
		case graph.Conv:
			return l.conv(n, y.Call, b)
		case graph.ConvInputGrad:
			return l.convTranspose(n, y.Call, b)
		}
	}
	return false
}

// attention lowers scaled dot-product attention: queries [batch, T, heads, D], keys [batch, S, groups, D], values.
func (l *lowering) attention(n *graph.Node, a graph.AttentionAttr) {
	c := n.Call
	if n.Index > 0 || l.uses[c.Out[1]] > 0 || l.uses[c.Out[2]] > 0 || a.Rate > 0 {
		l.refuse(c)
		return
	}
	q, k, v := c.In[0], c.In[1], c.In[2]
	one := func(op string, in ...string) string { return l.f.One(c.Label, op, in) }
	heads, groups := q.Shape[2], k.Shape[2]
	queries := l.in(q, []int{0, 2, 1, 3}, pb.F32) // [batch, heads, T, D]
	keys, vals := "", ""
	if heads == groups {
		keys = l.in(k, []int{0, 2, 3, 1}, pb.F32) // [batch, heads, D, S]
		vals = l.in(v, []int{0, 2, 1, 3}, pb.F32) // [batch, heads, S, E]
	} else { // each group for several heads in turn
		of := make([]int64, heads)
		for h := range of {
			of[h] = int64(h / (heads / groups))
		}
		ids := l.f.Ints("heads", []int64{int64(heads)}, of...)
		repeat := func(x string) string { return l.f.One(c.Label, "Gather", []string{x, ids}, Int("axis", 1)) }
		keys = repeat(l.in(k, []int{0, 2, 3, 1}, pb.F32))
		vals = repeat(l.in(v, []int{0, 2, 1, 3}, pb.F32))
	}
	s := one("MatMul", queries, keys)
	if a.Scale != 1 {
		s = one("Mul", s, l.f.Scalar(a.Scale))
	}
	keep := ""
	if a.Masked {
		keep = l.in(c.In[3], nil, pb.Bool)
	}
	if a.Causal {
		causal, ok := l.causal(c, l.shape(q)[1], l.shape(k)[1])
		if !ok {
			l.refuse(c)
			return
		}
		if keep == "" {
			keep = causal
		} else {
			keep = one("And", keep, causal)
		}
	}
	if keep != "" {
		s = one("Where", keep, s, l.f.Scalar(-1e9))
	}
	w := l.f.One(c.Label, "Softmax", []string{s}, Int("axis", -1))
	if a.Zero && keep != "" {
		w = one("Where", keep, w, l.f.Scalar(0))
	}
	l.put(n, one("MatMul", w, vals), pb.F32, []int{0, 2, 1, 3})
}

// causal is a matrix of truth values: whether key s is not behind query t.
func (l *lowering) causal(c *graph.Call, queries, keys extent) (string, bool) {
	steps := func(e extent) (string, bool) {
		if e.fixed() {
			return l.f.List("steps", identity(e[0])...), true
		}
		n, ok := l.dim(e)
		if !ok {
			return "", false
		}
		zero, by := l.f.Ints("zero", nil, 0), l.f.Ints("one", nil, 1)
		return l.f.One(c.Label, "Range", []string{zero, l.f.Squeeze(c.Label, n, 0), by}), true
	}
	t, ok := steps(queries)
	s, ok2 := steps(keys)
	if !ok || !ok2 {
		return "", false
	}
	return l.f.One(c.Label, "LessOrEqual", []string{s, l.f.Unsqueeze(c.Label, t, 1)}), true
}

// countsDown reports whether a constant counts down from its last position to 0, in all traces.
func (l *lowering) countsDown(n *graph.Node) bool {
	for k := range l.graphs {
		c, ok := l.twin(n, k).Call.Op.(graph.Const)
		if !ok || c.Value.DType() != tensor.Int32 || len(c.Value.Shape) != 1 {
			return false
		}
		last := c.Value.Len() - 1
		if last < 1 {
			return false
		}
		for i, v := range c.Value.I32 {
			if int(v) != last-i {
				return false
			}
		}
	}
	return true
}
