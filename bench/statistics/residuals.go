package main

import (
	"fmt"
	"math"

	"gorae/stat"
)

// noises are the innovations of simulated forecasts' errors.
var noises = []struct {
	name string
	draw func(s *simulation, n int) []float64
}{
	{"normal", func(s *simulation, n int) []float64 { return s.garch(n, 0, 0) }},
	{"ARCH .5", func(s *simulation, n int) []float64 { return s.garch(n, .5, 0) }},
	{"GARCH .1 .85", func(s *simulation, n int) []float64 { return s.garch(n, .1, .85) }},
}

// garch is n numbers of mean 0 and variance 1 whose variance at each step is 1 − a − b + a·z² + b·v of the step before.
func (s *simulation) garch(n int, a, b float64) []float64 {
	const before = 200
	out := make([]float64, before+n)
	v, z := 1.0, 1.0
	for t := range out {
		v = 1 - a - b + a*z*z + b*v
		z = math.Sqrt(v) * s.r.NormFloat64()
		out[t] = z
	}
	return out[before:]
}

// moving is the errors of the best forecasts h steps ahead of a random walk: moving sums of h innovations.
func moving(z []float64, h int) []float64 {
	out := make([]float64, len(z)-h+1)
	for t := range out {
		for _, v := range z[t : t+h] {
			out[t] += v
		}
	}
	return out
}

// residuals: size of stat.ForecastErrors at the level of 5 %, and of Ljung and Box's statistic of the same lags against
// χ² as it is; and the power against errors that are an autoregression.
func (s *simulation) residuals() {
	s.title("Autocorrelation of forecasts' errors at 5 %%, size: moving averages of order h − 1")
	for _, noise := range noises {
		for _, h := range []int{1, 2, 3, 6, 12, 24} {
			for _, n := range []int{40, 60, 120, 300, 1000} {
				for _, lags := range []int{stat.Auto, 14, 24, 48} {
					if n < 10*h || lags != stat.Auto && (lags < h || lags > h-1+n/5) {
						continue
					}
					var last, rejected, plain int
					for range s.times {
						e := moving(noise.draw(s, n+h-1), h)
						d, err := stat.ForecastErrors(e, h, lags)
						if last = d.Lags; err == nil && d.P < 0.05 {
							rejected++
						}
						if unadjusted(e, h, d.Lags) < 0.05 {
							plain++
						}
					}
					s.line(fmt.Sprintf("%s, h = %d, n = %d, lags %d to %d (Ljung-Box %.0f)", noise.name, h, n, h, last,
						100*float64(plain)/float64(s.times)), float64(rejected)/float64(s.times))
				}
			}
		}
	}
	s.title("The same, power: autoregressions of 0.3, h = 1")
	for _, n := range []int{60, 120, 300} {
		for _, lags := range []int{stat.Auto, 24} {
			s.line(fmt.Sprintf("n = %d, lags %d", n, lags), s.share(func() bool {
				d, err := stat.ForecastErrors(s.autoregression(n, .3), 1, lags)
				return err == nil && d.P < 0.05
			}))
		}
	}
}

// unadjusted is the p-value of Ljung and Box's statistic of the lags h to lags against χ².
func unadjusted(e []float64, h, lags int) float64 {
	r, err := stat.Autocorrelation(e, lags)
	if err != nil {
		return 1
	}
	q, n := 0.0, float64(len(e))
	for k := h; k <= lags; k++ {
		q += n * (n + 2) / (n - float64(k)) * r[k] * r[k]
	}
	return stat.ChiSquareTail(q, float64(lags-h+1))
}

// autoregression is n values x_t = ρ·x_{t−1} + z_t.
func (s *simulation) autoregression(n int, rho float64) []float64 {
	out, x := make([]float64, n), s.r.NormFloat64()/math.Sqrt(1-rho*rho)
	for t := range out {
		out[t] = x
		x = rho*x + s.r.NormFloat64()
	}
	return out
}

// bias: size of stat.Bias at the level of 5 %.
func (s *simulation) bias() {
	s.title("Bias of forecasts at 5 %%, size: moving averages of order h − 1, and autoregressions of 0.5")
	rejects := func(e []float64, h int) bool {
		r, err := stat.Bias(e, h)
		return err == nil && r.P < 0.05
	}
	for _, n := range []int{40, 60, 120, 300, 1000} {
		for _, noise := range noises {
			for _, h := range []int{1, 2, 3, 6, 12, 24} {
				if n < 4*h {
					continue
				}
				s.line(fmt.Sprintf("%s, h = %d, n = %d", noise.name, h, n),
					s.share(func() bool { return rejects(moving(noise.draw(s, n+h-1), h), h) }))
			}
		}
		s.line(fmt.Sprintf("autoregression, h = 1, n = %d", n),
			s.share(func() bool { return rejects(s.autoregression(n, .5), 1) }))
	}
}
