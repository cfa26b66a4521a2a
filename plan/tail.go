package plan

import (
	"gorae/graph"
	"gorae/internal/kernel/conv"
	"gorae/internal/kernel/gemm"
)

// tail is a pooling that follows a convolution block by block: each block of the convolution's result is pooled
// while it is in cache, and where nobody else reads that result (prediction) it is memory of the step alone.
type tail struct {
	call *graph.Call
	pool *conv.Pool
}

// tails finds the poolings right after convolutions whose blocks hold whole windows.
func (b *builder) tails() {
	for _, c := range b.g.Calls {
		var p *conv.Pool
		switch o := c.Op.(type) {
		case graph.MaxPool:
			p = conv.MaxPool(window(o.Pool, c.In[0].Shape, c.Out[0].Shape))
		case graph.AvgPool:
			p = conv.AvgPool(window(o.Pool, c.In[0].Shape, c.Out[0].Shape))
		default:
			continue
		}
		m := b.makerCall(c.In[0])
		if m == nil {
			continue
		}
		s := b.stepOf[m]
		if s.root == nil || !isConv(s.root) || s.tail != nil || !c.In[0].Shape.Equal(s.root.Out[0].Shape) {
			continue
		}
		// Nothing but what the convolution's own epilogue does may lie between.
		if cur, skip, _ := b.absorb(s); cur != b.value[c.In[0]] || len(skip) != len(s.calls) {
			continue
		}
		if k := newConvolution(s.root, gemm.Epilogue{}); !k.pack || !p.Follows(k.plan) {
			continue
		}
		s.tail = &tail{c, p}
		b.stepOf[c], b.value[c.Out[0]].maker = s, s
	}
}
