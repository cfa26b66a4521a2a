package optim

import (
	"gorae/config"
	"gorae/graph"
)

func init() {
	Optimizers.Register(Adagrad{})
	Optimizers.Register(Adadelta{})
}

// Adagrad divides the gradient by the root of the sum of its squares (Duchi, Hazan
// and Singer, 2011): a′ = a + g², w′ = w − lr·g/√(a′ + ε), a beginning at InitialAccumulator.
type Adagrad struct {
	LearningRate       float64  `keras:"learning_rate,main,default=0.001,positive,what=learning rate"`
	Schedule           Schedule `keras:"learning_rate"` // in place of LearningRate
	InitialAccumulator *float64 `keras:"initial_accumulator_value,default=0.1,min=0"`
	Epsilon            float64  `keras:"epsilon,default=1e-7,positive"`
	Common
}

// Rate implements Rated.
func (o Adagrad) Rate() (float64, Schedule) { return config.Filled(o).LearningRate, o.Schedule }

// Update implements Optimizer.
func (o Adagrad) Update(u *Update) *graph.Node {
	o = config.Filled(o)
	a := u.SlotFrom("accumulator", *o.InitialAccumulator)
	a1 := a.Add(u.Gradient.Square())
	u.Set(a, a1)
	return u.Weight.Sub(u.Gradient.Mul(u.LearningRate).Div(a1.AddC(o.Epsilon).Sqrt()))
}

// Adadelta takes the ratio of two running root mean squares, of the past steps and
// of the gradient, as the length of a step (Zeiler, 2012):
//
//	a′ = ρ·a + (1 − ρ)·g²
//	s  = g·√(d + ε)/√(a′ + ε)
//	d′ = ρ·d + (1 − ρ)·s²
//	w′ = w − lr·s
type Adadelta struct {
	LearningRate float64  `keras:"learning_rate,main,default=0.001,positive,what=learning rate"`
	Schedule     Schedule `keras:"learning_rate"` // in place of LearningRate
	Rho          *float64 `keras:"rho,default=0.95,min=0,below=1"`
	Epsilon      float64  `keras:"epsilon,default=1e-7,positive"`
	Common
}

// Rate implements Rated.
func (o Adadelta) Rate() (float64, Schedule) { return config.Filled(o).LearningRate, o.Schedule }

// Update implements Optimizer.
func (o Adadelta) Update(u *Update) *graph.Node {
	o = config.Filled(o)
	rho := *o.Rho
	a, d := u.Slot("accumulated_grad"), u.Slot("accumulated_delta_var")
	a1 := a.MulC(rho).Add(u.Gradient.Square().MulC(1 - rho))
	step := u.Gradient.Mul(d.AddC(o.Epsilon).Sqrt()).Div(a1.AddC(o.Epsilon).Sqrt())
	u.Set(a, a1)
	u.Set(d, d.MulC(rho).Add(step.Square().MulC(1-rho)))
	return u.Weight.Sub(step.Mul(u.LearningRate))
}
