package series

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorae/data"
	"gorae/data/series"
	"gorae/internal/words"
	"gorae/task"
	"gorae/tensor"
)

// Needs implements task.Columner.
func (f *Fitted) Needs() []string { return union(f.Spec.Time, f.Spec.Features) }

// OpenValues implements task.Opener: a sample is a history, a list of rows in the order of time with the times and the
// features by name; of a series of one feature without times the values themselves. It is predicted what follows the
// last row.
func (f *Fitted) OpenValues(_ *task.Request, samples []any) (*task.Bound, error) {
	all := &histories{}
	for i, s := range samples {
		frame, err := f.history(i, s)
		if err != nil {
			return nil, err
		}
		if err := f.window(all, frame); err != nil {
			return nil, fmt.Errorf("sample %d: %w", i+1, err)
		}
	}
	return &task.Bound{Name: "samples", Dependence: task.Dependence{Serial: true}, Data: all, Header: f.header(true),
		Notes: all.notes, Decode: all.decode}, nil
}

// ForecastValues implements task.ValuesForecaster.
func (f *Fitted) ForecastValues(ctx context.Context, r *task.Request, samples []any, steps int) ([]*task.Forecast,
	error) {
	if steps < 1 || steps > series.MaxAhead {
		return nil, fmt.Errorf("%d is no number of steps to predict; give 1 to %d", steps, series.MaxAhead)
	}
	all := make([]*task.Forecast, len(samples))
	for i, s := range samples {
		frame, err := f.history(i, s)
		if err != nil {
			return nil, err
		}
		if all[i], err = f.forecast(ctx, r.Training.Model, frame, nil, steps); err != nil {
			return nil, fmt.Errorf("sample %d: %w", i+1, err)
		}
	}
	return all, nil
}

// history returns sample i, a list of rows, as a series.
func (f *Fitted) history(i int, sample any) (*series.Frame, error) {
	rows, ok := sample.([]any)
	if !ok || len(rows) == 0 {
		return nil, task.SampleError(i, sample, "a history: a list of rows with the values "+
			strings.Join(f.Needs(), ", "))
	}
	frame, err := f.framed(rows)
	if err != nil {
		return nil, fmt.Errorf("sample %d: %w", i+1, err)
	}
	return frame, nil
}

// framed returns rows as a series.
func (f *Fitted) framed(rows []any) (*series.Frame, error) {
	records := make([]map[string]any, len(rows))
	for k, row := range rows {
		switch v := row.(type) {
		case map[string]any:
			records[k] = f.stamped(v)
		default:
			if len(f.Needs()) != 1 {
				return nil, fmt.Errorf("row %d: %v is one value; give %s by name", k+1, v,
					strings.Join(f.Needs(), ", "))
			}
			records[k] = map[string]any{f.Needs()[0]: v}
		}
	}
	t, err := data.FromRecords(records, f.Needs())
	if err != nil {
		return nil, err
	}
	t.Name = "history"
	reading := f.Spec.Reading
	reading.Columns = slices.Clone(f.Spec.Features)
	for _, name := range f.Spec.Targets { // a target that is no feature may be absent
		if i, err := t.Find(name); err == nil && i >= 0 && !slices.Contains(reading.Columns, name) {
			reading.Columns = append(reading.Columns, name)
		}
	}
	return series.FromTable(t, reading)
}

// window adds the last window of a history.
func (f *Fitted) window(to *histories, frame *series.Frame) error {
	p, w, err := f.Ahead(frame)
	if err != nil {
		return err
	}
	if w.Len() == 0 {
		return fmt.Errorf("%s; the network takes %d", words.Plural(frame.Len(), "row"), f.Spec.Window)
	}
	to.windows = append(to.windows, w)
	to.decoders = append(to.decoders, f.decoderOf(frame, p, w))
	to.notes = append(to.notes, frame.Notes...)
	return nil
}

// stamped returns a row whose times are written as those of the training.
func (f *Fitted) stamped(row map[string]any) map[string]any {
	out := make(map[string]any, len(row))
	for name, v := range row {
		if at, ok := v.(time.Time); ok {
			if f.Spec.Format != nil {
				v = f.Spec.Format.Format(at)
			} else {
				v = at.Format(time.RFC3339Nano)
			}
		}
		out[name] = v
	}
	return out
}

// histories is the last window of each history.
type histories struct {
	windows  []*series.Windows
	decoders []func(y []float32, i int) ([][]any, error)
	notes    []string
}

// Spec implements data.Dataset.
func (h *histories) Spec() data.Spec { return h.windows[0].Spec() }

// Len implements data.Dataset.
func (h *histories) Len() int { return len(h.windows) }

// Read implements data.Dataset.
func (h *histories) Read(epoch, i int, row data.Row) error {
	return h.windows[i].Read(epoch, h.windows[i].Len()-1, row)
}

// decode returns what follows history i.
func (h *histories) decode(outputs []*tensor.Tensor, i int) ([][]any, error) {
	size := outputs[0].Len() / outputs[0].Shape[0]
	return h.decoders[i](outputs[0].F32[i*size:(i+1)*size], h.windows[i].Len()-1)
}
