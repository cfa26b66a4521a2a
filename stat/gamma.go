package stat

import "math"

// ChiSquareTail returns the probability that χ² with df degrees of freedom exceeds x:
// Q(df/2, x/2), Q being the regularised upper incomplete gamma function.
func ChiSquareTail(x, df float64) float64 { return upperGamma(df/2, x/2) }

// upperGamma returns Q(a, x) = Γ(a, x)/Γ(a), by its power series below x = a + 1 and by Lentz's evaluation of its
// continued fraction above (Abramowitz and Stegun 6.5.29 and 6.5.31). NaN outside a > 0, x ≥ 0.
func upperGamma(a, x float64) float64 {
	switch {
	case !(a > 0) || math.IsNaN(x) || x < 0:
		return math.NaN()
	case x == 0:
		return 1
	case math.IsInf(x, 1):
		return 0
	}
	lg, _ := math.Lgamma(a)
	front := math.Exp(a*math.Log(x) - x - lg)
	const eps = 1e-16
	// Both converge in a multiple of √a steps; the bound ends the loop for NaN.
	steps := 200 + int(20*math.Sqrt(min(a, 1e12)))
	if x < a+1 {
		term := 1 / a
		sum := term
		for i := 1; i < steps; i++ {
			term *= x / (a + float64(i))
			sum += term
			if term < sum*eps {
				break
			}
		}
		return max(0, 1-front*sum)
	}
	const tiny = 1e-300
	b := x + 1 - a
	c := 1 / tiny
	d := 1 / b
	h := d
	for i := 1; i < steps; i++ {
		an := -float64(i) * (float64(i) - a)
		b += 2
		if d = an*d + b; math.Abs(d) < tiny {
			d = tiny
		}
		if c = b + an/c; math.Abs(c) < tiny {
			c = tiny
		}
		d = 1 / d
		h *= d * c
		if math.Abs(d*c-1) < eps*4 {
			break
		}
	}
	return front * h
}
