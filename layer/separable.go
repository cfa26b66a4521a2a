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
	Layers.Register(DepthwiseConv1D{}, "depthwise_conv1d")
	Layers.Register(DepthwiseConv2D{}, "depthwise_conv2d")
	Layers.Register(SeparableConv1D{}, "separable_conv1d", "SeparableConvolution1D")
	Layers.Register(SeparableConv2D{}, "separable_conv2d", "SeparableConvolution2D")
}

// DepthwiseConv1D convolves each channel by itself, with DepthMultiplier filters: x [batch, steps, channels] →
// [batch, positions, channels·DepthMultiplier], the kernel [KernelSize, channels, DepthMultiplier]. Result
// c·DepthMultiplier + m is channel c under its filter m.
type DepthwiseConv1D struct {
	Base
	_                   struct{}           `keras:"dtype~float32"`
	KernelSize          []int              `keras:"kernel_size,main,required,min=1,each=1,what=size"`
	Strides             []int              `keras:"strides,default=1,min=1,each=1,what=stride"`
	Padding             string             `keras:"padding,default=valid,oneof=valid|same"`
	DepthMultiplier     int                `keras:"depth_multiplier,default=1,min=1,what=number of filters"`
	DataFormat          string             `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	Dilation            []int              `keras:"dilation_rate,default=1,min=1,each=1,what=dilation"`
	Activation          Activation         `keras:"activation,default=linear"`
	NoBias              bool               `keras:"!use_bias"`
	Kernel              weight.Initializer `keras:"depthwise_initializer,default=glorot_uniform"`
	Bias                weight.Initializer `keras:"bias_initializer,default=zeros"`
	KernelRegularizer   weight.Regularizer `keras:"depthwise_regularizer"`
	BiasRegularizer     weight.Regularizer `keras:"bias_regularizer"`
	ActivityRegularizer weight.Regularizer `keras:"activity_regularizer"`
	KernelConstraint    weight.Constraint  `keras:"depthwise_constraint"`
	BiasConstraint      weight.Constraint  `keras:"bias_constraint"`
	_                   struct{}           `keras:"?groups=1"`
	_                   struct{}           `keras:"?kernel_initializer~null,?kernel_regularizer=null,?kernel_constraint=null"`
}

// Call implements Layer.
func (l DepthwiseConv1D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in, back := channelsLast(s, x, 1, l.DataFormat)
	w := depthwise{"kernel", l.KernelSize, l.Strides, l.Dilation, l.Padding, l.DepthMultiplier, l.Kernel,
		l.KernelRegularizer, l.KernelConstraint}
	y := w.over(s, in)
	return finishing{y.Shape[1+1], l.NoBias, l.Bias, l.BiasRegularizer, l.BiasConstraint, l.Activation, back}.of(s, y)
}

// Activity implements Active.
func (l DepthwiseConv1D) Activity() weight.Regularizer { return l.ActivityRegularizer }

// Traits implements Described.
func (l DepthwiseConv1D) Traits() Traits { return convolving(l.DataFormat, l.Activation) }

// Check implements config.Checker.
func (l DepthwiseConv1D) Check() error { return stridesAlone(l.Strides, l.Dilation) }

// Formula implements Formulator.
func (l DepthwiseConv1D) Formula(in, out []tensor.Shape) string {
	l = config.Filled(l)
	return filterFormula(l.KernelSize, 1, channelsOf(out[0], l.DataFormat), l.NoBias)
}

// DepthwiseConv2D is [DepthwiseConv1D] over rows and columns.
type DepthwiseConv2D struct {
	Base
	_                   struct{}           `keras:"dtype~float32"`
	KernelSize          []int              `keras:"kernel_size,main,required,min=1,each=2,what=size"`
	Strides             []int              `keras:"strides,default=1,min=1,each=2,what=stride"`
	Padding             string             `keras:"padding,default=valid,oneof=valid|same"`
	DepthMultiplier     int                `keras:"depth_multiplier,default=1,min=1,what=number of filters"`
	DataFormat          string             `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	Dilation            []int              `keras:"dilation_rate,default=1,min=1,each=2,what=dilation"`
	Activation          Activation         `keras:"activation,default=linear"`
	NoBias              bool               `keras:"!use_bias"`
	Kernel              weight.Initializer `keras:"depthwise_initializer,default=glorot_uniform"`
	Bias                weight.Initializer `keras:"bias_initializer,default=zeros"`
	KernelRegularizer   weight.Regularizer `keras:"depthwise_regularizer"`
	BiasRegularizer     weight.Regularizer `keras:"bias_regularizer"`
	ActivityRegularizer weight.Regularizer `keras:"activity_regularizer"`
	KernelConstraint    weight.Constraint  `keras:"depthwise_constraint"`
	BiasConstraint      weight.Constraint  `keras:"bias_constraint"`
	_                   struct{}           `keras:"?groups=1"`
	_                   struct{}           `keras:"?kernel_initializer~null,?kernel_regularizer=null,?kernel_constraint=null"`
}

