package stat

import (
	"fmt"
	"math"
	"slices"
)

// FewestSerial is the least number of samples for which [Serial] gives an interval.
const FewestSerial = 40

// Serial returns the interval of a statistic of samples that follow each other in time and depend on their neighbours.
// The pseudo-values p_t = nθ − (n − 1)θ₍₋t₎ of the jackknife, θ₍₋t₎ being the statistic without sample t, have the mean
// that the interval is around; for a mean they are the values themselves. The variance of that mean is the average of
// the first m ordinates of the pseudo-values' periodogram over n, and the interval
//
//	value ± t_{2m} · √(V/n),   V = 1/m Σ_{j=1}^{m} |Σ_t p_t e^{−2πijt/n}|²/n
//
// with m = 6, or 4 below 100 samples. It holds for dependence that is short beside n: of samples with an
// autocorrelation of 0.6^k it covers 94 % at n = 120, where a bootstrap of blocks covers 89 % (go run
// ./bench/statistics).
//
// An error: fewer than [FewestSerial] samples, a pseudo-value that is not finite, or all of them the same, as where
// there is no mistake.
//
// Source: Lazarus, Lewis, Stock and Watson, "HAR inference: recommendations for practice", Journal of Business &
// Economic Statistics 36 (2018).
func Serial(value float64, pseudo []float64, level float64) (Interval, error) {
	n := len(pseudo)
	if n < FewestSerial {
		return Interval{}, fmt.Errorf("%d samples in the order of time; an interval needs %d or more", n, FewestSerial)
	}
	if err := finite("interval", pseudo); err != nil {
		return Interval{}, err
	}
	if slices.Min(pseudo) == slices.Max(pseudo) {
		return Interval{}, fmt.Errorf("all samples give %g, which says nothing of its error", value)
	}
	m := serialOrdinates(n)
	e, at := make([]float64, n), mean(pseudo)
	for i, p := range pseudo {
		e[i] = p - at
	}
	half := StudentQuantile((1+level)/2, 2*float64(m)) * math.Sqrt(periodogram(e, m)/float64(n))
	return Interval{value - half, value + half}, nil
}

// serialOrdinates is the number of ordinates of the periodogram from which the variance of the mean of n values is
// taken.
func serialOrdinates(n int) int {
	if n < 100 {
		return 4
	}
	return 6
}

// periodogram returns the mean of the first m ordinates |Σ_t x_t e^{−2πijt/n}|²/n, j = 1, 2, … m.
func periodogram(x []float64, m int) float64 {
	n, v := float64(len(x)), 0.0
	for j := 1; j <= m; j++ {
		cos, sin := 0.0, 0.0
		for t, y := range x {
			s, c := math.Sincos(2 * math.Pi * float64(j) * float64(t) / n)
			cos += y * c
			sin += y * s
		}
		v += (cos*cos + sin*sin) / n
	}
	return v / float64(m)
}
