package main

import . "gorae/internal/kernel/gen/simd"

// exp is eˣ: x = n·ln 2 + r with n = round(x/ln 2), eʳ by Cephes's expf
// polynomial (Moshier, netlib.org/cephes), times 2ⁿ.
func exp(m *M, x V) V {
	x = m.MinOr(F(89), m.MaxOr(F(-104), x))
	n, p := expReduced(m, x)
	if m.Wide {
		return m.ScaleBy(p, n)
	}
	// 2ⁿ in two factors: n reaches from −150 to 128.
	i := m.ToInt(n)
	h := m.Sar(i, 1)
	p = m.Mul(p, power2(m, h))
	return m.Mul(p, power2(m, m.SubInt(i, h)))
}

// expBelow is eˣ for x ≤ 0, NaN allowed: one factor is enough, as what is less
// than the least normal number is flushed.
func expBelow(m *M, x V) V {
	x = m.MaxOr(F(-88), x)
	n, p := expReduced(m, x)
	if m.Wide {
		return m.ScaleBy(p, n)
	}
	return m.Mul(p, power2(m, m.ToInt(n)))
}

// power2 is 2ⁱ for integers −127 ≤ i ≤ 127, with 0 for 2⁻¹²⁷.
func power2(m *M, i V) V { return m.Shl(m.AddInt(i, C(127)), 23) }

// reduce gives n = round(x/ln 2) and r = x − n·ln 2.
func reduce(m *M, x V) (n, r V) {
	n = m.Round(m.Mul(x, F(1.44269504088896341)))
	r = m.Copy(x)
	m.SubProduct(r, n, F(0.693359375))
	m.SubProduct(r, n, F(-2.12194440e-4))
	return n, r
}

// expm1Poly is eʳ − 1 for |r| ≤ ln(2)/2.
func expm1Poly(m *M, r V) V {
	p := m.Poly(r, F(1.9875691500e-4), F(1.3981999507e-3), F(8.3334519073e-3), F(4.1665795894e-2), F(1.6666665459e-1),
		F(5.0000001201e-1))
	return m.MulAdd(p, m.Mul(r, r), r)
}

func expReduced(m *M, x V) (n, p V) {
	n, r := reduce(m, x)
	return n, m.Add(expm1Poly(m, r), F(1))
}

// expm1 is eˣ − 1 = 2(t·q + (t − ½)) with q = eʳ − 1 and t = 2ⁿ⁻¹.
func expm1(m *M, x V) V {
	c := m.MinOr(F(89), m.MaxOr(F(-20), x))
	n, r := reduce(m, c)
	q := expm1Poly(m, r)
	t := m.Shl(m.AddInt(m.ToInt(n), C(126)), 23)
	y := m.MulAdd(t, q, m.Sub(t, F(0.5)))
	// Half of the smallest numbers would be flushed; they are their own result.
	return m.Select(m.Cmp(Lt, m.Abs(x), F(1e-10)), x, m.Add(y, y))
}

// logCore is ln x for normal x > 0: x = 2ᵉ·(1 + f) with 1 + f in [√½, √2), and
// Cephes's logf polynomial in f.
func logCore(m *M, x V) V {
	e := m.Sar(m.SubInt(x, C(0x3f3504f3)), 23)
	f := m.Sub(m.SubInt(x, m.Shl(e, 23)), F(1))
	n := m.FromInt(e)
	p := m.Poly(f, F(7.0376836292e-2), F(-1.1514610310e-1), F(1.1676998740e-1), F(-1.2420140846e-1),
		F(1.4249322787e-1), F(-1.6668057665e-1), F(2.0000714765e-1), F(-2.4999993993e-1), F(3.3333331174e-1))
	z := m.Mul(f, f)
	y := m.Mul(m.Mul(p, f), z)
	m.Accumulate(y, n, F(-2.12194440e-4))
	m.Accumulate(y, z, F(-0.5))
	y = m.Add(y, f)
	m.Accumulate(y, n, F(0.693359375))
	return y
}

// logEnds puts right what logCore does not know: NaN below 0 and for NaN, −Inf
// at 0, +Inf at +Inf.
func logEnds(m *M, x, y V) V {
	y = m.Select(m.Cmp(Eq, x, Inf), x, y)
	y = m.Select(m.Cmp(NotGe, x, Zero), NaN, y)
	return m.Select(m.Cmp(Eq, x, m.Reg(Zero)), NegInf, y)
}

