package optim

import (
	"gorae/config"
	"gorae/graph"
)

func init() { Optimizers.RegisterAs("RMSprop", RMSprop{}, "rmsprop") }

// RMSprop divides the gradient by the root of its running mean square (Hinton,
// 2012): v′ = ρ·v + (1 − ρ)·g², w′ = w − lr·g/√(v′ + ε). Centered takes the variance
// instead of the mean square; Momentum gathers the steps.
type RMSprop struct {
	LearningRate float64  `keras:"learning_rate,main,default=0.001,positive,what=learning rate"`
	Schedule     Schedule `keras:"learning_rate"` // in place of LearningRate
	Rho          *float64 `keras:"rho,default=0.9,min=0,below=1"`
	Momentum     float64  `keras:"momentum,min=0,max=1"`
	Epsilon      float64  `keras:"epsilon,default=1e-7,positive"`
	Centered     bool     `keras:"centered"`
	Common
}

// Rate implements Rated.
func (o RMSprop) Rate() (float64, Schedule) { return config.Filled(o).LearningRate, o.Schedule }

// SlotOrder implements Ordered.
func (RMSprop) SlotOrder() [][]string {
	return [][]string{{"velocity"}, {"momentum"}, {"average_gradient"}}
}

// Update implements Optimizer.
func (o RMSprop) Update(u *Update) *graph.Node {
	o = config.Filled(o)
	slots := []*graph.Node{u.Slot("velocity")}
	if o.Centered {
		slots = append(slots, u.Slot("average_gradient"))
	}
	if o.Momentum > 0 {
		slots = append(slots, u.Slot("momentum"))
	}
	w, moved := graph.RMSProp(u.Weight, u.Gradient, u.LearningRate, slots,
		graph.RMSPropAttr{Rho: *o.Rho, Momentum: o.Momentum, Epsilon: o.Epsilon, Centered: o.Centered})
	for i, s := range slots {
		u.Set(s, moved[i])
	}
	return w
}
