package product

import (
	"math"

	"gorae/format/internal/categories"
	"gorae/format/onnx/internal/emit"
	"gorae/format/onnx/internal/pb"
)

// curves is the operators of curves of one column or target, on numbers [batch, n] as float32.
type curves struct {
	*emit.File
	label string
}

func (f curves) one(op string, in ...string) string { return f.One(f.label, op, in) }

// with is an operator on a tensor and a number.
func (f curves) with(op, x string, v float64) string { return f.one(op, x, f.Scalar(v)) }

// linear is x·scale + offset.
func (f curves) linear(x string, scale, offset float64) string {
	return f.with("Add", f.with("Mul", x, scale), offset)
}

// apply is the feature of numbers [batch, 1].
func (f curves) apply(c categories.Curve, x string) string {
	y := x
	switch c.Form {
	case categories.Robust: // z / √(1 + (z/3)²)
		z := f.with("Div", f.with("Sub", x, c.Shift), c.Divisor)
		return f.one("Div", z, f.one("Sqrt", f.with("Add", f.with("Div", f.one("Mul", z, z), 9), 1)))
	case categories.SignedLog:
		y = f.one("Mul", f.one("Sign", x), f.one("Log", f.with("Add", f.one("Abs", x), 1)))
	case categories.BoxCox:
		y = f.power(f.with("Sub", f.one("Log", x), c.Middle), c.Lambda)
	case categories.YeoJohnson:
		if c.Mirror {
			x = f.one("Neg", x)
		}
		above := f.power(f.with("Sub", f.one("Log", f.with("Add", f.with("Max", x, 0), 1)), c.Middle), c.Lambda)
		below := f.power(f.one("Log", f.with("Add", f.with("Max", f.one("Neg", x), 0), 1)), 2-c.Lambda)
		below = f.linear(below, -math.Exp(-c.Lambda*c.Middle), power(-c.Middle, c.Lambda))
		if y = f.one("Where", f.with("GreaterOrEqual", x, 0), above, below); c.Mirror {
			y = f.one("Neg", y)
		}
	case categories.Quantile:
		return f.share(c, x)
	}
	return f.with("Div", f.with("Sub", y, c.Shift), c.Divisor)
}

// invert is the numbers [batch, n] whose features are z.
func (f curves) invert(c categories.Curve, z string) string {
	y := f.linear(z, c.Divisor, c.Shift)
	switch c.Form {
	case categories.Robust: // 3·√(s / (1 − s)) with s = (z/3)²
		share := f.with("Min", f.with("Div", f.one("Mul", z, z), 9), 1-1e-7)
		size := f.one("Sqrt", f.one("Div", share, f.one("Sub", f.Scalar(1), share)))
		return f.linear(f.one("Mul", f.one("Sign", z), size), 3*c.Divisor, c.Shift)
	case categories.SignedLog:
		return f.one("Mul", f.one("Sign", y), f.with("Sub", f.one("Exp", f.one("Abs", y)), 1))
	case categories.BoxCox:
		return f.one("Exp", f.with("Add", f.root(y, c.Lambda), c.Middle))
	case categories.YeoJohnson:
		if c.Mirror {
			y = f.one("Neg", y)
		}
		zero := power(-c.Middle, c.Lambda)
		above := f.with("Sub", f.one("Exp", f.with("Add", f.root(f.with("Max", y, zero), c.Lambda), c.Middle)), 1)
		size := f.with("Mul", f.with("Max", f.one("Sub", f.Scalar(zero), y), 0), math.Exp(c.Lambda*c.Middle))
		below := f.one("Sub", f.Scalar(1), f.one("Exp", f.root(size, 2-c.Lambda)))
		if y = f.one("Where", f.with("GreaterOrEqual", y, zero), above, below); c.Mirror {
			y = f.one("Neg", y)
		}
		return y
	case categories.Quantile:
		share := z
		if c.Normal { // (1 + erf(z / √2)) / 2
			share = f.linear(f.one("Erf", f.with("Mul", z, 1/math.Sqrt2)), 0.5, 0.5)
		}
		last := len(c.Quantiles) - 1
		at := f.with("Mul", f.with("Min", f.with("Max", share, 0), 1), float64(last))
		k := f.one("Floor", at)
		low, high := f.quantile(c, k), f.quantile(c, f.with("Min", f.with("Add", k, 1), float64(last)))
		return f.one("Add", low, f.one("Mul", f.one("Sub", at, k), f.one("Sub", high, low)))
	}
	return y
}

