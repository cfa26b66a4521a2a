package series

import (
	"fmt"
	"math"

	"gorae/data/series"
	"gorae/internal/words"
	"gorae/stat"
	"gorae/task"
)

// level is the level of significance of the tests of errors.
const level = 0.05

// likeSeen is the share of the greatest autocorrelation from which errors that the network sees count as being as
// alike, and weak the autocorrelation below which a longer window is not advised: an error tells less than 1 % of the
// variance of the later one.
const (
	likeSeen = 0.8
	weak     = 0.1
)

// sayResiduals says of each target, of its errors at the first step ahead, whether they are autocorrelated beyond what
// forecasts so far ahead must be, and whether their mean is 0.
func sayResiduals(to *task.Findings, w windows, net *series.Forecasts) {
	for k, name := range w.of.Fitted.Spec.Targets {
		e := net.Errors(k)
		if w.of.Steps > 1 {
			name = fmt.Sprintf("%s, %s ahead", name, words.Plural(w.of.Horizon, "step"))
		}
		sayDependence(to, name, w.of, e)
		sayBias(to, name, w.of, e)
	}
}

// ahead is how many windows the horizon spans, from one window to the next one: errors of windows that lie less apart
// share steps that neither forecast knew.
func ahead(p *series.Problem) int { return 1 + (p.Horizon-1)/p.Stride }

// lags is up to which lag the errors of windows are tested: two seasons, where there is one of two windows or more.
func lags(p *series.Problem) int {
	if s := p.Fitted.Spec.Season; s%p.Stride == 0 && s >= 2*p.Stride && 2*s >= p.Stride*ahead(p) {
		return 2 * s / p.Stride
	}
	return stat.Auto
}

// sayDependence says whether the errors of a target are autocorrelated, at which lag most, and whether the network sees
// the step so long before.
func sayDependence(to *task.Findings, name string, p *series.Problem, e []float64) {
	h := ahead(p)
	d, err := stat.ForecastErrors(e, h, lags(p))
	if err != nil {
		to.Say("%s: the errors were not tested for autocorrelation: %v", name, stat.Reason(err))
		return
	}
	unit := "step"
	if p.Stride > 1 {
		unit = "window"
	}
	seen := p.Horizon - 1 + p.Length
	lag, correlation := d.Lag, d.Correlation
	// Where errors that the network sees are as alike, a longer window shows it nothing new.
	if r, err := stat.Autocorrelation(e, min(d.Lags, seen/p.Stride)); err == nil && lag*p.Stride > seen {
		for k := h; k < len(r); k++ {
			if math.Abs(r[k]) >= likeSeen*math.Abs(correlation) {
				lag, correlation = k, r[k]
				break
			}
		}
	}
	apart := words.Plural(lag, unit)
	switch {
	case d.P >= level:
		to.Say("%s: no autocorrelation of the errors is found from lag %d to %d (Ljung-Box, robust to changing "+
			"variance, %s)", name, d.From, d.Lags, d.Probability())
	case lag*p.Stride > seen && math.Abs(correlation) < weak:
		to.Say("%s: the errors are autocorrelated (Ljung-Box from lag %d to %d, robust to changing variance, %s), but "+
			"weakly, those %s apart most clearly, by %.2f: the error before tells little of a later one", name, d.From,
			d.Lags,
			d.Probability(), apart, correlation)
	case lag*p.Stride <= seen:
		to.Say("%s: the errors are autocorrelated (Ljung-Box from lag %d to %d, robust to changing variance, %s), "+
			"those %s apart by %.2f, though the network sees so far back: an error tells something of a later one",
			name, d.From, d.Lags, d.Probability(), apart, correlation)
	default:
		to.Say("%s: the errors are autocorrelated (Ljung-Box from lag %d to %d, robust to changing variance, %s), "+
			"those %s apart by %.2f: the network does not see so far back; series: {window: %d} shows it that step",
			name, d.From, d.Lags, d.Probability(), apart, correlation, lag*p.Stride-p.Horizon+1)
	}
}

// sayBias says whether the forecasts of a target are too low or too high on average.
func sayBias(to *task.Findings, name string, p *series.Problem, e []float64) {
	r, err := stat.Bias(e, ahead(p))
	if err != nil {
		to.Say("%s: the forecasts were not tested for bias: %v", name, stat.Reason(err))
		return
	}
	mean := 0.0
	for _, v := range e {
		mean += v / float64(len(e))
	}
	off := words.Figure(math.Abs(mean))
	switch {
	case r.P >= level:
		to.Say("%s: no bias is found: the mean error is %s (t test robust to autocorrelation, %s)", name,
			words.Figure(mean), r.Probability())
	case mean > 0:
		to.Say("%s: the forecasts are too low, by %s on average (t test robust to autocorrelation, %s)", name, off,
			r.Probability())
	default:
		to.Say("%s: the forecasts are too high, by %s on average (t test robust to autocorrelation, %s)", name, off,
			r.Probability())
	}
}
