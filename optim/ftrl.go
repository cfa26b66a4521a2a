package optim

import (
	"gorae/config"
	"gorae/graph"
)

func init() { Optimizers.Register(Ftrl{}) }

// Ftrl follows the regularised leader (McMahan et al., "Ad click prediction: a view from the trenches", 2013): weights
// that matter little become exactly 0. With p = −LearningRatePower and the accumulators n, which begins at
// InitialAccumulator, and z of each weight,
//
//	n′ = n + g²
//	z′ = z + g + 2·s·w − (n′ᵖ − nᵖ)/lr · w
//	q  = n′ᵖ/lr + 2·(l₂ + β/(2·lr))
//	w′ = (clip(z′, −l₁, l₁) − z′)/q
//
// where l₁, l₂ and s are the strengths L1, L2 and L2Shrinkage.
type Ftrl struct {
	LearningRate float64  `keras:"learning_rate,main,default=0.001,positive,what=learning rate"`
	Schedule     Schedule `keras:"learning_rate"` // in place of LearningRate
	// LearningRatePower is the power of the accumulator by which the rate of a weight falls; 0 keeps the rate.
	LearningRatePower  *float64 `keras:"learning_rate_power,default=-0.5,max=0"`
	InitialAccumulator *float64 `keras:"initial_accumulator_value,default=0.1,min=0"`
	// L1 is the strength that draws weights to exactly 0.
	L1 float64 `keras:"l1_regularization_strength,min=0"`
	// L2 is the strength that draws weights towards 0.
	L2 float64 `keras:"l2_regularization_strength,min=0"`
	// L2Shrinkage is the strength of a penalty on large weights that enters by the gradient.
	L2Shrinkage float64 `keras:"l2_shrinkage_regularization_strength,min=0"`
	// Beta is the number β that adds β/(2·lr) to L2.
	Beta float64 `keras:"beta,min=0"`
	Common
}

// Rate implements Rated.
func (o Ftrl) Rate() (float64, Schedule) { return config.Filled(o).LearningRate, o.Schedule }

// Update implements Optimizer.
func (o Ftrl) Update(u *Update) *graph.Node {
	o = config.Filled(o)
	w, g, lr := u.Weight, u.Gradient, u.LearningRate
	n, z := u.SlotFrom("accumulator", *o.InitialAccumulator), u.Slot("linear")
	n1 := n.Add(g.Square())
	before, after := power(n, -*o.LearningRatePower), power(n1, -*o.LearningRatePower)
	if s := o.L2Shrinkage; s != 0 {
		g = g.Add(w.MulC(2 * s))
	}
	z1 := z.Add(g).Sub(after.Sub(before).Div(lr).Mul(w))
	u.Set(n, n1)
	u.Set(z, z1)
	q := after.Div(lr).AddC(2 * o.L2)
	if o.Beta != 0 {
		q = q.Add(lr.Graph().Scalar(o.Beta).Div(lr))
	}
	return z1.Clip(-o.L1, o.L1).Sub(z1).Div(q)
}

// power is nᵖ for n from 0; of the usual power ½ it is the root.
func power(n *graph.Node, p float64) *graph.Node {
	if p == 0.5 {
		return n.Sqrt()
	}
	return n.Pow(n.Graph().Scalar(p))
}
