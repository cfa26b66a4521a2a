package stat

import (
	"fmt"
	"math"
)

// DieboldMariano tests whether two forecasts of the same observations lose the same in the long run. a
// and b are their losses, such as squared errors, observation by observation; d = a − b:
//
//	S = d̄ / √(V/n),   V = γ_0 + 2 Σ_{k=1}^{lags} (1 − k/(lags + 1)) γ_k
//
// against the normal distribution, both sides; γ_k are d's autocovariances. A positive S says that a loses more.
// overlap is how many of the following forecasts share something of the unknown with each: h − 1 for forecasts h steps
// ahead, one after the other; lags is that, or ⌊4(n/100)^{2/9}⌋ where it is more.
//
// Sources: Diebold and Mariano, "Comparing predictive accuracy", Journal of Business & Economic
// Statistics 13 (1995); the weights of V, which keep it positive, are Newey and West's, Econometrica 55 (1987).
func DieboldMariano(a, b []float64, overlap int) (Result, error) {
	n := len(a)
	if len(b) != n {
		return Result{}, fmt.Errorf("diebold-mariano: %d losses beside %d", n, len(b))
	}
	if n < 10 {
		return Result{}, fmt.Errorf("diebold-mariano: %d forecasts are too few; give 10 or more", n)
	}
	d := make([]float64, n)
	for i := range d {
		d[i] = a[i] - b[i]
	}
	if err := finite("diebold-mariano", d); err != nil {
		return Result{}, err
	}
	if overlap < 0 {
		return Result{}, fmt.Errorf("diebold-mariano: an overlap of %d; give 0 or more", overlap)
	}
	lags := min(max(overlap, int(4*math.Pow(float64(n)/100, 2.0/9))), n-1)
	m := mean(d)
	for i := range d {
		d[i] -= m
	}
	v := dot(d, d)
	for k := 1; k <= lags; k++ {
		v += 2 * (1 - float64(k)/float64(lags+1)) * dot(d[k:], d[:n-k])
	}
	v /= float64(n)
	if !(v > 0) {
		return Result{}, fmt.Errorf("diebold-mariano: the losses differ by %g everywhere, which leaves nothing to "+
			"test", m)
	}
	s := m / math.Sqrt(v/float64(n))
	return Result{Statistic: s, P: math.Erfc(math.Abs(s) / math.Sqrt2), Bound: "=", Lags: lags, N: n}, nil
}
