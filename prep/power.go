package prep

import (
	"fmt"
	"math"
	"slices"
)

// Log is (ln x − mean) / sd, mean and sd being those of the logarithms of the training values. Numbers from 0 down have
// no logarithm and are errors; log1p and yeo_johnson take them.
//
// It has no arguments. A column becomes one feature.
//
// Example: 1, 10, 100 become −1.22, 0, 1.22.
//
// Source: the logarithm; it is BoxCox with λ = 0.
type Log struct{}

// Fit implements Scale.
func (Log) Fit(x []float64) Map { return (&power{Positive: true}).fit(x) }

// Blank implements Scale.
func (Log) Blank() Map { return &power{Positive: true} }

// Positive implements Positive.
func (Log) Positive() {}

// BoxCox is y = (x^λ − 1) / λ, or ln x for λ = 0, and then (y − mean) / sd. λ is the one under which the training
// values are most likely to be normal: the greatest of −n/2 · ln var(y) + (λ − 1) · Σ ln x. Numbers from 0 down are
// errors. Of equal values λ is 1.
//
// It has no arguments. A column becomes one feature.
//
// Example: 1, 2, 4, 8 become −1.34, −0.45, 0.45, 1.34, with λ = 0.
//
// Source: Box and Cox, "An Analysis of Transformations" (1964); scikit-learn's PowerTransformer(method="box-cox").
type BoxCox struct{}

// Fit implements Scale.
func (BoxCox) Fit(x []float64) Map {
	m := &power{Positive: true, Lambda: 1}
	if slices.Min(x) != slices.Max(x) {
		m.likeliest(x, math.Log)
	}
	return m.fit(x)
}

// Blank implements Scale.
func (BoxCox) Blank() Map { return &power{Positive: true} }

// Positive implements Positive.
func (BoxCox) Positive() {}

// YeoJohnson is, for x from 0 up, y = ((x + 1)^λ − 1) / λ, or ln(x + 1) for λ = 0; below 0 it is −((1 − x)^(2−λ) − 1) /
// (2 − λ), or −ln(1 − x) for λ = 2; and then (y − mean) / sd. λ is the one under which the training values are most
// likely to be normal: the greatest of −n/2 · ln var(y) + (λ − 1) · Σ sign(x) · ln(|x| + 1). Of equal values λ is 1.
//
// It has no arguments. A column becomes one feature.
//
// Example: 0, 1, 3, 7 become −1.34, −0.45, 0.45, 1.34, with λ = 0.
//
// Source: Yeo and Johnson, "A New Family of Power Transformations to Improve Normality or Symmetry" (2000);
// scikit-learn's PowerTransformer.
type YeoJohnson struct{}

// Fit implements Scale.
func (YeoJohnson) Fit(x []float64) Map {
	m := &power{Lambda: 1, Mirror: slices.Max(x) <= 0}
	if m.Mirror { // the transform of −x with 2 − λ is that of x with λ, and the other sign
		x = slices.Clone(x)
		for i := range x {
			x[i] = -x[i]
		}
	}
	switch low := slices.Min(x); {
	case low == slices.Max(x):
	case low >= 0:
		m.likeliest(x, math.Log1p)
	default:
		sum := 0.0
		for _, v := range x {
			sum += math.Copysign(math.Log1p(math.Abs(v)), v)
		}
		y := make([]float64, len(x))
		m.Lambda = least(func(lambda float64) float64 {
			at := power{Lambda: lambda}
			for i, v := range x {
				y[i] = at.power(v)
			}
			return float64(len(x))*math.Log(spreadOf(y)) - (lambda-1)*sum
		})
	}
	if m.fit(x); m.Mirror {
		m.Mean = -m.Mean
	}
	return m
}

// Blank implements Scale.
func (YeoJohnson) Blank() Map { return &power{} }

// power is the function of Log, BoxCox and YeoJohnson.
type power struct {
	Lambda float64 `json:"lambda"`
	// Middle is the mean logarithm of training values of one sign. Powers are of x over its exponential, which is the
	// same once standardised, and does not lose the differences of large values.
	Middle   float64 `json:"middle,omitempty"`
	Mean     float64 `json:"mean"`
	SD       float64 `json:"sd"`
	Positive bool    `json:"positive,omitempty"` // Box and Cox's
	Mirror   bool    `json:"mirror,omitempty"`   // of −x, with 2 − λ
}

// fit sets mean and sd.
func (m *power) fit(x []float64) *power {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = m.power(v)
	}
	l := standard(y)
	m.Mean, m.SD = l.Shift, l.Divisor
	return m
}

// likeliest sets λ and the mean logarithm of numbers of one sign. Over that, the sum of logarithms is 0.
func (m *power) likeliest(x []float64, log func(float64) float64) {
	logs, y := make([]float64, len(x)), make([]float64, len(x))
	for i, v := range x {
		logs[i] = log(v)
	}
	m.Middle = mean(logs)
	m.Lambda = least(func(lambda float64) float64 {
		for i, l := range logs {
			y[i] = powerOf(l-m.Middle, lambda)
		}
		return float64(len(x)) * math.Log(spreadOf(y))
	})
}

