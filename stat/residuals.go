package stat

import (
	"math"

	"gorae/internal/words"
)

// Dependence is the outcome of [ForecastErrors].
type Dependence struct {
	Result
	From        int     // the first lag of the test; Lags is the last
	Lag         int     // the lag whose autocorrelation is greatest beside its standard error
	Correlation float64 // the autocorrelation at Lag
}

// ForecastErrors tests whether the errors e of forecasts h steps ahead, made one step after the other, are free of
// autocorrelation at the lags h, h + 1, … lags. The errors of the best forecasts h steps ahead are a moving average of
// order h − 1, so that nothing is asked of the lags below h. The statistic is Ljung and Box's of these lags,
//
//	Q = n(n + 2) Σ_{k=h}^{lags} r_k² / ((n − k)·B·τ_k),
//
// with the two factors by which the variance of r_k differs from 1/n: Bartlett's B = 1 + 2 Σ_{j<h} r_j² of a moving
// average, and Diebold's τ_k = Σ_t e_t²e_{t−k}²/(n − k) / (Σ_t e_t²/n)², which is not 1 where the variance changes in
// time. Autocorrelations of a moving average depend on each other, ρ_{k,l} = Σ_j r_j r_{j+l−k} / B; Q is therefore held
// against a·χ² with K/a degrees of freedom (Freedom), K = lags − h + 1, where
//
//	a = (1 + 1.5 lags/n) · Σ_{k,l} ρ_{k,l}² / K
//
// gives both the same mean and variance (Satterthwaite); 1 + 1.5 lags/n, chosen by simulation, is for what Q varies
// more than χ² where lags are many beside n. Statistic is Q/a. Where h = 1, B is 1 and a is 1 + 1.5 lags/n; if moreover
// all |e_t| are equal, Q is that of LjungBox. Simulated at the level of 5 %, no size is over 7 % for independent
// errors, moving averages, and ARCH and GARCH noise; Ljung and Box's own statistic of the lags from h on rejects 25 to
// 95 % of moving averages (go run ./bench/statistics).
//
// Lags Auto is h − 1 + min(10, n/5); more than h − 1 + n/5 are reduced to that many. An error: fewer than 20
// observations or than 10h.
//
// Sources: Ljung and Box, "On a measure of lack of fit in time series models", Biometrika 65 (1978); Bartlett, "On the
// theoretical specification and sampling properties of autocorrelated time-series", Supplement to the Journal of the
// Royal Statistical Society 8 (1946); Diebold, "Testing for serial correlation in the presence of ARCH", Proceedings of
// the American Statistical Association, Business and Economic Statistics Section (1986); Lobato, Nankervis and Savin,
// "Testing for autocorrelation using a modified Box-Pierce Q test", International Economic Review 42 (2001).
func ForecastErrors(e []float64, h, lags int) (Dependence, error) {
	const test = "ljung-box"
	n := len(e)
	if h < 1 {
		return Dependence{}, failed(test, "%d steps ahead; give 1 or more", h)
	}
	if least := max(20, 10*h); n < least {
		return Dependence{}, failed(test, "%d errors of forecasts %s ahead; give %d or more", n,
			words.Plural(h, "step"), least)
	}
	most := h - 1 + n/5
	if lags == Auto {
		lags = min(h-1+10, most)
	}
	if lags < h {
		return Dependence{}, failed(test, "lags up to %d, but those below %d say nothing; give %[2]d or more",
			lags, h)
	}
	lags = min(lags, most)
	r, err := Autocorrelation(e, lags)
	if err != nil {
		return Dependence{}, err
	}
	d, m := Dependence{From: h}, mean(e)
	square := make([]float64, n)
	for t, v := range e {
		square[t] = (v - m) * (v - m)
	}
	among := products(r[:h]) // Σ_j r_j r_{j+d}, by d
	q, greatest, variance := 0.0, -1.0, mean(square)
	for k := h; k <= lags; k++ {
		tau := dot(square[k:], square[:n-k]) / float64(n-k) / (variance * variance)
		if !(tau > 0) {
			continue // no two errors k steps apart are both off their mean: r_k is 0
		}
		part := float64(n+2) / float64(n-k) * float64(n) * r[k] * r[k] / (among[0] * tau)
		if q += part; part > greatest {
			greatest, d.Lag, d.Correlation = part, k, r[k]
		}
	}
	count := float64(lags - h + 1)
	spread := count
	for gap := 1; gap < min(len(among), lags-h+1); gap++ {
		rho := among[gap] / among[0]
		spread += 2 * (count - float64(gap)) * rho * rho
	}
	a := (1 + 1.5*float64(lags)/float64(n)) * spread / count
	d.Result = Result{Statistic: q / a, P: ChiSquareTail(q/a, count/a), Bound: "=", Lags: lags, N: n,
		Freedom: count / a}
	return d, nil
}

// products returns Σ_j r_j r_{j+d} for d = 0, 1, … 2(h − 1), of autocorrelations r_0 … r_{h−1} beyond which all are 0.
func products(r []float64) []float64 {
	at := func(j int) float64 {
		if j = max(j, -j); j < len(r) {
			return r[j]
		}
		return 0
	}
	out := make([]float64, 2*len(r)-1)
	for d := range out {
		for j := 1 - len(r); j < len(r); j++ {
			out[d] += at(j) * at(j+d)
		}
	}
	return out
}

// Bias tests whether the errors e of forecasts h steps ahead, made one step after the other, have the mean 0: the
// forecasts are neither too high nor too low on average. The statistic is
//
//	t = ē/√(V/n),   V = 1/m Σ_{j=1}^{m} |Σ_t e_t e^{−2πijt/n}|²/n
//
// against Student's t with 2m degrees of freedom: V holds where errors depend on each other. m is 6, or 4 below 100
// errors, and at most n/4h. Where h is 1 each ordinate is divided by the spectrum of an autoregression, as of [Serial].
// Simulated at the level of 5 %, no size is over 7 % for independent errors, moving averages of order h − 1, ARCH and
// GARCH noise, and autoregressions of 0.5, of which it is 6.4 % at n = 40 and 5 % from n = 60 on (go run
// ./bench/statistics -only bias).
//
// An error: fewer than 10 observations or than 4h, or errors that are all the same.
//
// Source: Lazarus, Lewis, Stock and Watson, "HAR inference: recommendations for practice", Journal of Business &
// Economic Statistics 36 (2018).
func Bias(e []float64, h int) (Result, error) {
	const test = "bias"
	n := len(e)
	if h < 1 {
		return Result{}, failed(test, "%d steps ahead; give 1 or more", h)
	}
	if least := max(10, 4*h); n < least {
		return Result{}, failed(test, "%d errors of forecasts %s ahead; give %d or more", n,
			words.Plural(h, "step"), least)
	}
	if err := finite(test, e); err != nil {
		return Result{}, err
	}
	m, largest := mean(e), 0.0
	off := make([]float64, n)
	for t, v := range e {
		off[t] = v - m
		largest = max(largest, math.Abs(off[t]))
	}
	if !(largest > 0) {
		return Result{}, errConstant(test, e)
	}
	rho := 0.0
	if h == 1 { // else errors depend on each other as it is, for h − 1 steps and no longer
		rho = shortDependence(off)
	}
	return fixedSmoothing(off, m, rho, min(serialOrdinates(n), n/(4*h))), nil
}
