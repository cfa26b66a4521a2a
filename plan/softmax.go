package plan

import (
	"gorae/graph"
	"gorae/internal/kernel/vec"
)

// rowKernel computes the composites over rows: softmax, its gradient, cross-entropy.
type rowKernel struct{}

const rowGrain = 8 * 1024 // elements of a block

// composite returns the name of a composite, empty for other operations.
func composite(c *graph.Call) string {
	if o, ok := c.Op.(*graph.Composite); ok {
		return o.Name
	}
	return ""
}

func (rowKernel) Claim(c *graph.Call) bool {
	switch composite(c) {
	case "softmax", "softmax_grad", "log_softmax", "logsumexp", "sparse_cross_entropy", "sparse_cross_entropy_grad":
		return true
	}
	return false
}

func (rowKernel) Bind(b *Binding) Launch {
	x := b.Call.In[0].Shape
	cols := x[len(x)-1]
	rows := x[:len(x)-1].Size()
	blocks, part := share(rows, max(1, rowGrain/max(1, cols)))
	in, out := b.In, b.Out[0]
	name := composite(b.Call)
	l := Launch{Name: name, Blocks: blocks, Flops: 8 * float64(rows*cols), Bytes: 8 * float64(rows*cols)}
	l.Run = func(r *Run, block int, _ []float32) {
		lo, hi := part(block)
		n := hi - lo
		if n == 0 {
			return
		}
		at := lo * cols
		dst, a := r.F(out), r.F(in[0])
		switch name {
		case "softmax":
			vec.Softmax(dst[at:], a[at:], n, cols)
		case "log_softmax":
			vec.LogSoftmax(dst[at:], a[at:], n, cols)
		case "logsumexp":
			vec.LogSumExp(dst[lo:hi], a[at:], n, cols)
		case "softmax_grad":
			vec.SoftmaxGrad(dst[at:], a[at:], r.F(in[1])[at:], n, cols)
		case "sparse_cross_entropy":
			vec.CrossEntropy(dst[lo:hi], a[at:], r.I(in[1])[lo:hi], n, cols)
		case "sparse_cross_entropy_grad":
			vec.CrossEntropyGrad(dst[at:], a[at:], r.I(in[1])[lo:hi], r.F(in[2])[lo:hi], n, cols)
		}
	}
	return l
}
