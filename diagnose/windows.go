package diagnose

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"gorae/chart"
	"gorae/config"
	"gorae/data"
	"gorae/stat"
	"gorae/task"
)

// windowDetectors see faults of windows of a series.
func windowDetectors() []Detector {
	return []Detector{
		{Doc{Code: "data/non-stationary", Kinds: []int{24}, Before: true,
			Why: "the level of the test part is one that the network has not seen, and a network does not go on " +
				"with a " +
				"trend that it has only seen the beginning of",
			Remedy:   "learn differences: transform: difference",
			Explains: []string{"result/", "dynamics/stopped-early"}}, nonStationary},
		{Doc{Code: "data/short-window", Kinds: []int{25},
			Why: "what repeats itself after more steps than the network sees cannot be learnt: the errors repeat " +
				"themselves in its place",
			Remedy:   "make the window as long as the season",
			Explains: []string{"result/"}}, shortWindow},
		{Doc{Code: "network/copies-last-value", Kinds: []int{58},
			Why: "a forecast that repeats the last value follows every curve one step late, and says " +
				"nothing of the next",
			Remedy:   "learn differences, and compare the error with that of the last value",
			Explains: []string{"result/no-better-than-baseline"}}, copiesLast},
	}
}

// seriesKey is a key of the section series as it was resolved, for a column where one is given; "" where it is not
// there.
func (c *Case) seriesKey(key, column string) string {
	path := "data.series." + key
	if column != "" {
		path = config.Join(path, config.Step(column))
	}
	return c.setting(path)
}

// raw reports whether the targets of windows are values of the series, on another scale: neither differences nor taken
// relative to their window.
func (c *Case) raw(column string) bool {
	t, w := c.seriesKey("transform", column), c.seriesKey("window_scale", "")
	return (t == "" || t == "none" || t == "log") && (w == "" || w == "none")
}

// onward reports whether each window's target is the step behind it, and windows follow each other step by step.
func (c *Case) onward() bool {
	for _, key := range []string{"horizon", "steps", "stride"} {
		if v := c.seriesKey(key, ""); v != "" && v != "1" {
			return false
		}
	}
	return c.windows() && c.number() && len(c.Spec.Data.Target) == 1
}

// fewestSteps is the least number of steps, or windows, that are judged.
const fewestSteps = 60

func nonStationary(c *Case) ([]Finding, error) {
	if !c.onward() || !c.raw(c.Spec.Data.Target[0]) || c.trained() && !c.look().Weak {
		return nil, nil
	}
	t, err := c.tableOnce()
	if err != nil || t == nil {
		return nil, err
	}
	name := c.Spec.Data.Target[0]
	col, err := t.Column(name)
	if err != nil || col.Kind != data.Number {
		return nil, nil
	}
	var x []float64
	for _, v := range col.Numbers {
		if v-v == 0 {
			x = append(x, v)
		}
	}
	known := len(x) * c.Rows(task.Train) / max(1, c.Rows(task.Train)+c.Rows(task.Validation)+c.Rows(task.Test))
	if known < fewestSteps || len(x)-known < 2 {
		return nil, nil
	}
	tests, err := stat.Stationarity(x[:known])
	if err != nil {
		return nil, nil // a constant, or too few steps to say
	}
	low, high := x[0], x[0]
	for _, v := range x[:known] {
		low, high = min(low, v), max(high, v)
	}
	outside := 0
	for _, v := range x[known:] {
		outside += one(v < low || v > high)
	}
	share := float64(outside) / float64(len(x)-known)
	n := tests.Nature()
	if n != stat.DifferenceStationary && n != stat.TrendStationary && !tests.Wanders() || share < outsideShare {
		return nil, nil
	}
	grade := Tip
	if c.trained() && c.look().Harmed() {
		grade = Fault
	}
	f := found(grade, name, "the level of %s moves (%s), and %.3g %% of the later steps lie outside of the range "+
		"of the "+
		"training steps", name, n, 100*share).with("share of later steps outside", share, outsideShare).
		with("p of a unit root (ADF)", tests.Level.ADF.P, 0).
		with("p of stationarity (KPSS)", tests.Level.KPSS.P, 0).
		set(differences(name))
	return []Finding{f.drawn(func() Drawing {
		return points(chart.Sprintf("%s by step", name), chart.Sprintf("step"), name, nil, x)
	})}, nil
}

// differences is the assignment that has a column learnt as differences.
func differences(column string) string {
	return config.Join("data.series.transform", config.Step(column)) + "=difference"
}

// outsideShare is the share of later steps outside of the training steps' range from which on a level counts as moving.
const outsideShare = 0.1

// errorsOf returns the forecasts' errors on the unseen part in the order of time, nil where they are too few.
func (c *Case) errorsOf() (p *part, e []float64, err error) {
	if !c.onward() || c.Report == nil {
		return nil, nil, nil
	}
	if p, err = c.part(c.unseen()); err != nil || p == nil || p.y == nil || p.n < fewestSteps {
		return nil, nil, err
	}
	for i := range p.n {
		if len(p.out[i]) != 1 {
			return nil, nil, nil
		}
		e = append(e, p.y[i]-float64(p.out[i][0]))
	}
	return p, e, nil
}

