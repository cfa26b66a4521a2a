package layer

import (
	"slices"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

func init() {
	Layers.Register(Conv1D{}, "conv1d", "Convolution1D")
	Layers.Register(Conv2D{}, "conv2d", "Convolution2D")
	Layers.Register(Conv3D{}, "conv3d", "Convolution3D")
}

// Conv1D moves Filters windows of KernelSize steps over a series: x [batch, steps, channels] →
// y [batch, positions, Filters],
//
//	y[p, f] = act(bias[f] + Σ_{k, c} x[p·Strides + k·Dilation − before, c] · kernel[k, c, f])
//
// . The kernel is [KernelSize, channels/Groups, Filters], so that a filter holds
// KernelSize·channels/Groups weights and a bias. Padding valid gives ⌊(steps − (KernelSize − 1)·Dilation −
// 1)/Strides⌋ + 1 positions; same puts zeros on both sides and gives ⌈steps/Strides⌉, an odd zero standing behind;
// causal puts them all before, so that no place sees a later step. With Groups, filters of group g see the channels
// of group g only.
type Conv1D struct {
	Base
	_                   struct{}           `keras:"dtype~float32"`
	Filters             int                `keras:"filters,main,required,min=1,what=number of filters"`
	KernelSize          []int              `keras:"kernel_size,required,min=1,each=1,what=size"`
	Strides             []int              `keras:"strides,default=1,min=1,each=1,what=stride"`
	Padding             string             `keras:"padding,default=valid,oneof=valid|same|causal"`
	DataFormat          string             `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	Dilation            []int              `keras:"dilation_rate,default=1,min=1,each=1,what=dilation"`
	Groups              int                `keras:"groups,default=1,min=1,what=number of groups"`
	Activation          Activation         `keras:"activation,default=linear"`
	NoBias              bool               `keras:"!use_bias"`
	Kernel              weight.Initializer `keras:"kernel_initializer,default=glorot_uniform"`
	Bias                weight.Initializer `keras:"bias_initializer,default=zeros"`
	KernelRegularizer   weight.Regularizer `keras:"kernel_regularizer"`
	BiasRegularizer     weight.Regularizer `keras:"bias_regularizer"`
	ActivityRegularizer weight.Regularizer `keras:"activity_regularizer"`
	KernelConstraint    weight.Constraint  `keras:"kernel_constraint"`
	BiasConstraint      weight.Constraint  `keras:"bias_constraint"`
	_                   struct{}           `keras:"?lora_rank=null,?lora_alpha~null"`
}

// Call implements Layer.
func (l Conv1D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return Conv2D(config.Filled(l)).over(s, x, 1)
}

// Activity implements Active.
func (l Conv1D) Activity() weight.Regularizer { return l.ActivityRegularizer }

// Traits implements Described.
func (l Conv1D) Traits() Traits { return convolving(l.DataFormat, l.Activation) }

// Check implements config.Checker.
func (l Conv1D) Check() error { return Conv2D(l).check() }

// Formula implements Formulator.
func (l Conv1D) Formula(in, out []tensor.Shape) string {
	return Conv2D(config.Filled(l)).formula(in)
}

// Conv2D is [Conv1D] with windows that move over rows and columns: x [batch, rows, columns, channels] → y [batch,
// positions down, positions across, Filters], the kernel [KernelSize…, channels/Groups, Filters].
type Conv2D struct {
	Base
	_                   struct{}           `keras:"dtype~float32"`
	Filters             int                `keras:"filters,main,required,min=1,what=number of filters"`
	KernelSize          []int              `keras:"kernel_size,required,min=1,each=2,what=size"`
	Strides             []int              `keras:"strides,default=1,min=1,each=2,what=stride"`
	Padding             string             `keras:"padding,default=valid,oneof=valid|same"`
	DataFormat          string             `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	Dilation            []int              `keras:"dilation_rate,default=1,min=1,each=2,what=dilation"`
	Groups              int                `keras:"groups,default=1,min=1,what=number of groups"`
	Activation          Activation         `keras:"activation,default=linear"`
	NoBias              bool               `keras:"!use_bias"`
	Kernel              weight.Initializer `keras:"kernel_initializer,default=glorot_uniform"`
	Bias                weight.Initializer `keras:"bias_initializer,default=zeros"`
	KernelRegularizer   weight.Regularizer `keras:"kernel_regularizer"`
	BiasRegularizer     weight.Regularizer `keras:"bias_regularizer"`
	ActivityRegularizer weight.Regularizer `keras:"activity_regularizer"`
	KernelConstraint    weight.Constraint  `keras:"kernel_constraint"`
	BiasConstraint      weight.Constraint  `keras:"bias_constraint"`
	_                   struct{}           `keras:"?lora_rank=null,?lora_alpha~null"`
}

// Call implements Layer.
func (l Conv2D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return Conv2D(config.Filled(l)).over(s, x, 2)
}

// Activity implements Active.
func (l Conv2D) Activity() weight.Regularizer { return l.ActivityRegularizer }

// Traits implements Described.
func (l Conv2D) Traits() Traits { return convolving(l.DataFormat, l.Activation) }

// Check implements config.Checker.
func (l Conv2D) Check() error { return Conv2D(l).check() }

// Formula implements Formulator.
func (l Conv2D) Formula(in, out []tensor.Shape) string {
	return Conv2D(config.Filled(l)).formula(in)
}

// Conv3D is [Conv1D] with windows that move over planes, rows and columns: x [batch, planes, rows, columns,
// channels], the kernel [KernelSize…, channels/Groups, Filters].
type Conv3D struct {
	Base
	_                   struct{}           `keras:"dtype~float32"`
	Filters             int                `keras:"filters,main,required,min=1,what=number of filters"`
	KernelSize          []int              `keras:"kernel_size,required,min=1,each=3,what=size"`
	Strides             []int              `keras:"strides,default=1,min=1,each=3,what=stride"`
	Padding             string             `keras:"padding,default=valid,oneof=valid|same"`
	DataFormat          string             `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	Dilation            []int              `keras:"dilation_rate,default=1,min=1,each=3,what=dilation"`
	Groups              int                `keras:"groups,default=1,min=1,what=number of groups"`
	Activation          Activation         `keras:"activation,default=linear"`
	NoBias              bool               `keras:"!use_bias"`
	Kernel              weight.Initializer `keras:"kernel_initializer,default=glorot_uniform"`
	Bias                weight.Initializer `keras:"bias_initializer,default=zeros"`
	KernelRegularizer   weight.Regularizer `keras:"kernel_regularizer"`
	BiasRegularizer     weight.Regularizer `keras:"bias_regularizer"`
	ActivityRegularizer weight.Regularizer `keras:"activity_regularizer"`
	KernelConstraint    weight.Constraint  `keras:"kernel_constraint"`
	BiasConstraint      weight.Constraint  `keras:"bias_constraint"`
	_                   struct{}           `keras:"?lora_rank=null,?lora_alpha~null"`
}

// Call implements Layer.
func (l Conv3D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return Conv2D(config.Filled(l)).over(s, x, 3)
}

// Activity implements Active.
func (l Conv3D) Activity() weight.Regularizer { return l.ActivityRegularizer }

// Traits implements Described.
func (l Conv3D) Traits() Traits { return convolving(l.DataFormat, l.Activation) }

// Check implements config.Checker.
func (l Conv3D) Check() error { return Conv2D(l).check() }

// Formula implements Formulator.
func (l Conv3D) Formula(in, out []tensor.Shape) string {
	return Conv2D(config.Filled(l)).formula(in)
}

// over returns the layer over n axes of positions.
func (l Conv2D) over(s *Scope, x []*graph.Node, n int) []*graph.Node {
	in, back := channelsLast(s, x, n, l.DataFormat)
	c, positions := in.Shape[n+1], in.Shape[1:n+1]
	if c%l.Groups != 0 {
		s.Fail("%d channels do not divide into %d groups", c, l.Groups)
	}
	lo, hi := margins(l.Padding, positions, l.KernelSize, l.Strides, l.Dilation)
	fit(s, "kernel", positions, l.KernelSize, l.Dilation, lo, hi)
	w := s.Weight("kernel", append(slices.Clone(l.KernelSize), c/l.Groups, l.Filters), l.Kernel, l.KernelRegularizer,
		l.KernelConstraint)
	y := in.Conv(w, graph.Conv{Stride: l.Strides, Dilation: l.Dilation, PadLo: lo, PadHi: hi, Groups: l.Groups})
	return finishing{l.Filters, l.NoBias, l.Bias, l.BiasRegularizer, l.BiasConstraint, l.Activation, back}.of(s, y)
}

func (l Conv2D) check() error {
	if g := max(l.Groups, 1); l.Filters%g != 0 {
		return config.Errorf("groups", "%d filters do not divide into %d groups", l.Filters, g).Coded(config.Conflict)
	}
	return stridesAlone(l.Strides, l.Dilation)
}

func (l Conv2D) formula(in []tensor.Shape) string {
	return filterFormula(l.KernelSize, channelsOf(in[0], l.DataFormat)/l.Groups, l.Filters, l.NoBias)
}
