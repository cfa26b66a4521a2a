package layer

import (
	"fmt"
	"slices"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

func init() { Layers.Register(GroupNormalization{}) }

// GroupNormalization is y = γ·(x − μ)/√(σ² + Epsilon) + β, μ and σ² being the mean and the (biased) variance of a group
// of channels of a sample, over all positions (Wu and He, 2018): it does not depend on the other samples of a batch.
// The channels are those along Axis, cut into Groups groups; Groups −1 makes each channel a group of its own (instance
// normalization). γ and β have one number for each channel.
type GroupNormalization struct {
	Base
	_ struct{} `keras:"dtype~float32"`
	// Groups is the number of groups of channels, a divisor of the number of channels; -1 makes each channel one.
	Groups           int                `keras:"groups,main,default=32,min=-1"`
	Axis             int                `keras:"axis,default=-1"`
	Epsilon          float64            `keras:"epsilon,default=0.001,positive"`
	NoCenter         bool               `keras:"!center"` // without β
	NoScale          bool               `keras:"!scale"`  // without γ
	Beta             weight.Initializer `keras:"beta_initializer,default=zeros"`
	Gamma            weight.Initializer `keras:"gamma_initializer,default=ones"`
	BetaRegularizer  weight.Regularizer `keras:"beta_regularizer"`
	GammaRegularizer weight.Regularizer `keras:"gamma_regularizer"`
	BetaConstraint   weight.Constraint  `keras:"beta_constraint"`
	GammaConstraint  weight.Constraint  `keras:"gamma_constraint"`
}

// Call implements Layer.
func (l GroupNormalization) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in := float(one(s, x))
	a := axis(s, in, l.Axis)
	channels, groups := in.Shape[a], l.Groups
	if groups == -1 {
		groups = channels
	}
	if channels%groups != 0 || groups > channels {
		s.Fail("groups: %d channels cannot be cut into %d equal groups; give a divisor of %d, or -1", channels, groups,
			channels)
	}
	shape := slices.Concat(in.Shape[:a], tensor.Shape{groups, channels / groups}, in.Shape[a+1:])
	var axes []int // all but the samples and the groups
	spread := make(tensor.Shape, len(shape))
	for i := range shape {
		spread[i] = 1
		if i > 0 && i != a {
			axes = append(axes, i)
		}
	}
	spread[a], spread[a+1] = groups, channels/groups
	parts := in.Reshape(shape...)
	d := parts.Sub(parts.KeepDims(parts.Mean(axes...), axes...))
	y := d.Mul(parts.KeepDims(d.Square().Mean(axes...), axes...).AddC(l.Epsilon).Rsqrt())
	if !l.NoScale {
		y = y.Mul(s.Weight("gamma", []int{channels}, l.Gamma, l.GammaRegularizer, l.GammaConstraint).Reshape(spread...))
	}
	if !l.NoCenter {
		y = y.Add(s.Weight("beta", []int{channels}, l.Beta, l.BetaRegularizer, l.BetaConstraint).Reshape(spread...))
	}
	return []*graph.Node{y.Reshape(in.Shape...)}
}

// Traits implements Described.
func (GroupNormalization) Traits() Traits {
	t := Elementwise()
	t.Steps = AcrossSteps
	return t
}

// Formula implements Formulator.
func (l GroupNormalization) Formula(in, out []tensor.Shape) string {
	a := config.Filled(l).Axis
	if a < 0 {
		a += len(in[0]) + 1
	}
	n, k, names := in[0][a-1], 2, "γ, β"
	switch {
	case l.NoScale && l.NoCenter:
		return "none: it only normalises"
	case l.NoScale:
		k, names = 1, "β"
	case l.NoCenter:
		k, names = 1, "γ"
	}
	return fmt.Sprintf("(%s) %d × %d = %s", names, k, n, Thousands(k*n))
}