// power is (exp(λ·l) − 1) / λ, or l for λ = 0.
func power(l, lambda float64) float64 {
	if categories.Straight(lambda) {
		return l
	}
	return math.Expm1(lambda*l) / lambda
}

// series is the λ below which exp(λ·l) − 1 loses too much in float32, so that l + λ·l²/2 takes its place.
const series = 1e-4

// power is that of a tensor.
func (f curves) power(l string, lambda float64) string {
	switch {
	case categories.Straight(lambda):
		return l
	case math.Abs(lambda) < series:
		return f.one("Add", l, f.with("Mul", f.one("Mul", l, l), lambda/2))
	}
	return f.with("Div", f.with("Sub", f.one("Exp", f.with("Mul", l, lambda)), 1), lambda)
}

// root is the inverse of power.
func (f curves) root(y string, lambda float64) string {
	switch {
	case categories.Straight(lambda):
		return y
	case math.Abs(lambda) < series:
		return f.one("Sub", y, f.with("Mul", f.one("Mul", y, y), lambda/2))
	}
	return f.with("Div", f.one("Log", f.with("Add", f.with("Max", f.with("Mul", y, lambda), -1), 1)), lambda)
}

// quantile is the quantiles of places, which are whole numbers.
func (f curves) quantile(c categories.Curve, k string) string {
	var list []float32
	for _, q := range c.Quantiles {
		list = append(list, float32(q))
	}
	table := f.Floats(f.label+"/quantiles", []int64{int64(len(list))}, list...)
	return f.One(f.label, "Gather", []string{table, f.Cast(f.label, k, pb.I64)}, emit.Int("axis", 0))
}

// share is the share of values below x [batch, 1], linear between the quantiles, or its normal quantile. i quantiles
// lie below x, and j at x or below.
func (f curves) share(c categories.Curve, x string) string {
	var list []float32
	for _, q := range c.Quantiles {
		list = append(list, float32(q))
	}
	n := len(list)
	table := f.Floats(f.label+"/quantiles", []int64{1, int64(n)}, list...)
	count := func(op string) string {
		return f.Reduce(f.label, "ReduceSum", f.Cast(f.label, f.one(op, table, x), pb.F32), []int{1}, true)
	}
	i, j := count("Less"), count("LessOrEqual")
	low := f.quantile(c, f.with("Max", f.with("Sub", i, 1), 0))
	high := f.quantile(c, f.with("Min", i, float64(n-1)))
	gap := f.one("Sub", high, low)
	gap = f.one("Where", f.with("Greater", gap, 0), gap, f.Scalar(1))
	between := f.one("Add", f.with("Sub", i, 1), f.one("Div", f.one("Sub", x, low), gap))
	equal := f.with("Mul", f.with("Sub", f.one("Add", i, j), 1), 0.5)
	share := f.one("Where", f.one("Greater", j, i), equal, between)
	share = f.with("Div", share, float64(max(1, n-1)))
	first, last := f.Scalar(float64(list[0])), f.Scalar(float64(list[n-1]))
	share = f.one("Where", f.one("LessOrEqual", x, first), f.Scalar(0),
		f.one("Where", f.one("GreaterOrEqual", x, last), f.Scalar(1), share))
	if !c.Normal {
		return share
	}
	// Of the lesser tail, so that nothing is lost near 1.
	q := f.with("Sub", share, 0.5)
	tail := f.with("Max", f.one("Min", share, f.one("Sub", f.Scalar(1), share)), categories.Outermost)
	r := f.one("Sub", f.Scalar(0.180625), f.one("Mul", q, q))
	middle := f.one("Mul", q, f.one("Div", f.poly(categories.Middle[0], r), f.poly(categories.Middle[1], r)))
	r = f.with("Sub", f.one("Sqrt", f.one("Neg", f.one("Log", tail))), 1.6)
	outer := f.one("Mul", f.one("Sign", q), f.one("Div", f.poly(categories.Tail[0], r), f.poly(categories.Tail[1], r)))
	return f.one("Where", f.with("LessOrEqual", f.one("Abs", q), 0.425), middle, outer)
}

// poly is a polynomial whose coefficients begin with that of r⁰.
func (f curves) poly(c []float64, r string) string {
	y := f.Scalar(c[len(c)-1])
	for i := len(c) - 2; i >= 0; i-- {
		y = f.with("Add", f.one("Mul", y, r), c[i])
	}
	return y
}
