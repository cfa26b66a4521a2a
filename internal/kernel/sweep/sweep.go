// Package sweep holds the optimisers' updates of flat memory: each weight, its
// gradient and its slots are read and written once. All slices of a call have
// the length of w. The formulas are Keras 3's.
//
// Assembly reads denormal numbers as 0 and writes 0 for them (slots of weights
// that no longer move would otherwise decay into them); portable Go keeps them.
package sweep

// variant is one implementation of all sweeps.
type variant struct {
	name     string
	sgd      func(w, g []float32, lr float32)
	momentum func(w, v, g []float32, lr, mom float32)
	nesterov func(w, v, g []float32, lr, mom float32)
	rms      func(w, v, g []float32, lr, rho, eps float32)
	rmsMom   func(w, v, mom, g []float32, lr, rho, eps, m float32)
	adam     func(w, m, v, g []float32, alpha, b1, b2, eps, decay float32)
	amsgrad  func(w, m, v, vmax, g []float32, alpha, b1, b2, eps, decay float32)
}

var use = func() *variant {
	vs := variants()
	return vs[len(vs)-1]
}()

func need(n int, others ...int) {
	for _, o := range others {
		if o < n {
			panic("sweep: a gradient or slot is shorter than the weights")
		}
	}
}

// SGD: w −= lr·g.
func SGD(w, g []float32, lr float32) {
	need(len(w), len(g))
	use.sgd(w, g, lr)
}

// Momentum: v = mom·v − lr·g; then w += v, or with nesterov
// w += mom·v − lr·g (with the new v).
func Momentum(w, v, g []float32, lr, mom float32, nesterov bool) {
	need(len(w), len(v), len(g))
	if nesterov {
		use.nesterov(w, v, g, lr, mom)
		return
	}
	use.momentum(w, v, g, lr, mom)
}

// RMSprop: v = rho·v + (1 − rho)·g²; w −= lr·g/√(v + eps).
func RMSprop(w, v, g []float32, lr, rho, eps float32) {
	need(len(w), len(v), len(g))
	use.rms(w, v, g, lr, rho, eps)
}

// RMSpropMomentum: v = rho·v + (1 − rho)·g²; mom = m·mom + lr·g/√(v + eps);
// w −= mom.
func RMSpropMomentum(w, v, mom, g []float32, lr, rho, eps, m float32) {
	need(len(w), len(v), len(mom), len(g))
	use.rmsMom(w, v, mom, g, lr, rho, eps, m)
}

// Adam: m += (g − m)(1 − b1); v += (g² − v)(1 − b2);
// w −= alpha·m/(√v + eps), where alpha = lr·√(1 − b2ᵗ)/(1 − b1ᵗ) at step t = 1, 2, ….
func Adam(w, m, v, g []float32, alpha, b1, b2, eps float32) {
	AdamW(w, m, v, g, alpha, b1, b2, eps, 0)
}

// AdamW is Adam after w −= decay·w, where decay = weight decay · lr.
func AdamW(w, m, v, g []float32, alpha, b1, b2, eps, decay float32) {
	need(len(w), len(m), len(v), len(g))
	use.adam(w, m, v, g, alpha, b1, b2, eps, decay)
}

// AMSGrad is AdamW with vmax = max(vmax, v) in v's place in the step.
func AMSGrad(w, m, v, vmax, g []float32, alpha, b1, b2, eps, decay float32) {
	need(len(w), len(m), len(v), len(vmax), len(g))
	use.amsgrad(w, m, v, vmax, g, alpha, b1, b2, eps, decay)
}
