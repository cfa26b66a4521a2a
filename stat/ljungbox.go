package stat

// Autocorrelation returns r_k = Σ_t (x_t − m)(x_{t−k} − m) / Σ_t (x_t − m)² for k from 0 to lags, m being the mean: the
// usual estimate, divided by n at every lag.
func Autocorrelation(x []float64, lags int) ([]float64, error) {
	if err := finite("autocorrelation", x); err != nil {
		return nil, err
	}
	if lags < 0 || lags >= len(x) {
		return nil, failed("autocorrelation", "lag %d of %d observations; give 0 to %d", lags, len(x),
			max(0, len(x)-1))
	}
	m := mean(x)
	e := make([]float64, len(x))
	for i, v := range x {
		e[i] = v - m
	}
	ss := dot(e, e)
	if !(ss > 0) {
		return nil, errConstant("autocorrelation", x)
	}
	r := make([]float64, lags+1)
	for k := range r {
		r[k] = dot(e[k:], e[:len(e)-k]) / ss
	}
	return r, nil
}

// LjungBox tests whether x, usually the errors y − ŷ, is free of autocorrelation:
//
//	Q = n(n + 2) Σ_{k=1}^{lags} r_k² / (n − k)   against χ² with lags − fitted degrees of freedom,
//
// fitted being the number of autoregressive coefficients that were fitted to the
// same observations (0 for errors on test data). A small P says that the errors
// are still predictable from each other. Lags Auto is min(10, n/5).
//
// Source: Ljung and Box, "On a measure of lack of fit in time series models",
// Biometrika 65 (1978).
func LjungBox(x []float64, lags, fitted int) (Result, error) {
	n := len(x)
	if lags == Auto {
		lags = max(1, min(10, n/5))
	}
	if lags < 1 || lags >= n {
		return Result{}, failed("ljung-box", "%d lags of %d observations; give 1 to %d", lags, n, max(1, n-1))
	}
	if fitted < 0 || fitted >= lags {
		return Result{}, failed("ljung-box", "%d fitted coefficients and %d lags; give more lags than coefficients",
			fitted, lags)
	}
	r, err := Autocorrelation(x, lags)
	if err != nil {
		return Result{}, err
	}
	q := 0.0
	for k := 1; k <= lags; k++ {
		q += r[k] * r[k] / float64(n-k)
	}
	q *= float64(n) * float64(n+2)
	return Result{Statistic: q, P: ChiSquareTail(q, float64(lags-fitted)), Lags: lags, N: n, Bound: "="}, nil
}
