package series

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/config"
	"gorae/data"
	"gorae/tensor"
)

// Problem is a fitted series' windows: a dataset of x [window, features] and y
// [steps·targets], both scaled. Step s of its Windows is step s + Lead of its Frame.
type Problem struct {
	*Windows
	Fitted *Fitted
	Frame  *Frame
	Lead   int // steps at the begin that the transforms use up

	targets []channel
	norms   []instance // of the targets
}

// On returns the windows of a frame, which may be another file than the one that was
// trained on: its columns are found by name.
func (t *Fitted) On(f *Frame) (*Problem, error) {
	p, err := t.lay(f)
	if err != nil {
		return nil, err
	}
	p.unknown = p.filled()
	if err := p.Check(); err != nil {
		return nil, inFile(f.Name, err)
	}
	return p, nil
}

// filled returns the function that reports whether a target of the window that begins at a step was missing and filled
// in: such windows are neither trained on nor scored. It is nil where none was.
func (p *Problem) filled() func(begin int) bool {
	var marks []bool
	for _, name := range p.Fitted.Spec.Targets {
		for k, m := range p.Frame.Filled {
			if m == nil || p.Frame.Names[k] != name {
				continue
			}
			if marks == nil {
				marks = make([]bool, p.Frame.Len())
			}
			for i, is := range m {
				marks[i] = marks[i] || is
			}
		}
	}
	if marks == nil {
		return nil
	}
	return func(begin int) bool {
		first := begin + p.Lead + p.Horizon
		if !p.Fitted.Spec.Every {
			first += p.Length - 1
		}
		end := begin + p.Lead + p.Length - 1 + p.Horizon + p.Steps
		return slices.Contains(marks[first:end], true)
	}
}

// FilledNote says how many windows are left out because their target was missing and filled in; "" where none is.
func (p *Problem) FilledNote() string {
	if p.without == 0 {
		return ""
	}
	return fmt.Sprintf("%s: %d of %d windows are left out: their target was missing and filled in (series.fill: %s), "+
		"and is neither learnt nor scored", p.Frame.Name, p.without, p.without+p.n, p.Fitted.Spec.Fill)
}

// MissingNote says which columns have values that were missing and were filled in, and what they do not enter; "" where
// none was.
func (f *Frame) MissingNote(how string) string {
	var columns []string
	for k, marks := range f.Filled {
		n := 0
		for _, filled := range marks {
			if filled {
				n++
			}
		}
		if n > 0 {
			columns = append(columns, fmt.Sprintf("%s %d", f.Names[k], n))
		}
	}
	if columns == nil {
		return ""
	}
	return fmt.Sprintf("%s: of %d steps the values were missing and are filled in (series.fill: %s): %s; scales and "+
		"baselines are fitted to the others, the season and the tests of stationarity take all", f.Name, f.Len(), how,
		strings.Join(columns, ", "))
}

// Ahead returns the windows of a frame from which there is something to predict, whether what
// follows them is known or not: every Stride steps, and the one that ends with the frame. A frame of
// Window steps has one. The Problem brings outputs into units; as a dataset it is not
// for use.
func (t *Fitted) Ahead(f *Frame) (*Problem, *Windows, error) {
	p, err := t.lay(f)
	if err != nil {
		return nil, nil, err
	}
	w := &Windows{X: p.X, Length: p.Length, Stride: p.Stride, Breaks: p.Breaks, normalise: p.normalise}
	if p.X.Shape[0] < p.Length {
		return nil, nil, fmt.Errorf("%s: %d steps, but the model sees %d at a time; give more rows before those "+
			"to predict", f.Name, f.Len(), p.Length+p.Lead)
	}
	if err := w.Check(); err != nil {
		return nil, nil, inFile(f.Name, err)
	}
	since := 0 // the latest break
	if n := len(p.Breaks); n > 0 {
		since = p.Breaks[n-1]
	}
	if last := w.X.Shape[0] - w.Length; last > w.Begin(w.n-1) && last >= since {
		if w.begins == nil {
			for i := range w.n {
				w.begins = append(w.begins, i*w.Stride)
			}
		}
		w.begins = append(w.begins, last)
		w.n++
	}
	return p, w, nil
}

