package layer

import (
	"cmp"
	"fmt"

	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

func init() { Layers.Register(Dense{}) }

// Dense is y = act(x·kernel + bias), x [batch, ..., m] → y [batch, ..., Units]. Each
// node is a linear combination of the m inputs and a bias, put through the
// activation: n nodes hold n(m + 1) parameters. The kernel is
// [m, Units], the bias [Units].
type Dense struct {
	Base
	_                   struct{}           `keras:"dtype~float32"`
	Units               int                `keras:"units,main,required,min=1,what=number of nodes"`
	Activation          Activation         `keras:"activation,default=linear"`
	NoBias              bool               `keras:"!use_bias"`
	Kernel              weight.Initializer `keras:"kernel_initializer,default=glorot_uniform"`
	Bias                weight.Initializer `keras:"bias_initializer,default=zeros"`
	KernelRegularizer   weight.Regularizer `keras:"kernel_regularizer"`
	BiasRegularizer     weight.Regularizer `keras:"bias_regularizer"`
	ActivityRegularizer weight.Regularizer `keras:"activity_regularizer,optional"`
	KernelConstraint    weight.Constraint  `keras:"kernel_constraint"`
	BiasConstraint      weight.Constraint  `keras:"bias_constraint"`
	Quantized
	LoRA
}

// Check implements config.Checker.
func (l Dense) Check() error {
	return cmp.Or(l.check("kernel_constraint", l.KernelConstraint), l.quantized(l.Quantized))
}

// Call implements Layer.
func (l Dense) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := float(one(s, x))
	rank := len(in.Shape)
	if rank < 2 {
		s.Fail("needs features, got samples of shape %v", Features(in.Shape))
	}
	m := in.Shape[rank-1]
	var kernel *graph.Node
	if l.Quantization != nil {
		kernel = l.whole(s, "kernel", []int{m, l.Units})
	} else {
		kernel = l.base(s).Weight("kernel", []int{m, l.Units}, initial(l.Kernel, weight.GlorotUniform{}),
			l.KernelRegularizer, l.KernelConstraint)
	}
	var bias *graph.Node
	if !l.NoBias {
		bias = s.Weight("bias", []int{l.Units}, initial(l.Bias, weight.Zeros{}), l.BiasRegularizer, l.BiasConstraint)
	}
	var y *graph.Node
	if l.Quantization != nil {
		scale := l.scales(s, "kernel", []int{l.Units})
		y = l.Quantized.product(einsum{in: "ab", kernel: "bc", out: "ac"}, in.Reshape(-1, m), kernel,
			scale.Reshape(1, l.Units))
	} else {
		y = product(in, l.adapt(s, "kernel", kernel, l.KernelRegularizer))
	}
	if rank > 2 { // a product of two matrices is one kernel, with its epilogue
		y = y.Reshape(in.Shape[:rank-1].Size(), l.Units)
	}
	if bias != nil {
		y = y.Add(bias)
	}
	if rank > 2 {
		y = y.Reshape(append(in.Shape[:rank-1].Clone(), l.Units)...)
	}
	return []*graph.Node{l.Activation.Apply(y)}
}

// Activity implements Active.
func (l Dense) Activity() weight.Regularizer { return l.ActivityRegularizer }

// Traits implements Described.
func (l Dense) Traits() Traits { return featurewise(l.Activation) }

// Formula implements Formulator.
func (l Dense) Formula(in, out []tensor.Shape) string {
	m := in[0][len(in[0])-1]
	further, n := l.formula(m, l.Units)
	if l.NoBias {
		return fmt.Sprintf("%d × %d%s = %s", m, l.Units, further, Thousands(m*l.Units+n))
	}
	return fmt.Sprintf("(%d + 1) × %d%s = %s", m, l.Units, further, Thousands((m+1)*l.Units+n))
}

// initial returns the initialiser that a field names, else the default.
func initial(i, def weight.Initializer) weight.Initializer {
	if i != nil {
		return i
	}
	return def
}
