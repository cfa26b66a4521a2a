package series

import (
	"fmt"
	"math"
	"strings"

	"gorae/config"
	"gorae/data"
	"gorae/stat"
	"gorae/tensor"
)

// Last predicts that every target stays what it is.
func (p *Problem) Last(part data.Subset) *Forecasts {
	return p.known("last value", part, func(c channel, origin, _ int) float64 { return c.x[origin] })
}

// Seasonal predicts what each target was at the latest known step of the same
// phase, season steps or a multiple before; the season is the Spec's. Where the
// series has not lasted a season yet it is the last value.
func (p *Problem) Seasonal(part data.Subset) (*Forecasts, error) {
	m := p.Fitted.Spec.Season
	if m < 2 {
		return nil, config.Errorf("series.season", "%d; a seasonal forecast needs the season's length, 2 or more", m)
	}
	return p.known(fmt.Sprintf("last season (%d)", m), part, func(c channel, origin, ahead int) float64 {
		if i := origin + ahead - (ahead+m-1)/m*m; i >= 0 {
			return c.x[i]
		}
		return c.x[origin]
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

// The linear baseline has at most so many coefficients and learns from at most so
// many windows, evenly chosen: beyond, it would cost more than the network.
const (
	arMost = 128
	arRows = 20000
)

// Autoregression is the linear forecast of the same scaled windows: each output is a
// constant and a weight for every feature of the window's last Lags steps.
type Autoregression struct {
	Lags int         `json:"lags"`
	Coef [][]float64 `json:"coef"` // by output: the constant, then the steps, oldest first
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

// Autoregression fits it by least squares (Householder's QR) to the windows of a
// part. Windows of more than 128 numbers are used in their last steps only.
func (p *Problem) Autoregression(learn data.Subset) (*Autoregression, error) {
	width := p.X.Shape[1]
	a := &Autoregression{Lags: min(p.Length, max(1, arMost/width))}
	every := (learn.Len() + arRows - 1) / arRows
	if every < 1 {
		return nil, fmt.Errorf("%s: no windows to fit the linear autoregression to", p.Frame.Name)
	}
	n := (learn.Len() + every - 1) / every
	k := 1 + a.Lags*width
	m := make([]float64, 0, n*k)
	ys := make([][]float64, p.outputs)
	y := make([]float32, p.outputs)
	for i := 0; i < learn.Len(); i += every {
		r := learn.Rows[i]
		m = append(m, 1)
		o := p.Origin(r)
		for _, v := range p.X.F32[(o+1-a.Lags)*width : (o+1)*width] {
			m = append(m, float64(v))
		}
		p.aim(o, y)
		for j, v := range y {
			ys[j] = append(ys[j], float64(v))
		}
	}
	var err error
	a.Coef, err = stat.LeastSquaresMany(m, k, ys, 1e-6)
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

// Baselines predicts a part by the last value, the last season where there is one,
// and the linear autoregression fitted to the training part.
func (p *Problem) Baselines(learn, part data.Subset) ([]*Forecasts, error) {
	out := []*Forecasts{p.Last(part)}
	if p.Fitted.Spec.Season >= 2 {
		f, err := p.Seasonal(part)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	a, err := p.Autoregression(learn)
	if err != nil {
		return nil, err
	}
	f, err := p.Forecast("linear autoregression", part, a.Predict)
	if err != nil {
		return nil, err
	}
	return append(out, f), nil
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
		wide, target = max(wide, len(s.Name)), max(target, len(s.Target))
		if n := len(s.Steps); n > 1 && shown == nil {
			shown = []int{0}
			for _, k := range []int{n / 4, n / 2, n - 1} {
				if k > shown[len(shown)-1] {
					shown = append(shown, k)
				}
			}
		}
	}
	fmt.Fprintf(&b, "%-*s  %-*s %12s %12s", wide, "forecast", target, "target", "rmse", "mae")
	for _, k := range shown {
		fmt.Fprintf(&b, " %12s", fmt.Sprintf("rmse step %d", k+1))
	}
	b.WriteByte('\n')
	for _, s := range scores {
		fmt.Fprintf(&b, "%-*s  %-*s %12.5g %12.5g", wide, s.Name, target, s.Target, s.RMSE, s.MAE)
		for _, k := range shown {
			fmt.Fprintf(&b, " %12.5g", s.Steps[k])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Compare returns a line for each target: whether the network, the first of its scores, has smaller errors than the
// others, and whether the difference is significant. A network that has not is no better than the baselines.
func Compare(scores []Score) []string {
	var lines []string
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	for i := 0; i < len(scores); {
		j := i + 1
		best, typical := -1, i // of the others by rmse, of all by mae
		for ; j < len(scores) && scores[j].Target == scores[i].Target; j++ {
			if best < 0 || scores[j].RMSE < scores[best].RMSE {
				best = j
			}
			if scores[j].MAE < scores[typical].MAE {
				typical = j
			}
		}
		net := scores[i]
		if best < 0 {
			i = j
			continue
		}
		verb, chance := "beats every baseline", "" // what Diebold and Mariano say of it
		if p := scores[best].P; p != nil {
			chance = fmt.Sprintf(" (Diebold-Mariano %s)", stat.Result{P: *p, Bound: "="}.Probability())
			if *p >= 0.05 {
				verb = "is ahead of every baseline, but by no more than chance explains"
			}
		}
		if net.RMSE < scores[best].RMSE {
			but := ""
			if typical != i {
				but = fmt.Sprintf("; but by mae %s is better", scores[typical].Name)
			}
			say("%s: the %s %s: its rmse is %.1f %% below that of the best, %s%s%s", net.Target, net.Name, verb,
				100*(1-net.RMSE/scores[best].RMSE), scores[best].Name, chance, but)
		} else {
			say("%s: the %s does not beat %s: its rmse is %.1f %% higher%s; a network that does not beat a "+
				"baseline has learnt nothing that the baseline does not know",
				net.Target, net.Name, scores[best].Name, 100*(net.RMSE/scores[best].RMSE-1), chance)
		}
		i = j
	}
	return lines
}
