package plan

import (
	"gorae/graph"
	"gorae/internal/kernel/norm"
	"gorae/internal/kernel/vec"
)

// Batch normalisation runs over parts of the rows that stay in the second-level cache: first the moments of each part,
// which are then joined, then the parts again. It is a root (epilogue.go), so that a relu after it runs over a part
// while that is in cache.

// normGrain is the number of elements of a part.
const normGrain = 1 << 16

// normRows cuts the rows of x [rows…, c] into parts.
func normRows(x *graph.Node) (rows, c, parts int, part func(int) (lo, hi int)) {
	s := x.Shape
	c = s[len(s)-1]
	rows = s[:len(s)-1].Size()
	parts, part = share(rows, max(1, normGrain/max(1, c)))
	return
}

// isBatchNorm reports whether c is a batch normalisation.
func isBatchNorm(c *graph.Call) bool { return composite(c) == "batch_norm" }

// prepareBatchNorm plans a batch normalisation and the calls after it.
func (b *builder) prepareBatchNorm(s *step, e *epilogue) {
	rows, c, parts, part := normRows(s.root.In[0])
	eps := s.root.Op.(*graph.Composite).Attr.(graph.BatchNormAttr).Epsilon
	in := s.root.In
	x0, gamma, beta := b.value[in[0]], b.value[in[1]], b.value[in[2]]
	mean, variance := b.value[s.root.Out[1]], b.value[s.root.Out[2]]
	for _, v := range []*Value{mean, variance} {
		if !b.escapes(s, v) {
			s.temps = append(s.temps, v)
		}
	}
	shared := b.newBuffer((2*parts + 1) * c) // moments of the parts, and γ/√(var + ε)
	s.temps = append(s.temps, shared)
	counts := make([]int, parts)
	for i := range counts {
		lo, hi := part(i)
		counts[i] = hi - lo
	}
	t := e.program
	s.bind = func(b *builder) Launch {
		name := "batch_norm" + e.words()
		return Launch{
			Name: name, Blocks: parts, Flops: 6 * float64(rows*c), Bytes: b.bytes(s),
			Run: func(x *Run, i int, _ []float32) {
				m := x.F(shared)[2*i*c:]
				lo, hi := part(i)
				norm.MeanVar(m[:c], m[c:2*c], x.F(x0)[lo*c:], hi-lo, c)
			},
			Next: &Launch{
				Blocks: 1,
				Run: func(x *Run, _ int, _ []float32) {
					scale := x.F(shared)[2*parts*c:]
					norm.Join(x.F(mean), x.F(variance), x.F(shared), counts, c)
					norm.InvStd(scale, x.F(variance), float32(eps))
					vec.Mul(scale, scale, x.F(gamma))
				},
				Next: &Launch{
					Blocks: parts, Scratch: t.scratch(),
					Run: func(x *Run, i int, scratch []float32) {
						lo, hi := part(i)
						y := x.F(e.to)[lo*c : hi*c]
						norm.Normalize(y, x.F(x0)[lo*c:], x.F(mean), x.F(shared)[2*parts*c:], x.F(beta), hi-lo, c)
						if e.Check && !vec.Finite(y) {
							x.Bad()
						}
						if len(t.ops) > 0 {
							t.run(x, lo*c, (hi-lo)*c, scratch)
						}
					},
				},
			},
		}
	}
}

// batchNormGradKernel computes the gradient.
type batchNormGradKernel struct{}

func (batchNormGradKernel) Claim(c *graph.Call) bool { return composite(c) == "batch_norm_grad" }

// shared returns the size of two sums of each part, of 1/√(var + ε) and of the second pass's scratch.
func (batchNormGradKernel) shared(call *graph.Call) int {
	_, c, parts, _ := normRows(call.In[0])
	return (2*parts+1)*c + norm.Scratch(c)
}

