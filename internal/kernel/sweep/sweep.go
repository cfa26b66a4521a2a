// Package sweep holds the optimisers' updates of flat memory: each weight, its
// gradient and its slots are read and written once. All slices of a call have
// the length of w. The formulas are Keras 3's.
//
// Assembly reads denormal numbers as 0 and writes 0 for them (slots of weights
// that no longer move would otherwise decay into them); portable Go keeps them.
package sweep

import "sync"

// Gradient is the gradient of some weights.
type Gradient struct {
	G []float32 // as the weights lie, if Rows is nil
	// Rows says for each row of the weights which row of G is its gradient; where it is negative the gradient is 0. So
	// is that of a table of which few rows were read.
	Rows  []int32
	Zeros []float32 // with Rows: zeros, as many as a row has numbers
}

// Dense is a gradient that lies as the weights do.
func Dense(g []float32) Gradient { return Gradient{G: g} }

// each calls f with the gradient of each row, whose weights are those from lo to hi.
func (g Gradient) each(f func(lo, hi int, g []float32)) {
	n := len(g.Zeros)
	for r, i := range g.Rows {
		row := g.Zeros
		if i >= 0 {
			row = g.G[int(i)*n:][:n]
		}
		f(r*n, (r+1)*n, row)
	}
}

// variant is one implementation of all sweeps. Those by rows may be left out.
type variant struct {
	name         string
	sgd          func(w, g []float32, lr float32)
	momentum     func(w, v, g []float32, lr, mom float32)
	nesterov     func(w, v, g []float32, lr, mom float32)
	rms          func(w, v, g []float32, lr, rho, eps float32)
	rmsMom       func(w, v, mom, g []float32, lr, rho, eps, m float32)
	adam         func(w, m, v, g []float32, alpha, b1, b2, eps, decay float32)
	amsgrad      func(w, m, v, vmax, g []float32, alpha, b1, b2, eps, decay float32)
	sgdRows      func(w, g, zeros []float32, rows []int32, lr float32)
	momentumRows func(w, v, g, zeros []float32, rows []int32, lr, mom float32)
	nesterovRows func(w, v, g, zeros []float32, rows []int32, lr, mom float32)
	rmsRows      func(w, v, g, zeros []float32, rows []int32, lr, rho, eps float32)
	rmsMomRows   func(w, v, mom, g, zeros []float32, rows []int32, lr, rho, eps, m float32)
	adamRows     func(w, m, v, g, zeros []float32, rows []int32, alpha, b1, b2, eps, decay float32)
	amsgradRows  func(w, m, v, vmax, g, zeros []float32, rows []int32, alpha, b1, b2, eps, decay float32)
}

// best is the variant that is used, chosen by the first sweep: a program that never trains does not link them.
var (
	best   *variant
	choose sync.Once
)

// use returns the variant that is used.
func use() *variant {
	choose.Do(func() {
		vs := variants()
		best = vs[len(vs)-1]
	})
	return best
}

// need panics where slots or gradient do not fit the weights: assembly does not look.
func need(w []float32, g Gradient, slots ...[]float32) {
	for _, s := range slots {
		if len(s) < len(w) {
			panic("sweep: a slot is shorter than the weights")
		}
	}
	if g.Rows == nil {
		if len(g.G) < len(w) {
			panic("sweep: a gradient is shorter than the weights")
		}
		return
	}
	n := len(g.Zeros)
	if n*len(g.Rows) != len(w) {
		panic("sweep: the rows of the gradient are not those of the weights")
	}
	for _, r := range g.Rows {
		if r >= 0 && (int(r)+1)*n > len(g.G) {
			panic("sweep: the gradient has no such row")
		}
	}
}

// SGD: w −= lr·g.
func SGD(w []float32, g Gradient, lr float32) {
	need(w, g)
	switch v := use(); {
	case g.Rows == nil:
		v.sgd(w, g.G, lr)
	case v.sgdRows == nil:
		g.each(func(lo, hi int, g []float32) { v.sgd(w[lo:hi], g, lr) })
	case len(w) > 0:
		v.sgdRows(w, g.G, g.Zeros, g.Rows, lr)
	}
}

