package layer

import (
	"fmt"
	"slices"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

func init() { Layers.Register(LayerNormalization{}) }

// LayerNormalization is y = γ·(x − μ)/√(σ² + Epsilon) + β, μ and σ² being the mean
// and the (biased) variance of each sample over the axes Axis (Ba, Kiros and Hinton,
// 2016). γ and β have the extents of those axes.
type LayerNormalization struct {
	Base
	_                struct{}           `keras:"dtype~float32"`
	Axis             []int              `keras:"axis,default=-1"`
	Epsilon          float64            `keras:"epsilon,default=0.001,positive"`
	NoCenter         bool               `keras:"!center"`
	NoScale          bool               `keras:"!scale"`
	Beta             weight.Initializer `keras:"beta_initializer,default=zeros"`
	Gamma            weight.Initializer `keras:"gamma_initializer,default=ones"`
	BetaRegularizer  weight.Regularizer `keras:"beta_regularizer"`
	GammaRegularizer weight.Regularizer `keras:"gamma_regularizer"`
	BetaConstraint   weight.Constraint  `keras:"beta_constraint"`
	GammaConstraint  weight.Constraint  `keras:"gamma_constraint"`
	_                struct{}           `keras:"?rms_scaling=false"`
}

// Call implements Layer.
func (l LayerNormalization) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in := float(one(s, x))
	var axes, shape []int
	for _, a := range slices.Sorted(slices.Values(l.Axis)) { // Keras sorts them as they are written, −1 before 1
		if a := axis(s, in, a); !slices.Contains(axes, a) {
			axes, shape = append(axes, a), append(shape, in.Shape[a])
		}
	}
	var gamma, beta *graph.Node
	if !l.NoScale {
		gamma = s.Weight("gamma", shape, l.Gamma, l.GammaRegularizer, l.GammaConstraint)
	}
	if !l.NoCenter {
		beta = s.Weight("beta", shape, l.Beta, l.BetaRegularizer, l.BetaConstraint)
	}
	return []*graph.Node{in.LayerNorm(gamma, beta, l.Epsilon, axes...)}
}

// Traits implements Described.
func (l LayerNormalization) Traits() Traits {
	t := Elementwise()
	t.Steps = along(config.Filled(l).Axis...)
	return t
}

// Formula implements Formulator.
func (l LayerNormalization) Formula(in, out []tensor.Shape) string {
	n := 1
	for _, a := range config.Filled(l).Axis {
		if a < 0 {
			a += len(in[0]) + 1
		}
		n *= in[0][a-1]
	}
	k, names := 2, "γ, β"
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