func (batchNormGradKernel) Bind(b *Binding) Launch {
	rows, c, parts, part := normRows(b.Call.In[0])
	eps := b.Call.Op.(*graph.Composite).Attr.(graph.BatchNormAttr).Epsilon
	dy, x0, gamma, mean, variance := b.In[0], b.In[1], b.In[2], b.In[3], b.In[4]
	dx, dgamma, dbeta, shared := b.Out[0], b.Out[1], b.Out[2], b.Shared
	return Launch{
		Name: "batch_norm_grad", Blocks: parts, Flops: 9 * float64(rows*c), Bytes: 20 * float64(rows*c),
		Run: func(x *Run, i int, _ []float32) {
			lo, hi := part(i)
			m := x.F(shared)[2*i*c:]
			norm.GradSums(m[:c], m[c:2*c], x.F(dy)[lo*c:], x.F(x0)[lo*c:], x.F(mean), hi-lo, c)
		},
		Next: &Launch{
			Blocks: 1,
			Run: func(x *Run, _ int, _ []float32) {
				sums, rest := x.F(shared)[:2*parts*c], x.F(shared)[2*parts*c:]
				vec.ColSum(x.F(dbeta)[:c], sums, parts, c, 2*c)
				vec.ColSum(x.F(dgamma)[:c], sums[c:], parts, c, 2*c)
				norm.InvStd(rest[:c], x.F(variance), float32(eps))
				norm.GradScales(rest[c:], x.F(dgamma), x.F(dbeta), rest[:c], x.F(gamma), rows, c)
			},
			Next: &Launch{
				Blocks: parts,
				Run: func(x *Run, i int, _ []float32) {
					lo, hi := part(i)
					norm.GradInput(x.F(dx)[lo*c:], x.F(dy)[lo*c:], x.F(x0)[lo*c:], x.F(mean),
						x.F(shared)[(2*parts+1)*c:], hi-lo, c)
				},
			},
		},
	}
}

// layerNormKernel normalises rows, which stay in the first-level cache from their mean to their last product. The
// gradients of gamma and beta are summed over parts of the rows, and the parts' sums joined.
type layerNormKernel struct{}

func (layerNormKernel) Claim(c *graph.Call) bool {
	return composite(c) == "layer_norm" || composite(c) == "layer_norm_grad"
}

// layerRows cuts the rows of a call's x [rows…, n] into parts.
func layerRows(c *graph.Call) (rows, n, parts int, part func(int) (lo, hi int)) {
	s := c.In[0].Shape
	n = s[len(s)-1]
	rows = s[:len(s)-1].Size()
	parts, part = share(rows, max(1, rowGrain/max(1, n)))
	return
}

// shared returns the size of two sums of each part.
func (layerNormKernel) shared(c *graph.Call) int {
	if composite(c) == "layer_norm" {
		return 0
	}
	_, n, parts, _ := layerRows(c)
	return 2 * parts * n
}

func (layerNormKernel) Bind(b *Binding) Launch {
	rows, n, parts, part := layerRows(b.Call)
	size := float64(rows * n)
	if composite(b.Call) == "layer_norm" {
		eps := float32(b.Call.Op.(*graph.Composite).Attr.(graph.LayerNormAttr).Epsilon)
		x0, gamma, beta, y, mean, inv := b.In[0], b.In[1], b.In[2], b.Out[0], b.Out[1], b.Out[2]
		return Launch{
			Name: "layer_norm", Blocks: parts, Flops: 7 * size, Bytes: 8 * size,
			Run: func(x *Run, i int, _ []float32) {
				lo, hi := part(i)
				norm.Layer(x.F(y)[lo*n:], x.F(mean)[lo:hi], x.F(inv)[lo:hi], x.F(x0)[lo*n:], x.F(gamma), x.F(beta),
					hi-lo, n, eps)
			},
		}
	}
	dy, x0, gamma, mean, inv := b.In[0], b.In[1], b.In[2], b.In[3], b.In[4]
	dx, dgamma, dbeta, shared := b.Out[0], b.Out[1], b.Out[2], b.Shared
	return Launch{
		Name: "layer_norm_grad", Blocks: parts, Flops: 12 * size, Bytes: 12 * size,
		Run: func(x *Run, i int, _ []float32) {
			lo, hi := part(i)
			sums := x.F(shared)[2*i*n:][:2*n]
			clear(sums)
			norm.LayerGrad(x.F(dx)[lo*n:], sums[:n], sums[n:], x.F(dy)[lo*n:], x.F(x0)[lo*n:], x.F(mean)[lo:hi],
				x.F(inv)[lo:hi], x.F(gamma), hi-lo, n)
		},
		Next: &Launch{
			Blocks: 1,
			Run: func(x *Run, _ int, _ []float32) {
				sums := x.F(shared)[:2*parts*n]
				vec.ColSum(x.F(dgamma)[:n], sums, parts, n, 2*n)
				vec.ColSum(x.F(dbeta)[:n], sums[min(n, len(sums)):], parts, n, 2*n)
			},
		},
	}
}
