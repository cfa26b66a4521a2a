package optim

import (
	"gorae/config"
	"gorae/graph"
)

func init() { Optimizers.RegisterAs("SGD", SGD{}, "sgd") }

// SGD is stochastic gradient descent: w′ = w − lr·g. With Momentum μ the step is
// v′ = μ·v − lr·g and w′ = w + v′ (Nesterov: w′ = w + μ·v′ − lr·g).
type SGD struct {
	LearningRate float64  `keras:"learning_rate,main,default=0.01,positive,what=learning rate"`
	Schedule     Schedule `keras:"learning_rate"` // in place of LearningRate
	Momentum     float64  `keras:"momentum,min=0,max=1"`
	Nesterov     bool     `keras:"nesterov"`
	Common
}

// Rate implements Rated.
func (o SGD) Rate() (float64, Schedule) { return config.Filled(o).LearningRate, o.Schedule }

// Update implements Optimizer.
func (o SGD) Update(u *Update) *graph.Node {
	o = config.Filled(o)
	if o.Momentum == 0 {
		return graph.SGD(u.Weight, u.Gradient, u.LearningRate)
	}
	v := u.Slot("momentum")
	w, v1 := graph.Momentum(u.Weight, v, u.Gradient, u.LearningRate,
		graph.MomentumAttr{Momentum: o.Momentum, Nesterov: o.Nesterov})
	u.Set(v, v1)
	return w
}
