package optim

import (
	"math"

	"gorae/config"
	"gorae/graph"
)

func init() {
	Optimizers.Register(Adamax{})
	Optimizers.Register(Nadam{})
}

// Adamax is Adam with the greatest decayed gradient in place of the root mean
// square (Kingma and Ba, 2015, section 7.1):
//
//	m′ = m + (g − m)(1 − β₁),  v′ = max(β₂·v, |g|)
//	w′ = w − lr·m′/((1 − β₁ᵗ)(v′ + ε))
type Adamax struct {
	LearningRate float64  `keras:"learning_rate,main,default=0.001,positive,what=learning rate"`
	Schedule     Schedule `keras:"learning_rate"` // in place of LearningRate
	Beta1        *float64 `keras:"beta_1,default=0.9,min=0,below=1"`
	Beta2        *float64 `keras:"beta_2,default=0.999,min=0,below=1"`
	Epsilon      float64  `keras:"epsilon,default=1e-7,positive"`
	Common
}

// Rate implements Rated.
func (o Adamax) Rate() (float64, Schedule) { return config.Filled(o).LearningRate, o.Schedule }

// Update implements Optimizer.
func (o Adamax) Update(u *Update) *graph.Node {
	o = config.Filled(o)
	m, v, g := u.Slot("momentum"), u.Slot("norm"), u.Gradient
	m1 := m.Add(g.Sub(m).MulC(1 - *o.Beta1))
	v1 := v.MulC(*o.Beta2).Max(g.Abs())
	u.Set(m, m1)
	u.Set(v, v1)
	rest := u.Step.MulC(lnBeta(*o.Beta1)).Expm1().Neg()
	return u.Weight.Sub(m1.Mul(u.LearningRate).Div(v1.AddC(o.Epsilon).Mul(rest)))
}

// Nadam is Adam with Nesterov's look ahead (Dozat, 2016): with
// μₜ = β₁(1 − 0.96ᵗ/2) and Πₜ = μ₁·…·μₜ,
//
//	m′ = m + (g − m)(1 − β₁),  v′ = v + (g² − v)(1 − β₂)
//	m̂  = μₜ₊₁·m′/(1 − Πₜ₊₁) + (1 − μₜ)·g/(1 − Πₜ),  v̂ = v′/(1 − β₂ᵗ)
//	w′ = w − lr·m̂/(√v̂ + ε)
type Nadam struct {
	LearningRate float64  `keras:"learning_rate,main,default=0.001,positive,what=learning rate"`
	Schedule     Schedule `keras:"learning_rate"` // in place of LearningRate
	Beta1        *float64 `keras:"beta_1,default=0.9,min=0,below=1"`
	Beta2        *float64 `keras:"beta_2,default=0.999,min=0,below=1"`
	Epsilon      float64  `keras:"epsilon,default=1e-7,positive"`
	Common
}

// Rate implements Rated.
func (o Nadam) Rate() (float64, Schedule) { return config.Filled(o).LearningRate, o.Schedule }

// Update implements Optimizer.
func (o Nadam) Update(u *Update) *graph.Node {
	o = config.Filled(o)
	m, v, g, t := u.Slot("momentum"), u.Slot("velocity"), u.Gradient, u.Step
	one := t.Graph().Scalar(1)
	mu := func(t *graph.Node) *graph.Node {
		return one.Sub(t.MulC(math.Log(0.96)).Exp().MulC(0.5)).MulC(*o.Beta1)
	}
	mu0, mu1 := mu(t), mu(t.AddC(1))
	product := u.Shared("product", 1)
	p0 := product.Mul(mu0)
	p1 := p0.Mul(mu1)
	u.Set(product, p0)
	m1 := m.Add(g.Sub(m).MulC(1 - *o.Beta1))
	v1 := v.Add(g.Square().Sub(v).MulC(1 - *o.Beta2))
	u.Set(m, m1)
	u.Set(v, v1)
	ahead := m1.Mul(mu1.Div(one.Sub(p1))).Add(g.Mul(one.Sub(mu0).Div(one.Sub(p0))))
	vhat := v1.Div(t.MulC(lnBeta(*o.Beta2)).Expm1().Neg())
	return u.Weight.Sub(ahead.Mul(u.LearningRate).Div(vhat.Sqrt().AddC(o.Epsilon)))
}