// lay lays a frame's columns out, transformed and scaled; its windows are not checked.
func (t *Fitted) lay(f *Frame) (*Problem, error) {
	p := &Problem{Fitted: t, Frame: f, Lead: t.lead()}
	if len(t.Spec.Calendar) > 0 && (f.At == nil || f.Stamps.Numbers) {
		return nil, fmt.Errorf("%s: the model was fitted with calendar features, and these rows have no dates", f.Name)
	}
	if f.Len() <= p.Lead {
		return nil, fmt.Errorf("%s: %d steps, of which the transforms use up %d; give more", f.Name, f.Len(), p.Lead)
	}
	features := make([]channel, len(t.Spec.Features))
	for k, name := range t.Spec.Features {
		var err error
		if features[k], err = t.channel(f, name); err != nil {
			return nil, err
		}
	}
	for _, name := range t.Spec.Targets {
		c, err := t.channel(f, name)
		if err != nil {
			return nil, err
		}
		p.targets, p.norms = append(p.targets, c), append(p.norms, t.instanceOf(name))
	}
	n, width := f.Len()-p.Lead, t.width()
	x := tensor.New(tensor.Float32, n, width)
	for i := range n {
		row := x.F32[i*width : (i+1)*width]
		if k := t.row(row, features, f.At, i+p.Lead); k >= 0 {
			return nil, fmt.Errorf("%s: %s: %v is beyond float32 once transformed; correct it", f.Place(i+p.Lead),
				t.Spec.Features[k], features[k].x[i+p.Lead])
		}
	}
	w := &Windows{X: x, Length: t.Spec.Window, Horizon: t.Spec.Horizon, Steps: t.Spec.Steps, Stride: t.Spec.Stride,
		outputs: len(t.Targets), aim: p.aim, every: t.Spec.Every}
	if !p.norms[0].none() {
		w.normalise = t.normalise
	}
	for _, b := range f.Breaks {
		if b > p.Lead {
			w.Breaks = append(w.Breaks, b-p.Lead)
		}
	}
	p.Windows = w
	return p, nil
}

// row writes the features of step i; it gives the first that is not finite, −1 if none.
func (t *Fitted) row(to []float32, features []channel, at []float64, i int) int {
	for k, c := range features {
		z := float32((c.at(i) - t.Features[k].Shift) / t.Features[k].Divisor)
		if math.IsInf(float64(z), 0) || math.IsNaN(float64(z)) {
			return k
		}
		to[k] = z
	}
	if len(t.Spec.Calendar) > 0 {
		hands(to[len(features):], t.Spec.Calendar, at[i])
	}
	return -1
}

// aim writes the scaled targets of the window whose present is a step of Windows.
func (p *Problem) aim(origin int, to []float32) {
	for step := range p.Steps {
		ahead := p.Horizon + step
		for k, c := range p.targets {
			s := p.Fitted.Targets[step*len(p.targets)+k]
			level, divisor := p.norms[k].of(c, origin+p.Lead)
			g := (c.gain(origin+p.Lead+ahead, ahead) - level) / divisor
			to[step*len(p.targets)+k] = float32((g - s.Shift) / s.Divisor)
		}
	}
}

// Units brings a network's output for the window whose present is origin (a step of
// Windows) into the targets' own units, step by step.
func (p *Problem) Units(origin int, out []float32) []float64 {
	y := make([]float64, len(out))
	for i, z := range out {
		step, k := i/len(p.targets), i%len(p.targets)
		s := p.Fitted.Targets[i]
		ahead := p.Horizon + step
		level, divisor := p.norms[k].of(p.targets[k], origin+p.Lead)
		y[i] = p.targets[k].value((float64(z)*s.Divisor+s.Shift)*divisor+level, origin+p.Lead+ahead, ahead)
	}
	return y
}

// Actual returns the actual values of the window's targets, in their own units.
func (p *Problem) Actual(origin int) []float64 {
	y := make([]float64, 0, p.outputs)
	for step := range p.Steps {
		for _, c := range p.targets {
			y = append(y, c.x[origin+p.Lead+p.Horizon+step])
		}
	}
	return y
}

// inFile puts the name of a file before a mistake; the place in the configuration stays.
func inFile(name string, err error) error {
	var e *config.Error
	if !errors.As(err, &e) {
		return fmt.Errorf("%s: %w", name, err)
	}
	c := *e
	c.Problem = config.Say("%s: %v", name, e.Problem)
	return &c
}

// Spans parts the time of the frame's first steps by shares, before anything is fitted: the learning span is what Fit
// wants.
func (f *Frame) Spans(steps int, validation, test float64) (learn, val, hold Span, err error) {
	if learn, val, hold, err = Spans(steps, validation, test); err != nil {
		err = inFile(f.Name, err)
	}
	return
}

// Parts numbers the windows within spans of the frame, the steps that transforms look back upon counted, so that parts
// share none; with Spec.Context the windows whose targets are within. A span that is not empty and holds no window is
// an error.
func (p *Problem) Parts(spans ...Span) ([]data.Subset, error) {
	var out []data.Subset
	for _, s := range spans {
		// Step i of Windows is computed from the steps i … i + Lead of the frame.
		within := Span{s.From, s.To - p.Lead}
		if p.Fitted.Spec.Context && s.From > 0 {
			within.From = max(0, s.From-p.Lead-(p.Length-1+p.Horizon))
		}
		rows := p.Within(within)
		if len(rows) == 0 && s.To > s.From {
			return nil, config.Errorf("split",
				"%s: the span of steps %d to %d holds no window of %d with its targets; give a larger share or a "+
					"shorter window",
				p.Frame.Name, s.From+1, s.To, p.Extent())
		}
		out = append(out, data.Subset{Dataset: p, Rows: rows})
	}
	return out, nil
}
