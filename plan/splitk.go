package plan

import (
	"gorae/graph"
	"gorae/internal/kernel/gemm"
)

// splitKFusion computes products Aᵀ·B with a long inner extent K, the gradients of weights that many samples or steps
// share, in lanes that sum over parts of K. The lanes compute the sums of B's columns too, the gradient of a bias,
// where these are read.
type splitKFusion struct{}

// splitK is such a product. It is no root, because a sum of lanes has no epilogue.
type splitK struct {
	product *graph.Call
	sum     *graph.Call // of the columns, nil if it is not read
	*gemm.Long
}

func (splitKFusion) match(b *builder, c *graph.Call) pattern {
	op, ok := c.Op.(graph.MatMul)
	if !ok || !op.TransA || op.TransB || len(c.Out[0].Shape) != 2 || len(c.In[0].Shape) != 2 {
		return nil
	}
	m, n, k, _ := op.Extents(c.In[0].Shape, c.In[1].Shape)
	l := &splitK{product: c, sum: b.columnSum(c, n, k)}
	if l.Long = gemm.NewLong(m, n, k, l.sum != nil); l.Long == nil {
		return nil
	}
	s := b.stepOf[c]
	s.root, s.calls, s.fused = nil, []*graph.Call{c}, false
	if l.sum != nil {
		b.give(l.sum, c)
	}
	return l
}

// columnSum returns a call that sums the columns of c's second operand and can run in c's step, nil for none.
func (b *builder) columnSum(c *graph.Call, n, k int) *graph.Call {
	of := b.value[c.In[1]]
	for _, r := range b.g.Calls {
		op, ok := r.Op.(graph.Reduce)
		if !ok || op.Kind != graph.ReduceSum || b.value[r.In[0]] != of || len(b.stepOf[r].calls) != 1 {
			continue
		}
		ps := reductions(r.In[0].Shape, op.Axes)
		if len(ps) != 1 || ps[0] != (reduction{1, k, n}) {
			continue
		}
		if s, t := b.stepOf[r], b.stepOf[c]; !b.between(s, t) && !b.between(t, s) {
			return r
		}
	}
	return nil
}

// lower gives the lanes their memory and makes the two launches.
func (l *splitK) lower(b *builder, s *step) (before *step) {
	shared := b.newBuffer(l.Shared())
	s.temps = append(s.temps, shared)
	at, bt, c := b.value[l.product.In[0]], b.value[l.product.In[1]], b.value[l.product.Out[0]]
	var sums *Value
	name := "gemm " + gemm.Shape{M: l.M, N: l.N, K: l.K, TransA: true}.String() + " split-K"
	if l.sum != nil {
		sums = b.value[l.sum.Out[0]]
		name += " sums"
	}
	sumsOf := func(x *Run) []float32 {
		if sums == nil {
			return nil
		}
		return x.F(sums)
	}
	s.bind = func(b *builder) Launch {
		return Launch{
			Name: name, Blocks: l.Lanes(), Scratch: l.Scratch(),
			Flops: 2 * float64(l.M) * float64(l.N) * float64(l.K), Bytes: b.bytes(s),
			Run: func(x *Run, lane int, scratch []float32) {
				l.Run(lane, x.F(at), x.F(bt), x.F(c), sumsOf(x), x.F(shared), scratch)
			},
			Next: &Launch{Name: name, Blocks: l.Parts(), Run: func(x *Run, part int, _ []float32) {
				l.Sum(part, x.F(c), sumsOf(x), x.F(shared))
			}},
		}
	}
	return nil
}
