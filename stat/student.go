package stat

import "math"

// NormalQuantile returns the value below which a standard normal variable lies with probability p: Φ⁻¹(p).
func NormalQuantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// NormalCDF returns the probability that a standard normal variable lies below x: Φ(x).
func NormalCDF(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// StudentTail returns the probability that |t| of Student's distribution with df degrees of freedom exceeds |x|, both
// sides: I_{df/(df + x²)}(df/2, 1/2), I being the regularised incomplete beta function.
func StudentTail(x, df float64) float64 {
	if math.IsInf(x, 0) {
		return 0
	}
	return incompleteBeta(df/2, 0.5, df/(df+x*x), x*x/(df+x*x))
}

// StudentQuantile returns the value below which Student's t with df degrees of freedom lies with probability p. The
// quantile is found by bisection of [StudentTail], to the last bit but a few. NaN outside 0 < p < 1, df > 0.
func StudentQuantile(p, df float64) float64 {
	if !(p > 0 && p < 1 && df > 0) {
		return math.NaN()
	}
	if p < 0.5 {
		return -StudentQuantile(1-p, df)
	}
	tail := 2 * (1 - p)
	low, high := 0.0, 1.0
	for StudentTail(high, df) > tail && high < 1e300 {
		low, high = high, 2*high
	}
	for range 200 {
		mid := low + (high-low)/2
		if mid == low || mid == high {
			break
		}
		if StudentTail(mid, df) > tail {
			low = mid
		} else {
			high = mid
		}
	}
	return low + (high-low)/2
}

// BinomialTail returns the probability of k or more successes in n trials of probability p: I_p(k, n − k + 1).
func BinomialTail(k, n int, p float64) float64 {
	switch {
	case k <= 0:
		return 1
	case k > n:
		return 0
	}
	return incompleteBeta(float64(k), float64(n-k)+1, p, 1-p)
}

// incompleteBeta returns the regularised incomplete beta function I_x(a, b), by Lentz's evaluation of its continued
// fraction (Abramowitz and Stegun 26.5.8), on the side where the fraction converges quickly. y is 1 − x, given apart
// so that an x next to 1 loses no digits. NaN outside a, b > 0, 0 ≤ x ≤ 1.
func incompleteBeta(a, b, x, y float64) float64 {
	switch {
	case !(a > 0 && b > 0 && x >= 0 && y >= 0):
		return math.NaN()
	case x == 0:
		return 0
	case y == 0:
		return 1
	case x > (a+1)/(a+b+2):
		return 1 - incompleteBeta(b, a, y, x)
	}
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	front := math.Exp(lab-la-lb+a*math.Log(x)+b*math.Log(y)) / a
	const tiny = 1e-300
	kept := func(v float64) float64 {
		if math.Abs(v) < tiny {
			return tiny
		}
		return v
	}
	c, d := 1.0, 1/kept(1-(a+b)*x/(a+1))
	h := d
	// The fraction converges in a multiple of √max(a, b) steps; the bound ends the loop for NaN.
	steps := 200 + int(20*math.Sqrt(min(max(a, b), 1e12)))
	for m := 1.0; int(m) < steps; m++ {
		even := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		d = 1 / kept(1+even*d)
		c = kept(1 + even/c)
		h *= d * c
		odd := -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		d = 1 / kept(1+odd*d)
		c = kept(1 + odd/c)
		h *= d * c
		if math.Abs(d*c-1) < 1e-15 {
			break
		}
	}
	return min(1, front*h)
}
