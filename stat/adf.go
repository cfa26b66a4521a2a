package stat

import (
	"fmt"
	"math"
)

// Trend is the deterministic part that a test allows in a stationary series.
type Trend uint8

const (
	// Level: a constant mean.
	Level Trend = iota
	// Line: a linear trend in time.
	Line
	// Zero: no mean and no trend; for ADF alone, and for series known to vary about zero.
	Zero
)

// String returns the name: level, trend or zero.
func (t Trend) String() string { return [...]string{"level", "trend", "zero"}[min(t, Zero)] }

// Auto, given as a number of lags, lets the test choose the number.
const Auto = -1

// Result is the outcome of a test.
type Result struct {
	Statistic float64
	P         float64
	// Bound is "<" or ">" where the published table ends, and P is its last entry; else "=".
	Bound string
	Lags  int
	N     int // observations used
	// Freedom is the number of degrees of freedom of Student's t, or of χ² in ForecastErrors; else 0.
	Freedom float64
	// Critical holds the statistic's values at 1, 5 and 10 per cent; for Ljung-Box zero.
	Critical [3]float64
}

// Probability returns P as text: "p = 0.032", "p < 0.01".
func (r Result) Probability() string {
	if r.Bound == "=" && r.P < 0.001 {
		return "p < 0.001"
	}
	return fmt.Sprintf("p %s %.3g", r.Bound, r.P)
}

// ADF returns the augmented Dickey-Fuller test of x for a unit root: the t-value of γ in
//
//	Δx_t = γ·x_{t−1} + Σ_{i=1}^{lags} δ_i·Δx_{t−i} + [c + [b·t]] + e_t .
//
// A small P speaks against a unit root. Lags Auto takes the number from 0 to
// ⌈12·(n/100)^¼⌉ (Schwert's rule) with the least AIC, all compared on the same
// observations, and fits it again on all that it leaves.
//
// P is MacKinnon's approximation: "Approximate asymptotic distribution functions
// for unit-root and cointegration tests", J. Business & Economic Statistics 12
// (1994); the critical values are those of "Critical values for cointegration
// tests", Queen's Economics Department working paper 1227 (2010), for N = 1.
func ADF(x []float64, t Trend, lags int) (Result, error) {
	if t > Zero {
		return Result{}, failed("adf", "trend %d; give Level, Line or Zero", t)
	}
	if err := finite("adf", x); err != nil {
		return Result{}, err
	}
	extra := [...]int{Level: 1, Line: 2, Zero: 0}[t]
	n := len(x)
	most := min(int(math.Ceil(12*math.Pow(float64(n)/100, 0.25))), n/2-extra-1)
	if n < 6 || most < 0 {
		return Result{}, failed("adf", "%d observations are too few; give 6 or more, better 50", n)
	}
	if lags > n/2-extra-1 || lags < Auto {
		return Result{}, failed("adf", "%d lags of %d observations; give 0 to %d, or Auto", lags, n, n/2-extra-1)
	}
	if lags == Auto {
		q, head := adfMatrix(x, t, most)
		if q.dependent() >= 0 && q.dependent() < head {
			return Result{}, errConstant("adf", x)
		}
		rows := float64(len(q.ys[0]))
		best := math.Inf(1)
		// with as many coefficients as rows every model fits exactly
		for l := 0; l <= most && float64(head+l) < rows; l++ {
			if dep := q.dependent(); dep >= 0 && dep < head+l {
				break
			}
			aic := rows*math.Log(q.ssr(head+l)/rows) + 2*float64(head+l)
			if aic < best {
				best, lags = aic, l
			}
		}
		lags = max(lags, 0)
	}
	q, head := adfMatrix(x, t, lags)
	if q.dependent() >= 0 {
		return Result{}, errConstant("adf", x)
	}
	fit := q.solve(head+lags, 0)
	level := head - 1
	if !(fit.Err[level] > 0) || fit.SSR <= 1e-20*dot(x, x) {
		return Result{}, failed("adf", "the series follows its own past without any error, which leaves nothing to "+
			"test")
	}
	r := Result{Statistic: fit.Coef[level] / fit.Err[level], Lags: lags, N: fit.N, Bound: "="}
	r.P = mackinnonP(r.Statistic, t)
	r.Critical = mackinnonCritical(t, fit.N)
	return r, nil
}

// adfMatrix returns the regression with the given lags, brought to triangular form:
// constant, time, x_{t−1}, then Δx_{t−1}, …; head counts the columns before the lags.
func adfMatrix(x []float64, t Trend, lags int) (q *qr, head int) {
	head = [...]int{Level: 2, Line: 3, Zero: 1}[t]
	k := head + lags
	n := len(x) - 1 - lags
	m := make([]float64, n*k)
	y := make([]float64, n)
	for i := range n {
		at := i + lags + 1 // this row explains x[at] − x[at−1]
		row := m[i*k : (i+1)*k]
		if t != Zero {
			row[0] = 1
		}
		if t == Line {
			row[1] = 2*float64(i+1)/float64(n+1) - 1
		}
		row[head-1] = x[at-1]
		for l := 1; l <= lags; l++ {
			row[head-1+l] = x[at-l] - x[at-l-1]
		}
		y[i] = x[at] - x[at-1]
	}
	return newQR(m, k, dependence, y), head
}

func errConstant(test string, x []float64) error {
	for _, v := range x {
		if v != x[0] {
			return failed(test, "the series is an exact line or repeats itself exactly: there is nothing random to "+
				"test")
		}
	}
	return failed(test, "all %d values are %v: there is nothing random to test", len(x), x[0])
}

func finite(test string, x []float64) error {
	for i, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return failed(test, "observation %d is %v; fill or remove it", i+1, v)
		}
	}
	return nil
}
