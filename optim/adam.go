package optim

import (
	"math"

	"gorae/config"
	"gorae/graph"
)

func init() {
	Optimizers.Register(Adam{})
	Optimizers.RegisterAs("AdamW", AdamW{}, "adamw")
}

// Adam (Kingma and Ba, 2015): running means m of the gradient and v of its square,
//
//	m′ = m + (g − m)(1 − β₁),  v′ = v + (g² − v)(1 − β₂)
//	w′ = w − lr·√(1 − β₂ᵗ)/(1 − β₁ᵗ) · m′/(√v′ + ε)
//
// Epsilon stands where Keras has it, beside √v′ and not beside its corrected value. AMSGrad takes the greatest v′ so
// far in the place of v′ in the step (Reddi, Kale and Kumar, 2018).
type Adam struct {
	LearningRate float64  `keras:"learning_rate,main,default=0.001,positive,what=learning rate"`
	Schedule     Schedule `keras:"learning_rate"` // in place of LearningRate
	Beta1        *float64 `keras:"beta_1,default=0.9,min=0,below=1"`
	Beta2        *float64 `keras:"beta_2,default=0.999,min=0,below=1"`
	Epsilon      float64  `keras:"epsilon,default=1e-7,positive"`
	// AMSGrad takes the greatest mean square of the gradient so far.
	AMSGrad bool `keras:"amsgrad"`
	Common
}

// Rate implements Rated.
func (o Adam) Rate() (float64, Schedule) { return config.Filled(o).LearningRate, o.Schedule }

// SlotOrder lists the states of the weights as Keras 3 writes them: momentum and velocity of each weight, and then the
// greatest velocities.
func (Adam) SlotOrder() [][]string { return adamOrder }

// adamOrder is the order of the states of Adam and AdamW.
var adamOrder = [][]string{{"momentum", "velocity"}, {"velocity_hat"}}

// Update implements Optimizer.
func (o Adam) Update(u *Update) *graph.Node {
	o = config.Filled(o)
	if o.AMSGrad {
		return u.amsgrad(*o.Beta1, *o.Beta2, o.Epsilon, 0)
	}
	m, v := u.Slot("momentum"), u.Slot("velocity")
	w, m1, v1 := graph.Adam(u.Weight, m, v, u.Gradient, u.alpha(*o.Beta1, *o.Beta2),
		graph.AdamAttr{Beta1: *o.Beta1, Beta2: *o.Beta2, Epsilon: o.Epsilon})
	u.Set(m, m1)
	u.Set(v, v1)
	return w
}

// amsgrad is the update of Adam, or of AdamW with its decay, by the greatest velocity so far.
func (u *Update) amsgrad(beta1, beta2, epsilon, decay float64) *graph.Node {
	m, v, h := u.Slot("momentum"), u.Slot("velocity"), u.Slot("velocity_hat")
	w, m1, v1, h1 := graph.AMSGrad(u.Weight, m, v, h, u.Gradient, u.alpha(beta1, beta2), u.LearningRate,
		graph.AMSGradAttr{Beta1: beta1, Beta2: beta2, Epsilon: epsilon, WeightDecay: decay})
	u.Set(m, m1)
	u.Set(v, v1)
	u.Set(h, h1)
	return w
}

// AdamW (Loshchilov and Hutter, 2019) is Adam after each weight has lost w·d·lr, d
// being WeightDecay, 0.004 where none is given.
type AdamW struct {
	WeightDecay  *float64 `keras:"weight_decay,default=0.004,min=0"`
	LearningRate float64  `keras:"learning_rate,main,default=0.001,positive,what=learning rate"`
	Schedule     Schedule `keras:"learning_rate"` // in place of LearningRate
	Beta1        *float64 `keras:"beta_1,default=0.9,min=0,below=1"`
	Beta2        *float64 `keras:"beta_2,default=0.999,min=0,below=1"`
	Epsilon      float64  `keras:"epsilon,default=1e-7,positive"`
	// AMSGrad takes the greatest mean square of the gradient so far.
	AMSGrad bool `keras:"amsgrad"`
	Common
}

// OwnDecay implements Decaying: Update takes the decay itself.
func (AdamW) OwnDecay() {}

// Rate implements Rated.
func (o AdamW) Rate() (float64, Schedule) { return config.Filled(o).LearningRate, o.Schedule }

// SlotOrder lists the states of the weights as Keras 3 writes them, as that of Adam does.
func (AdamW) SlotOrder() [][]string { return adamOrder }

// Update implements Optimizer.
func (o AdamW) Update(u *Update) *graph.Node {
	o = config.Filled(o)
	decay := 0.0
	if u.decays {
		decay = *o.WeightDecay
	}
	if o.AMSGrad {
		return u.amsgrad(*o.Beta1, *o.Beta2, o.Epsilon, decay)
	}
	m, v := u.Slot("momentum"), u.Slot("velocity")
	w, m1, v1 := graph.AdamW(u.Weight, m, v, u.Gradient, u.alpha(*o.Beta1, *o.Beta2), u.LearningRate,
		graph.AdamWAttr{Beta1: *o.Beta1, Beta2: *o.Beta2, Epsilon: o.Epsilon, WeightDecay: decay})
	u.Set(m, m1)
	u.Set(v, v1)
	return w
}

// alpha is the learning rate with the correction for the first steps.
func (u *Update) alpha(beta1, beta2 float64) *graph.Node {
	return graph.AdamAlpha(u.LearningRate, u.Step, lnBeta(beta1), lnBeta(beta2))
}

// lnBeta is ln β, and for β = 0 a number whose power of e is 0 in float32.
func lnBeta(beta float64) float64 { return math.Max(math.Log(beta), -1000) }
