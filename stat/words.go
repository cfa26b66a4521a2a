package stat

import (
	"fmt"
	"math"
)

// Level of significance below which words are said.
const significant = 0.05

// Verdict is ADF and KPSS of one series, and what they say together.
type Verdict struct {
	ADF, KPSS Result
	// Stationary: ADF refuses the unit root and KPSS does not refuse stationarity.
	Stationary bool
	Words      string // one line
}

// Stationarity runs ADF and KPSS around a level, each with its own choice of lags,
// and says what they say together: both, neither, or one of the two. Name is
// what the words call the series.
func Stationarity(name string, x []float64) (Verdict, error) {
	var v Verdict
	var err error
	if v.ADF, err = ADF(x, Level, Auto); err != nil {
		return v, fmt.Errorf("%s: %w", name, err)
	}
	if v.KPSS, err = KPSS(x, Level, Auto); err != nil {
		return v, fmt.Errorf("%s: %w", name, err)
	}
	root, moves := v.ADF.P >= significant, v.KPSS.P < significant
	v.Stationary = !root && !moves
	figures := fmt.Sprintf("(ADF %s, KPSS %s)", v.ADF.Probability(), v.KPSS.Probability())
	switch {
	case v.Stationary:
		v.Words = fmt.Sprintf("%s looks stationary %s: windows may slide over it", name, figures)
	case root && moves:
		v.Words = fmt.Sprintf("%s is not stationary %s: learn its differences or log returns instead of its level",
			name, figures)
	case moves:
		v.Words = fmt.Sprintf("%s has no unit root, but its level moves %s: take out a trend or a season, or "+
			"difference it", name, figures)
	default:
		v.Words = fmt.Sprintf("%s cannot be told from a wandering or from a stationary series %s: more observations "+
			"would tell; differencing is the careful choice", name, figures)
	}
	return v, nil
}

// Errors says in one line whether errors y − ŷ are free of autocorrelation, by
// Ljung-Box at the given lags (Auto: min(10, n/5)), and what to do when not. seen is how many past
// steps the forecasts were made from, 0 where that is not known.
func Errors(e []float64, lags, seen int) (iid bool, words string, err error) {
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
			"or more epochs", steps(seen))
	case worst > 1:
		remedy = fmt.Sprintf("show a window longer than %d steps, or the season as a feature", worst)
	}
	return false, fmt.Sprintf("the errors are not i.i.d. (Ljung-Box %s at lag %d): an error and the one %s before it "+
		"correlate by %.2f; %s",
		r.Probability(), r.Lags, steps(worst), acf[worst], remedy), nil
}

func steps(n int) string {
	if n == 1 {
		return "1 step"
	}
	return fmt.Sprintf("%d steps", n)
}
