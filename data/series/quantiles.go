package series

import (
	"fmt"

	"gorae/data"
	"gorae/internal/words"
	"gorae/quantile"
	"gorae/stat"
)

// Quantiles brings a network's output for the window whose present is origin (a step of Windows) into the targets' own
// units, step by step: of quantiles the middle one as the value, and all of them in rising order by value. Of outputs
// without quantiles the spread is nil.
func (p *Problem) Quantiles(origin int, out []float32) (values []float64, spread [][]float64) {
	levels := p.Fitted.Spec.Quantiles
	if len(levels) == 0 || len(out) == p.outputs && len(levels) > 1 {
		return p.Units(origin, out), nil
	}
	k := len(levels)
	spread = make([][]float64, p.outputs)
	sorted := make([]float32, 0, len(out))
	for i := range spread {
		spread[i] = make([]float64, k)
		sorted = append(sorted, quantile.Arranged(out[i*k:(i+1)*k])...)
	}
	one := make([]float32, p.outputs)
	for j := range k {
		for i := range one {
			one[i] = sorted[i*k+j]
		}
		all := p.Units(origin, one)
		for i, v := range all {
			spread[i][j] = v
		}
		if j == levels.Middle() {
			values = all
		}
	}
	return values, spread
}

// mostResiduals is the greatest number of windows whose errors make the quantiles of a baseline.
const mostResiduals = 10000

// fitResiduals sets the quantiles of the errors of the baselines in the training part, or of every second, third, …
// window of it. The note says what could not be done.
func (b *Baselines) fitResiduals(p *Problem, learn data.Subset) (note string) {
	levels := p.Fitted.Spec.Quantiles
	if len(levels) == 0 || learn.Len() == 0 {
		return ""
	}
	some := data.Subset{Dataset: learn.Dataset}
	for i := 0; i < learn.Len(); i += (learn.Len() + mostResiduals - 1) / mostResiduals {
		some.Rows = append(some.Rows, learn.Rows[i])
	}
	all, err := b.Forecasts(p, some)
	if err != nil {
		return fmt.Sprintf("the baselines have no quantiles: %v", err)
	}
	b.Residuals = map[string][][]float64{}
	for _, f := range all {
		var of [][]float64
		for i := range p.outputs {
			errors := make([]float64, len(f.Values))
			for w := range errors {
				errors[w] = f.Actual[w][i] - f.Values[w][i]
			}
			of = append(of, levels.Of(errors))
		}
		b.Residuals[f.Name] = of
	}
	return ""
}

// spread sets the quantiles of the forecasts of a baseline: those of its errors in the training part, around each
// value.
func (b *Baselines) spread(f *Forecasts) {
	of := b.Residuals[f.Name]
	if of == nil {
		return
	}
	for _, values := range f.Values {
		spread := make([][]float64, len(values))
		for i, v := range values {
			for _, e := range of[i] {
				spread[i] = append(spread[i], v+e)
			}
		}
		f.Spread = append(f.Spread, spread)
	}
}

// checkResiduals refuses quantiles of errors that could not have been fitted.
func (b *Baselines) checkResiduals(s *Spec) error {
	for name, of := range b.Residuals {
		if len(of) != s.Steps*len(s.Targets) {
			return fmt.Errorf("%s: quantiles of the errors of %s", name, words.Plural(len(of), "output"))
		}
		for _, q := range of {
			if len(q) != len(s.Quantiles) {
				return fmt.Errorf("%s: %d quantiles of errors at %d levels", name, len(q), len(s.Quantiles))
			}
		}
	}
	return nil
}

// QuantileScore is the quantiles of a forecast of one target, over all windows and steps.
type QuantileScore struct {
	quantile.Score
	// P is the p-value of the test of Diebold and Mariano that the pinball losses are as large as those of the first
	// forecast; nil for the first, and where it cannot be told.
	P *float64 `json:"p,omitempty"`
	// Untested is why it cannot be told.
	Untested string `json:"untested,omitempty"`
}

// QuantileScores returns one score for each target and each forecast that has quantiles, all of the same windows.
func (p *Problem) QuantileScores(all ...*Forecasts) []QuantileScore {
	var out []QuantileScore
	levels := p.Fitted.Spec.Quantiles
	for k, name := range p.Fitted.Spec.Targets {
		var first []float64 // losses of the first forecast, window by window
		for _, f := range all {
			if f.Spread == nil {
				continue
			}
			var truth []float64
			var said [][]float64
			losses := make([]float64, len(f.Values))
			for w := range f.Values {
				for i := k; i < p.outputs; i += len(p.targets) {
					truth, said = append(truth, f.Actual[w][i]), append(said, f.Spread[w][i])
					losses[w] += levels.Mean(f.Actual[w][i], f.Spread[w][i])
				}
			}
			s := QuantileScore{Score: levels.Judge(f.Name, name, truth, said)}
			if first == nil {
				first = losses
			} else if r, err := stat.DieboldMariano(losses, first, 1+(p.Horizon+p.Steps-2)/p.Stride); err == nil {
				s.P = &r.P
			} else {
				s.Untested = stat.Reason(err).Error()
			}
			out = append(out, s)
		}
	}
	return out
}
