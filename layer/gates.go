package layer

import (
	"fmt"
	"slices"

	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

// gates is a cell of blocks × units nodes on the features of a step and the units of the
// state: what SimpleRNN, LSTM, GRU and UGRNN have in common.
type gates struct {
	blocks, memories      int // memories: how many states there are, all [units]
	units                 int
	activation, recurrent Activation
	resetAfter            bool
	CellOptions
	build func(a graph.CellAttr, act, rec graph.Func) *graph.Composite
}

func (c gates) states(*Scope, tensor.Shape) []tensor.Shape {
	shapes := make([]tensor.Shape, c.memories)
	for i := range shapes {
		shapes[i] = tensor.Shape{c.units}
	}
	return shapes
}

// params are the cell's weights, declared in Keras's order.
type params struct{ kernel, inner, bias, innerBias *graph.Node }

func (c gates) params(s *Scope, features int) params {
	width := c.blocks * c.units
	p := params{
		kernel: s.Weight("kernel", []int{features, width}, initial(c.Kernel, weight.GlorotUniform{}),
			c.KernelRegularizer, c.KernelConstraint),
		inner: s.Weight("recurrent_kernel", []int{c.units, width}, initial(c.Recurrent, weight.Orthogonal{}),
			c.RecurrentRegularizer, c.RecurrentConstraint),
	}
	switch bias := initial(c.Bias, weight.Zeros{}); {
	case c.NoBias:
	case c.resetAfter:
		both := s.Weight("bias", []int{2, width}, bias, c.BiasRegularizer, c.BiasConstraint)
		p.bias, p.innerBias = both.Narrow(0, 0, 1).Reshape(width), both.Narrow(0, 1, 2).Reshape(width)
	default:
		p.bias = s.Weight("bias", []int{width}, bias, c.BiasRegularizer, c.BiasConstraint)
	}
	return p
}

// project returns x·kernel + bias, for all steps at once; one mask a sample drops inputs of every step.
func (c gates) project(s *Scope, x *graph.Node, p params) *graph.Node {
	if s.Training && c.Dropout > 0 {
		shape := x.Shape.Clone()
		if len(shape) == 3 {
			shape[1] = 1
		}
		x = x.Mul(s.dropMask(c.Dropout, shape...))
	}
	y := product(x, p.kernel)
	if p.bias != nil {
		y = y.Add(p.bias)
	}
	return y
}

// dropMask returns a mask of dropout: numbers that are 0 with probability rate, else 1/(1 − rate).
func (s *Scope) dropMask(rate float64, shape ...int) *graph.Node {
	return s.Graph.Scalar(1).Broadcast(shape...).Dropout(s.Key(), rate, s.Stream())
}

// composite returns the cell, and those of its operands that are the same at each step.
func (c gates) composite(s *Scope, batch int, p params) (*graph.Composite, []*graph.Node) {
	a := graph.CellAttr{Activation: c.activation.word(), Recurrent: c.recurrent.word(), ResetAfter: c.resetAfter,
		RecurrentBias: p.innerBias != nil}
	fixed := []*graph.Node{p.inner}
	if p.innerBias != nil {
		fixed = append(fixed, p.innerBias)
	}
	if s.Training && c.RecurrentDropout > 0 {
		a.Dropped = true
		fixed = append(fixed, s.dropMask(c.RecurrentDropout, batch, c.units))
	}
	return c.build(a, c.activation.Apply, c.recurrent.Apply), fixed
}

// word returns the activation's name.
func (a Activation) word() string {
	if a == "" {
		return "linear"
	}
	return string(a)
}

func (c gates) walk(s *Scope, x, mask *graph.Node, init []*graph.Node, reverse bool) (*graph.Node, []*graph.Node) {
	if len(x.Shape) != 3 {
		s.Fail("needs sequences [steps, features], got samples of shape %v", Features(x.Shape))
	}
	batch := x.Shape[0]
	p := c.params(s, x.Shape[2])
	fresh := init == nil
	if fresh {
		init = zeros(s.Graph, batch, c.states(s, nil))
	}
	in := c.project(s, x, p)
	cell, fixed := c.composite(s, batch, p)
	states := slices.Clone(s.scan(cell, 0, init, []*graph.Node{in}, mask, fixed, reverse)[:c.memories])
	y := states[0]
	if mask != nil && !fresh { // before the first step that counts the state is not the output
		y = y.Mul(seen(mask, reverse))
	}
	return y, states
}

// step returns the cell alone: x [batch, features].
func (c gates) step(s *Scope, x *graph.Node, states []*graph.Node) (*graph.Node, []*graph.Node) {
	if len(x.Shape) != 2 || len(states) != c.memories {
		s.Fail("a step takes features %v and %d states, got %v and %d", "(None, features)", c.memories,
			Features(x.Shape), len(states))
	}
	p := c.params(s, x.Shape[1])
	in := c.project(s, float(x), p)
	cell, fixed := c.composite(s, x.Shape[0], p)
	operands := append(append(append([]*graph.Node{}, states...), in), fixed...)
	out := graph.Compose(cell, operands...)
	return out[0], slices.Clone(out[:c.memories])
}

func (c gates) words(step tensor.Shape) (string, int) {
	m, extra, sum := step[len(step)-1], 1, "%d + %d + 1"
	switch {
	case c.NoBias:
		extra, sum = 0, "%d + %d"
	case c.resetAfter:
		extra, sum = 2, "%d + %d + 2"
	}
	n := c.blocks * (m + c.units + extra) * c.units
	text := fmt.Sprintf("("+sum+") × %d", m, c.units, c.units)
	if c.blocks > 1 {
		text = fmt.Sprintf("%d × %s", c.blocks, text)
	}
	return text, n
}

// formula returns the words with the count.
func formula(w walker, in []tensor.Shape) string {
	text, n := w.words(in[0][1:])
	if text == "" {
		return ""
	}
	return text + " = " + Thousands(n)
}

// product returns x·kernel over the last axis. Where x is a one-hot coding, it is the kernel's rows at the ids, and the
// coding is never made.
func product(x, kernel *graph.Node) *graph.Node {
	if h, ok := x.Call.Op.(graph.OneHot); ok && h.Depth == kernel.Shape[0] {
		return kernel.Gather(x.Call.In[0])
	}
	return x.MatMul(kernel)
}

// forgetBias starts the block of an LSTM's forget gate at 1 (Jozefowicz, Zaremba and Sutskever, 2015).
type forgetBias struct {
	weight.Initializer
	units int
}

// Fill implements weight.Initializer.
func (f forgetBias) Fill(w []float32, shape tensor.Shape, r *weight.Rand) error {
	if err := f.Initializer.Fill(w, shape, r); err != nil {
		return err
	}
	for i := f.units; i < 2*f.units; i++ {
		w[i] = 1
	}
	return nil
}