func log(m *M, x V) V { return logEnds(m, x, logCore(m, x)) }

// log1p is ln u + (x − (u − 1))/u with u = 1 + x rounded: Kahan's correction of
// what the rounding lost, left out where u is 0 or infinite.
func log1p(m *M, x V) V {
	u := m.Add(x, F(1))
	lost := m.Div(m.Sub(x, m.Sub(u, F(1))), u)
	inside := m.Both(m.Cmp(Gt, u, m.Reg(Zero)), m.Cmp(Lt, u, Inf))
	return m.Add(logEnds(m, u, logCore(m, u)), m.Only(inside, lost))
}

// tanh is Cephes's tanhf: an odd polynomial below 0.625, else 1 − 2/(e²ˣ + 1).
func tanh(m *M, x V) V {
	a := m.Abs(x)
	z := m.Mul(x, x)
	p := m.Poly(z, F(-5.70498872745e-3), F(2.06390887954e-2), F(-5.37397155531e-2), F(1.33314422036e-1),
		F(-3.33332819422e-1))
	small := m.MulAdd(m.Mul(p, z), x, x)
	e := expBelow(m, m.Mul(a, F(-2)))
	big := m.Div(m.Sub(m.Reg(F(1)), e), m.Add(e, F(1)))
	big = m.Or(big, m.And(x, SignBit))
	return m.Select(m.Cmp(Lt, a, F(0.625)), small, big)
}

// sigmoid is (x < 0 ? e : 1)/(1 + e) with e = e^−|x|, less what rounding 1 + e
// lost: y − y·(e − (d − 1)), d being the rounded sum.
func sigmoid(m *M, x V) V {
	e := expBelow(m, m.Or(x, SignBit))
	num := m.Select(m.Cmp(Lt, x, m.Reg(Zero)), e, F(1))
	d := m.Add(e, F(1))
	lost := m.Sub(e, m.Sub(d, F(1)))
	y := m.Div(num, d)
	m.SubProduct(y, y, lost)
	return y
}

// softplus is max(x, 0) + ln(1 + e^−|x|).
func softplus(m *M, x V) V {
	e := expBelow(m, m.Or(x, SignBit))
	u := m.Add(e, F(1))
	lost := m.Div(m.Sub(e, m.Sub(u, F(1))), u)
	l := m.Add(logCore(m, u), lost)
	return m.Add(l, m.MaxOr(m.Reg(Zero), x))
}

// erf is x + x·P(x²) below 0.95, else 1 − exp(−t·Q(t)) of t = |x|; fit.py gives
// P and Q.
func erf(m *M, x V) V {
	a := m.Abs(x)
	s := m.Mul(x, x)
	p := m.Poly(s, F(8.1851152278e-05), F(-8.0977098899e-04), F(5.1969528278e-03), F(-2.6857705506e-02),
		F(1.1283664009e-01), F(-3.7612631615e-01), F(1.2837916641e-01))
	small := m.MulAdd(p, x, x)
	t := m.MinOr(F(4), a)
	q := m.Poly(t, F(1.2339334710e-05), F(-3.3395914195e-04), F(3.6881038924e-03), F(-2.3859263647e-02),
		F(1.0635055633e-01), F(6.3508203724e-01), F(1.1286656929e+00))
	big := m.Sub(m.Reg(F(1)), expBelow(m, m.Mul(q, m.Neg(t))))
	big = m.Or(big, m.And(x, SignBit))
	return m.Select(m.Cmp(Lt, a, F(0.95)), small, big)
}

