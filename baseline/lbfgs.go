package baseline

import "math"

// minimizer is L-BFGS with the two-loop recursion and a line search by bisection for the Wolfe conditions.
//
// Sources: Nocedal, "Updating quasi-Newton matrices with limited storage", Mathematics of Computation 35 (1980); the
// line search: Lewis and Overton, "Nonsmooth optimization via quasi-Newton methods", Mathematical Programming 141
// (2013).
type minimizer struct {
	eval      func(x, gradient []float64) float64
	tolerance float64 // greatest element of the gradient at which it ends
	most      int     // evaluations
	// lambda, where it is not 0, is the least curvature: the value at x is above the minimum by ‖gradient‖²/(2λ) at
	// most. It ends also where that is 1e-5 of the value.
	lambda float64
	memory int // pairs of differences that are kept

	evaluations int
}

const (
	armijo     = 1e-4
	curvature  = 0.9
	mostTrials = 25
)

// pair is a step s with the change y of the gradient over it.
type pair struct {
	s, y []float64
	rho  float64 // 1 / s·y
}

// run minimises from x on, in place. It reports whether it came to the minimum, or to less than a thousandth
// above it; else it ended with its evaluations.
// Where rounding leaves no descent, that is the minimum.
func (m *minimizer) run(x []float64) (done bool) {
	n := len(x)
	g, d := make([]float64, n), make([]float64, n)
	next, nextG := make([]float64, n), make([]float64, n)
	f := m.evaluate(x, g)
	var pairs []pair
	for m.evaluations < m.most {
		if m.near(f, g, 1e-5) {
			return true
		}
		direction(d, g, pairs)
		slope := dot(d, g)
		step := 1.0
		if len(pairs) == 0 {
			step = min(1, 1/norm(g))
		}
		value, ok := m.search(x, d, next, nextG, f, slope, step)
		if !ok {
			if len(pairs) == 0 {
				return m.evaluations < m.most || m.near(f, g, 1e-3)
			}
			pairs = pairs[:0] // once more along the gradient
			continue
		}
		p := pair{make([]float64, n), make([]float64, n), 0}
		if len(pairs) == m.memory {
			p, pairs = pairs[0], append(pairs[:0:0], pairs[1:]...)
		}
		for i := range x {
			p.s[i], p.y[i] = next[i]-x[i], nextG[i]-g[i]
		}
		if sy := dot(p.s, p.y); sy > 1e-12*dot(p.y, p.y) {
			p.rho = 1 / sy
			pairs = append(pairs, p)
		}
		copy(x, next)
		copy(g, nextG)
		f = value
	}
	return m.near(f, g, 1e-3)
}

// near reports whether a value is the minimum but for a share of it.
func (m *minimizer) near(f float64, g []float64, share float64) bool {
	return !(greatest(g) > m.tolerance) || m.lambda > 0 && dot(g, g) <= 2*m.lambda*share*f
}

func (m *minimizer) evaluate(x, gradient []float64) float64 {
	m.evaluations++
	return m.eval(x, gradient)
}

// direction is −H·g of the pairs' approximation H of the inverse Hessian.
func direction(d, g []float64, pairs []pair) {
	for i, v := range g {
		d[i] = -v
	}
	a := make([]float64, len(pairs))
	for k := len(pairs) - 1; k >= 0; k-- {
		p := &pairs[k]
		a[k] = p.rho * dot(p.s, d)
		add(d, -a[k], p.y)
	}
	if k := len(pairs) - 1; k >= 0 {
		scale := 1 / (pairs[k].rho * dot(pairs[k].y, pairs[k].y))
		for i := range d {
			d[i] *= scale
		}
	}
	for k := range pairs {
		p := &pairs[k]
		add(d, a[k]-p.rho*dot(p.y, d), p.s)
	}
}

// search finds next = x + t·d with enough descent and a flatter slope. It reports false where no step descends.
func (m *minimizer) search(x, d, next, g []float64, f, slope, t float64) (value float64, ok bool) {
	low, high := 0.0, math.Inf(1)
	for range min(mostTrials, m.most-m.evaluations) {
		for i := range x {
			next[i] = x[i] + t*d[i]
		}
		value = m.evaluate(next, g)
		switch {
		case !(value <= f+armijo*t*slope):
			high = t
		case dot(g, d) < curvature*slope:
			low = t
		default:
			return value, true
		}
		if math.IsInf(high, 1) {
			t = 2 * low
		} else {
			t = (low + high) / 2
		}
	}
	return value, value < f
}

func dot(a, b []float64) (s float64) {
	for i, v := range a {
		s += v * b[i]
	}
	return s
}

func norm(a []float64) float64 { return math.Sqrt(dot(a, a)) }

func add(to []float64, factor float64, a []float64) {
	for i, v := range a {
		to[i] += factor * v
	}
}

func greatest(a []float64) (most float64) {
	for _, v := range a {
		most = max(most, math.Abs(v))
	}
	return most
}
