package stat

import "math"

// DieboldMariano tests whether two forecasts of the same observations, made h steps ahead one after the other, lose
// the same in the long run. a and b are their losses, such as squared errors, observation by observation; d = a − b,
// whose h − 1 first autocorrelations are not 0 even for the best forecasts. With n ≥ 20h observations the test is
// Harvey, Leybourne and Newbold's,
//
//	S = d̄/√(V/n) · √((n + 1 − 2h + h(h − 1)/n)/n),   V = γ₀ + 2 Σ_{k=1}^{h−1} γ_k
//
// against Student's t with n − 1 degrees of freedom, both sides; γ_k are d's autocovariances. With fewer, where it
// rejects too often (8 % instead of 5 % at h = 6, n = 60), and where V is not positive, V is the mean of the first m
// ordinates of d's periodogram, and S = d̄/√(V/n) is held against t with 2m degrees of freedom; m = ⌊n/4h⌋, at most
// 3∛n. Simulated under equal accuracy, no size is over 7 % then (go run ./bench/statistics).
//
// A positive statistic says that a loses more. Lags is h − 1, or 0 for the periodogram; Freedom is that of t. An
// error: fewer than 10 observations or than 4h, or losses that differ by the same everywhere.
//
// Sources: Diebold and Mariano, "Comparing predictive accuracy", Journal of Business & Economic Statistics 13 (1995);
// Harvey, Leybourne and Newbold, "Testing the equality of prediction mean squared errors", International Journal of
// Forecasting 13 (1997); Coroneo and Iacone, "Comparing predictive accuracy in small samples using fixed-smoothing
// asymptotics", Journal of Applied Econometrics 35 (2020).
func DieboldMariano(a, b []float64, h int) (Result, error) {
	const test = "diebold-mariano"
	n := len(a)
	if len(b) != n {
		return Result{}, failed(test, "%d losses beside %d", n, len(b))
	}
	if h < 1 {
		return Result{}, failed(test, "%d steps ahead; give 1 or more", h)
	}
	if least := max(10, 4*h); n < least {
		return Result{}, failed(test, "%d forecasts are too few; give %d or more", n, least)
	}
	d := make([]float64, n)
	for i := range d {
		d[i] = a[i] - b[i]
	}
	if err := finite(test, d); err != nil {
		return Result{}, err
	}
	m, largest := mean(d), 0.0
	for i := range d {
		d[i] -= m
		largest = max(largest, math.Abs(d[i]))
	}
	if !(largest > 0) {
		return Result{}, failed(test, "the losses differ by %v everywhere, which leaves nothing to test", m)
	}
	if n >= 20*h {
		if r, ok := harveyLeybourneNewbold(d, m, h); ok {
			return r, nil
		}
	}
	return fixedSmoothing(d, m, 0, max(1, min(n/(4*h), int(3*math.Cbrt(float64(n)))))), nil
}

// harveyLeybourneNewbold returns the test with a variance of h − 1 autocovariances; false where that is not positive. d
// has no mean, m was subtracted.
func harveyLeybourneNewbold(d []float64, m float64, h int) (Result, bool) {
	n := float64(len(d))
	v := dot(d, d)
	for k := 1; k < h; k++ {
		v += 2 * dot(d[k:], d[:len(d)-k])
	}
	v /= n
	if !(v > 0) {
		return Result{}, false
	}
	ahead := float64(h)
	s := m / math.Sqrt(v/n) * math.Sqrt((n+1-2*ahead+ahead*(ahead-1)/n)/n)
	return Result{Statistic: s, P: StudentTail(s, n-1), Bound: "=", Lags: h - 1, N: len(d), Freedom: n - 1}, true
}

// fixedSmoothing returns the test that values with the given mean have the mean 0, with a variance of the first
// ordinates of the periodogram
//
//	I_j = |Σ_t d_t e^{−2πijt/n}|²/n,   j = 1, 2, …
//
// each divided by the spectrum of an autoregression with the coefficient rho ([Serial]). d is the values without their
// mean.
func fixedSmoothing(d []float64, mean, rho float64, ordinates int) Result {
	s, freedom := mean/math.Sqrt(prewhitened(d, ordinates, rho)/float64(len(d))), 2*float64(ordinates)
	return Result{Statistic: s, P: StudentTail(s, freedom), Bound: "=", N: len(d), Freedom: freedom}
}
