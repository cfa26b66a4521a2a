package series

import (
	"fmt"
	"math"
	"strings"

	"gorae/config"
	"gorae/data"
	"gorae/internal/words"
	"gorae/stat"
	"gorae/tensor"
)

// Last predicts that every target stays what it was when it was last observed.
func (p *Problem) Last(part data.Subset) *Forecasts {
	return p.known("last value", part, func(c channel, origin, _ int) float64 { return c.x[c.latest(origin, 1)] })
}

// Drift predicts that every target goes on along the line through the first and the latest observed value.
func (p *Problem) Drift(part data.Subset) *Forecasts {
	return p.known("drift", part, func(c channel, origin, ahead int) float64 {
		last, first := c.latest(origin, 1), 0
		for first < last && !c.observed(first) {
			first++
		}
		if first == last {
			return c.x[last]
		}
		return c.x[last] + float64(origin+ahead-last)*(c.x[last]-c.x[first])/float64(last-first)
	})
}

// Seasonal predicts what each target was at the latest known step of the same
// phase, season steps or a multiple before; the season is the Spec's. Where the
// series has not lasted a season yet it is the last value. Values that were missing are passed over.
func (p *Problem) Seasonal(part data.Subset) (*Forecasts, error) {
	m := p.Fitted.Spec.Season
	if m < 2 {
		return nil, config.Errorf("series.season", "%d; a seasonal forecast needs the season's length, 2 or more", m)
	}
	return p.known(fmt.Sprintf("last season (%d)", m), part, func(c channel, origin, ahead int) float64 {
		if i := origin + ahead - (ahead+m-1)/m*m; i >= 0 {
			return c.x[c.latest(i, m)]
		}
		return c.x[c.latest(origin, 1)]
	}), nil
}

// known returns a forecast from past values alone.
func (p *Problem) known(name string, part data.Subset, value func(c channel, origin, ahead int) float64) *Forecasts {
	f := &Forecasts{Name: name}
	for _, r := range part.Rows {
		o := p.Origin(r)
		y := make([]float64, 0, p.outputs)
		for step := range p.Steps {
			for _, c := range p.targets {
				y = append(y, value(c, o+p.Lead, p.Horizon+step))
			}
		}
		f.Origins = append(f.Origins, o+p.Lead)
		f.Values = append(f.Values, y)
		f.Actual = append(f.Actual, p.Actual(o))
	}
	return f
}

// The linear baseline has at most so many coefficients, takes so many windows at a time, and so many squares of
// coefficients of all windows together: 129,000 windows of 128 numbers.
const (
	arMost = 128
	arRows = 1024
	arWork = 1 << 31
)

// Autoregression is the linear forecast of the same scaled windows: each output is a
// constant and a weight for every feature of the window's last Lags steps.
type Autoregression struct {
	Lags int         `json:"lags"`
	Coef [][]float64 `json:"coef"` // by output: the constant, then the steps, oldest first

	windows int // that it was fitted to
}

// Check returns an error for values that no fit gives, such as those of a damaged file.
func (a *Autoregression) Check() error {
	if a.Lags < 1 || a.Lags > arMost || len(a.Coef) == 0 {
		return fmt.Errorf("linear autoregression: %d lags, %d outputs", a.Lags, len(a.Coef))
	}
	for _, c := range a.Coef {
		if len(c) != len(a.Coef[0]) || len(c) < 2 {
			return fmt.Errorf("linear autoregression: %d coefficients beside %d", len(c), len(a.Coef[0]))
		}
	}
	return nil
}

