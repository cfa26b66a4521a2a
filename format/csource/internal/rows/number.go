package rows

import (
	"fmt"
	"math"

	"gorae/format/internal/categories"
	"gorae/prep"
)

// numeral is the member of a column of numbers; the number is x.
func (p *Product) numeral(c *prep.Fitted) *member {
	m := p.member(c.Name, c.Name, "double", 0, c.Name)
	p.line("const double x = %s;", p.given(c, m))
	return m
}

// given is the number that a row has for a column: missing where it is a mark of a missing value.
func (p *Product) given(c *prep.Fitted, m *member) string {
	x := "row->" + m.name
	text := x
	for _, v := range categories.Marks(c) {
		text = fmt.Sprintf("%s == %s ? NAN : %s", x, number(v), text)
	}
	return text
}

// number writes the features of a column of numbers.
func (p *Product) number(c *prep.Fitted) {
	curve, known := categories.CurveOf(c)
	if c.Curve != nil && !known {
		p.outside(c, "_features", Note{Of: prep.Scales.Word(c.Spec.Scale)})
		return
	}
	m := p.numeral(c)
	if c.Spec.Indicator {
		p.line("%s[%d] = isnan(x) ? 1.0f : 0.0f;", p.array, p.at+features(c)-1)
	}
	if v := "x"; c.Spec.Impute == "" {
		p.line("if (!isnan(x)) {")
		p.depth++
		p.measured(c, m, curve, v)
		p.depth--
		p.line("}")
	} else {
		p.line("const double known = isnan(x) ? %s : x;", number(c.Fill))
		p.measured(c, m, curve, "known")
	}
}

// measured writes the features of a number that is there.
func (p *Product) measured(c *prep.Fitted, m *member, curve categories.Curve, v string) {
	if c.Curve != nil && curve.Positive() {
		p.line("if (!(%s > 0.0)) {", v)
		p.line("    return %d;", m.place)
		p.line("}")
	}
	if c.Spec.Log1p {
		v = fmt.Sprintf("copysign(log1p(fabs(%s)), %[1]s)", v)
	}
	if c.Fence != nil {
		v = fmt.Sprintf("fmin(fmax(%s, %s), %s)", v, number(c.Fence.Low), number(c.Fence.High))
	}
	p.line("const double v = %s;", v)
	z := fmt.Sprintf("(v - %s) / %s", bracketed(c.Shift), bracketed(c.Divisor))
	if c.Curve != nil {
		z = p.applied(c.Name, curve)
	}
	p.line("const double z = %s;", z)
	p.put(m, 0, "z")
	n := c.Bins.Len()
	for i := range n {
		b := fmt.Sprintf("(v - %s) / %s", bracketed(c.Bins[i]), number(c.Bins[i+1]-c.Bins[i]))
		if i > 0 {
			b = fmt.Sprintf("fmax(%s, 0.0)", b)
		}
		if i < n-1 {
			b = fmt.Sprintf("fmin(%s, 1.0)", b)
		}
		p.put(m, 1+i, b)
	}
	for i, q := range c.Frequencies {
		w := fmt.Sprintf("%s * z", bracketed(2*math.Pi*q))
		p.put(m, 1+n+2*i, "sin("+w+")")
		p.put(m, 2+n+2*i, "cos("+w+")")
	}
}

// applied is the feature of a number v under a curve.
func (p *Product) applied(column string, c categories.Curve) string {
	y := ""
	switch c.Form {
	case categories.Robust:
		return fmt.Sprintf("%s((v - %s) / %s)", p.help("clipped"), bracketed(c.Shift), bracketed(c.Divisor))
	case categories.BoxCox:
		y = fmt.Sprintf("%s(log(v) - %s, %s)", p.help("power"), bracketed(c.Middle), number(c.Lambda))
	case categories.YeoJohnson:
		y = fmt.Sprintf("%s(%s, %s, %s)", p.help("yeo_johnson"), sign(c.Mirror)+"v", number(c.Lambda),
			number(c.Middle))
		y = sign(c.Mirror) + y
	case categories.SignedLog:
		y = "copysign(log1p(fabs(v)), v)"
	case categories.Quantile:
		share := fmt.Sprintf("%s(v, %s, %d)", p.help("share"), p.quantiles(column, c), len(c.Quantiles))
		if c.Normal {
			return fmt.Sprintf("%s(fmin(fmax(%s, %s), %s))", p.help("normal"), share, number(categories.Outermost),
				number(1-categories.Outermost))
		}
		return share
	}
	return fmt.Sprintf("(%s - %s) / %s", y, bracketed(c.Shift), bracketed(c.Divisor))
}

func sign(minus bool) string {
	if minus {
		return "-"
	}
	return ""
}

// quantiles is the array of the quantiles of a curve.
func (p *Product) quantiles(name string, c categories.Curve) string {
	return p.constant(name+"_quantiles", c.Quantiles)
}

// inverted is the number whose feature z is.
func (p *Product) inverted(name string, c categories.Curve) string {
	y := fmt.Sprintf("z * %s + %s", bracketed(c.Divisor), bracketed(c.Shift))
	switch c.Form {
	case categories.Robust:
		return fmt.Sprintf("%s(z) * %s + %s", p.help("unclipped"), bracketed(c.Divisor), bracketed(c.Shift))
	case categories.BoxCox:
		return fmt.Sprintf("exp(%s(%s, %s) + %s)", p.help("root"), y, number(c.Lambda), bracketed(c.Middle))
	case categories.YeoJohnson:
		if c.Mirror {
			y = "-(" + y + ")"
		}
		return fmt.Sprintf("%s%s(%s, %s, %s)", sign(c.Mirror), p.help("yeo_johnson_root"), y, number(c.Lambda),
			number(c.Middle))
	case categories.SignedLog:
		return fmt.Sprintf("%s(%s)", p.help("unlogged"), y)
	case categories.Quantile:
		share := "fmin(fmax(z, 0.0), 1.0)"
		if c.Normal {
			share = p.help("normal_share") + "(z)"
		}
		return fmt.Sprintf("%s(%s, %s, %d)", p.help("quantile"), share, p.quantiles(name, c), len(c.Quantiles))
	}
	return y
}
