package graph

import "math"

// The updates of the common optimisers, as composites that one sweep over memory
// computes. The results are the new values of the first operands, in their order. All
// formulas and places of epsilon are Keras 3's. Numbers that change during a training
// (learning rates) are operands; those that do not are attributes.

// UpdateSGD is w − lr·g.
func UpdateSGD(w, g, lr *Node) *Node { return Compose(sgd, w, g, lr)[0] }

var sgd = &Composite{Name: "sgd", Body: func(x []*Node) []*Node {
	return []*Node{x[0].Sub(x[1].Mul(x[2]))}
}}

// MomentumAttr is the momentum of SGD, and whether it looks ahead (Nesterov).
type MomentumAttr struct {
	Momentum float64
	Nesterov bool
}

// UpdateMomentum is v' = momentum·v − lr·g and w' = w + v', or with Nesterov's
// look ahead w' = w + momentum·v' − lr·g.
func UpdateMomentum(a MomentumAttr, w, v, g, lr *Node) (w1, v1 *Node) {
	y := Compose(&Composite{Name: "momentum", Attr: a, Body: func(x []*Node) []*Node {
		step := x[2].Mul(x[3])
		v := x[1].MulC(a.Momentum).Sub(step)
		if a.Nesterov {
			return []*Node{x[0].Add(v.MulC(a.Momentum)).Sub(step), v}
		}
		return []*Node{x[0].Add(v), v}
	}}, w, v, g, lr)
	return y[0], y[1]
}

// RMSpropAttr is the numbers of RMSprop.
type RMSpropAttr struct{ Rho, Epsilon, Momentum float64 }

// UpdateRMSprop is v' = ρ·v + (1 − ρ)·g² and w' = w − lr·g/√(v' + ε).
func UpdateRMSprop(a RMSpropAttr, w, v, g, lr *Node) (w1, v1 *Node) {
	y := Compose(&Composite{Name: "rmsprop", Attr: a, Body: func(x []*Node) []*Node {
		v := x[1].MulC(a.Rho).Add(x[2].Square().MulC(1 - a.Rho))
		return []*Node{x[0].Sub(x[2].Mul(x[3]).Div(v.AddC(a.Epsilon).Sqrt())), v}
	}}, w, v, g, lr)
	return y[0], y[1]
}

// UpdateRMSpropMomentum adds momentum: m' = momentum·m + lr·g/√(v' + ε), w' = w − m'.
func UpdateRMSpropMomentum(a RMSpropAttr, w, v, m, g, lr *Node) (w1, v1, m1 *Node) {
	y := Compose(&Composite{Name: "rmsprop_momentum", Attr: a, Body: func(x []*Node) []*Node {
		v := x[1].MulC(a.Rho).Add(x[3].Square().MulC(1 - a.Rho))
		m := x[2].MulC(a.Momentum).Add(x[3].Mul(x[4]).Div(v.AddC(a.Epsilon).Sqrt()))
		return []*Node{x[0].Sub(m), v, m}
	}}, w, v, m, g, lr)
	return y[0], y[1], y[2]
}

// AdamAttr is the numbers of Adam.
type AdamAttr struct{ Beta1, Beta2, Epsilon float64 }

// AdamRate is Adam's alpha = lr·√(1 − β₂ᵗ)/(1 − β₁ᵗ) at step t, 1 for the first. 1 − βᵗ is
// taken as −expm1(t·ln β), which keeps its digits while t is small.
func AdamRate(a AdamAttr, lr, t *Node) *Node {
	rest := func(beta float64) *Node {
		if beta <= 0 {
			return t.Graph().Scalar(1)
		}
		return t.MulC(math.Log(beta)).Expm1().Neg()
	}
	return lr.Mul(rest(a.Beta2).Sqrt()).Div(rest(a.Beta1))
}

// UpdateAdam is m' = m + (g − m)(1 − β₁), v' = v + (g² − v)(1 − β₂),
// w' = w − m'·alpha/(√v' + ε).
func UpdateAdam(a AdamAttr, w, m, v, g, alpha *Node) (w1, m1, v1 *Node) {
	y := Compose(&Composite{Name: "adam", Attr: a, Body: func(x []*Node) []*Node {
		return adam(a, x[0], x[1], x[2], x[3], x[4])
	}}, w, m, v, g, alpha)
	return y[0], y[1], y[2]
}

// UpdateAdamW takes decay·w away from w before Adam's step; decay is the learning rate
// times the weight decay.
func UpdateAdamW(a AdamAttr, w, m, v, g, alpha, decay *Node) (w1, m1, v1 *Node) {
	y := Compose(&Composite{Name: "adamw", Attr: a, Body: func(x []*Node) []*Node {
		return adam(a, x[0].Sub(x[0].Mul(x[5])), x[1], x[2], x[3], x[4])
	}}, w, m, v, g, alpha, decay)
	return y[0], y[1], y[2]
}

func adam(a AdamAttr, w, m, v, g, alpha *Node) []*Node {
	m = m.Add(g.Sub(m).MulC(1 - a.Beta1))
	v = v.Add(g.Square().Sub(v).MulC(1 - a.Beta2))
	return []*Node{w.Sub(m.Mul(alpha).Div(v.Sqrt().AddC(a.Epsilon))), m, v}
}
