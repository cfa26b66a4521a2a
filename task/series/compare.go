package series

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/data/series"
	"gorae/loss"
	"gorae/metric"
	"gorae/stat"
	"gorae/task"
	"gorae/train"
)

// compare adds to the findings the network beside the baselines, whether it beats them, and whether its errors still
// hold something that could be predicted. Without a linear autoregression the table lacks it.
func compare(to *task.Findings, w windows, net *series.Forecasts, linear *series.Autoregression) error {
	p := w.of
	all := []*series.Forecasts{net, p.Last(w.part)}
	if p.Fitted.Spec.Season >= 2 {
		f, err := p.Seasonal(w.part)
		if err != nil {
			return err
		}
		all = append(all, f)
	}
	if linear != nil {
		f, err := p.Forecast("linear autoregression", w.part, linear.Predict)
		if err != nil {
			return err
		}
		all = append(all, f)
	}
	scores := p.Scores(all...)
	if err := to.Add("baselines", scores); err != nil {
		return err
	}
	to.Words = append(to.Words, strings.Split(strings.TrimSuffix(series.Table(scores), "\n"), "\n")...)
	to.Words = append(to.Words, series.Compare(scores)...)
	for k, name := range p.Fitted.Spec.Targets {
		to.Say("%s: %s", name, residuals(p, net.Errors(k)))
	}
	return nil
}

// residuals returns a sentence on whether the errors of a target are independent of each other.
func residuals(p *series.Problem, errors []float64) string {
	seen := p.Length
	if p.Stride > 1 {
		seen = 0 // a step of the errors is a window's, not the series'
	}
	iid, text, err := stat.Errors(errors, stat.Auto, seen)
	if err != nil {
		return "the errors were not tested: " + err.Error()
	}
	if p.Stride > 1 && !iid {
		text += fmt.Sprintf(" (a step of the errors is a window's: %d of the series)", p.Stride)
	}
	if h := p.Fitted.Spec.Horizon; h > 1 {
		text += fmt.Sprintf(" (forecasts %d steps ahead that overlap share %d steps of the unknown: their errors "+
			"correlate even where the network is perfect)", h, h-1)
	}
	return text
}

// scaleRatio is the ratio of standard deviations from which targets count as of different scale: with errors in that
// proportion the greater one makes up four fifths of a mean square.
const scaleRatio = 2

// mixed returns a note where the targets differ in scale, so that a metric over all of them is mostly that of the
// target with the largest values.
func mixed(to *task.Findings, w windows, metrics []train.NamedMetric) error {
	targets := w.of.Fitted.Spec.Targets
	at := slices.IndexFunc(metrics,
		func(m train.NamedMetric) bool { return metric.TraitsOf(m.Metric).Units != loss.NoUnits })
	if len(targets) < 2 || at < 0 || w.part.Len() == 0 {
		return nil
	}
	sd := deviations(w)
	least, most := slices.Min(sd), slices.Max(sd)
	if !(most > scaleRatio*least) {
		return nil
	}
	low, high := targets[slices.Index(sd, least)], targets[slices.Index(sd, most)]
	to.Say("the targets differ in scale (standard deviation %.4g of %s, %.4g of %s): %s over all of them is mostly "+
		"that of %[4]s; go by each one's own, such as %[5]s(%[2]s)",
		least, low, most, high, metrics[at].Name)
	return nil
}

// deviations returns the standard deviation of each target over some windows, by Welford's recurrence.
func deviations(w windows) []float64 {
	k := len(w.of.Fitted.Spec.Targets)
	sd := make([]float64, k)
	for t := range sd {
		n, mean, square := 0.0, 0.0, 0.0
		for _, r := range w.part.Rows {
			y := w.of.Actual(w.of.Origin(r))
			for j := t; j < len(y); j += k {
				n++
				d := y[j] - mean
				mean += d / n
				square += d * (y[j] - mean)
			}
		}
		sd[t] = math.Sqrt(square / n)
	}
	return sd
}