// Autoregression fits it by least squares (Householder's QR, block by block) to all windows of a part, or to every
// second, third, … where so many would take long. Windows of more than 128 numbers are used in their last steps only.
func (p *Problem) Autoregression(learn data.Subset) (*Autoregression, error) {
	width := p.X.Shape[1]
	a := &Autoregression{Lags: min(p.Length, max(1, arMost/width))}
	if learn.Len() == 0 {
		return nil, fmt.Errorf("%s: no windows to fit the linear autoregression to", p.Frame.Name)
	}
	k := 1 + a.Lags*width
	fit := stat.NewRows(k, p.outputs, 1e-6)
	m := make([]float64, 0, min(learn.Len(), arRows)*k)
	ys := make([][]float64, p.outputs)
	y, window := make([]float32, p.outputs), make([]float32, p.Length*width)
	every := (learn.Len()*k*k + arWork - 1) / arWork
	for i := 0; i < learn.Len(); i += every {
		a.windows++
		m = append(m, 1)
		o := p.Origin(learn.Rows[i])
		p.window(o+1-p.Length, window)
		for _, v := range window[(p.Length-a.Lags)*width:] {
			m = append(m, float64(v))
		}
		p.aim(o, y)
		for j, v := range y {
			ys[j] = append(ys[j], float64(v))
		}
		if len(ys[0]) < arRows && i+every < learn.Len() {
			continue
		}
		if err := fit.Add(m, ys); err != nil {
			return nil, err
		}
		m = m[:0]
		for j := range ys {
			ys[j] = ys[j][:0]
		}
	}
	var err error
	a.Coef, err = fit.Coefficients()
	return a, err
}

// Predict answers as a network does.
func (a *Autoregression) Predict(x *tensor.Tensor) (*tensor.Tensor, error) {
	if len(x.Shape) != 3 || x.Shape[1] < a.Lags || len(a.Coef) == 0 || len(a.Coef[0]) != 1+a.Lags*x.Shape[2] {
		return nil, fmt.Errorf("linear autoregression over %d steps: windows of shape %v do not fit", a.Lags, x.Shape)
	}
	n, size, used := x.Shape[0], x.Shape[1]*x.Shape[2], a.Lags*x.Shape[2]
	out := tensor.New(tensor.Float32, n, len(a.Coef))
	for i := range n {
		w := x.F32[(i+1)*size-used : (i+1)*size]
		for j, b := range a.Coef {
			s := b[0]
			for k, v := range w {
				s += b[k+1] * float64(v)
			}
			out.F32[i*len(a.Coef)+j] = float32(s)
		}
	}
	return out, nil
}

// Baselines is what of the baselines is fitted to the training part.
type Baselines struct {
	Linear    *Autoregression `json:"linear,omitempty"`
	Smoothing []*Smoothing    `json:"smoothing,omitempty"`
	// Residuals are the quantiles of the errors of each baseline in the training part, by its name and by output, where
	// quantiles are predicted.
	Residuals map[string][][]float64 `json:"residuals,omitempty"`
}

// Check refuses baselines that could not have been fitted to a series.
func (b *Baselines) Check(spec *Spec) error {
	if err := b.checkResiduals(spec); err != nil {
		return err
	}
	targets := len(spec.Targets)
	for _, s := range b.Smoothing {
		if s == nil {
			return fmt.Errorf("exponential smoothing: a model is missing")
		}
		if err := s.Check(targets); err != nil {
			return err
		}
	}
	if b.Linear != nil {
		return b.Linear.Check()
	}
	return nil
}

// FitBaselines fits simple exponential smoothing, Holt's, or Holt and Winters's where there is a season, and the linear
// autoregression to the training part. What could not be fitted is left out, which the notes say, a sentence each, as
// well as what was fitted to some of the windows.
func (p *Problem) FitBaselines(learn data.Subset) (b Baselines, notes []string) {
	season, trend := p.Fitted.Spec.Season, "Holt"
	if season >= 2 {
		trend = fmt.Sprintf("Holt-Winters (%d)", season)
	}
	for k, name := range []string{"exponential smoothing", trend} {
		s, err := p.smoothing(name, learn, k == 1, k*season)
		if err != nil {
			notes = append(notes, fmt.Sprintf("among the baselines is no %s: %v", name, err))
			continue
		}
		b.Smoothing = append(b.Smoothing, s)
	}
	var err error
	if b.Linear, err = p.Autoregression(learn); err != nil {
		notes = append(notes, fmt.Sprintf("among the baselines is no linear autoregression: %v", err))
	} else if n := b.Linear.windows; n < learn.Len() {
		notes = append(notes, fmt.Sprintf("the linear autoregression is fitted on %d of %d training windows", n,
			learn.Len()))
	}
	if note := b.fitResiduals(p, learn); note != "" {
		notes = append(notes, note)
	}
	return b, notes
}

