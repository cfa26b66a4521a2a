package tune

import "math"

var halfLog2Pi = math.Log(2*math.Pi) / 2

// logPhi is the logarithm of the standard normal distribution function. Below −20 it is the asymptotic series
// −x²/2 − ln(−x) − ln(2π)/2 + ln(1 − 1/x² + 3/x⁴ − 15/x⁶ + …).
func logPhi(x float64) float64 {
	switch {
	case x > 0:
		return math.Log1p(-math.Erfc(x/math.Sqrt2) / 2)
	case x > -20:
		return math.Log(math.Erfc(-x/math.Sqrt2) / 2)
	}
	sum, term := 1.0, 1.0
	for k := 1.0; k < 20 && math.Abs(term) > 1e-17; k++ {
		term *= -(2*k - 1) / (x * x)
		sum += term
	}
	return -x*x/2 - math.Log(-x) - halfLog2Pi + math.Log(sum)
}

// logMass is ln(Φ(b) − Φ(a)), a < b, computed in the tail where the difference keeps its digits.
func logMass(a, b float64) float64 {
	switch {
	case a > 0:
		return logMass(-b, -a)
	case b <= 0:
		high, low := logPhi(b), logPhi(a)
		return high + math.Log1p(-math.Exp(low-high))
	}
	return math.Log1p(-math.Erfc(-a/math.Sqrt2)/2 - math.Erfc(b/math.Sqrt2)/2)
}

// quantile is the x for which logPhi(x) = y ≤ 0: Newton's method on logPhi, which is concave, from a value on the left.
func quantile(y float64) float64 {
	if y > -0.01 { // the upper tail is the lower one of 1 − e^y
		return -quantile(math.Log(-math.Expm1(y)))
	}
	x := -math.Sqrt(max(0, -2*(y+halfLog2Pi)))
	if y > -5 {
		x = math.Sqrt2 * math.Erfinv(2*math.Exp(y)-1)
	}
	for range 50 {
		at := logPhi(x)
		d := (at - y) * math.Exp(at+x*x/2+halfLog2Pi)
		if x -= d; math.Abs(d) <= 1e-12*math.Abs(x) {
			break
		}
	}
	return x
}

// truncated is the q-quantile of a normal distribution that is cut off outside of low to high.
func truncated(q, mu, sigma, low, high float64) float64 {
	a, b := (low-mu)/sigma, (high-mu)/sigma
	x := 0.0
	if a < 0 {
		x = quantile(logAdd(logPhi(a), math.Log(q)+logMass(a, b)))
	} else {
		x = -quantile(logAdd(logPhi(-b), math.Log1p(-q)+logMass(a, b)))
	}
	return min(max(mu+sigma*x, low), high)
}

// logAdd is ln(e^a + e^b).
func logAdd(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if math.IsInf(a, -1) {
		return a
	}
	return a + math.Log1p(math.Exp(b-a))
}
