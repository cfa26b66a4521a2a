package plan

import (
	"gorae/graph"
	"gorae/internal/kernel/conv"
)

// poolKernel computes poolings and their gradients.
type poolKernel struct{}

func (poolKernel) Claim(c *graph.Call) bool {
	switch c.Op.(type) {
	case graph.MaxPool, graph.AvgPool, graph.MaxPoolGrad, graph.AvgPoolGrad:
		return true
	}
	return false
}

// window returns the kernel's description of a pooling of x to y.
func window(o graph.Pool, x, y []int) conv.Window {
	n := len(x) - 2
	w := conv.Window{N: x[0], C: x[n+1], In: three(x[1:n+1], 1), Out: three(y[1:n+1], 1), Adaptive: o.Bins != nil}
	if !w.Adaptive {
		w.Kernel, w.Stride, w.Pad = three(o.Window, 1), three(o.Stride, 1), three(o.PadLo, 0)
	}
	return w
}

func (poolKernel) Bind(b *Binding) Launch {
	a, y := b.Call.In[0].Shape, b.Call.Out[0].Shape
	var p *conv.Pool
	x, dy := b.In[0], b.In[0] // what a pooling does not use is not read
	switch o := b.Call.Op.(type) {
	case graph.MaxPool:
		p = conv.MaxPool(window(o.Pool, a, y))
	case graph.AvgPool:
		p = conv.AvgPool(window(o.Pool, a, y))
	case graph.MaxPoolGrad:
		p = conv.MaxPoolGrad(window(o.Pool, y, a))
		x = b.In[1]
	case graph.AvgPoolGrad:
		p = conv.AvgPoolGrad(window(o.Pool, y, a))
	}
	out := b.Out[0]
	_, pooled := b.Call.Op.(graph.MaxPool)
	_, mean := b.Call.Op.(graph.AvgPool)
	forward := pooled || mean
	l := Launch{Name: b.Call.Op.String(), Blocks: p.Blocks(), Scratch: p.Scratch(),
		Bytes: 4 * float64(b.In[0].Size+out.Size)}
	if l.Blocks == 0 {
		l.Run = func(x *Run, _ int, _ []float32) { clear(x.F(out)) }
		return l
	}
	l.Run = func(r *Run, block int, scratch []float32) {
		var vx, vdy []float32
		if vx = r.F(x); !forward {
			vdy = r.F(dy)
		}
		p.Run(block, vx, vdy, r.F(out), scratch[:p.Scratch()])
	}
	return l
}