// spreadOf is the standard deviation, NaN where rounding has left none.
func spreadOf(y []float64) float64 {
	if sd := deviation(y, mean(y)); sd > 0 {
		return sd
	}
	return math.NaN()
}

// powerOf returns (exp(λ·log) − 1) / λ, or log for λ = 0.
func powerOf(log, lambda float64) float64 {
	if math.Abs(lambda) < 1e-12 {
		return log
	}
	return math.Expm1(lambda*log) / lambda
}

// rootOf is the inverse of powerOf, and the bound of its argument where y is beyond its values.
func rootOf(y, lambda float64) float64 {
	if math.Abs(lambda) < 1e-12 {
		return y
	}
	return math.Log1p(max(lambda*y, -1)) / lambda
}

// power returns the power transform of x, before it is standardised.
func (m *power) power(x float64) float64 {
	switch {
	case m.Positive:
		return powerOf(math.Log(x)-m.Middle, m.Lambda)
	case x >= 0:
		return powerOf(math.Log1p(x)-m.Middle, m.Lambda)
	}
	return powerOf(-m.Middle, m.Lambda) - math.Exp(-m.Lambda*m.Middle)*powerOf(math.Log1p(-x), 2-m.Lambda)
}

// Apply implements Map.
func (m *power) Apply(x float64) float64 {
	if m.Mirror {
		return (-m.power(-x) - m.Mean) / m.SD
	}
	return (m.power(x) - m.Mean) / m.SD
}

// Invert implements Map.
func (m *power) Invert(z float64) float64 {
	y := z*m.SD + m.Mean
	if m.Mirror {
		return -m.root(-y)
	}
	return m.root(y)
}

// root is the inverse of power.
func (m *power) root(y float64) float64 {
	if m.Positive {
		return bounded(math.Exp(rootOf(y, m.Lambda) + m.Middle))
	}
	zero := powerOf(-m.Middle, m.Lambda)
	if y >= zero {
		return bounded(math.Expm1(rootOf(y, m.Lambda) + m.Middle))
	}
	return -bounded(math.Expm1(rootOf((zero-y)*math.Exp(m.Lambda*m.Middle), 2-m.Lambda)))
}

// bounded returns v, or the greatest number in the place of infinity.
func bounded(v float64) float64 { return min(v, math.MaxFloat64) }

// Check implements Map.
func (m *power) Check() error {
	if !finite(m.Lambda, m.Middle, m.Mean, m.SD) || !(m.SD > 0) {
		return fmt.Errorf("λ = %v with mean %v and sd %v is no transform", m.Lambda, m.Mean, m.SD)
	}
	return nil
}

// least returns the λ with the least value of f, the negative logarithm of a likelihood up to a constant: by Brent's
// method from −2 to 2, and in twice that range as long as the least value lies at an end of it.
func least(f func(float64) float64) float64 {
	for end := 2.0; ; end *= 2 {
		at := brent(f, -end, end)
		if math.Abs(at) < 0.99*end || end > 64 {
			return at
		}
	}
}

// brent returns the place of a least value of f between two numbers: Brent's method, golden sections with steps to the
// vertex of a parabola where that converges.
//
// Source: Brent, "Algorithms for Minimization without Derivatives" (1973), chapter 5.
func brent(f func(float64) float64, low, high float64) float64 {
	const tolerance = 1e-7 // below it the rounding of f decides
	golden := (3 - math.Sqrt(5)) / 2
	value := func(x float64) float64 {
		if v := f(x); !math.IsNaN(v) {
			return v
		}
		return math.Inf(1)
	}
	x := low + golden*(high-low)
	w, v := x, x
	fx := value(x)
	fw, fv := fx, fx
	step, before := 0.0, 0.0
	for range 200 {
		middle, near := (low+high)/2, tolerance*math.Abs(x)+tolerance
		if math.Abs(x-middle) <= 2*near-(high-low)/2 {
			break
		}
		r, q := (x-w)*(fx-fv), (x-v)*(fx-fw)
		p := (x-v)*q - (x-w)*r
		if q = 2 * (q - r); q > 0 {
			p = -p
		}
		q = math.Abs(q)
		last := before
		before = step
		if math.Abs(last) > near && math.Abs(p) < math.Abs(q*last/2) && p > q*(low-x) && p < q*(high-x) {
			step = p / q
			if u := x + step; u-low < 2*near || high-u < 2*near {
				step = math.Copysign(near, middle-x)
			}
		} else { // also where a value is infinite, so that p or q is no number
			before = high - x
			if x >= middle {
				before = low - x
			}
			step = golden * before
		}
		u := x + step
		if math.Abs(step) < near {
			u = x + math.Copysign(near, step)
		}
		fu := value(u)
		if fu <= fx {
			if u >= x {
				low = x
			} else {
				high = x
			}
			v, fv, w, fw, x, fx = w, fw, x, fx, u, fu
			continue
		}
		if u < x {
			low = u
		} else {
			high = u
		}
		switch {
		case fu <= fw || w == x:
			v, fv, w, fw = w, fw, u, fu
		case fu <= fv || v == x || v == w:
			v, fv = u, fu
		}
	}
	return x
}
