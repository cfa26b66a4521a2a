package plan

import (
	"slices"

	"gorae/graph"
	"gorae/internal/kernel/conv"
	"gorae/internal/kernel/vec"
	"gorae/tensor"
)

// reduceKernel sums, or takes maxima, over neighbouring axes: the operand is [outer, mid, inner] and mid is reduced.
// Axes with others between them are reduced group by group, the last group first. Many rows of few columns are cut into
// parts, whose results are reduced in turn.
type reduceKernel struct{}

// manyRows is the number of rows from which on they are cut into parts, where rows are short.
const manyRows = 256

// shared returns the memory for parts of rows.
func (reduceKernel) shared(c *graph.Call) int {
	if p := reductions(c.In[0].Shape, c.Op.(graph.Reduce).Axes); len(p) == 1 {
		return p[0].parts() * p[0].inner
	}
	return 0
}

// parts returns how many parts the rows are cut into, 0 if they are not.
func (p reduction) parts() int {
	if p.outer > 1 || p.inner == 1 || p.mid < manyRows {
		return 0
	}
	if n, _ := share(p.mid, max(manyRows/2, reduceGrain/max(1, p.inner))); n > 1 {
		return n
	}
	return 0
}

func (reduceKernel) Claim(c *graph.Call) bool {
	_, ok := c.Op.(graph.Reduce)
	return ok
}

// reduceGrain is the number of elements worth a block of its own.
const reduceGrain = 32 * 1024

func (reduceKernel) Bind(b *Binding) Launch {
	op := b.Call.Op.(graph.Reduce)
	passes := reductions(b.Call.In[0].Shape, op.Axes)
	x0, y0 := b.In[0], b.Out[0]
	if len(passes) == 0 { // axes of extent 1 only
		return Launch{Name: op.String(), Run: func(x *Run, _ int, _ []float32) { copy(x.F(y0), x.F(x0)) }}
	}
	l := Launch{Name: op.String(), Flops: float64(x0.Size), Bytes: 4 * float64(x0.Size+y0.Size)}
	if len(passes) == 1 {
		p := passes[0]
		if n := p.parts(); n > 0 {
			return p.inParts(l, op.Kind, n, x0, y0, b.Shared)
		}
		var part func(block int) (lo, hi int)
		if p.inner == 1 {
			l.Blocks, part = share(p.outer, max(1, reduceGrain/max(1, p.mid)))
		} else if p.outer == 1 {
			l.Blocks, part = shareLines(p.inner, max(lineWords, reduceGrain/max(1, p.mid)))
		} else {
			l.Blocks, part = share(p.outer, max(1, reduceGrain/max(1, p.mid*p.inner)))
		}
		l.Run = func(x *Run, block int, _ []float32) {
			lo, hi := part(block)
			p.run(op.Kind, x.F(y0), x.F(x0), lo, hi)
		}
		return l
	}
	l.Scratch = 2 * passes[0].outer * passes[0].inner
	l.Run = func(x *Run, _ int, scratch []float32) {
		src := x.F(x0)
		for i, p := range passes {
			dst := scratch[i%2*len(scratch)/2:][:p.outer*p.inner]
			if i == len(passes)-1 {
				dst = x.F(y0)
			}
			n := p.outer
			if p.outer == 1 {
				n = p.inner
			}
			p.run(op.Kind, dst, src, 0, n)
			src = dst
		}
	}
	return l
}

// extremeGradKernel computes the gradient of a maximum or minimum over neighbouring axes that are not the last.
type extremeGradKernel struct{}

func (extremeGradKernel) Claim(c *graph.Call) bool {
	if composite(c) != "extreme_grad" || c.In[1].Shape.Size() == 0 {
		return false
	}
	p := reductions(c.In[1].Shape, c.Op.(*graph.Composite).Attr.([]int))
	return len(p) == 1 && p[0].inner > 1
}