// Call implements Layer.
func (l DepthwiseConv2D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in, back := channelsLast(s, x, 2, l.DataFormat)
	w := depthwise{"kernel", l.KernelSize, l.Strides, l.Dilation, l.Padding, l.DepthMultiplier, l.Kernel,
		l.KernelRegularizer, l.KernelConstraint}
	y := w.over(s, in)
	return finishing{y.Shape[2+1], l.NoBias, l.Bias, l.BiasRegularizer, l.BiasConstraint, l.Activation, back}.of(s, y)
}

// Activity implements Active.
func (l DepthwiseConv2D) Activity() weight.Regularizer { return l.ActivityRegularizer }

// Traits implements Described.
func (l DepthwiseConv2D) Traits() Traits { return convolving(l.DataFormat, l.Activation) }

// Check implements config.Checker.
func (l DepthwiseConv2D) Check() error { return stridesAlone(l.Strides, l.Dilation) }

// Formula implements Formulator.
func (l DepthwiseConv2D) Formula(in, out []tensor.Shape) string {
	l = config.Filled(l)
	return filterFormula(l.KernelSize, 1, channelsOf(out[0], l.DataFormat), l.NoBias)
}

// SeparableConv1D convolves each channel by itself, with DepthMultiplier filters of KernelSize steps, and then mixes
// the channels of each place into Filters: a convolution in two factors, with far fewer weights. They are
// [KernelSize, channels, DepthMultiplier] and [1, channels·DepthMultiplier, Filters].
type SeparableConv1D struct {
	Base
	_                    struct{}           `keras:"dtype~float32"`
	Filters              int                `keras:"filters,main,required,min=1,what=number of filters"`
	KernelSize           []int              `keras:"kernel_size,required,min=1,each=1,what=size"`
	Strides              []int              `keras:"strides,default=1,min=1,each=1,what=stride"`
	Padding              string             `keras:"padding,default=valid,oneof=valid|same"`
	DataFormat           string             `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	Dilation             []int              `keras:"dilation_rate,default=1,min=1,each=1,what=dilation"`
	DepthMultiplier      int                `keras:"depth_multiplier,default=1,min=1,what=number of filters"`
	Activation           Activation         `keras:"activation,default=linear"`
	NoBias               bool               `keras:"!use_bias"`
	Depthwise            weight.Initializer `keras:"depthwise_initializer,default=glorot_uniform"`
	Pointwise            weight.Initializer `keras:"pointwise_initializer,default=glorot_uniform"`
	Bias                 weight.Initializer `keras:"bias_initializer,default=zeros"`
	DepthwiseRegularizer weight.Regularizer `keras:"depthwise_regularizer"`
	PointwiseRegularizer weight.Regularizer `keras:"pointwise_regularizer"`
	BiasRegularizer      weight.Regularizer `keras:"bias_regularizer"`
	ActivityRegularizer  weight.Regularizer `keras:"activity_regularizer"`
	DepthwiseConstraint  weight.Constraint  `keras:"depthwise_constraint"`
	PointwiseConstraint  weight.Constraint  `keras:"pointwise_constraint"`
	BiasConstraint       weight.Constraint  `keras:"bias_constraint"`
	_                    struct{}           `keras:"?groups=1"`
	_                    struct{}           `keras:"?kernel_initializer~null,?kernel_regularizer=null,?kernel_constraint=null"`
}

// Call implements Layer.
func (l SeparableConv1D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in, back := channelsLast(s, x, 1, l.DataFormat)
	w := depthwise{"depthwise_kernel", l.KernelSize, l.Strides, l.Dilation, l.Padding, l.DepthMultiplier, l.Depthwise,
		l.DepthwiseRegularizer, l.DepthwiseConstraint}
	y := w.over(s, in)
	point := append(ones(1), y.Shape[1+1], l.Filters)
	y = y.Conv(s.Weight("pointwise_kernel", point, l.Pointwise, l.PointwiseRegularizer, l.PointwiseConstraint),
		graph.Conv{})
	return finishing{l.Filters, l.NoBias, l.Bias, l.BiasRegularizer, l.BiasConstraint, l.Activation, back}.of(s, y)
}

// Activity implements Active.
func (l SeparableConv1D) Activity() weight.Regularizer { return l.ActivityRegularizer }

// Traits implements Described.
func (l SeparableConv1D) Traits() Traits { return convolving(l.DataFormat, l.Activation) }

// Check implements config.Checker.
func (l SeparableConv1D) Check() error { return stridesAlone(l.Strides, l.Dilation) }

// Formula implements Formulator.
func (l SeparableConv1D) Formula(in, out []tensor.Shape) string {
	l = config.Filled(l)
	return separableFormula(l.KernelSize, channelsOf(in[0], l.DataFormat)*l.DepthMultiplier, l.Filters, l.NoBias)
}

// SeparableConv2D is [SeparableConv1D] over rows and columns.
type SeparableConv2D struct {
	Base
	_                    struct{}           `keras:"dtype~float32"`
	Filters              int                `keras:"filters,main,required,min=1,what=number of filters"`
	KernelSize           []int              `keras:"kernel_size,required,min=1,each=2,what=size"`
	Strides              []int              `keras:"strides,default=1,min=1,each=2,what=stride"`
	Padding              string             `keras:"padding,default=valid,oneof=valid|same"`
	DataFormat           string             `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	Dilation             []int              `keras:"dilation_rate,default=1,min=1,each=2,what=dilation"`
	DepthMultiplier      int                `keras:"depth_multiplier,default=1,min=1,what=number of filters"`
	Activation           Activation         `keras:"activation,default=linear"`
	NoBias               bool               `keras:"!use_bias"`
	Depthwise            weight.Initializer `keras:"depthwise_initializer,default=glorot_uniform"`
	Pointwise            weight.Initializer `keras:"pointwise_initializer,default=glorot_uniform"`
	Bias                 weight.Initializer `keras:"bias_initializer,default=zeros"`
	DepthwiseRegularizer weight.Regularizer `keras:"depthwise_regularizer"`
	PointwiseRegularizer weight.Regularizer `keras:"pointwise_regularizer"`
	BiasRegularizer      weight.Regularizer `keras:"bias_regularizer"`
	ActivityRegularizer  weight.Regularizer `keras:"activity_regularizer"`
	DepthwiseConstraint  weight.Constraint  `keras:"depthwise_constraint"`
	PointwiseConstraint  weight.Constraint  `keras:"pointwise_constraint"`
	BiasConstraint       weight.Constraint  `keras:"bias_constraint"`
	_                    struct{}           `keras:"?groups=1"`
	_                    struct{}           `keras:"?kernel_initializer~null,?kernel_regularizer=null,?kernel_constraint=null"`
}

