package plan

import (
	"gorae/graph"
	"gorae/internal/kernel/vec"
)

// resizeKernel computes resizing along one axis: each line of the result, the elements at one position of the axis, is
// a weighted sum of a few lines of the operand.
type resizeKernel struct{}

func (resizeKernel) Claim(c *graph.Call) bool {
	_, ok := c.Op.(graph.Resize)
	return ok
}

func (resizeKernel) Bind(b *Binding) Launch {
	o := b.Call.Op.(graph.Resize)
	x, y := b.Call.In[0].Shape, b.Call.Out[0].Shape
	from, to, line := x[o.Axis], y[o.Axis], x[o.Axis+1:].Size()
	parts := o.Taps()
	flops := 0.0
	for _, taps := range parts {
		flops += 2 * float64(len(taps))
	}
	lines := y[:o.Axis+1].Size()
	blocks, part := share(lines, max(1, elemGrain/max(1, line)))
	in, out := b.In[0], b.Out[0]
	return Launch{
		Name: o.String(), Blocks: blocks, Scratch: elemChunk,
		Flops: flops * float64(lines/max(1, to)*line), Bytes: 4 * float64(in.Size+out.Size),
		Run: func(r *Run, block int, scratch []float32) {
			src, dst := r.F(in), r.F(out)
			lo, hi := part(block)
			for l := lo; l < hi; l++ {
				ps, first := parts[l%to], l/to*from
				for at := 0; at < line; at += elemChunk {
					n := min(elemChunk, line-at)
					d := dst[l*line+at:][:n]
					clear(d)
					for i, p := range ps {
						s := src[(first+p.From)*line+at:][:n]
						switch {
						case i == 0 && p.Weight == 1:
							vec.Copy(d, s)
						case i == 0:
							vec.MulS(d, s, p.Weight)
						default:
							vec.MulS(scratch[:n], s, p.Weight)
							vec.Add(d, d, scratch[:n])
						}
					}
				}
			}
		},
	}
}
