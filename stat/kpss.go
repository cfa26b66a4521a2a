package stat

import "math"

// kpssTable is the statistic's upper tail, from Kwiatkowski, Phillips, Schmidt and
// Shin, "Testing the null hypothesis of stationarity against the alternative of
// a unit root", J. Econometrics 54 (1992), table 1, at kpssTail.
var (
	kpssTail  = [4]float64{0.10, 0.05, 0.025, 0.01}
	kpssTable = [...][4]float64{Level: {0.347, 0.463, 0.574, 0.739}, Line: {0.119, 0.146, 0.176, 0.216}}
)

// KPSS tests whether x is stationary around a level or a line. With residuals e
// of the mean (or of the line) and S_t = Σ_{i≤t} e_i the statistic is
//
//	Σ S_t² / (n²·s²),   s² = (Σe² + 2·Σ_{i=1}^{lags} (1 − i/(lags+1))·Σ_t e_t·e_{t−i}) / n ,
//
// s² being Newey and West's long-run variance. A small P speaks against
// stationarity. Lags Auto is the data-dependent choice of Hobijn, Franses and
// Ooms, "Generalizations of the KPSS-test for stationarity", Statistica
// Neerlandica 58 (2004). P is interpolated in the published table, whose ends
// are 0.01 and 0.10: Bound says when the statistic lies beyond.
func KPSS(x []float64, t Trend, lags int) (Result, error) {
	if t > Line {
		return Result{}, failed("kpss", "trend %v; give Level or Line", t)
	}
	if err := finite("kpss", x); err != nil {
		return Result{}, err
	}
	n := len(x)
	if n < 6 {
		return Result{}, failed("kpss", "%d observations are too few; give 6 or more, better 50", n)
	}
	if lags >= n || lags < Auto {
		return Result{}, failed("kpss", "%d lags of %d observations; give 0 to %d, or Auto", lags, n, n-1)
	}
	e := detrend(x, t)
	if ss := dot(e, e); !(ss > 1e-22*dot(x, x)) {
		return Result{}, errConstant("kpss", x)
	}
	if lags == Auto {
		lags = hobijn(e)
	}
	s2 := dot(e, e)
	for i := 1; i <= lags; i++ {
		s2 += 2 * (1 - float64(i)/float64(lags+1)) * dot(e[i:], e[:n-i])
	}
	s2 /= float64(n)
	eta, sum := 0.0, 0.0
	for _, v := range e {
		sum += v
		eta += sum * sum
	}
	r := Result{Statistic: eta / (float64(n) * float64(n) * s2), Lags: lags, N: n, Bound: "="}
	table := kpssTable[t]
	r.Critical = [3]float64{table[3], table[1], table[0]}
	switch {
	case r.Statistic <= table[0]:
		r.P = kpssTail[0]
		r.Bound = ">"
	case r.Statistic >= table[3]:
		r.P = kpssTail[3]
		r.Bound = "<"
	default:
		i := 1
		for r.Statistic > table[i] {
			i++
		}
		r.P = kpssTail[i-1] + (kpssTail[i]-kpssTail[i-1])*(r.Statistic-table[i-1])/(table[i]-table[i-1])
	}
	return r, nil
}

// detrend returns x without its mean, or without its least-squares line.
func detrend(x []float64, t Trend) []float64 {
	n := float64(len(x))
	m := mean(x)
	e := make([]float64, len(x))
	slope, mid := 0.0, (n-1)/2
	if t == Line {
		for i, v := range x {
			slope += (float64(i) - mid) * (v - m)
		}
		slope /= n * (n*n - 1) / 12 // Σ(i − mid)²
	}
	for i, v := range x {
		e[i] = v - m - slope*(float64(i)-mid)
	}
	return e
}

// hobijn returns the number of lags by Hobijn, Franses and Ooms, from residuals.
func hobijn(e []float64) int {
	n := float64(len(e))
	s0, s1 := dot(e, e)/n, 0.0
	for i := 1; i <= int(math.Pow(n, 2.0/9)); i++ {
		c := 2 * dot(e[i:], e[:len(e)-i]) / n
		s0 += c
		s1 += float64(i) * c
	}
	ratio := s1 / s0
	l := 1.1447 * math.Cbrt(ratio*ratio) * math.Cbrt(n)
	if !(l < n-1) {
		return len(e) - 1
	}
	return int(l)
}

func mean(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += v
	}
	m := s / float64(len(x))
	rest := 0.0
	for _, v := range x { // takes back what the first sum rounded away
		rest += v - m
	}
	return m + rest/float64(len(x))
}