// sinCos is sin x (quarter 0) or cos x (quarter 1) for |x| up to 10⁴: π/2 in four
// parts (8, 11, 24, 24 bits), then Cephes's sinf and cosf polynomials.
func sinCos(quarter C) func(*M, V) V {
	return func(m *M, x V) V {
		n := m.Round(m.Mul(x, F(0.636619772367581343)))
		r := m.Copy(x)
		m.SubProduct(r, n, F(1.5703125))
		m.SubProduct(r, n, F(0.0004837512969970703125))
		m.SubProduct(r, n, F(7.549790126404332e-08))
		m.SubProduct(r, n, F(-1.7151245100058819e-15))
		z := m.Mul(r, r)
		s := m.Poly(z, F(-1.9515295891e-4), F(8.3321608736e-3), F(-1.6666654611e-1))
		s = m.MulAdd(m.Mul(s, z), r, r)
		c := m.Poly(z, F(2.443315711809948e-5), F(-1.388731625493765e-3), F(4.166664568298827e-2), F(-0.5))
		c = m.MulAdd(c, z, F(1))
		i := m.AddInt(m.ToInt(n), quarter)
		// An odd quarter takes the cosine; bit 1 turns the sign.
		odd := m.Cmp(Ne, m.FromInt(m.And(i, C(1))), m.Reg(Zero))
		return m.Xor(m.Select(odd, c, s), m.Shl(m.And(i, C(2)), 30))
	}
}

// pow is |x|ʸ = 2^(y·log₂|x|) with the sign and the ends of math.Pow. The logarithm has a second float for what the
// first lost, as the product with y is up to 150 and its error that of the result: x = 2ᵉ·(1 + f) as in logCore, s =
// f/(2 + f), log₂(1 + f) = 2/ln 2·(s + s³/3 + s⁵/5 + …).
func pow(m *M, x, y V) V {
	a := m.Abs(x)
	e := m.Sar(m.SubInt(a, C(0x3f3504f3)), 23)
	f := m.Sub(m.SubInt(a, m.Shl(e, 23)), F(1))
	n := m.FromInt(e)
	d := m.Add(f, F(2))
	over := m.Div(m.Reg(F(1)), d)
	s := m.Mul(f, over)
	rest := m.Copy(f)
	m.SubProduct(rest, s, d)
	m.SubProduct(rest, s, m.Sub(f, m.Sub(d, F(2)))) // what 2 + f lost
	t := m.Mul(s, s)
	p := m.Mul(m.Poly(t, F(1.0/11), F(1.0/9), F(1.0/7), F(1.0/5), F(1.0/3)), t)
	lo := m.Mul(rest, over)
	lo = m.MulAdd(lo, t, lo) // the cube's part of what s lost
	m.Accumulate(lo, s, p)
	hi := m.Mul(s, F(2.885390043))
	lo = m.Mul(lo, F(2.885390043))
	m.Accumulate(lo, s, F(3.8519259e-8))
	lo = m.Add(lo, m.MulAdd(s, F(2.885390043), m.Neg(hi)))
	log := m.Add(n, hi)
	lo = m.Add(lo, m.Sub(hi, m.Sub(log, n)))
	sum := m.Add(log, lo) // so that the product's rest stays small
	lo = m.Add(lo, m.Sub(log, sum))
	log = sum
	log = m.Select(m.Cmp(Lt, a, F(1.17549435e-38)), NegInf, log)
	log = m.Select(m.Cmp(Eq, a, Inf), Inf, log)

	z := m.Mul(y, log)
	lost := m.MulAdd(y, log, m.Neg(z))
	m.Accumulate(lost, y, lo)
	lost = m.Only(m.Cmp(Lt, m.Abs(z), F(150)), lost) // where it is none or NaN
	z = m.MinOr(F(150), m.MaxOr(F(-150), z))
	k := m.Round(z)
	r := m.Mul(m.Add(m.Sub(z, k), lost), F(0.693147180559945))
	v := m.Add(expm1Poly(m, r), F(1))
	if m.Wide {
		v = m.ScaleBy(v, k)
	} else {
		i := m.ToInt(k)
		h := m.Sar(i, 1)
		v = m.Mul(m.Mul(v, power2(m, h)), power2(m, m.SubInt(i, h)))
	}
	v = m.Select(m.Cmp(Eq, a, F(1)), F(1), v)
	// An odd y keeps the sign of x; a broken one has no power below 0.
	whole := m.Round(y)
	v = m.Or(v, m.Only(m.Cmp(Eq, whole, y), m.And(x, m.OddSign(y))))
	v = m.Select(m.Both(m.Both(m.Cmp(Lt, x, m.Reg(Zero)), m.Cmp(Gt, x, NegInf)), m.Cmp(Ne, whole, y)), NaN, v)
	v = m.Select(m.Cmp(Unord, x, y), NaN, v)
	return m.Select(m.Either(m.Cmp(Eq, y, m.Reg(Zero)), m.Cmp(Eq, x, F(1))), F(1), v)
}
