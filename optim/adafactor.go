package optim

import (
	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
)

func init() { Optimizers.Register(Adafactor{}) }

// Adafactor keeps of the squared gradients of a matrix the means of its rows and columns alone, so that its states need
// next to no memory (Shazeer and Stern, "Adafactor: adaptive learning rates with sublinear memory cost", 2018). At step
// t, with β = 1 − t^Beta2Decay and G = g² + Epsilon1,
//
//	r′ = β·r + (1 − β)·mean of G along the last axis,  c′ likewise along the one before it
//	v = r′·c′/mean(r′), of a vector v′ = β·v + (1 − β)·G
//	w′ = w − max(Epsilon2, RMS(w))·min(lr, 1/√t) · u/max(1, RMS(u)/ClipThreshold),  u = g/√v
//
// where RMS is the root of the mean square.
type Adafactor struct {
	LearningRate float64  `keras:"learning_rate,main,default=0.001,positive,what=learning rate"`
	Schedule     Schedule `keras:"learning_rate"` // in place of LearningRate
	// Beta2Decay is the power of the step at which less and less of old gradients stays.
	Beta2Decay float64 `keras:"beta_2_decay,default=-0.8"`
	// Epsilon1 is added to squared gradients.
	Epsilon1 float64 `keras:"epsilon_1,default=1e-30,positive"`
	// Epsilon2 is the least size of a weight that its step is in proportion to.
	Epsilon2 float64 `keras:"epsilon_2,default=0.001,positive"`
	// ClipThreshold is the greatest root mean square of u.
	ClipThreshold float64 `keras:"clip_threshold,default=1,positive"`
	// ConstantStep lets the learning rate stay as it is, where otherwise it falls as 1/√t below it. The steps of the
	// weights fall so in any case.
	ConstantStep bool `keras:"!relative_step"`
	Common
}

// Rate implements Rated.
func (o Adafactor) Rate() (float64, Schedule) { return config.Filled(o).LearningRate, o.Schedule }

// SlotOrder lists the states of the weights as Keras 3 writes them.
func (Adafactor) SlotOrder() [][]string { return [][]string{{"row", "column", "velocity"}} }

// Unkept implements Unkeeping: of a matrix Keras writes v, too, of other weights two numbers in the place of r and c.
func (Adafactor) Unkept(weight tensor.Shape) []State {
	if len(weight) < 2 {
		return []State{{Name: "row", Shape: tensor.Shape{}}, {Name: "column", Shape: tensor.Shape{}}}
	}
	return []State{{Name: "velocity", Shape: weight}}
}

// Update implements Optimizer.
func (o Adafactor) Update(u *Update) *graph.Node {
	o = config.Filled(o)
	g := u.Gradient
	one := g.Graph().Scalar(1)
	rate := u.LearningRate.Min(u.Step.Rsqrt())
	size := rms(u.Weight).MaxC(o.Epsilon2).Mul(rate)
	beta := one.Sub(u.Step.Pow(g.Graph().Scalar(o.Beta2Decay)))
	mix := func(old, next *graph.Node) *graph.Node { return old.Mul(beta).Add(next.Mul(one.Sub(beta))) }
	square := g.Square().AddC(o.Epsilon1)
	var v *graph.Node
	if n := len(g.Shape); n < 2 {
		slot := u.Slot("velocity")
		v = mix(slot, square)
		u.Set(slot, v)
	} else {
		rows, columns := g.Shape[:n-1], append(g.Shape[:n-2].Clone(), g.Shape[n-1])
		r, c := u.slotOf("row", rows), u.slotOf("column", columns)
		r1, c1 := mix(r, square.Mean(n-1)), mix(c, square.Mean(n-2))
		u.Set(r, r1)
		u.Set(c, c1)
		v = g.KeepDims(r1.Div(r1.KeepDims(r1.Mean(n-2), n-2)), n-1).Mul(g.KeepDims(c1, n-2))
	}
	step := g.Mul(v.Rsqrt())
	return u.Weight.Sub(step.Div(rms(step).DivC(o.ClipThreshold).MaxC(1)).Mul(size))
}

// rms is the root of the mean square.
func rms(x *graph.Node) *graph.Node { return x.Square().Mean().Sqrt() }

// slotOf is a state of a shape of its own, which begins with zeros.
func (u *Update) slotOf(name string, shape tensor.Shape) *graph.Node {
	return u.plan.slot("optimizer/"+u.path+"/"+name, shape, 0)
}