// Momentum: v = mom·v − lr·g; then w += v, or with nesterov
// w += mom·v − lr·g (with the new v).
func Momentum(w, v []float32, g Gradient, lr, mom float32, nesterov bool) {
	need(w, g, v)
	f, rows := use().momentum, use().momentumRows
	if nesterov {
		f, rows = use().nesterov, use().nesterovRows
	}
	switch {
	case g.Rows == nil:
		f(w, v, g.G, lr, mom)
	case rows == nil:
		g.each(func(lo, hi int, g []float32) { f(w[lo:hi], v[lo:hi], g, lr, mom) })
	case len(w) > 0:
		rows(w, v, g.G, g.Zeros, g.Rows, lr, mom)
	}
}

// RMSprop: v = rho·v + (1 − rho)·g²; w −= lr·g/√(v + eps).
func RMSprop(w, v []float32, g Gradient, lr, rho, eps float32) {
	need(w, g, v)
	switch f := use().rms; {
	case g.Rows == nil:
		f(w, v, g.G, lr, rho, eps)
	case use().rmsRows == nil:
		g.each(func(lo, hi int, g []float32) { f(w[lo:hi], v[lo:hi], g, lr, rho, eps) })
	case len(w) > 0:
		use().rmsRows(w, v, g.G, g.Zeros, g.Rows, lr, rho, eps)
	}
}

// RMSpropMomentum: v = rho·v + (1 − rho)·g²; mom = m·mom + lr·g/√(v + eps);
// w −= mom.
func RMSpropMomentum(w, v, mom []float32, g Gradient, lr, rho, eps, m float32) {
	need(w, g, v, mom)
	switch f := use().rmsMom; {
	case g.Rows == nil:
		f(w, v, mom, g.G, lr, rho, eps, m)
	case use().rmsMomRows == nil:
		g.each(func(lo, hi int, g []float32) { f(w[lo:hi], v[lo:hi], mom[lo:hi], g, lr, rho, eps, m) })
	case len(w) > 0:
		use().rmsMomRows(w, v, mom, g.G, g.Zeros, g.Rows, lr, rho, eps, m)
	}
}

// Adam: m += (g − m)(1 − b1); v += (g² − v)(1 − b2);
// w −= alpha·m/(√v + eps), where alpha = lr·√(1 − b2ᵗ)/(1 − b1ᵗ) at step t = 1, 2, ….
func Adam(w, m, v []float32, g Gradient, alpha, b1, b2, eps float32) {
	AdamW(w, m, v, g, alpha, b1, b2, eps, 0)
}

// AdamW is Adam after w −= decay·w, where decay = weight decay · lr.
func AdamW(w, m, v []float32, g Gradient, alpha, b1, b2, eps, decay float32) {
	need(w, g, m, v)
	switch f := use().adam; {
	case g.Rows == nil:
		f(w, m, v, g.G, alpha, b1, b2, eps, decay)
	case use().adamRows == nil:
		g.each(func(lo, hi int, g []float32) { f(w[lo:hi], m[lo:hi], v[lo:hi], g, alpha, b1, b2, eps, decay) })
	case len(w) > 0:
		use().adamRows(w, m, v, g.G, g.Zeros, g.Rows, alpha, b1, b2, eps, decay)
	}
}

// AMSGrad is AdamW with vmax = max(vmax, v) in v's place in the step.
func AMSGrad(w, m, v, vmax []float32, g Gradient, alpha, b1, b2, eps, decay float32) {
	need(w, g, m, v, vmax)
	switch f := use().amsgrad; {
	case g.Rows == nil:
		f(w, m, v, vmax, g.G, alpha, b1, b2, eps, decay)
	case use().amsgradRows == nil:
		g.each(func(lo, hi int, g []float32) {
			f(w[lo:hi], m[lo:hi], v[lo:hi], vmax[lo:hi], g, alpha, b1, b2, eps, decay)
		})
	case len(w) > 0:
		use().amsgradRows(w, m, v, vmax, g.G, g.Zeros, g.Rows, alpha, b1, b2, eps, decay)
	}
}
