package layer

import (
	"fmt"
	"strings"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

func init() { Layers.Register(BatchNormalization{}) }

// BatchNormalization is y = γ·(x − μ)/√(σ² + Epsilon) + β for each channel, the
// features along Axis (Ioffe and Szegedy, 2015). In training μ and σ² are the mean
// and the (biased) variance of the batch, and the moving averages take
//
//	moving′ = Momentum·moving + (1 − Momentum)·batch
//
// Steps that a mask leaves out do not count. In prediction, and where the layer is frozen, μ and σ² are the moving
// averages. γ, β, and the two averages have one number for each channel. With renorm the layer trains as it predicts
// ([Renormalization]).
type BatchNormalization struct {
	Base
	_                struct{}           `keras:"dtype~float32"`
	Axis             *int               `keras:"axis,default=-1"`
	Momentum         *float64           `keras:"momentum,main,default=0.99,min=0,max=1"`
	Epsilon          float64            `keras:"epsilon,default=0.001,positive"`
	NoCenter         bool               `keras:"!center"` // without β
	NoScale          bool               `keras:"!scale"`  // without γ
	Beta             weight.Initializer `keras:"beta_initializer,default=zeros"`
	Gamma            weight.Initializer `keras:"gamma_initializer,default=ones"`
	MovingMean       weight.Initializer `keras:"moving_mean_initializer,default=zeros"`
	MovingVar        weight.Initializer `keras:"moving_variance_initializer,default=ones"`
	BetaRegularizer  weight.Regularizer `keras:"beta_regularizer"`
	GammaRegularizer weight.Regularizer `keras:"gamma_regularizer"`
	BetaConstraint   weight.Constraint  `keras:"beta_constraint"`
	GammaConstraint  weight.Constraint  `keras:"gamma_constraint"`
	_                struct{}           `keras:"synchronized=false"`
	Renormalization
}

// Call implements Layer.
func (l BatchNormalization) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in := float(one(s, x))
	a := axis(s, in, *l.Axis)
	mask := s.wide(x[0])
	if mask != nil {
		mask, _ = lastAxis(mask.Broadcast(in.Shape...), a)
	}
	in, back := lastAxis(in, a)
	n := in.Shape[len(in.Shape)-1]
	channels := []int{n}
	gamma, beta := s.Graph.Scalar(1).Broadcast(n), s.Graph.Scalar(0).Broadcast(n)
	if !l.NoScale {
		gamma = s.Weight("gamma", channels, l.Gamma, l.GammaRegularizer, l.GammaConstraint)
	}
	if !l.NoCenter {
		beta = s.Weight("beta", channels, l.Beta, l.BetaRegularizer, l.BetaConstraint)
	}
	mean := s.State("moving_mean", channels, l.MovingMean)
	variance := s.State("moving_variance", channels, l.MovingVar)
	l.declare(s, channels, l.MovingMean, l.MovingVar)
	if !s.Training || s.frozen {
		scale := variance.AddC(l.Epsilon).Rsqrt().Mul(gamma)
		return []*graph.Node{back(in.Mul(scale).Add(beta.Sub(mean.Mul(scale))))}
	}
	if l.Renorm {
		return []*graph.Node{back(l.renormalised(s, in, gamma, beta, mask, mean, variance))}
	}
	y, m, v := normalised(in, gamma, beta, mask, l.Epsilon)
	s.Update(mean, moving(mean, m, *l.Momentum))
	s.Update(variance, moving(variance, v, *l.Momentum))
	return []*graph.Node{back(y)}
}

// Traits implements Described.
func (l BatchNormalization) Traits() Traits {
	t := Elementwise()
	t.Steps, t.Samples = along(*config.Filled(l).Axis), SharesStatistics
	return t
}

// normalised returns a batch normalised by its own mean and variance, which it gives too. Steps that the mask leaves
// out do not count, as in Keras.
func normalised(x, gamma, beta, mask *graph.Node, epsilon float64) (y, mean, variance *graph.Node) {
	if mask == nil {
		return x.BatchNorm(gamma, beta, epsilon)
	}
	var axes []int
	for a := range len(x.Shape) - 1 {
		axes = append(axes, a)
	}
	n := mask.Sum(axes...).AddC(kerasEpsilon)
	mean = x.Mul(mask).Sum(axes...).Div(n)
	d := x.Sub(mean)
	variance = d.Square().Mul(mask).Sum(axes...).Div(n)
	return d.Mul(variance.AddC(epsilon).Rsqrt()).Mul(gamma).Add(beta), mean, variance
}

func moving(old, batch *graph.Node, momentum float64) *graph.Node {
	return old.MulC(momentum).Add(batch.MulC(1 - momentum))
}

// lastAxis makes axis a the last one of x, the others in their order, and gives the way back: behind a layer with
// channels first both of its transpositions meet the layer's own and go.
func lastAxis(x *graph.Node, a int) (y *graph.Node, back func(*graph.Node) *graph.Node) {
	n := len(x.Shape)
	var there, home []int
	for i := range n {
		switch {
		case i < a:
			there, home = append(there, i), append(home, i)
		case i == a:
			home = append(home, n-1)
		default:
			there, home = append(there, i), append(home, i-1)
		}
	}
	return x.Transpose(append(there, a)...), func(y *graph.Node) *graph.Node { return y.Transpose(home...) }
}

// Formula implements Formulator.
func (l BatchNormalization) Formula(in, out []tensor.Shape) string {
	a := *config.Filled(l).Axis
	if a < 0 {
		a += len(in[0]) + 1
	}
	n := in[0][a-1]
	var parts []string
	if !l.NoScale {
		parts = append(parts, "γ")
	}
	if !l.NoCenter {
		parts = append(parts, "β")
	}
	parts = append(parts, "mean", "variance")
	if l.Renorm {
		parts = append(parts, "deviation", "mean and deviation of the training")
		n2 := len(parts) + 1
		return fmt.Sprintf("(%s) %d × %d = %s", strings.Join(parts, ", "), n2, n, Thousands(n2*n))
	}
	return fmt.Sprintf("(%s) %d × %d = %s", strings.Join(parts, ", "), len(parts), n, Thousands(len(parts)*n))
}
