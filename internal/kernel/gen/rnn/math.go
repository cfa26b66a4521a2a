package main

import . "gorae/internal/kernel/gen/simd"

// growth is q = e^(scale·x) − 1, with a small relative error also near 0, and d = q + 2:
// with it sigmoid x = 1/d at scale −1 and tanh x = −q/d at scale −2. Beyond ±40 both
// have long reached their ends, and the product of two d is still finite.
//
// The method is that of Cephes's expm1f (Moshier, netlib.org/cephes): with n the whole
// part of y/ln 2 and r the rest, eʸ − 1 = 2ⁿ·(eʳ − 1) + (2ⁿ − 1). One rounded ln 2 is
// enough: where n is not 0, the error n·2⁻²⁹ of the exponent is below that of eʸ itself,
// and q is not small.
func growth(m *M, x V, scale float64) (q, d V) {
	const far = 40
	y := m.Mul(x, F(scale))
	y = m.MaxOr(F(-far), m.MinOr(F(far), y)) // NaN stays
	n := m.Round(m.Mul(y, F(1.44269504088896341)))
	m.SubProduct(y, n, F(0.693147180559945309))
	p := m.Poly(y, F(1.9875691500e-4), F(1.3981999507e-3), F(8.3334519073e-3), F(4.1665795894e-2), F(1.6666665459e-1), F(5.0000001201e-1))
	p = m.MulAdd(p, m.Mul(y, y), y)
	var t V // 2ⁿ
	if m.Wide {
		t = m.ScaleBy(m.Reg(F(1)), n)
	} else {
		t = m.Shl(m.AddInt(m.ToInt(n), C(127)), 23)
	}
	q = m.MulAdd(p, t, m.Sub(t, F(1)))
	return q, m.Add(q, F(2))
}

// tanh is −q/d.
func tanh(m *M, x V) V {
	q, d := growth(m, x, -2)
	return m.Neg(m.Div(q, d))
}

// sigmoids are two sigmoids by one division.
func sigmoids(m *M, x, y V) (sx, sy V) {
	_, d := growth(m, x, -1)
	_, e := growth(m, y, -1)
	r := m.Div(F(1), m.Mul(d, e))
	return m.Mul(e, r), m.Mul(d, r)
}

// tanhSigmoid is tanh x and sigmoid y by one division.
func tanhSigmoid(m *M, x, y V) (tx, sy V) {
	q, d := growth(m, x, -2)
	_, e := growth(m, y, -1)
	r := m.Div(F(1), m.Mul(d, e))
	return m.Neg(m.Mul(q, m.Mul(e, r))), m.Mul(d, r)
}

// tanhSlope multiplies d by 1 − y².
func tanhSlope(m *M, d, y V) V {
	s := m.Reg(F(1))
	m.SubProduct(s, y, y)
	return m.Mul(d, s)
}

// sigmoidSlope multiplies d by y·(1 − y).
func sigmoidSlope(m *M, d, y V) V {
	return m.Mul(m.Mul(d, y), m.Sub(m.Reg(F(1)), y))
}
