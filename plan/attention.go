package plan

import (
	"gorae/graph"
	"gorae/internal/kernel/attention"
)

// attentionKernel computes attention and its gradients without writing scores to memory.
type attentionKernel struct{}

// mostKeys is the number of keys up to which the scores of some queries fit into scratch.
const mostKeys = 1 << 14

// attends returns the attributes of attention or of its gradient, and its operands: queries, keys, values, and the mask
// and the key of the dropout where there are such. before is what comes before them.
func attends(c *graph.Call) (a graph.AttentionAttr, x []*graph.Node, before int, ok bool) {
	switch composite(c) {
	case "attention":
	case "attention_grad":
		before = 3
	default:
		return
	}
	return c.Op.(*graph.Composite).Attr.(graph.AttentionAttr), c.In[before:], before, true
}

func (attentionKernel) Claim(c *graph.Call) bool {
	a, x, _, ok := attends(c)
	if !ok {
		return false
	}
	s := x[1].Shape[1]
	for _, n := range c.In {
		if n.Shape.Size() == 0 {
			return false
		}
	}
	return s <= mostKeys && (!a.Masked || x[3].Shape[3] == s)
}

func (attentionKernel) Bind(b *Binding) Launch {
	a, x, before, _ := attends(b.Call)
	q, k, v := x[0].Shape, x[1].Shape, x[2].Shape
	o := attention.Options{Scale: float32(a.Scale), Causal: a.Causal, Zero: a.Zero, Rate: a.Dropout().Rate,
		Stream: a.Stream}
	in := b.In[before:]
	qv, kv, vv := in[0], in[1], in[2]
	var mask, key *Value
	if a.Masked {
		mask = in[3]
		m := x[3].Shape
		o.Mask = &[3]int{m[1] * m[2] * m[3], m[2] * m[3], m[3]}
		for i, d := range m[:3] {
			if d == 1 {
				o.Mask[i] = 0
			}
		}
	}
	if a.Rate > 0 {
		key = in[len(in)-1]
	}
	p := attention.New(attention.Shape{Batch: q[0], Heads: q[2], Groups: k[2], T: q[1], S: k[1], D: q[3], E: v[3]}, o)
	memory := func(r *Run) attention.Memory {
		m := attention.Memory{Q: r.F(qv), K: r.F(kv), V: r.F(vv)}
		if mask != nil {
			m.Mask = r.F(mask)
		}
		if key != nil {
			m.Key = r.I(key)
		}
		return m
	}
	name := composite(b.Call)
	if a.Causal {
		name += " causal"
	}
	size := 0
	for _, v := range append(append([]*Value{}, b.In...), b.Out...) {
		size += v.Size
	}
	forward, backward := p.Flops()
	l := Launch{Name: name, Blocks: p.Blocks(), Scratch: p.Scratch(), Flops: forward, Bytes: 4 * float64(size)}
	if before == 0 {
		y, most, sum := b.Out[0], b.Out[1], b.Out[2]
		l.Run = func(r *Run, block int, scratch []float32) {
			m := memory(r)
			m.Y, m.Most, m.Sum = r.F(y), r.F(most), r.F(sum)
			p.Run(block, &m, scratch)
		}
		return l
	}
	dy, most, sum, dq, dk, dv := b.In[0], b.In[1], b.In[2], b.Out[0], b.Out[1], b.Out[2]
	l.Blocks, l.Flops = p.GradBlocks(), backward
	l.Run = func(r *Run, block int, scratch []float32) {
		m := memory(r)
		m.DY, m.Most, m.Sum = r.F(dy), r.F(most), r.F(sum)
		m.DQ, m.DK, m.DV = r.F(dq), r.F(dk), r.F(dv)
		p.RunGrad(block, &m, scratch)
	}
	return l
}
