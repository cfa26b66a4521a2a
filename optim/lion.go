package optim

import (
	"gorae/config"
	"gorae/graph"
)

func init() { Optimizers.Register(Lion{}) }

// Lion moves each weight by the learning rate, in the direction of the sign of a mean of gradients (Chen et al.,
// "Symbolic discovery of optimization algorithms", 2023). With the momentum m,
//
//	w′ = w − lr·sign(β₁·m + (1 − β₁)·g)
//	m′ = β₂·m + (1 − β₂)·g
//
// A good learning rate is 3 to 10 times smaller than that of AdamW, and a good weight decay as many times larger.
type Lion struct {
	LearningRate float64  `keras:"learning_rate,main,default=0.001,positive,what=learning rate"`
	Schedule     Schedule `keras:"learning_rate"` // in place of LearningRate
	// Beta1 is the part of the momentum in the direction of a step.
	Beta1 float64 `keras:"beta_1,default=0.9,positive,max=1"`
	// Beta2 is the part of the momentum that stays.
	Beta2 *float64 `keras:"beta_2,default=0.99,min=0,max=1"`
	Common
}

// Rate implements Rated.
func (o Lion) Rate() (float64, Schedule) { return config.Filled(o).LearningRate, o.Schedule }

// Update implements Optimizer.
func (o Lion) Update(u *Update) *graph.Node {
	o = config.Filled(o)
	m, g := u.Slot("momentum"), u.Gradient
	mean := func(beta float64) *graph.Node { return m.MulC(beta).Add(g.MulC(1 - beta)) }
	u.Set(m, mean(*o.Beta2))
	return u.Weight.Sub(mean(o.Beta1).Sign().Mul(u.LearningRate))
}
