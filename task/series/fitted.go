package series

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorae/data"
	"gorae/data/series"
	"gorae/internal/words"
	"gorae/model"
	"gorae/task"
	"gorae/tensor"
)

// Fitted is how windows are made of a series, and the baselines that were fitted to the training span, beside which
// forecasts of other files are evaluated.
type Fitted struct {
	*series.Fitted   `json:"windows"`
	series.Baselines                 // their keys stand beside the others
	CSV              data.CSVOptions `json:"csv"` // how the training table was read
}

// Outputs returns one output, which holds all steps of all targets.
func (f *Fitted) Outputs() []task.Output {
	return []task.Output{{Name: strings.Join(f.Spec.Targets, ", ")}}
}

// Unit implements task.Fitted.
func (*Fitted) Unit() string { return "window" }

// Check returns an error unless the network takes the windows.
func (f *Fitted) Check(m *model.Model) error {
	in := m.InputTypes(1)
	if len(in) != 1 || len(in[0].Shape) < 2 || in[0].Shape[1] != f.Spec.Window {
		return fmt.Errorf("windows have %d steps, but the network takes %v", f.Spec.Window, in[0].Shape[1:])
	}
	return nil
}

// source reads a table like the training table; the arrays of an .npz file are taken for columns.
func (f *Fitted) source(r *task.Request) (*data.Source, error) {
	if r.Source.Labels != "" {
		return nil, fmt.Errorf("--labels %s: the targets of a series are its own columns; leave it out",
			r.Source.Labels)
	}
	r.Source.CSV = f.CSV
	src, err := r.Source.Read()
	if err != nil {
		return nil, err
	}
	needs := slices.Concat(f.Spec.Time, f.Spec.Features)
	if src.Arrays != nil && src.Arrays.Columnwise(needs, r.Training.Model.InputTypes(1)[0].Shape[1:]) {
		t, err := src.Arrays.Table(needs, f.Spec.Targets, f.CSV)
		return &data.Source{Table: t}, err
	}
	return src, nil
}

// frame returns the series of a source; what is odd about its times is noted in the table.
func (f *Fitted) frame(s *task.Source, src *data.Source) (*series.Frame, error) {
	if src.Table == nil {
		return nil, fmt.Errorf("%s: no table; the model takes rows of %s in the order of time", s.Name,
			strings.Join(f.Spec.Features, ", "))
	}
	reading := f.Spec.Reading
	reading.Columns = union(f.Spec.Features, f.Spec.Targets)
	return series.FromTable(src.Table, reading)
}

// problem returns the windows of a source with their targets.
func (f *Fitted) problem(s *task.Source, src *data.Source) (*series.Problem, error) {
	frame, err := f.frame(s, src)
	if err != nil {
		return nil, err
	}
	return f.on(frame)
}

func (f *Fitted) on(frame *series.Frame) (*series.Problem, error) {
	p, w, err := f.Ahead(frame)
	if err != nil {
		return nil, err
	}
	if need := p.Lead + p.Length + f.Spec.Horizon + f.Spec.Steps - 1; frame.Len() < need {
		return nil, fmt.Errorf("%s: %d steps hold %s but not what follows; give at least %d", frame.Name, frame.Len(),
			words.Plural(w.Len(), "window"), need)
	}
	return f.On(frame)
}

// Open reads a series. To predict it is every window of which there is something to predict, the one that ends
// with the series too; an array goes to the network as it is.
func (f *Fitted) Open(r *task.Request) (*task.Bound, error) {
	src, err := f.source(r)
	if err != nil {
		return nil, err
	}
	if src.Arrays != nil && src.Arrays.X != nil && !r.Targets {
		if err := src.Arrays.CheckFloat32(src.Arrays.X); err != nil {
			return nil, err
		}
		if err := src.Arrays.CheckFinite(); err != nil {
			return nil, err
		}
		d, err := data.Of(src.Arrays.X.Floats(), nil)
		if err != nil {
			return nil, err
		}
		return &task.Bound{Name: r.Source.Name, Data: d}, nil
	}
	frame, err := f.frame(r.Source, src)
	if err != nil {
		return nil, err
	}
	b := &task.Bound{Name: r.Source.Name, Dependence: task.Dependence{Serial: true},
		Notes: append(src.Table.FileGuesses(), frame.Notes...)}
	if r.Targets {
		return b, f.evaluation(r, frame, b)
	}
	p, w, err := f.Ahead(frame)
	if err != nil {
		return nil, err
	}
	b.Data, b.Header, b.Decode = w, f.header(true), f.decoder(frame, p, w)
	return b, nil
}

