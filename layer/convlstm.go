package layer

import (
	"fmt"
	"slices"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

func init() {
	Layers.Register(ConvLSTM1D{})
	Layers.Register(ConvLSTM2D{})
	Layers.Register(ConvLSTM3D{})
}

// ConvLSTM1D is an [LSTM] over a sequence of series, x [batch, steps, positions, channels], whose products are
// convolutions (Shi et al., 2015): the kernel, [KernelSize, channels, 4·Filters], goes over the step as Strides,
// Padding and Dilation say, the recurrent kernel, [KernelSize, Filters, 4·Filters], over the state with zeros around
// it, so that the states h and c are [positions, Filters]. Options and results that recurrent layers have in common are
// explained at [RNN].
type ConvLSTM1D struct {
	Base
	_                   struct{}   `keras:"dtype~float32"`
	Filters             int        `keras:"filters,main,required,min=1,what=number of filters"`
	KernelSize          []int      `keras:"kernel_size,required,min=1,each=1,what=size"`
	Strides             []int      `keras:"strides,default=1,min=1,each=1,what=stride"`
	Padding             string     `keras:"padding,default=valid,oneof=valid|same"`
	DataFormat          string     `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	Dilation            []int      `keras:"dilation_rate,default=1,min=1,each=1,what=dilation"`
	Activation          Activation `keras:"activation,default=tanh"`
	RecurrentActivation Activation `keras:"recurrent_activation,default=sigmoid"`
	CellOptions
	ReturnSequences bool `keras:"return_sequences"`
	ReturnState     bool `keras:"return_state"`
	RNNOptions
	NoForgetBias        bool               `keras:"!unit_forget_bias"`
	ActivityRegularizer weight.Regularizer `keras:"activity_regularizer"`
	_                   struct{}           `keras:"seed~null,unroll~false,?implementation~2,?time_major=false"`
}

// Call implements Layer.
func (l ConvLSTM1D) Call(s *Scope, x ...*graph.Node) []*graph.Node { return l.loop().call(s, x) }

// Activity implements Active.
func (l ConvLSTM1D) Activity() weight.Regularizer { return l.ActivityRegularizer }

// Traits implements Described.
func (l ConvLSTM1D) Traits() Traits {
	t := l.loop().traits(config.Filled(l).Activation)
	t.Format = spatial(l.DataFormat).Format
	return t
}

// Check implements config.Checker.
func (l ConvLSTM1D) Check() error { return stridesAlone(l.Strides, l.Dilation) }

// Formula implements Formulator.
func (l ConvLSTM1D) Formula(in, out []tensor.Shape) string { return formula(l.loop().cell, in) }

func (l ConvLSTM1D) loop() loop { return ConvLSTM2D(config.Filled(l)).over(1) }

// ConvLSTM2D is [ConvLSTM1D] over pictures, x [batch, steps, rows, columns, channels].
type ConvLSTM2D struct {
	Base
	_                   struct{}   `keras:"dtype~float32"`
	Filters             int        `keras:"filters,main,required,min=1,what=number of filters"`
	KernelSize          []int      `keras:"kernel_size,required,min=1,each=2,what=size"`
	Strides             []int      `keras:"strides,default=1,min=1,each=2,what=stride"`
	Padding             string     `keras:"padding,default=valid,oneof=valid|same"`
	DataFormat          string     `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	Dilation            []int      `keras:"dilation_rate,default=1,min=1,each=2,what=dilation"`
	Activation          Activation `keras:"activation,default=tanh"`
	RecurrentActivation Activation `keras:"recurrent_activation,default=sigmoid"`
	CellOptions
	ReturnSequences bool `keras:"return_sequences"`
	ReturnState     bool `keras:"return_state"`
	RNNOptions
	NoForgetBias        bool               `keras:"!unit_forget_bias"`
	ActivityRegularizer weight.Regularizer `keras:"activity_regularizer"`
	_                   struct{}           `keras:"seed~null,unroll~false,?implementation~2,?time_major=false"`
}

// Call implements Layer.
func (l ConvLSTM2D) Call(s *Scope, x ...*graph.Node) []*graph.Node { return l.loop().call(s, x) }

// Activity implements Active.
func (l ConvLSTM2D) Activity() weight.Regularizer { return l.ActivityRegularizer }

// Traits implements Described.
func (l ConvLSTM2D) Traits() Traits {
	t := l.loop().traits(config.Filled(l).Activation)
	t.Format = spatial(l.DataFormat).Format
	return t
}

// Check implements config.Checker.
func (l ConvLSTM2D) Check() error { return stridesAlone(l.Strides, l.Dilation) }

// Formula implements Formulator.
func (l ConvLSTM2D) Formula(in, out []tensor.Shape) string { return formula(l.loop().cell, in) }

func (l ConvLSTM2D) loop() loop { return ConvLSTM2D(config.Filled(l)).over(2) }

// ConvLSTM3D is [ConvLSTM1D] over volumes, x [batch, steps, planes, rows, columns, channels].
type ConvLSTM3D struct {
	Base
	_                   struct{}   `keras:"dtype~float32"`
	Filters             int        `keras:"filters,main,required,min=1,what=number of filters"`
	KernelSize          []int      `keras:"kernel_size,required,min=1,each=3,what=size"`
	Strides             []int      `keras:"strides,default=1,min=1,each=3,what=stride"`
	Padding             string     `keras:"padding,default=valid,oneof=valid|same"`
	DataFormat          string     `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	Dilation            []int      `keras:"dilation_rate,default=1,min=1,each=3,what=dilation"`
	Activation          Activation `keras:"activation,default=tanh"`
	RecurrentActivation Activation `keras:"recurrent_activation,default=sigmoid"`
	CellOptions
	ReturnSequences bool `keras:"return_sequences"`
	ReturnState     bool `keras:"return_state"`
	RNNOptions
	NoForgetBias        bool               `keras:"!unit_forget_bias"`
	ActivityRegularizer weight.Regularizer `keras:"activity_regularizer"`
	_                   struct{}           `keras:"seed~null,unroll~false,?implementation~2,?time_major=false"`
}

// Call implements Layer.
func (l ConvLSTM3D) Call(s *Scope, x ...*graph.Node) []*graph.Node { return l.loop().call(s, x) }

// Activity implements Active.
func (l ConvLSTM3D) Activity() weight.Regularizer { return l.ActivityRegularizer }

// Traits implements Described.
func (l ConvLSTM3D) Traits() Traits {
	t := l.loop().traits(config.Filled(l).Activation)
	t.Format = spatial(l.DataFormat).Format
	return t
}

// Check implements config.Checker.
func (l ConvLSTM3D) Check() error { return stridesAlone(l.Strides, l.Dilation) }

// Formula implements Formulator.
func (l ConvLSTM3D) Formula(in, out []tensor.Shape) string { return formula(l.loop().cell, in) }

func (l ConvLSTM3D) loop() loop { return ConvLSTM2D(config.Filled(l)).over(3) }

// over returns the layer over n axes of positions.
func (l ConvLSTM2D) over(n int) loop {
	return l.looped(l.ReturnSequences, l.ReturnState, l.ActivityRegularizer, convLSTM{l, n})
}

// convLSTM is the cell, over n axes of positions.
type convLSTM struct {
	ConvLSTM2D
	n int
}

// turned returns the permutations that transpose a value, whose positions begin at an axis, to channels last and back.
func (c convLSTM) turned(at int) (there, home []int) {
	for a := range at {
		there, home = append(there, a), append(home, a)
	}
	home = append(home, at+c.n)
	for a := range c.n {
		there, home = append(there, at+1+a), append(home, at+a)
	}
	return append(there, at), home
}

// last brings the channels of x, whose positions begin at an axis, behind them.
func (c convLSTM) last(x *graph.Node, at int) *graph.Node {
	if c.DataFormat != channelsFirst {
		return x
	}
	there, _ := c.turned(at)
	return x.Transpose(there...)
}

// first brings them back.
func (c convLSTM) first(x *graph.Node, at int) *graph.Node {
	if c.DataFormat != channelsFirst {
		return x
	}
	_, home := c.turned(at)
	return x.Transpose(home...)
}

func (c convLSTM) states(s *Scope, step tensor.Shape) []tensor.Shape {
	first := c.DataFormat == channelsFirst
	if len(step) != c.n+1 {
		s.Fail("needs sequences (steps, %s), got steps of shape %v", axesOf(c.n, first), step)
	}
	positions := step[:c.n]
	if first {
		positions = step[1:]
	}
	lo, hi := margins(c.Padding, positions, c.KernelSize, c.Strides, c.Dilation)
	fit(s, "kernel", positions, c.KernelSize, c.Dilation, lo, hi)
	var shape tensor.Shape
	for a, in := range positions {
		shape = append(shape, (in+lo[a]+hi[a]-(c.KernelSize[a]-1)*c.Dilation[a]-1)/c.Strides[a]+1)
	}
	if shape = append(shape, c.Filters); first {
		shape = append(tensor.Shape{c.Filters}, shape[:c.n]...)
	}
	return []tensor.Shape{shape, shape}
}

func (c convLSTM) walk(s *Scope, x, mask *graph.Node, init []*graph.Node, reverse bool) (*graph.Node, []*graph.Node) {
	batch, steps := x.Shape[0], x.Shape[1]
	shapes := c.states(s, x.Shape[2:])
	fresh := init == nil
	if fresh {
		init = zeros(s.Graph, batch, shapes)
	}
	x = c.last(x, 2)
	channels := x.Shape[c.n+2]
	bias := c.Bias
	if !c.NoForgetBias {
		bias = forgetBias{c.Bias, c.Filters}
	}
	kernel := s.Weight("kernel", append(slices.Clone(c.KernelSize), channels, 4*c.Filters), c.Kernel,
		c.KernelRegularizer, c.KernelConstraint)
	inner := s.Weight("recurrent_kernel", append(slices.Clone(c.KernelSize), c.Filters, 4*c.Filters), c.Recurrent,
		c.RecurrentRegularizer, c.RecurrentConstraint)
	if s.Training && c.Dropout > 0 {
		shape := x.Shape.Clone()
		shape[1] = 1
		x = x.Mul(s.dropMask(c.Dropout, shape...))
	}
	// The steps of all samples are convolved at once.
	positions := x.Shape[2 : c.n+2]
	lo, hi := margins(c.Padding, positions, c.KernelSize, c.Strides, c.Dilation)
	p := x.Reshape(append(tensor.Shape{batch * steps}, x.Shape[2:]...)...).
		Conv(kernel, graph.Conv{Stride: c.Strides, Dilation: c.Dilation, PadLo: lo, PadHi: hi})
	if !c.NoBias {
		p = p.Add(s.Weight("bias", []int{4 * c.Filters}, bias, c.BiasRegularizer, c.BiasConstraint))
	}
	p = p.Reshape(append(tensor.Shape{batch, steps}, p.Shape[1:]...)...)
	init = slices.Clone(init)
	for i, n := range init {
		init[i] = c.last(n, 1)
	}
	fixed := []*graph.Node{inner}
	if s.Training && c.RecurrentDropout > 0 {
		fixed = append(fixed, s.dropMask(c.RecurrentDropout, init[0].Shape...))
	}
	states := slices.Clone(s.scan(c.cell(), 0, init, []*graph.Node{p}, mask, fixed, reverse))
	for i, n := range states {
		states[i] = c.first(n, 2)
	}
	y := states[0]
	if mask != nil && !fresh {
		y = y.Mul(spread(seen(mask, reverse).Reshape(batch, steps), len(y.Shape)))
	}
	return y, states
}

// cell returns one step: like graph.LSTMCell, with a convolution for the product.
func (c convLSTM) cell() *graph.Composite {
	act, rec := c.Activation, c.RecurrentActivation
	return &graph.Composite{
		Name: "conv_lstm_cell",
		Attr: fmt.Sprintf("kernel=%v activation=%s recurrent=%s", c.KernelSize, act, rec),
		Body: func(v []*graph.Node) []*graph.Node {
			h, memory, p, inner := v[0], v[1], v[2], v[3]
			if len(v) > 4 {
				h = h.Mul(v[4])
			}
			lo, hi := margins("same", h.Shape[1:c.n+1], c.KernelSize, ones(c.n), ones(c.n))
			k := c.Filters
			z := p.Add(h.Conv(inner, graph.Conv{PadLo: lo, PadHi: hi})).Split(-1, k, k, k, k)
			memory = rec.Apply(z[1]).Mul(memory).Add(rec.Apply(z[0]).Mul(act.Apply(z[2])))
			return []*graph.Node{rec.Apply(z[3]).Mul(act.Apply(memory)), memory}
		},
	}
}

func (c convLSTM) words(step tensor.Shape) (string, int) {
	k, m := tensor.Shape(c.KernelSize).Size(), channelsOf(step, c.DataFormat)
	extra, text := 1, "4 × (%s + %s + 1) × %d"
	if c.NoBias {
		extra, text = 0, "4 × (%s + %s) × %d"
	}
	return fmt.Sprintf(text, factors(c.KernelSize, m), factors(c.KernelSize, c.Filters),
		c.Filters), 4 * (k*m + k*c.Filters + extra) * c.Filters
}