func (extremeGradKernel) Bind(b *Binding) Launch {
	p := reductions(b.Call.In[1].Shape, b.Call.Op.(*graph.Composite).Attr.([]int))[0]
	size := p.mid * p.inner
	dy, x, y, dx := b.In[0], b.In[1], b.In[2], b.Out[0]
	blocks, part := share(p.outer, max(1, reduceGrain/size))
	return Launch{
		Name: b.Call.Op.String(), Blocks: blocks, Scratch: 2 * p.inner, Flops: 3 * float64(x.Size),
		Bytes: 8 * float64(x.Size),
		Run: func(r *Run, block int, scratch []float32) {
			lo, hi := part(block)
			for o := lo; o < hi; o++ {
				conv.Split(r.F(dx)[o*size:][:size], r.F(x)[o*size:][:size], r.F(y)[o*p.inner:][:p.inner],
					r.F(dy)[o*p.inner:], scratch[:2*p.inner])
			}
		},
	}
}

// inParts makes l reduce n parts of the rows apart, and then the results of these.
func (p reduction) inParts(l Launch, k graph.Reduction, n int, x0, y0, shared *Value) Launch {
	l.Blocks = n
	l.Run = func(x *Run, i int, _ []float32) {
		lo, hi := p.mid*i/n, p.mid*(i+1)/n
		reduction{1, hi - lo, p.inner}.run(k, x.F(shared)[i*p.inner:][:p.inner], x.F(x0)[lo*p.inner:], 0, p.inner)
	}
	l.Next = &Launch{Blocks: 1, Run: func(x *Run, _ int, _ []float32) {
		reduction{1, n, p.inner}.run(k, x.F(y0), x.F(shared), 0, p.inner)
	}}
	return l
}

// shareLines cuts n columns at cache lines.
func shareLines(n, grain int) (int, func(block int) (lo, hi int)) {
	blocks, part := share((n+lineWords-1)/lineWords, (grain+lineWords-1)/lineWords)
	return blocks, func(b int) (int, int) {
		lo, hi := part(b)
		return min(n, lo*lineWords), min(n, hi*lineWords)
	}
}

type reduction struct{ outer, mid, inner int }

// reductions lists the passes that reduce axes of shape.
func reductions(shape tensor.Shape, axes []int) []reduction {
	// Join neighbours that are both reduced or both kept.
	type group struct {
		n   int
		cut bool
	}
	var gs []group
	for a, d := range shape {
		cut := slices.Contains(axes, a)
		if d == 1 {
			continue
		}
		if k := len(gs) - 1; k >= 0 && gs[k].cut == cut {
			gs[k].n *= d
		} else {
			gs = append(gs, group{d, cut})
		}
	}
	var ps []reduction
	for i := len(gs) - 1; i >= 0; i-- {
		if !gs[i].cut {
			continue
		}
		p := reduction{1, gs[i].n, 1}
		for j, g := range gs {
			switch {
			case j < i:
				p.outer *= g.n
			case j > i && !g.cut:
				p.inner *= g.n
			}
		}
		ps = append(ps, p)
	}
	return ps
}

// run reduces for outer positions lo to hi, or for inner ones where outer is 1.
func (p reduction) run(k graph.Reduction, dst, src []float32, lo, hi int) {
	if lo == hi {
		return
	}
	if p.inner == 1 {
		row := [...]func(dst, x []float32, rows, cols int){vec.RowSum, vec.RowMax, vec.RowMin}[k]
		row(dst[lo:hi], src[lo*p.mid:], hi-lo, p.mid)
		return
	}
	col := [...]func(dst, x []float32, rows, cols, ld int){vec.ColSum, vec.ColMax, vec.ColMin}[k]
	if p.outer == 1 {
		if p.mid == 0 {
			clear(dst[lo:hi])
			return
		}
		col(dst[lo:hi], src[lo:], p.mid, hi-lo, p.inner)
		return
	}
	for o := lo; o < hi; o++ {
		if p.mid == 0 {
			clear(dst[o*p.inner:][:p.inner])
			continue
		}
		col(dst[o*p.inner:][:p.inner], src[o*p.mid*p.inner:], p.mid, p.inner, p.inner)
	}
}
