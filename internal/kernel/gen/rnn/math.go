package main

import (
	"math"

	. "gorae/internal/kernel/gen/simd"
)

// The functions below are made of e^(scale·x) = 2ⁿ·e^(scale·r), n being the whole number next to scale·x/ln 2 and r the
// rest. One rounded ln 2 is enough: the error n·2⁻²⁹ of the exponent is below that of the power itself. Beyond ±40 in
// the exponent both functions have long reached their ends, and the product of two denominators is still finite. The
// polynomials are those of fit.py.

const far, ln2 = 40, 0.693147180559945309

// function is an activation: a numerator, which is 1 for the sigmoid, over d.
type function struct {
	scale float64
	poly  []C
}

var (
	// sigmoid x is 1/d with d = 1 + e⁻ˣ. The polynomial is e⁻ʳ.
	sigmoid = function{-1, []C{F(-8.2903146695e-03), F(4.1897929319e-02), F(-1.6667636196e-01), F(4.9999149530e-01),
		F(-9.9999970719e-01), F(1)}}
	// tanh x is −q/d with q = e⁻²ˣ − 1 and d = q + 2, for a small relative error also near 0. The polynomial is (e⁻²ʳ −
	// 1)/r, and q = 2ⁿ·(e⁻²ʳ − 1) + (2ⁿ − 1).
	tanh = function{-2, []C{F(8.8888783962e-02), F(-2.6781019398e-01), F(6.6667417941e-01), F(-1.3333204976e+00),
		F(1.9999999250e+00), F(-2.0000000213e+00)}}
)

// fraction is a function of x on its way.
type fraction struct {
	function
	x    V
	n, r V
	p    V
	q, d V // q is nil for 1
}

// fractions are the functions' values, numerators and denominators. Their operations take turns: each waits for the one
// before of its own.
func fractions(m *M, fs ...*fraction) {
	each := func(do func(f *fraction)) {
		for _, f := range fs {
			do(f)
		}
	}
	most := func(f *fraction) float64 { return far / math.Abs(f.scale) }
	each(func(f *fraction) { f.r = m.MinOr(F(most(f)), f.x) }) // NaN stays
	each(func(f *fraction) { f.r = m.MaxOr(F(-most(f)), f.r) })
	each(func(f *fraction) { f.n = m.Mul(f.r, F(f.scale/ln2)) })
	each(func(f *fraction) { f.n = m.Round(f.n) })
	each(func(f *fraction) { m.SubProduct(f.r, f.n, F(ln2/f.scale)) })
	each(func(f *fraction) { f.p = m.Copy(f.poly[0]) })
	for k := range sigmoid.poly[1:] {
		each(func(f *fraction) { f.p = m.Horner(f.p, f.r, f.poly[k+1]) })
	}
	each(func(f *fraction) {
		if f.scale == sigmoid.scale {
			f.p = times(m, f.p, f.n)
			return
		}
		f.n, f.p = times(m, F(1), f.n), m.Mul(f.p, f.r)
	})
	each(func(f *fraction) {
		if f.scale == sigmoid.scale {
			f.d = m.Add(f.p, F(1))
			return
		}
		f.q = m.MulAdd(f.p, f.n, m.Sub(f.n, F(1)))
		f.d = m.Add(f.q, F(2))
	})
}

// over is the numerator times a reciprocal of d.
func (f *fraction) over(m *M, r V) V {
	if f.q == nil {
		return r
	}
	return m.Neg(m.Mul(f.q, r))
}

// activate is functions of some xs; two have one division together.
func activate(m *M, of []function, xs ...V) []V {
	var fs []*fraction
	for i, x := range xs {
		fs = append(fs, &fraction{function: of[i], x: x})
	}
	fractions(m, fs...)
	var ys []V
	for ; len(fs) > 1; fs = fs[2:] {
		a, b := fs[0], fs[1]
		r := m.Div(F(1), m.Mul(a.d, b.d))
		ys = append(ys, a.over(m, m.Mul(b.d, r)), b.over(m, m.Mul(a.d, r)))
	}
	for _, f := range fs {
		if f.q == nil {
			ys = append(ys, m.Div(F(1), f.d))
		} else {
			ys = append(ys, m.Neg(m.Div(f.q, f.d)))
		}
	}
	return ys
}

// tanhOf is tanh x.
func tanhOf(m *M, x V) V { return activate(m, []function{tanh}, x)[0] }

// times is x·2ⁿ.
func times(m *M, x any, n V) V {
	if m.Wide {
		return m.ScaleBy(m.Reg(x), n)
	}
	t := m.Shl(m.AddInt(m.ToInt(n), C(127)), 23)
	if x == F(1) {
		return t
	}
	return m.Mul(t, x)
}

// tanhSlope multiplies d by 1 − y².
func tanhSlope(m *M, d, y V) V {
	s := m.Copy(F(1))
	m.SubProduct(s, y, y)
	return m.Mul(d, s)
}

// sigmoidSlope multiplies d by y·(1 − y).
func sigmoidSlope(m *M, d, y V) V {
	return m.Mul(m.Mul(d, y), m.Sub(m.Reg(F(1)), y))
}
