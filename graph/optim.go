package graph

// The updates of optimisers, as composites: each moves one weight by its
// gradient, and one fused kernel may claim it. Formulas and positions of
// epsilon are Keras 3's.

// MomentumAttr holds the constants of a step with momentum.
type MomentumAttr struct {
	Momentum float64
	Nesterov bool
}

// RMSPropAttr holds the constants of RMSprop.
type RMSPropAttr struct {
	Rho, Momentum, Epsilon float64
	Centered               bool
}

// AdamAttr holds the constants of Adam.
type AdamAttr struct{ Beta1, Beta2, Epsilon float64 }

// AdamWAttr holds the constants of Adam with weight decay.
type AdamWAttr struct{ Beta1, Beta2, Epsilon, WeightDecay float64 }

// AMSGradAttr holds the constants of AMSGrad; a WeightDecay of 0 takes nothing.
type AMSGradAttr struct{ Beta1, Beta2, Epsilon, WeightDecay float64 }

var sgd = &Composite{
	Name: "sgd",
	Body: func(x []*Node) []*Node {
		w, g, lr := x[0], x[1], x[2]
		return []*Node{w.Sub(g.Mul(lr))}
	},
}

// SGD returns w′ = w − lr·g.
func SGD(w, g, lr *Node) *Node { return Compose(sgd, w, g, lr)[0] }

// Momentum returns v′ = μ·v − lr·g and w′ = w + v′; with Nesterov's look ahead w′ = w + μ·v′ − lr·g.
func Momentum(w, v, g, lr *Node, a MomentumAttr) (w1, v1 *Node) {
	out := Compose(&Composite{Name: "momentum", Attr: a, Body: func(x []*Node) []*Node {
		w, v, g, lr := x[0], x[1], x[2], x[3]
		step := g.Mul(lr)
		v1 := v.MulC(a.Momentum).Sub(step)
		if a.Nesterov {
			return []*Node{w.Add(v1.MulC(a.Momentum).Sub(step)), v1}
		}
		return []*Node{w.Add(v1), v1}
	}}, w, v, g, lr)
	return out[0], out[1]
}

// RMSProp divides the gradient by the root of its running mean square:
//
//	v′ = ρ·v + (1 − ρ)·g²
//	d  = v′ + ε, centred: v′ − a′² + ε with a′ = ρ·a + (1 − ρ)·g
//	s  = lr·g/√d;  w′ = w − s, with momentum: m′ = μ·m + s and w′ = w − m′
//
// slots are v, then a if Centered, then m if Momentum is above 0; moved are their new values.
func RMSProp(w, g, lr *Node, slots []*Node, a RMSPropAttr) (w1 *Node, moved []*Node) {
	out := Compose(&Composite{Name: "rmsprop", Attr: a, Body: func(x []*Node) []*Node {
		w, g, lr, v := x[0], x[1], x[2], x[3]
		rest := x[4:]
		v1 := v.MulC(a.Rho).Add(g.Square().MulC(1 - a.Rho))
		out := []*Node{nil, v1}
		d := v1
		if a.Centered {
			a1 := rest[0].MulC(a.Rho).Add(g.MulC(1 - a.Rho))
			out, rest = append(out, a1), rest[1:]
			d = d.Sub(a1.Square())
		}
		step := g.Mul(lr).Div(d.AddC(a.Epsilon).Sqrt())
		if a.Momentum > 0 {
			step = rest[0].MulC(a.Momentum).Add(step)
			out = append(out, step)
		}
		out[0] = w.Sub(step)
		return out
	}}, append([]*Node{w, g, lr}, slots...)...)
	return out[0], out[1:]
}

func adam(w, m, v, g, alpha *Node, beta1, beta2, epsilon float64) []*Node {
	m1 := m.Add(g.Sub(m).MulC(1 - beta1))
	v1 := v.Add(g.Square().Sub(v).MulC(1 - beta2))
	return []*Node{w.Sub(m1.Mul(alpha).Div(v1.Sqrt().AddC(epsilon))), m1, v1}
}

// Adam (Kingma and Ba, 2015) is
//
//	m′ = m + (g − m)(1 − β₁)
//	v′ = v + (g² − v)(1 − β₂)
//	w′ = w − m′·α/(√v′ + ε)
//
// where alpha α, a scalar, carries the learning rate and the correction for the first steps: [AdamAlpha].
func Adam(w, m, v, g, alpha *Node, a AdamAttr) (w1, m1, v1 *Node) {
	out := Compose(&Composite{Name: "adam", Attr: a, Body: func(x []*Node) []*Node {
		return adam(x[0], x[1], x[2], x[3], x[4], a.Beta1, a.Beta2, a.Epsilon)
	}}, w, m, v, g, alpha)
	return out[0], out[1], out[2]
}

// AdamW (Loshchilov and Hutter, 2019) is Adam after w has lost w·WeightDecay·lr.
func AdamW(w, m, v, g, alpha, lr *Node, a AdamWAttr) (w1, m1, v1 *Node) {
	out := Compose(&Composite{Name: "adamw", Attr: a, Body: func(x []*Node) []*Node {
		w := x[0].Sub(x[0].MulC(a.WeightDecay).Mul(x[5]))
		return adam(w, x[1], x[2], x[3], x[4], a.Beta1, a.Beta2, a.Epsilon)
	}}, w, m, v, g, alpha, lr)
	return out[0], out[1], out[2]
}

// AMSGrad (Reddi, Kale and Kumar, 2018) is AdamW with the greatest v′ so far, h′ = max(h, v′), in the place of v′ in
// the step.
func AMSGrad(w, m, v, h, g, alpha, lr *Node, a AMSGradAttr) (w1, m1, v1, h1 *Node) {
	out := Compose(&Composite{Name: "amsgrad", Attr: a, Body: func(x []*Node) []*Node {
		w, m, v, h, g, alpha, lr := x[0], x[1], x[2], x[3], x[4], x[5], x[6]
		if a.WeightDecay != 0 {
			w = w.Sub(w.MulC(a.WeightDecay).Mul(lr))
		}
		moved := adam(w, m, v, g, alpha, a.Beta1, a.Beta2, a.Epsilon)
		m1, v1 := moved[1], moved[2]
		h1 := h.Max(v1)
		return []*Node{w.Sub(m1.Mul(alpha).Div(h1.Sqrt().AddC(a.Epsilon))), m1, v1, h1}
	}}, w, m, v, h, g, alpha, lr)
	return out[0], out[1], out[2], out[3]
}

// AdamAlpha is lr·√(1 − β₂ᵗ)/(1 − β₁ᵗ) at step t, counted from 1. The powers are
// taken as expm1(t·ln β), which keeps the digits that 1 − βᵗ loses in float32.
func AdamAlpha(lr, t *Node, lnBeta1, lnBeta2 float64) *Node {
	return lr.Mul(t.MulC(lnBeta2).Expm1().Neg().Sqrt()).Div(t.MulC(lnBeta1).Expm1().Neg())
}
