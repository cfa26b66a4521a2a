package plan

import (
	"gorae/graph"
	"gorae/internal/kernel/conv"
	"gorae/internal/kernel/gemm"
)

// convolution is the kernel's plan of a call.
type convolution struct {
	plan *conv.Plan
	pack bool // the first phase reads the kernel's weights alone
}

// isConv reports whether c is a convolution or one of its gradients.
func isConv(c *graph.Call) bool {
	switch c.Op.(type) {
	case graph.Conv, graph.ConvInputGrad, graph.ConvWeightGrad:
		return true
	}
	return false
}

// three puts the extents of up to three spatial axes at the end, and v before them.
func three(extents []int, v int) (t [3]int) {
	t = [3]int{v, v, v}
	copy(t[3-len(extents):], extents)
	return
}

// newConvolution chooses the method for a call.
func newConvolution(c *graph.Call, e gemm.Epilogue) *convolution {
	shape := func(o graph.Conv, in, out, kernel []int, n, ci, f int) conv.Shape {
		return conv.Shape{
			N: n, C: ci, F: f, Groups: o.Groups, In: three(in, 1), Out: three(out, 1), Kernel: three(kernel, 1),
			Stride: three(o.Stride, 1), Dilation: three(o.Dilation, 1), Pad: three(o.PadLo, 0),
		}
	}
	ep := conv.Epilogue{Bias: e.Bias, Relu: e.Relu, Mask: e.Mask, Check: e.Check}
	a, b, y := c.In[0].Shape, c.In[1].Shape, c.Out[0].Shape
	n := len(a) - 2
	switch o := c.Op.(type) {
	case graph.Conv:
		return &convolution{conv.Forward(shape(o, a[1:n+1], y[1:n+1], b[:n], a[0], a[n+1], y[n+1]), ep), true}
	case graph.ConvInputGrad:
		return &convolution{conv.InputGrad(shape(o.Conv, y[1:n+1], a[1:n+1], b[:n], a[0], y[n+1], a[n+1]), ep), true}
	case graph.ConvWeightGrad:
		return &convolution{conv.WeightGrad(shape(o.Conv, a[1:n+1], b[1:n+1], y[:n], a[0], a[n+1], b[n+1]), e.Check),
			false}
	}
	panic("plan: no convolution")
}

// prepareConv plans a convolution. Packing or transforming the weights is a step of its own, which a plan that changes
// no weight runs once for each version of them.
func (b *builder) prepareConv(s *step, e *epilogue) (before *step) {
	c := newConvolution(s.root, e.Epilogue)
	shared := b.newBuffer(c.plan.Shared())
	switch {
	case !c.pack:
		s.temps = append(s.temps, shared)
	case c.plan.Blocks(0) > 0:
		w := b.value[s.root.In[1]]
		before = &step{calls: []*graph.Call{s.root}, in: []*Value{w}, out: []*Value{shared}}
		shared.maker = before
		s.in = append(s.in, shared)
		before.bind = func(*builder) Launch {
			return Launch{
				Name: "pack " + c.plan.Shape.String(), Blocks: c.plan.Blocks(0), Bytes: 4 * float64(w.Size+shared.Size),
				Scratch: c.plan.Scratch(), Run: func(x *Run, block int, scratch []float32) {
					c.plan.Pack(block, x.F(w), x.F(shared), scratch[:c.plan.Scratch()])
				},
			}
		}
	}
	s.bind = func(b *builder) Launch { return c.launch(b, s, e, shared) }
	return before
}

// launch runs the phases after packing, one after the other; the last writes the result and runs the elementwise
// program over each region of it.
func (c *convolution) launch(b *builder, s *step, e *epilogue, shared *Value) Launch {
	p, t := c.plan, e.program
	in, w, to := b.value[s.root.In[0]], b.value[s.root.In[1]], e.to
	name := map[bool]string{true: "conv ", false: "conv weights "}[c.pack] + p.Shape.String() + e.words()
	if _, ok := s.root.Op.(graph.ConvInputGrad); ok {
		name = "conv input " + p.Shape.String() + e.words()
	}
	var pooled *Value
	if s.pooling != nil {
		name += " | " + s.pooling.call.Op.String()
		pooled = b.value[s.pooling.call.Out[0]]
	}
	y := s.root.Out[0].Shape
	channels := y[len(y)-1]
	phase := func(phase int, last bool) Launch {
		return Launch{
			Name: name, Blocks: p.Blocks(phase), Scratch: p.Scratch() + t.scratch(),
			Run: func(x *Run, block int, scratch []float32) {
				bias, mask := e.operands(x)
				if !p.Run(phase, block, x.F(in), x.F(w), x.F(to), bias, mask, x.F(shared), scratch[:p.Scratch()]) &&
					e.Check {
					x.Bad()
				}
				if !last {
					return
				}
				lo, hi := p.Region(block)
				if len(t.ops) > 0 {
					t.run(x, lo*channels, (hi-lo)*channels, scratch[p.Scratch():])
				}
				if pooled != nil {
					s.pooling.pool.Rows(lo, hi, x.F(to), x.F(pooled))
				}
			},
		}
	}
	from := 0
	if c.pack {
		from = 1
	}
	var first *Launch
	for i := p.Phases() - 1; i >= from; i-- {
		l := phase(i, i == p.Phases()-1)
		if l.Blocks == 0 {
			l.Run = func(*Run, int, []float32) {}
		}
		l.Next, first = first, &l
	}
	first.Flops, first.Bytes = p.Flops(), b.bytes(s)
	return *first
}