// Forecasts predicts a part by all baselines: the last value, drift, the last season where there is one, and what was
// fitted.
func (b *Baselines) Forecasts(p *Problem, part data.Subset) ([]*Forecasts, error) {
	out := []*Forecasts{p.Last(part), p.Drift(part)}
	if p.Fitted.Spec.Season >= 2 {
		f, err := p.Seasonal(part)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	for _, s := range b.Smoothing {
		f, err := p.Smooth(s, part)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	if b.Linear != nil {
		f, err := p.Forecast("linear autoregression", part, b.Linear.Predict)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	for _, f := range out {
		b.spread(f)
	}
	return out, nil
}

// Score is the error of forecasts, in the target's units, over all windows and steps: RMSE is sqrt(mean e²), MAE mean
// |e|.
type Score struct {
	Name   string  `json:"name"`
	Target string  `json:"target"`
	RMSE   float64 `json:"rmse"`
	MAE    float64 `json:"mae"`
	N      int     `json:"n"`
	// P is the p-value of the test of Diebold and Mariano that the squared errors are as large as those of the first
	// forecast; nil for the first, and where it cannot be told.
	P *float64 `json:"p,omitempty"`
	// Untested is why it cannot be told.
	Untested string `json:"untested,omitempty"`
	// Steps is the RMSE of each step ahead, where there are several.
	Steps []float64 `json:"rmse_by_step,omitempty"`
}

// Scores returns one score for each target and forecast, all of the same windows.
func (p *Problem) Scores(all ...*Forecasts) []Score {
	var out []Score
	for k, name := range p.Fitted.Spec.Targets {
		var first []float64 // losses of the first forecast, window by window
		for _, f := range all {
			s := Score{Name: f.Name, Target: name, Steps: make([]float64, p.Steps)}
			losses := make([]float64, len(f.Values))
			for i, y := range f.Values {
				for step := range s.Steps {
					j := step*len(p.targets) + k
					e := f.Actual[i][j] - y[j]
					s.Steps[step] += e * e
					losses[i] += e * e
					s.MAE += math.Abs(e)
					s.N++
				}
			}
			for step, ss := range s.Steps {
				s.RMSE += ss
				s.Steps[step] = math.Sqrt(ss / float64(len(f.Values)))
			}
			s.RMSE = math.Sqrt(s.RMSE / float64(s.N))
			s.MAE /= float64(s.N)
			if p.Steps == 1 {
				s.Steps = nil
			}
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

// Table returns the scores as a table; of several steps ahead some are shown.
func Table(scores []Score) string {
	var b strings.Builder
	wide, target := len("forecast"), len("target")
	var shown []int // of the steps ahead
	for _, s := range scores {
		wide, target = max(wide, words.Width(s.Name)), max(target, words.Width(s.Target))
		if n := len(s.Steps); n > 1 && shown == nil {
			shown = []int{0}
			for _, k := range []int{n / 4, n / 2, n - 1} {
				if k > shown[len(shown)-1] {
					shown = append(shown, k)
				}
			}
		}
	}
	fmt.Fprintf(&b, "%s  %s %12s %12s", words.Pad("forecast", wide), words.Pad("target", target), "rmse", "mae")
	for _, k := range shown {
		fmt.Fprintf(&b, " %12s", fmt.Sprintf("rmse step %d", k+1))
	}
	b.WriteByte('\n')
	for _, s := range scores {
		fmt.Fprintf(&b, "%s  %s %12.5g %12.5g", words.Pad(s.Name, wide), words.Pad(s.Target, target), s.RMSE, s.MAE)
		for _, k := range shown {
			fmt.Fprintf(&b, " %12.5g", s.Steps[k])
		}
		b.WriteByte('\n')
	}
	return b.String()
}
