package categories

import (
	"encoding/json"
	"slices"
	"strings"

	"gorae/data"
	"gorae/prep"
)

// Form is the kind of a curve.
type Form int

// The forms of curves.
const (
	Robust     Form = iota // z = (x − Shift) / Divisor, then z / √(1 + (z/3)²)
	SignedLog              // (sign(x)·ln(1 + |x|) − Shift) / Divisor
	BoxCox                 // (power(ln x − Middle) − Shift) / Divisor, power(l) = (exp(λ·l) − 1) / λ, or l for λ = 0
	YeoJohnson             // as prep.YeoJohnson has it, over the exponential of Middle
	Quantile               // the share of values below x, linear between the quantiles
)

// Curve is a fitted scale of numbers that is no straight line.
type Curve struct {
	Form           Form
	Shift, Divisor float64
	Lambda, Middle float64   // of powers
	Mirror         bool      // of YeoJohnson: the function of −x, with the other sign
	Quantiles      []float64 // rising
	Normal         bool      // the share becomes the normal quantile
}

// CurveOf returns the curve of a column; ok is false where it has none, or one that is not gorae's.
func CurveOf(c *prep.Fitted) (Curve, bool) {
	if c.Curve == nil {
		return Curve{}, false
	}
	return curve(prep.Scales.Word(c.Spec.Scale), c.RawCurve)
}

// TargetCurve returns the curve of a target; ok is false for one that is not gorae's.
func TargetCurve(c *prep.TargetCurve) (Curve, bool) { return curve(c.Scale, c.Raw) }

func curve(word string, raw json.RawMessage) (Curve, bool) {
	var s struct {
		Shift, Divisor, Lambda, Middle, Mean, SD float64
		Positive, Mirror, Uniform                bool
		Quantiles                                []float64
	}
	if json.Unmarshal(raw, &s) != nil {
		return Curve{}, false
	}
	c := Curve{Shift: s.Shift, Divisor: s.Divisor, Lambda: s.Lambda, Middle: s.Middle, Mirror: s.Mirror,
		Quantiles: s.Quantiles, Normal: !s.Uniform}
	switch word {
	case "robust":
		c.Form = Robust
	case "log1p":
		c.Form = SignedLog
	case "log", "box_cox":
		c.Form, c.Shift, c.Divisor = BoxCox, s.Mean, s.SD
	case "yeo_johnson":
		c.Form, c.Shift, c.Divisor = YeoJohnson, s.Mean, s.SD
	case "quantile":
		c.Form, c.Divisor = Quantile, 1
		if len(c.Quantiles) == 0 {
			return c, false
		}
	default:
		return c, false
	}
	return c, c.Divisor != 0
}

// Positive reports whether the curve is defined for numbers above 0 alone.
func (c Curve) Positive() bool { return c.Form == BoxCox }

// Straight reports whether λ is taken for 0, so that the power is the logarithm itself.
func Straight(lambda float64) bool { return lambda > -1e-12 && lambda < 1e-12 }

// Outermost is the share whose normal quantile bounds that of others: 10⁻⁷ from either end.
const Outermost = 1e-7

// The standard normal quantile of a share p with q = p − ½ is, for |q| ≤ 0.425 and r = 0.180625 − q², the quotient
// q·Middle[0](r) / Middle[1](r); beyond it, with r = √(−ln min(p, 1 − p)) − 1.6, ±Tail[0](r) / Tail[1](r) down to
// e^−25 = 1.4·10⁻¹¹. The coefficients of the polynomials begin with that of r⁰.
//
// Source: Wichura, Algorithm AS 241 (1988), PPND16.
var (
	Middle = [2][]float64{{3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
		45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727},
		{1, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077, 21213.794301586595867,
			39307.895800092710610, 28729.085735721942674, 5226.4952788528545610}}
	Tail = [2][]float64{{1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
		1.27045825245236838258, 0.241780725177450611770, 0.0227238449892691845833, 7.74545014278341407640e-4},
		{1, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550, 0.148103976427480074590,
			0.0151986665636164571966, 5.47593808499534494600e-4, 1.05075007164441684324e-9}}
)

// Hash is hashed features: the place |h| mod Features of MurmurHash3 of the text Prefix=CATEGORY.
type Hash struct {
	Prefix   string
	Features int
	Sign     bool // −1 in the place of 1 where h is below 0
}

// HashOf returns the hashing of a column; ok is false where it is none.
func HashOf(c *prep.Fitted) (h Hash, ok bool) {
	var e prep.Hash
	switch v := c.Spec.Encode.(type) {
	case prep.Hash:
		e = v
	case *prep.Hash:
		e = *v
	default:
		return h, false
	}
	var s struct{ Column string }
	ok = json.Unmarshal(c.RawEncoded, &s) == nil
	return Hash{s.Column, c.Encoded.Width(), !e.NoSign}, ok
}

// Calendar is the parts of a column of times.
type Calendar struct {
	Parts          []string
	Format         data.TimeFormat
	Holidays       []string // 12-25 of each year, 2024-02-10 of one
	Shift, Divisor float64  // of the part elapsed, in days
}

// CalendarOf returns the parts of a column of times; ok is false where it is none, or where the part elapsed counts in
// another zone than the clock of the other parts.
func CalendarOf(c *prep.Fitted) (k Calendar, ok bool) {
	if _, is := c.Spec.Encode.(*prep.Calendar); !is || json.Unmarshal(c.RawEncoded, &k) != nil || k.Divisor == 0 {
		return k, false
	}
	zoned := k.Format.Zone != ""
	for _, z := range []string{"MST", "Z07", "-07"} {
		zoned = zoned || strings.Contains(k.Format.Layout, z)
	}
	return k, !zoned || !slices.Contains(k.Parts, "elapsed")
}

// Unit is the number of units in a second where the column counts them from 1970 on by the clock of its parts, else 0.
func (k Calendar) Unit() float64 {
	if k.Format.Zone != "" {
		return 0
	}
	units := map[string]float64{"seconds": 1, "milliseconds": 1e3, "microseconds": 1e6, "nanoseconds": 1e9}
	return units[k.Format.Layout]
}

// Cyclic reports whether a part is a place in a cycle, which becomes its sine and its cosine.
func Cyclic(part string) bool {
	return slices.Contains([]string{"month", "weekday", "yearday", "hour"}, part)
}