// Call implements Layer.
func (l SeparableConv2D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in, back := channelsLast(s, x, 2, l.DataFormat)
	w := depthwise{"depthwise_kernel", l.KernelSize, l.Strides, l.Dilation, l.Padding, l.DepthMultiplier, l.Depthwise,
		l.DepthwiseRegularizer, l.DepthwiseConstraint}
	y := w.over(s, in)
	point := append(ones(2), y.Shape[2+1], l.Filters)
	y = y.Conv(s.Weight("pointwise_kernel", point, l.Pointwise, l.PointwiseRegularizer, l.PointwiseConstraint),
		graph.Conv{})
	return finishing{l.Filters, l.NoBias, l.Bias, l.BiasRegularizer, l.BiasConstraint, l.Activation, back}.of(s, y)
}

// Activity implements Active.
func (l SeparableConv2D) Activity() weight.Regularizer { return l.ActivityRegularizer }

// Traits implements Described.
func (l SeparableConv2D) Traits() Traits { return convolving(l.DataFormat, l.Activation) }

// Check implements config.Checker.
func (l SeparableConv2D) Check() error { return stridesAlone(l.Strides, l.Dilation) }

// Formula implements Formulator.
func (l SeparableConv2D) Formula(in, out []tensor.Shape) string {
	l = config.Filled(l)
	return separableFormula(l.KernelSize, channelsOf(in[0], l.DataFormat)*l.DepthMultiplier, l.Filters, l.NoBias)
}

// depthwise is a convolution of each channel by itself.
type depthwise struct {
	name                    string
	size, strides, dilation []int
	padding                 string
	multiplier              int
	init                    weight.Initializer
	regularizer             weight.Regularizer
	constraint              weight.Constraint
}

// over convolves in, channels last.
func (d depthwise) over(s *Scope, in *graph.Node) *graph.Node {
	n := len(d.size)
	c, positions := in.Shape[n+1], in.Shape[1:n+1]
	lo, hi := margins(d.padding, positions, d.size, d.strides, d.dilation)
	fit(s, "kernel", positions, d.size, d.dilation, lo, hi)
	if c < 1 {
		s.Fail("needs channels, got %v", Features(in.Shape))
	}
	w := s.Weight(d.name, append(slices.Clone(d.size), c, d.multiplier), d.init, d.regularizer, d.constraint)
	w = w.Reshape(append(slices.Clone(d.size), 1, c*d.multiplier)...)
	return in.Conv(w, graph.Conv{Stride: d.strides, Dilation: d.dilation, PadLo: lo, PadHi: hi, Groups: c})
}

// separableFormula counts m filters of one channel each, and filters that mix the m.
func separableFormula(kernel []int, m, filters int, noBias bool) string {
	k := tensor.Shape(kernel).Size()
	if noBias {
		return fmt.Sprintf("%s × %d + %d × %d = %s", factors(kernel, 1), m, m, filters, Thousands(k*m+m*filters))
	}
	return fmt.Sprintf("%s × %d + (%d + 1) × %d = %s", factors(kernel, 1), m, m, filters, Thousands(k*m+(m+1)*filters))
}
