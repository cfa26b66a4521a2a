package experiment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strconv"

	"gorae/data"
	"gorae/data/series"
	"gorae/graph"
	"gorae/internal/file"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/plot"
	"gorae/stat"
	"gorae/tensor"
	"gorae/train"
)

// learnt is a loss that sees of a target with its levels, [batch, …, 2k], what is learnt, [batch, …, k].
type learnt struct {
	loss.Loss
	k int
}

// Value implements loss.Loss.
func (l learnt) Value(y, pred *graph.Node) *graph.Node {
	y = y.Narrow(len(y.Shape)-1, 0, l.k)
	return l.Loss.Value(y, pred.Reshape(y.Shape...))
}

// unitsOf takes targets with their levels and a network's outputs into the targets' units; of several steps
// that are foretold from, the last one's.
func unitsOf(units []series.Unit) func(y, pred *graph.Node) (*graph.Node, *graph.Node) {
	k := len(units)
	row := func(g *graph.Graph, of func(u series.Unit) float64) *graph.Node {
		t := tensor.New(tensor.Float32, 1, k)
		for i, u := range units {
			t.F32[i] = float32(of(u))
		}
		return g.Const(t)
	}
	return func(y, pred *graph.Node) (*graph.Node, *graph.Node) {
		g := y.Graph()
		if len(y.Shape) == 3 {
			last := y.Shape[1]
			y, pred = y.Narrow(1, last-1, last), pred.Narrow(1, last-1, last)
		}
		y, pred = y.Reshape(y.Shape[0], 2*k), pred.Reshape(y.Shape[0], k)
		divisor := row(g, func(u series.Unit) float64 { return u.Divisor })
		shift := row(g, func(u series.Unit) float64 { return u.Shift })
		logs := row(g, func(u series.Unit) float64 { return truth(u.Log) })
		gains := row(g, func(u series.Unit) float64 { return truth(u.Gain) })
		level := y.Narrow(1, k, 2*k)
		take := func(z *graph.Node) *graph.Node {
			v := z.Mul(divisor).Add(shift)
			// e⁰ where there is no logarithm: what stands in the other branch must not be infinite.
			e := v.Mul(logs).Exp().Mul(gains.Where(level, g.Scalar(1)))
			return logs.Where(e, v.Add(level))
		}
		return take(y.Narrow(1, 0, k)), take(pred)
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// named is a metric under its name that sees targets and predictions in another form.
func named(name string, m metric.Metric, see func(y, pred *graph.Node) (*graph.Node, *graph.Node)) metric.Metric {
	t := through{m, see}
	if merger, ok := m.(metric.Merger); ok {
		return train.NamedMetric{Metric: mergingThrough{t, merger}, Name: name}
	}
	return train.NamedMetric{Metric: t, Name: name}
}

// forecasts asks a network about windows.
func forecasts(ctx context.Context, m *model.Model, p *series.Problem, part data.Subset) (*series.Forecasts, error) {
	return p.Forecast("network", part, network(ctx, m))
}

// network is a model as package series asks it.
func network(ctx context.Context, m *model.Model) series.Predict {
	return func(x *tensor.Tensor) (*tensor.Tensor, error) {
		y, err := m.Predict(ctx, x)
		if err != nil {
			return nil, err
		}
		return y[0], nil
	}
}

// beside adds the table of the network beside the baselines, whether it beats them, and whether its
// errors still hold something to foretell. Without a linear autoregression the table lacks it.
func beside(m *Remarks, p *series.Problem, part data.Subset, net *series.Forecasts, linear *series.Autoregression) error {
	all := []*series.Forecasts{net, p.Last(part)}
	if p.Fitted.Spec.Season >= 2 {
		f, err := p.Seasonal(part)
		if err != nil {
			return err
		}
		all = append(all, f)
	}
	if linear != nil {
		f, err := p.Forecast("linear autoregression", part, linear.Predict)
		if err != nil {
			return err
		}
		all = append(all, f)
	}
	m.Baselines = p.Scores(all...)
	m.Words = append(m.Words, series.Compare(m.Baselines)...)
	seen := p.Length
	if p.Stride > 1 {
		seen = 0 // a step of the errors is a window's, not the series'
	}
	for k, name := range p.Fitted.Spec.Targets {
		iid, words, err := stat.Errors(net.Errors(k), stat.Auto, seen)
		if p.Stride > 1 && !iid {
			words += fmt.Sprintf(" (an error's step is a window's: %d of the series)", p.Stride)
		}
		if err != nil {
			words = "the errors were not tested: " + err.Error()
		} else if h := p.Fitted.Spec.Horizon; h > 1 {
			words += fmt.Sprintf(" (forecasts %d steps ahead that overlap share %d steps of the unknown: their errors correlate even where the network is perfect)", h, h-1)
		}
		m.Words = append(m.Words, name+": "+words)
	}
	return nil
}

// ForecastFile is the picture of forecasts beside what happened, and of how the errors correlate.
const ForecastFile = "forecast" // .png and .svg

// forecastPicture is what the report calls it.
const forecastPicture = ForecastFile + ".png"

// How much the picture of the forecasts shows.
const (
	shownSteps   = 300 // of the judged span, its last ones
	shownTargets = 3
	shownLags    = 40
)

// drawForecasts draws, for the first targets, the first step ahead against what happened at the end of the
// judged span, and the autocorrelation of the errors with the limits ±1.96/√n of chance.
func (r *Ready) drawForecasts(dir string, p *series.Problem, net *series.Forecasts, part string) error {
	f := plot.Figure{Title: r.Name + ": forecasts of the " + part + " span"}
	spec := p.Fitted.Spec
	n := len(net.Values)
	from := max(0, n-shownSteps)
	for k, name := range spec.Targets[:min(len(spec.Targets), shownTargets)] {
		var x, y, z []float64
		for i := from; i < n; i++ {
			x = append(x, float64(net.Origins[i]+spec.Horizon+1))
			y, z = append(y, net.Actual[i][k]), append(z, net.Values[i][k])
		}
		title := name
		if n > 0 {
			title += fmt.Sprintf(", %s to %s", p.Frame.Stamp(net.Origins[from]+spec.Horizon), p.Frame.Stamp(net.Origins[n-1]+spec.Horizon))
		}
		f.Panels = append(f.Panels, plot.Panel{Title: title, X: "step", Whole: true, Head: true, Lines: []plot.Line{
			{Name: "what happened", X: x, Y: y, Color: plot.Grey}, {Name: "forecast", X: x, Y: z, Color: plot.Orange},
		}})
	}
	acf, err := stat.Autocorrelation(net.Errors(0), min(shownLags, max(0, n/4)))
	if err == nil && len(acf) > 1 {
		limit := 1.96 / math.Sqrt(float64(n))
		ends := []float64{0.5, float64(len(acf)) - 0.5}
		f.Panels = append(f.Panels, plot.Panel{Title: "autocorrelation of the errors of " + spec.Targets[0], X: "lag", Whole: true, Head: true, Lines: []plot.Line{
			{Name: "errors", Y: acf[1:]}, {Name: "95 % of chance", X: ends, Y: []float64{limit, limit}, Color: plot.Grey},
			{X: ends, Y: []float64{-limit, -limit}, Color: plot.Grey},
		}})
	}
	if err := file.Replace(filepath.Join(dir, ForecastFile+".png"), f.PNG); err != nil {
		return err
	}
	return file.Replace(filepath.Join(dir, ForecastFile+".svg"), f.SVG)
}

// Forecast foretells steps beyond the end of a series, each forecast fed back as if it had
// happened: rows of the targets in their units.
func (p *Product) Forecast(ctx context.Context, src *data.Source, steps int) (*Forecast, error) {
	if p.Recipe == nil || p.Recipe.Series == nil {
		return nil, errors.New("--steps is for models of series: " + p.path + " is none; leave it out")
	}
	s := p.Recipe.Series
	f, err := s.frame(src)
	if err != nil {
		return nil, err
	}
	pr, _, err := s.Ahead(f)
	if err != nil {
		return nil, err
	}
	rows, err := pr.Recursive(network(ctx, p.Model), steps)
	if err != nil {
		return nil, err
	}
	return &Forecast{s, f, rows}, nil
}

// Forecast is what a series is foretold to become.
type Forecast struct {
	series *FittedSeries
	frame  *series.Frame
	Values [][]float64 // step by step, the targets in their units
}

// WriteCSV writes a row a step: its time and the targets.
func (f *Forecast) WriteCSV(w io.Writer) error {
	t := &rows{n: len(f.Values)}
	for _, c := range f.series.header() {
		if c != "ahead" || f.series.Spec.Steps == 1 {
			t.header = append(t.header, c)
		}
	}
	t.row = func(i int, row []string) []string {
		row = append(row, f.frame.Stamp(f.frame.Len()+i))
		for _, y := range f.Values[i] {
			row = append(row, figure(y))
		}
		return row
	}
	return t.write(w)
}

// figure is a forecast in the digits that a network's float32 has.
func figure(v float64) string { return strconv.FormatFloat(v, 'f', -1, 32) }

// Tensor is the figures, [steps, targets].
func (f *Forecast) Tensor() *tensor.Tensor {
	t := tensor.New(tensor.Float32, len(f.Values), len(f.series.Spec.Targets))
	for i, row := range f.Values {
		for k, v := range row {
			t.F32[i*len(row)+k] = float32(v)
		}
	}
	return t
}
