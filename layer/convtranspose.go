package layer

import (
	"slices"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

func init() {
	Layers.Register(Conv1DTranspose{}, "conv1d_transpose", "Convolution1DTranspose")
	Layers.Register(Conv2DTranspose{}, "conv2d_transpose", "Convolution2DTranspose")
	Layers.Register(Conv3DTranspose{}, "conv3d_transpose", "Convolution3DTranspose")
}

// Conv1DTranspose is the transposed convolution, which enlarges where [Conv1D] shrinks: it brings x [batch, steps,
// channels] to [batch, positions, Filters] as the gradient of a convolution from Filters to channels brings its own
// back. The kernel is [KernelSize, Filters, channels]. With k = (KernelSize − 1)·Dilation + 1 the positions are, by
// Padding and OutputPadding,
//
//	valid  (steps − 1)·Strides + max(k, Strides), or (steps − 1)·Strides + k + OutputPadding
//	same   steps·Strides, or (steps − 1)·Strides + k mod 2 + OutputPadding
type Conv1DTranspose struct {
	Base
	_                   struct{}           `keras:"dtype~float32"`
	Filters             int                `keras:"filters,main,required,min=1,what=number of filters"`
	KernelSize          []int              `keras:"kernel_size,required,min=1,each=1,what=size"`
	Strides             []int              `keras:"strides,default=1,min=1,each=1,what=stride"`
	Padding             string             `keras:"padding,default=valid,oneof=valid|same"`
	OutputPadding       []int              `keras:"output_padding,optional,min=0,each=1,what=padding"`
	DataFormat          string             `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	Dilation            []int              `keras:"dilation_rate,default=1,min=1,each=1,what=dilation"`
	Activation          Activation         `keras:"activation,default=linear"`
	NoBias              bool               `keras:"!use_bias"`
	Kernel              weight.Initializer `keras:"kernel_initializer,default=glorot_uniform"`
	Bias                weight.Initializer `keras:"bias_initializer,default=zeros"`
	KernelRegularizer   weight.Regularizer `keras:"kernel_regularizer"`
	BiasRegularizer     weight.Regularizer `keras:"bias_regularizer"`
	ActivityRegularizer weight.Regularizer `keras:"activity_regularizer"`
	KernelConstraint    weight.Constraint  `keras:"kernel_constraint"`
	BiasConstraint      weight.Constraint  `keras:"bias_constraint"`
	_                   struct{}           `keras:"?groups=1"`
}

// Call implements Layer.
func (l Conv1DTranspose) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return Conv2DTranspose(config.Filled(l)).over(s, x, 1)
}

// Activity implements Active.
func (l Conv1DTranspose) Activity() weight.Regularizer { return l.ActivityRegularizer }

// Traits implements Described.
func (l Conv1DTranspose) Traits() Traits { return convolving(l.DataFormat, l.Activation) }

// Check implements config.Checker.
func (l Conv1DTranspose) Check() error { return Conv2DTranspose(config.Filled(l)).check() }

// Formula implements Formulator.
func (l Conv1DTranspose) Formula(in, out []tensor.Shape) string {
	l = config.Filled(l)
	return filterFormula(l.KernelSize, channelsOf(in[0], l.DataFormat), l.Filters, l.NoBias)
}

// Conv2DTranspose is [Conv1DTranspose] over rows and columns.
type Conv2DTranspose struct {
	Base
	_                   struct{}           `keras:"dtype~float32"`
	Filters             int                `keras:"filters,main,required,min=1,what=number of filters"`
	KernelSize          []int              `keras:"kernel_size,required,min=1,each=2,what=size"`
	Strides             []int              `keras:"strides,default=1,min=1,each=2,what=stride"`
	Padding             string             `keras:"padding,default=valid,oneof=valid|same"`
	OutputPadding       []int              `keras:"output_padding,optional,min=0,each=2,what=padding"`
	DataFormat          string             `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	Dilation            []int              `keras:"dilation_rate,default=1,min=1,each=2,what=dilation"`
	Activation          Activation         `keras:"activation,default=linear"`
	NoBias              bool               `keras:"!use_bias"`
	Kernel              weight.Initializer `keras:"kernel_initializer,default=glorot_uniform"`
	Bias                weight.Initializer `keras:"bias_initializer,default=zeros"`
	KernelRegularizer   weight.Regularizer `keras:"kernel_regularizer"`
	BiasRegularizer     weight.Regularizer `keras:"bias_regularizer"`
	ActivityRegularizer weight.Regularizer `keras:"activity_regularizer"`
	KernelConstraint    weight.Constraint  `keras:"kernel_constraint"`
	BiasConstraint      weight.Constraint  `keras:"bias_constraint"`
	_                   struct{}           `keras:"?groups=1"`
}

// Call implements Layer.
func (l Conv2DTranspose) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return Conv2DTranspose(config.Filled(l)).over(s, x, 2)
}

// Activity implements Active.
func (l Conv2DTranspose) Activity() weight.Regularizer { return l.ActivityRegularizer }

// Traits implements Described.
func (l Conv2DTranspose) Traits() Traits { return convolving(l.DataFormat, l.Activation) }

// Check implements config.Checker.
func (l Conv2DTranspose) Check() error { return Conv2DTranspose(config.Filled(l)).check() }

