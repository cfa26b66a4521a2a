package stat

import (
	"fmt"
	"math"

	"gorae/internal/words"
)

// significant is the level of significance of the tests.
const significant = 0.05

// StationarityResult holds the ADF and KPSS tests of one series and their conclusion.
type StationarityResult struct {
	ADF, KPSS Result
	// Stationary: ADF rejects the unit root and KPSS does not reject stationarity.
	Stationary bool
	Summary    string // the conclusion in one line
}

// Stationarity runs ADF and KPSS around a level, each with its own choice of lags, and concludes from both. Name is the
// series' name in the summary.
func Stationarity(name string, x []float64) (StationarityResult, error) {
	var v StationarityResult
	var err error
	if v.ADF, err = ADF(x, Level, Auto); err != nil {
		return v, fmt.Errorf("%s: %w", name, err)
	}
	if v.KPSS, err = KPSS(x, Level, Auto); err != nil {
		return v, fmt.Errorf("%s: %w", name, err)
	}
	root, moves := v.ADF.P >= significant, v.KPSS.P < significant
	v.Stationary = !root && !moves
	probabilities := fmt.Sprintf("(ADF %s, KPSS %s)", v.ADF.Probability(), v.KPSS.Probability())
	switch {
	case v.Stationary:
		v.Summary = fmt.Sprintf("%s looks stationary %s: windows may slide over it", name, probabilities)
	case root && moves:
		v.Summary = fmt.Sprintf("%s is not stationary %s: learn its differences or log returns instead of its level",
			name, probabilities)
	case moves:
		v.Summary = fmt.Sprintf("%s has no unit root, but its level moves %s: take out a trend or a season, or "+
			"difference it", name, probabilities)
	default:
		v.Summary = fmt.Sprintf("%s cannot be told from a wandering or from a stationary series %s: more observations "+
			"would tell; differencing is the careful choice", name, probabilities)
	}
	return v, nil
}

// Errors tests whether errors y − ŷ are free of autocorrelation, by Ljung-Box at the given lags (Auto: min(10, n/5)),
// and returns the conclusion in one line with a remedy. seen is the number of past steps that the forecasts used, 0
// where it is not known.
func Errors(e []float64, lags, seen int) (iid bool, summary string, err error) {
	r, err := LjungBox(e, lags, 0)
	if err != nil {
		return false, "", err
	}
	if r.P >= significant {
		return true, fmt.Sprintf("nothing speaks against i.i.d. errors (Ljung-Box %s at lag %d)", r.Probability(),
			r.Lags), nil
	}
	acf, err := Autocorrelation(e, r.Lags)
	if err != nil {
		return false, "", err
	}
	worst := 1
	for k := 2; k <= r.Lags; k++ {
		if math.Abs(acf[k]) > math.Abs(acf[worst]) {
			worst = k
		}
	}
	remedy := "difference the series, or lengthen the window"
	switch {
	case worst <= seen:
		remedy = fmt.Sprintf("the window of %s shows that step, so what is left is for another transform, more units "+
			"or more epochs", words.Plural(seen, "step"))
	case worst > 1:
		remedy = fmt.Sprintf("show a window longer than %d steps, or the season as a feature", worst)
	}
	return false, fmt.Sprintf("the errors are not i.i.d. (Ljung-Box %s at lag %d): an error and the one %s before it "+
		"correlate by %.2f; %s",
		r.Probability(), r.Lags, words.Plural(worst, "step"), acf[worst], remedy), nil
}
