package plan

import (
	"gorae/graph"
	"gorae/internal/kernel/conv"
	"gorae/internal/kernel/gemm"
)

// convPoolFusion computes a pooling together with the convolution before it: each block of the convolution's result
// is pooled while it is in cache. Where nobody else reads that result (prediction), it is memory of the step alone.
type convPoolFusion struct{}

// pooling is the pooling at the end of a convolution's step.
type pooling struct {
	call *graph.Call
	pool *conv.Pool
}

// match finds poolings right after convolutions whose blocks hold whole windows.
func (convPoolFusion) match(b *builder, c *graph.Call) pattern {
	var p *conv.Pool
	switch o := c.Op.(type) {
	case graph.MaxPool:
		p = conv.MaxPool(window(o.Pool, c.In[0].Shape, c.Out[0].Shape))
	case graph.AvgPool:
		p = conv.AvgPool(window(o.Pool, c.In[0].Shape, c.Out[0].Shape))
	default:
		return nil
	}
	m := b.makerCall(c.In[0])
	if m == nil {
		return nil
	}
	s := b.stepOf[m]
	if s.root == nil || !isConv(s.root) || s.pooling != nil || !c.In[0].Shape.Equal(s.root.Out[0].Shape) {
		return nil
	}
	// Nothing but what the convolution's own epilogue does may lie between.
	if cur, skip, _ := b.absorb(s); cur != b.value[c.In[0]] || len(skip) != len(s.calls) {
		return nil
	}
	if k := newConvolution(s.root, gemm.Epilogue{}); !k.pack || !p.Follows(k.plan) {
		return nil
	}
	s.pooling = &pooling{c, p}
	b.stepOf[c], b.value[c.Out[0]].maker = s, s
	return nil
}
