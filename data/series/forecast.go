package series

import (
	"fmt"
	"math"
	"slices"

	"gorae/data"
	"gorae/tensor"
)

// Predict is a network's answer: x [n, window, features] → [n, steps·targets·quantiles], or with Every
// [n, window, steps·targets·quantiles], of which the last step counts. Baselines predict no quantiles.
type Predict func(x *tensor.Tensor) (*tensor.Tensor, error)

// Forecasts are the predictions for some windows, in the targets' units.
type Forecasts struct {
	Name    string
	Origins []int       // the present of each, a step of the frame
	Values  [][]float64 // by window: step by step, each step's targets
	Actual  [][]float64
	Spread  [][][]float64 // by window and value: its quantiles in rising order; nil: they are not predicted
}

// at a time, so that memory does not grow with the series.
const forecastBatch = 256

// Forecast calls the predictor for every window of a part of this problem, and returns its predictions in the targets'
// units.
func (p *Problem) Forecast(name string, part data.Subset, predict Predict) (*Forecasts, error) {
	f := &Forecasts{Name: name}
	width := p.X.Shape[1]
	for from := 0; from < part.Len(); from += forecastBatch {
		rows := part.Rows[from:min(part.Len(), from+forecastBatch)]
		x := tensor.New(tensor.Float32, len(rows), p.Length, width)
		for i, r := range rows {
			p.window(p.Begin(r), x.Rows(i, i+1).F32)
		}
		out, err := predict(x)
		if err != nil {
			return nil, err
		}
		if err := p.add(f, rows, from, out); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// Forecasts brings outputs that a network has given for the windows of a part, [n, …], into the targets' units.
func (p *Problem) Forecasts(name string, part data.Subset, outputs *tensor.Tensor) (*Forecasts, error) {
	f := &Forecasts{Name: name}
	return f, p.add(f, part.Rows, 0, outputs)
}

// add appends the forecasts of windows, of which from stand before them.
func (p *Problem) add(f *Forecasts, rows []int, from int, out *tensor.Tensor) error {
	said, err := p.said(f.Name, out, len(rows))
	if err != nil {
		return err
	}
	for i, r := range rows {
		o := p.Origin(r)
		y, spread := p.Quantiles(o, said[i])
		for _, v := range slices.Concat(append(spread, y)...) {
			if math.IsInf(v, 0) || math.IsNaN(v) {
				return fmt.Errorf("%s: the forecast of window %d is %v in the target's units: the network's "+
					"output leaves what its transform can bring back", f.Name, from+i+1, v)
			}
		}
		f.Origins = append(f.Origins, o+p.Lead)
		f.Values = append(f.Values, y)
		if spread != nil {
			f.Spread = append(f.Spread, spread)
		}
		f.Actual = append(f.Actual, p.Actual(o))
	}
	return nil
}

// said returns the outputs for n windows, window by window.
func (p *Problem) said(name string, out *tensor.Tensor, n int) ([][]float32, error) {
	k := p.outputs * p.Fitted.Spec.Quantiles.Width() // outputs of a step
	stride := k                                      // from one window's outputs to the next one's
	switch {
	case out == nil:
	case p.every && out.Len() == n*p.Length*k:
		stride = p.Length * k
	case out.Len() == n*p.outputs: // no quantiles
		k, stride = p.outputs, p.outputs
	}
	if out == nil || out.DType() != tensor.Float32 || out.Len() != n*stride {
		return nil, fmt.Errorf("%s: output of shape %v for %d windows; %d steps of %d targets are [%d, %d]", name,
			out.Shape, n,
			p.Steps, len(p.targets), n, k)
	}
	said := make([][]float32, n)
	for i := range said {
		said[i] = out.F32[(i+1)*stride-k : (i+1)*stride]
		for _, v := range said[i] {
			if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
				return nil, fmt.Errorf("%s: the forecast of window %d is %v", name, i+1, v)
			}
		}
	}
	return said, nil
}

// Errors returns y − ŷ of one target (by number) at the first step, window by window: what
// stat.ForecastErrors tests.
func (f *Forecasts) Errors(target int) []float64 {
	e := make([]float64, len(f.Values))
	for i := range e {
		e[i] = f.Actual[i][target] - f.Values[i][target]
	}
	return e
}

// MaxAhead is the greatest number of steps that Recursive predicts.
const MaxAhead = 1 << 20

// Recursive predicts steps beyond the end of the frame, feeding each forecast back
// as if it had happened: rows of the targets in their units, in the Spec's order, of quantiles the middle one.
// Every feature column must be a target too, and the horizon 1; calendar features
// go on by themselves.
func (p *Problem) Recursive(predict Predict, steps int) ([][]float64, error) {
	t := p.Fitted
	if steps < 1 || steps > MaxAhead {
		return nil, fmt.Errorf("series: %d is no number of steps to predict; give 1 to %d", steps, MaxAhead)
	}
	if p.Horizon != 1 {
		return nil, fmt.Errorf("series: a recursive forecast needs horizon 1, not %d: the steps between would be "+
			"unknown", p.Horizon)
	}
	since := 0 // the latest break
	if n := len(p.Breaks); n > 0 {
		since = p.Breaks[n-1]
	}
	if n := p.X.Shape[0] - since; n < p.Length {
		return nil, fmt.Errorf("%s: the last %d steps, unbroken, are no window of %d; give more, or bridge the gaps",
			p.Frame.Name, n, p.Length)
	}
	target := make([]int, len(t.Spec.Features)) // of each feature
	for k, name := range t.Spec.Features {
		if target[k] = slices.Index(t.Spec.Targets, name); target[k] < 0 {
			return nil, fmt.Errorf("series: the feature %s is no target, so its future is unknown; leave it out "+
				"of the features, or predict it too", name)
		}
	}
	// What happened, and what is predicted after it.
	grown := &Problem{Windows: p.Windows, Fitted: t, Frame: p.Frame, Lead: p.Lead, norms: p.norms}
	for _, c := range p.targets {
		c.x = slices.Clone(c.x)
		grown.targets = append(grown.targets, c)
	}
	at := slices.Clone(p.Frame.At)
	width := p.X.Shape[1]
	x := tensor.New(tensor.Float32, 1, p.Length, width)
	seen := slices.Clone(p.X.F32[len(p.X.F32)-len(x.F32):]) // the last window, not yet normalised
	var out [][]float64
	features := make([]channel, len(target))
	for len(out) < steps {
		copy(x.F32, seen)
		if p.normalise != nil {
			p.normalise(x.F32)
		}
		y, err := predict(x)
		if err != nil {
			return nil, err
		}
		said, err := p.said("forecast", y, 1)
		if err != nil {
			return nil, err
		}
		origin := len(grown.targets[0].x) - 1
		values, _ := grown.Quantiles(origin-p.Lead, said[0])
		for s := 0; s < p.Steps && len(out) < steps; s++ {
			row := values[s*len(p.targets) : (s+1)*len(p.targets)]
			out = append(out, row)
			for k := range grown.targets {
				if math.IsInf(row[k], 0) || math.IsNaN(row[k]) {
					return nil, fmt.Errorf("forecast: %s is %v after %d steps: the network feeds on its own "+
						"errors; predict fewer steps", t.Spec.Targets[k], row[k], len(out))
				}
				grown.targets[k].x = append(grown.targets[k].x, row[k])
			}
			if at != nil {
				at = append(at, p.Frame.at(len(at)))
			}
			for k, c := range target {
				features[k] = grown.targets[c]
			}
			copy(seen, seen[width:])
			if k := t.row(seen[len(seen)-width:], features, at, origin+1+s); k >= 0 {
				return nil, fmt.Errorf("forecast: %s leaves the range of float32 after %d steps; predict fewer steps",
					t.Spec.Features[k], len(out))
			}
		}
	}
	return out, nil
}
