package supervised

import (
	"fmt"
	"strings"

	"gorae/baseline"
	"gorae/internal/words"
	"gorae/layer"
	"gorae/prep"
	"gorae/quantile"
	"gorae/task"
)

// naive returns how far the quantiles of the training values of a target lie from the mean.
func (b *beside) naive(k int) []float64 {
	var out []float64
	for _, q := range b.targets[k].Naive {
		out = append(out, q-b.fitted.Constants[k][0])
	}
	return out
}

// residuals returns the quantiles of the errors of linear models on the training samples, by target; nil where no
// target has quantiles, or there are no models.
func (p *Problem) residuals(m *baseline.Models) ([][]float64, error) {
	if m == nil || !p.Targets.Quantiles() {
		return nil, nil
	}
	training := p.parts[task.Train]
	scores, err := m.Scores(training)
	if err != nil {
		return nil, err
	}
	samples, err := baseline.Targets(training)
	if err != nil {
		return nil, err
	}
	out, first := make([][]float64, len(p.Targets)), 0
	for k, g := range p.Targets {
		if g.Quantiles != nil {
			errors := make([]float64, samples.N)
			for i := range errors {
				errors[i] = g.Number(samples.Targets[k].Rows(i, i+1).F32) - scores[first][i]
			}
			out[k] = g.Quantiles.Of(errors)
		}
		first += linears(g)
	}
	return out, nil
}

// Quantiles implements task.Quantiled.
func (ts Targets) Quantiles() bool {
	for _, g := range ts {
		if g.Quantiles != nil {
			return true
		}
	}
	return false
}

// checkResiduals refuses quantiles of errors that are not those of the targets.
func (f *Baselines) checkResiduals(ts Targets) error {
	if f.Linear == nil || !ts.Quantiles() {
		return nil
	}
	if len(f.Residuals) != len(ts) {
		return fmt.Errorf("quantiles of the errors of %d targets for %d", len(f.Residuals), len(ts))
	}
	for k, g := range ts {
		if len(f.Residuals[k]) != len(g.Quantiles) {
			return fmt.Errorf("%d quantiles of errors at %d levels", len(f.Residuals[k]), len(g.Quantiles))
		}
	}
	return nil
}

// sayQuantiles adds how often the quantiles hold, those of the network and those of the baselines: the mean, or the
// linear model, and the quantiles of its errors on the training samples around it.
func (b *beside) sayQuantiles(f *task.Findings, all []*compared) error {
	var scores []quantile.Score
	for k, g := range b.targets {
		if g.Quantiles == nil || g.Task != prep.Regression {
			continue
		}
		judge := func(name string, a *answers) {
			scores = append(scores, g.Quantiles.Judge(name, g.Name, a.spreads[k].truth, a.spreads[k].quantiles))
		}
		judge("network", b.network)
		for _, x := range all {
			judge(x.names.one(g), x.answers)
		}
	}
	if scores == nil {
		return nil
	}
	f.Words = append(f.Words, strings.Split(strings.TrimSuffix(quantile.Table(scores), "\n"), "\n")...)
	return f.Add("quantiles", scores)
}

// pinballs says the mean pinball losses of the network and a baseline.
func pinballs(network, other []float64, samples string) string {
	n := float64(len(network))
	return fmt.Sprintf("pinball loss %s against %s on %s %s", words.Figure(total(network)/n),
		words.Figure(total(other)/n), layer.Thousands(len(network)), samples)
}