// allErrors returns the forecasts' errors on all parts in the order of time: what a window does not see repeats itself
// in those of the samples that were learnt from too. It returns those of the unseen part where parts overlap, or where
// their order is not known.
func (c *Case) allErrors() ([]float64, error) {
	unseen, e, err := c.errorsOf()
	if e == nil || c.Folded() {
		return e, err
	}
	type at struct {
		number int
		e      float64
	}
	var all []at
	for _, of := range []task.Part{task.Train, task.Validation, task.Test} {
		p, err := c.part(of)
		switch {
		case err != nil:
			return nil, err
		case p == nil:
			continue
		case p.y == nil || len(p.numbers) != p.n || p.n == 0 || len(p.out[0]) != len(unseen.out[0]):
			return e, nil
		}
		for i, number := range p.numbers {
			all = append(all, at{number, p.y[i] - float64(p.out[i][0])})
		}
	}
	slices.SortStableFunc(all, func(a, b at) int { return cmp.Compare(a.number, b.number) })
	for i := range all {
		if i > 0 && all[i].number == all[i-1].number {
			return e, nil
		}
	}
	e = e[:0:0]
	for _, a := range all {
		e = append(e, a.e)
	}
	return e, nil
}

// Bounds of a season that the errors show.
const (
	seasonShare = 0.2   // autocorrelation
	seasonP     = 0.001 // over all lags together (Bonferroni)
	seasonSkill = 0.1   // beside the last value: with less the network lacks more than a longer window
	mostSeason  = 400   // steps
	seasonAlike = 0.8   // of its autocorrelation: that of a shorter season of which it is a multiple
)

func shortWindow(c *Case) ([]Finding, error) {
	p, unseen, err := c.errorsOf()
	if unseen == nil || unlearnt(p) || c.look().Unseen < seasonSkill {
		return nil, err
	}
	e, err := c.allErrors()
	if err != nil {
		return nil, err
	}
	window, err := strconv.Atoi(c.seriesKey("window", ""))
	most := min(len(e)/3, mostSeason)
	if err != nil || window+2 >= most {
		return nil, nil
	}
	r, err := stat.Autocorrelation(e, most+1)
	if err != nil {
		return nil, nil // a constant
	}
	// r[k] is that of lag k: a season is a lag that stands out from those beside it.
	at := 0
	for lag := window + 1; lag <= most && lag+1 < len(r); lag++ {
		if r[lag] >= r[lag-1] && r[lag] >= r[lag+1] && (at == 0 || r[lag] > 1.1*r[at]) {
			at = lag
		}
	}
	if at == 0 || r[at] < seasonShare || covered(r, at, window) {
		return nil, nil
	}
	pv := float64(most-window) * 2 * stat.NormalCDF(-r[at]*math.Sqrt(float64(len(e))))
	if pv >= seasonP {
		return nil, nil
	}
	grade := Tip
	if c.look().Harmed() {
		grade = Fault
	}
	f := found(grade, "", "errors of forecasts repeat themselves after %d steps (autocorrelation %.3f), and the "+
		"network "+
		"sees %d", at, r[at], window).with("autocorrelation of the errors", r[at], seasonShare).
		with("steps of the window", float64(window), float64(at)).with("p times the number of lags", pv, seasonP).
		set(fmt.Sprintf("data.series.window=%d", at))
	return []Finding{f.drawn(func() Drawing {
		return lines(chart.Sprintf("autocorrelation of the errors"), chart.Sprintf("lag in steps"),
			chart.Sprintf("correlation"), nil, line{chart.Sprintf("errors"), r[1:]})
	})}, nil
}

// variesShare is the deviation of forecasts by that of what they forecast below which the network has not learnt yet.
const variesShare = 0.3

// unlearnt reports whether forecasts hardly vary: their errors are the series itself, with all that repeats itself in
// it.
func unlearnt(p *part) bool {
	var out []float64
	for _, o := range p.out {
		out = append(out, float64(o[0]))
	}
	return deviation(out) < variesShare*deviation(p.y)
}

func deviation(x []float64) float64 {
	mu, square := mean(x), 0.0
	for _, v := range x {
		square += (v - mu) * (v - mu) / float64(len(x))
	}
	return math.Sqrt(square)
}

// covered reports whether a lag is a multiple of a season that the window sees, whose autocorrelation is of the same
// size: what repeats itself after it would be no news to a longer window.
func covered(r []float64, lag, window int) bool {
	for times := 2; times <= lag; times++ {
		if k := (lag + times/2) / times; k >= 2 && k <= window && r[k] >= seasonAlike*r[lag] && r[k] >= r[k-1] &&
			r[k] >= r[k+1] {
			return true
		}
	}
	return false
}

// copyShare is the size of the differences from the last value by that of the errors below which forecasts copy it.
const copyShare = 0.5

func copiesLast(c *Case) ([]Finding, error) {
	p, e, err := c.errorsOf()
	if e == nil || !c.look().Weak || !c.raw(c.Spec.Data.Target[0]) {
		return nil, err
	}
	moved, wrong := 0.0, 0.0
	var last, forecast []float64
	for i := 1; i < p.n; i++ {
		d := float64(p.out[i][0]) - p.y[i-1]
		moved, wrong = moved+d*d, wrong+e[i]*e[i]
		last, forecast = append(last, p.y[i-1]), append(forecast, float64(p.out[i][0]))
	}
	ratio := math.Sqrt(moved / wrong)
	if !(ratio < copyShare) {
		return nil, nil
	}
	grade := Tip
	if c.look().hopeless() {
		grade = Fault
	}
	name := c.Spec.Data.Target[0]
	f := found(grade, "", "forecasts differ from the last value by %.3g of what they differ from the true one by: "+
		"they copy it", ratio).with("differences from the last value by the errors", ratio, copyShare).
		set(differences(name))
	return []Finding{f.drawn(func() Drawing {
		return points(chart.Sprintf("forecasts by the last value"), chart.Sprintf("last value, as it is learnt"),
			chart.Sprintf("forecast"), last, forecast)
	})}, nil
}