// evaluation fills in windows with targets, and the comparison with the baselines.
func (f *Fitted) evaluation(r *task.Request, frame *series.Frame, b *task.Bound) error {
	if r.Column != "" && !slices.Equal([]string{r.Column}, f.Spec.Targets) {
		return fmt.Errorf("--target %s: the model predicts %s; leave it out", r.Column,
			strings.Join(f.Spec.Targets, ", "))
	}
	p, err := f.on(frame)
	if err != nil {
		return err
	}
	if note := p.FilledNote(); note != "" {
		b.Notes = append(b.Notes, note)
	}
	w := windows{p, data.Subset{Dataset: p, Rows: data.Range(p.Len())}}
	c := newCollector(w)
	b.Data, b.Consumer = series.Levelled{Problem: p}, c
	b.Report = func(_ context.Context, to *task.Findings) error {
		if err := mixed(to, w, r.Training.Metrics[0]); err != nil {
			return err
		}
		net, err := c.forecasts()
		if err != nil {
			return err
		}
		if err := compare(to, w, net, &f.Baselines); err != nil {
			return err
		}
		sayResiduals(to, w, net)
		return nil
	}
	return nil
}

// values is the number of outputs of the network for a window, or for a step of it.
func (f *Fitted) values() int { return len(f.Targets) * f.Spec.Quantiles.Width() }

// header names the columns of forecasts. ahead says that there may be a column of the steps ahead, and quantiles.
func (f *Fitted) header(ahead bool) []string {
	h := []string{"step"}
	switch len(f.Spec.Time) {
	case 0:
	case 1:
		h[0] = f.Spec.Time[0]
	default:
		h[0] = "time"
	}
	if ahead && f.Spec.Steps > 1 {
		h = append(h, "ahead")
	}
	for _, t := range f.Spec.Targets {
		name := "prediction"
		if len(f.Spec.Targets) == 1 {
			t = ""
		} else {
			name += "(" + t + ")"
		}
		h = append(h, name)
		if ahead {
			h = append(h, f.Spec.Quantiles.Columns(t)...)
		}
	}
	return h
}

// decoder returns a decoder with a row for each step that is predicted: its time, the number of steps ahead where there
// are several, and each target in its units, with its quantiles behind it.
func (f *Fitted) decoder(frame *series.Frame, p *series.Problem, w *series.Windows) func([]*tensor.Tensor,
	int) ([][]any, error) {
	of := f.decoderOf(frame, p, w)
	return func(outputs []*tensor.Tensor, i int) ([][]any, error) {
		out := outputs[0]
		size := out.Len() / out.Shape[0]
		return of(out.F32[i*size:(i+1)*size], i)
	}
}

// decoderOf returns a decoder of the outputs of one window and its number.
func (f *Fitted) decoderOf(frame *series.Frame, p *series.Problem, w *series.Windows) func([]float32, int) ([][]any,
	error) {
	k, steps, targets := f.values(), f.Spec.Steps, len(f.Spec.Targets)
	return func(y []float32, i int) ([][]any, error) {
		at := w.Origin(i)
		units, spread := p.Quantiles(at, y[len(y)-k:]) // with Every all steps of the window, of which the last counts
		var rows [][]any
		for step := range steps {
			ahead := f.Spec.Horizon + step
			row := []any{frame.Stamp(at + p.Lead + ahead)}
			if steps > 1 {
				row = append(row, ahead)
			}
			for i := step * targets; i < (step+1)*targets; i++ {
				row = append(row, units[i])
				if spread != nil {
					for _, q := range spread[i] {
						row = append(row, q)
					}
				}
			}
			rows = append(rows, row)
		}
		return rows, nil
	}
}

// Forecast predicts steps beyond the end of a series, each prediction fed back as if it had been observed: values
// of the targets in their units.
func (f *Fitted) Forecast(ctx context.Context, r *task.Request, steps int) (*task.Forecast, error) {
	src, err := f.source(r)
	if err != nil {
		return nil, err
	}
	frame, err := f.frame(r.Source, src)
	if err != nil {
		return nil, err
	}
	return f.forecast(ctx, r.Training.Model, frame, src.Table.FileGuesses(), steps)
}

// forecast predicts steps beyond the end of a frame.
func (f *Fitted) forecast(ctx context.Context, m *model.Model, frame *series.Frame, notes []string, steps int) (
	*task.Forecast, error) {
	p, _, err := f.Ahead(frame)
	if err != nil {
		return nil, err
	}
	done := 0 // steps that are predicted
	rows, err := p.Recursive(func(x *tensor.Tensor) (*tensor.Tensor, error) {
		y, err := m.Predict(ctx, x)
		if err == nil {
			err = m.Finite(y, []*tensor.Tensor{x})
		}
		var bad *model.NonFiniteError
		if errors.As(err, &bad) {
			return nil, fmt.Errorf("%s: step %d after the end: %s", frame.Name, done+1, bad.What())
		}
		if err != nil {
			return nil, err
		}
		done += f.Spec.Steps
		return y[0], nil
	}, steps)
	if err != nil {
		return nil, err
	}
	out := &task.Forecast{Header: f.header(false), Values: rows}
	out.Notes = append(notes, frame.Notes...)
	for i, values := range rows {
		row := []any{frame.Stamp(frame.Len() + i)}
		for _, v := range values {
			row = append(row, v)
		}
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}

// UnmarshalJSON reads what encoding/json wrote of a Fitted.
func (f *Fitted) UnmarshalJSON(b []byte) error {
	var c struct {
		Windows *series.Fitted `json:"windows"`
		series.Baselines
		CSV data.CSVOptions `json:"csv"`
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return err
	}
	*f = Fitted{c.Windows, c.Baselines, c.CSV}
	return nil
}