// Formula implements Formulator.
func (l Conv2DTranspose) Formula(in, out []tensor.Shape) string {
	l = config.Filled(l)
	return filterFormula(l.KernelSize, channelsOf(in[0], l.DataFormat), l.Filters, l.NoBias)
}

// Conv3DTranspose is [Conv1DTranspose] over planes, rows and columns.
type Conv3DTranspose struct {
	Base
	_                   struct{}           `keras:"dtype~float32"`
	Filters             int                `keras:"filters,main,required,min=1,what=number of filters"`
	KernelSize          []int              `keras:"kernel_size,required,min=1,each=3,what=size"`
	Strides             []int              `keras:"strides,default=1,min=1,each=3,what=stride"`
	Padding             string             `keras:"padding,default=valid,oneof=valid|same"`
	OutputPadding       []int              `keras:"output_padding,optional,min=0,each=3,what=padding"`
	DataFormat          string             `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	Dilation            []int              `keras:"dilation_rate,default=1,min=1,each=3,what=dilation"`
	Activation          Activation         `keras:"activation,default=linear"`
	NoBias              bool               `keras:"!use_bias"`
	Kernel              weight.Initializer `keras:"kernel_initializer,default=glorot_uniform"`
	Bias                weight.Initializer `keras:"bias_initializer,default=zeros"`
	KernelRegularizer   weight.Regularizer `keras:"kernel_regularizer"`
	BiasRegularizer     weight.Regularizer `keras:"bias_regularizer"`
	ActivityRegularizer weight.Regularizer `keras:"activity_regularizer"`
	KernelConstraint    weight.Constraint  `keras:"kernel_constraint"`
	BiasConstraint      weight.Constraint  `keras:"bias_constraint"`
	_                   struct{}           `keras:"?groups=1"`
}

// Call implements Layer.
func (l Conv3DTranspose) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return Conv2DTranspose(config.Filled(l)).over(s, x, 3)
}

// Activity implements Active.
func (l Conv3DTranspose) Activity() weight.Regularizer { return l.ActivityRegularizer }

// Traits implements Described.
func (l Conv3DTranspose) Traits() Traits { return convolving(l.DataFormat, l.Activation) }

// Check implements config.Checker.
func (l Conv3DTranspose) Check() error { return Conv2DTranspose(config.Filled(l)).check() }

// Formula implements Formulator.
func (l Conv3DTranspose) Formula(in, out []tensor.Shape) string {
	l = config.Filled(l)
	return filterFormula(l.KernelSize, channelsOf(in[0], l.DataFormat), l.Filters, l.NoBias)
}

// over returns the layer over n axes of positions.
func (l Conv2DTranspose) over(s *Scope, x []*graph.Node, n int) []*graph.Node {
	in, back := channelsLast(s, x, n, l.DataFormat)
	c := in.Shape[n+1]
	conv := graph.Conv{Stride: l.Strides, Dilation: l.Dilation, PadLo: make([]int, n), PadHi: make([]int, n)}
	out := make([]int, n)
	for a := range n {
		d, k, stride := in.Shape[a+1], (l.KernelSize[a]-1)*l.Dilation[a]+1, l.Strides[a]
		extra := -1
		if l.OutputPadding != nil {
			extra = l.OutputPadding[a]
		}
		out[a], conv.PadLo[a] = enlarge(d, k, stride, extra, l.Padding == "same")
		conv.PadHi[a] = max(0, (d-1)*stride+k-out[a]-conv.PadLo[a])
		if d < 1 || out[a] < 1 {
			s.Fail("kernel %s makes nothing of %s; give output_padding or a greater input", graph.Times(l.KernelSize),
				graph.Times(in.Shape[1:n+1]))
		}
	}
	w := s.Weight("kernel", append(slices.Clone(l.KernelSize), l.Filters, c), l.Kernel, l.KernelRegularizer,
		l.KernelConstraint)
	y := in.ConvTranspose(w, conv, out...)
	return finishing{l.Filters, l.NoBias, l.Bias, l.BiasRegularizer, l.BiasConstraint, l.Activation, back}.of(s, y)
}

// enlarge returns the number of positions that d become, and how many of them the convolution in
// the other direction would have had as padding before: Keras's rules. k is the spread of the kernel, extra the
// output padding, below 0 where none is given.
func enlarge(d, k, stride, extra int, same bool) (out, lo int) {
	switch {
	case !same && extra < 0:
		return (d-1)*stride + max(k, stride), 0
	case !same:
		return (d-1)*stride + k + extra, 0
	}
	total := stride + k - 2 // what a convolution over spread elements pads with
	out = d * stride
	if extra >= 0 {
		total = k + k%2 - 2 + extra
		out = (d-1)*stride + k%2 + extra
	}
	return out, k - 1 - min((total+1)/2, k-1)
}

func (l Conv2DTranspose) check() error {
	for a, p := range l.OutputPadding {
		if a < len(l.Strides) && p >= l.Strides[a] {
			return config.Errorf("output_padding", "%d is not below the stride %d", p, l.Strides[a]).
				Fix("give less").Coded(config.Conflict)
		}
	}
	return stridesAlone(l.Strides, l.Dilation)
}
