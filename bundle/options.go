package bundle

import (
	"context"
	"fmt"
	"reflect"

	"gorae/task"
)

// Option asks [Predictions] for more than the predictions.
type Option func(*asked)

// asked is what the options of a prediction ask for.
type asked struct {
	notes *[]string
	steps *int
}

// Notes appends to lines what gorae predict says of the samples: categories that training did not meet, gaps between
// the times of a series, and the like, a line each.
func Notes(lines *[]string) Option { return func(o *asked) { o.notes = lines } }

// Ahead predicts steps beyond the end of each history, where the model is of a series, each forecast fed back as if it
// had been observed: the times go on as those of the history do. Without it the steps are those that the network
// predicts at once. Out is a slice with a row for each step: its time under the name of the column of times (step,
// where the series has none), written as in training, and the targets.
func Ahead(steps int) Option { return func(o *asked) { o.steps = &steps } }

// note hands notes to who asked for them.
func (o *asked) note(lines []string) {
	if o.notes != nil {
		*o.notes = append(*o.notes, lines...)
	}
}

// forecasts returns the steps beyond the end of histories.
func forecasts[Out any](ctx context.Context, b *Bundle, samples reflect.Value, o *asked) ([]Out, error) {
	f, ok := b.Fitted.(task.ValuesForecaster)
	if !ok {
		return nil, fmt.Errorf("%s: the model predicts no series, so there is no end to go beyond; leave Ahead out",
			b.path)
	}
	_, t, all, err := b.values(samples)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.path, err)
	}
	found, err := f.ForecastValues(ctx, &task.Request{Training: t}, all, *o.steps)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.path, err)
	}
	out := make([]Out, len(found))
	for i, forecast := range found {
		o.note(forecast.Notes)
		answers, err := newAnswers(reflect.TypeFor[Out](), forecast.Header, b.Fitted.Outputs())
		if err == nil {
			err = answers.fill(reflect.ValueOf(&out[i]).Elem(), forecast.Rows)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: sample %d: %w", b.path, i+1, err)
		}
	}
	return out, nil
}
