package series

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/data/series"
	"gorae/internal/words"
	"gorae/loss"
	"gorae/metric"
	"gorae/task"
	"gorae/train"
)

// compare adds to the findings the network beside the baselines, and whether it beats them.
func compare(to *task.Findings, w windows, net *series.Forecasts, fitted *series.Baselines) error {
	p := w.of
	all, err := fitted.Forecasts(p, w.part)
	if err != nil {
		return err
	}
	scores := p.Scores(append([]*series.Forecasts{net}, all...)...)
	if err := to.Add("baselines", scores); err != nil {
		return err
	}
	to.Words = append(to.Words, strings.Split(strings.TrimSuffix(series.Table(scores), "\n"), "\n")...)
	if net.Spread != nil && len(fitted.Residuals) > 0 {
		return quantiles(to, p.QuantileScores(append([]*series.Forecasts{net}, all...)...), 1+len(all), len(net.Values))
	}
	for of := range slices.Chunk(scores, 1+len(all)) {
		to.Judge(verdict(of, len(net.Values)))
	}
	return nil
}

// verdict compares the network, the first of the scores of a target, with the others.
func verdict(scores []series.Score, windows int) (task.Verdict, string) {
	net, others := scores[0], scores[1:]
	var rivals []task.Rival
	for _, s := range others {
		rivals = append(rivals, task.Rival{Name: named(s.Name), Losses: []float64{s.RMSE}})
	}
	test, rival, text := task.Against(rivals, func(k, of int) task.Paired {
		if others[k].P == nil {
			return task.Paired{Test: others[k].Untested}
		}
		return task.Decided(net.RMSE-others[k].RMSE, *others[k].P, "Diebold-Mariano", of)
	})
	text = fmt.Sprintf("%s: %s: rmse %s against %s on %s (%s)", net.Target, text, words.Figure(net.RMSE),
		words.Figure(others[rival].RMSE), words.Plural(windows, "window"), test.Test)
	typical := slices.MinFunc(others, func(a, b series.Score) int { return cmp.Compare(a.MAE, b.MAE) })
	if test.Verdict == task.Better && typical.MAE < net.MAE {
		text += fmt.Sprintf("; but %s has the lower mae, %s against %s", named(typical.Name), words.Figure(typical.MAE),
			words.Figure(net.MAE))
	}
	return test.Verdict, text
}

// named is the name of a forecast in a sentence.
func named(name string) string {
	if strings.HasPrefix(name, "last ") || strings.HasPrefix(name, "linear ") {
		return "the " + name
	}
	return name
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
