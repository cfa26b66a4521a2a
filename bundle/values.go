package bundle

import (
	"context"
	"encoding"
	"encoding/json"
	"fmt"
	"image"
	"reflect"
	"strings"
	"time"
	"unicode"

	"gorae/chart"
	"gorae/task"
)

// Predictions returns what a model predicts of samples that are values of Go, one element for each, without text
// between. It gives the same bits as prediction from a file with the same values.
//
// A sample is a struct or a map with the columns of a row by name. The tag `gorae:"sepal length"` names a field's
// column; without one it is the column of the field's name, whatever its case and underscores; `gorae:"-"` leaves a
// field out. A value is a number of any kind, a text (also of an [encoding.TextMarshaler]), a bool, or a pointer to
// one; nil and NaN are missing. A sample of other models is a string (a text), an [image.Image] or the bytes of its
// file as []byte (a picture), a slice of steps (a sequence, such as [][]float64), a slice of rows in the order of time
// (a series; what follows the last row is predicted, or the rows of one key of a model with data.group_by), or nested
// slices of numbers (an array).
//
// Out is a struct whose fields are found in the same way: prediction or the target's name, and with several targets
// prediction(NAME) or the name, is the class or the number in the target's units; a map field named p has the
// probability of each class (with several targets it is tagged `gorae:"p(NAME)"`); p(CLASS) is that of one. Out may
// also be map[string]any, or string or a number for the prediction alone, and a slice of any of these where a sample
// has several rows of predictions, as steps ahead. A network that restores pictures gives each as an [image.Image].
//
// The options [Notes] and [Ahead] ask for what is odd about the samples, and for steps beyond the end of a series.
func Predictions[Out, In any](ctx context.Context, b *Bundle, samples []In, options ...Option) ([]Out, error) {
	if len(samples) == 0 {
		return nil, nil
	}
	var o asked
	for _, option := range options {
		option(&o)
	}
	if o.steps != nil {
		return forecasts[Out](ctx, b, reflect.ValueOf(samples), &o)
	}
	open, t, all, err := b.values(reflect.ValueOf(samples))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.path, err)
	}
	bound, err := open.OpenValues(&task.Request{Training: t}, all)
	if err == nil {
		err = b.fits(bound)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.path, err)
	}
	o.note(bound.Notes)
	if bound.Pictures != nil {
		return restored[Out](ctx, b, bound, len(samples))
	}
	answers, err := newAnswers(reflect.TypeFor[Out](), bound.Header, b.Fitted.Outputs())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.path, err)
	}
	outputs, err := b.Predict(ctx, bound)
	if err != nil {
		return nil, err
	}
	// Several windows of one text are its rows.
	per := bound.Data.Len() / len(samples)
	out := make([]Out, len(samples))
	for i := range out {
		var rows [][]any
		for k := range per {
			more, err := bound.Decode(outputs, i*per+k)
			if err != nil {
				return nil, err
			}
			rows = append(rows, more...)
		}
		if err := answers.fill(reflect.ValueOf(&out[i]).Elem(), rows); err != nil {
			return nil, fmt.Errorf("%s: sample %d: %w", b.path, i+1, err)
		}
	}
	return out, nil
}

// restored returns pictures that a network has restored.
func restored[Out any](ctx context.Context, b *Bundle, bound *task.Bound, n int) ([]Out, error) {
	if !reflect.TypeFor[image.Image]().AssignableTo(reflect.TypeFor[Out]()) {
		return nil, fmt.Errorf("%s: a %v takes no picture; give image.Image", b.path, reflect.TypeFor[Out]())
	}
	out := make([]Out, 0, n)
	err := bound.Pictures(ctx, func(p task.Restored) error {
		s := p.Pixels.Shape
		out = append(out, any(chart.Picture(p.Pixels.F32, s[0], s[1], s[2], 0, 1)).(Out))
		return nil
	})
	return out, err
}

// Prediction returns what a model predicts of one sample; see [Predictions].
func Prediction[Out, In any](ctx context.Context, b *Bundle, sample In, options ...Option) (out Out, err error) {
	all, err := Predictions[Out](ctx, b, []In{sample}, options...)
	if err != nil {
		return out, err
	}
	return all[0], nil
}

// values returns samples that are values of Go in the few kinds that a task takes.
func (b *Bundle) values(samples reflect.Value) (task.Opener, *task.Training, []any, error) {
	o, ok := b.Fitted.(task.Opener)
	if !ok {
		return nil, nil, nil, fmt.Errorf("the model takes no samples as values of Go; use Bind and Predict, or " +
			"Model.Predict")
	}
	t, err := b.training()
	if err != nil {
		return nil, nil, nil, err
	}
	r := reader{}
	if c, ok := b.Fitted.(task.Columner); ok {
		r.needs = c.Needs()
	}
	all := make([]any, samples.Len())
	for i := range all {
		if all[i], err = r.sample(samples.Index(i)); err != nil {
			return nil, nil, nil, fmt.Errorf("sample %d%w", i+1, err)
		}
	}
	return o, t, all, nil
}

// reader turns values of Go into those of a task.Opener.
type reader struct {
	needs []string // the columns that the model takes
}

// mostDeep is the greatest depth of nested values.
const mostDeep = 32

// sample returns a sample; that of a struct must have a field for each column. An error begins with the place behind
// the sample: .Field: … or : ….
func (r reader) sample(v reflect.Value) (any, error) {
	out, err := r.value(v, 0)
	if err != nil {
		return nil, err
	}
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	row, ok := out.(map[string]any)
	if !ok || v.Kind() != reflect.Struct {
		return out, nil
	}
	for _, name := range r.needs {
		if _, ok := row[name]; !ok {
			return nil, fmt.Errorf(": %v has no field for the column %q; give one the tag `gorae:%q`", v.Type(), name,
				name)
		}
	}
	return out, nil
}

// value returns a value without types of the caller's own.
func (r reader) value(v reflect.Value, depth int) (any, error) {
	if depth > mostDeep {
		return nil, fmt.Errorf(": nested more than %d deep; give rows, steps and numbers", mostDeep)
	}
	if !v.IsValid() || (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil() {
		return nil, nil
	}
	switch x := v.Interface().(type) {
	case image.Image, []byte, json.Number, time.Time:
		return x, nil
	case *time.Time:
		return *x, nil
	case encoding.TextMarshaler:
		b, err := x.MarshalText()
		if err != nil {
			return nil, fmt.Errorf(": %w", err)
		}
		return string(b), nil
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return r.value(v.Elem(), depth+1)
	case reflect.String:
		return v.String(), nil
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.Float32, reflect.Float64:
		return v.Float(), nil
	case reflect.Struct:
		row := map[string]any{}
		return row, r.fields(row, v, depth)
	case reflect.Map:
		return r.named(v, depth)
	case reflect.Slice, reflect.Array:
		list := make([]any, v.Len())
		for i := range list {
			var err error
			if list[i], err = r.value(v.Index(i), depth+1); err != nil {
				return nil, fmt.Errorf("[%d]%w", i, err)
			}
		}
		return list, nil
	}
	switch {
	case v.CanInt():
		return v.Int(), nil
	case v.CanUint():
		return v.Uint(), nil
	}
	return nil, fmt.Errorf(": a %v is no value of a sample; give a number, a text, a bool, or nil for a missing value",
		v.Type())
}

// named returns the values of a map by name.
func (r reader) named(v reflect.Value, depth int) (any, error) {
	if v.Type().Key().Kind() != reflect.String {
		return nil, fmt.Errorf(": a %v has no names; give a map[string]any", v.Type())
	}
	row := make(map[string]any, v.Len())
	for k, x := range v.Seq2() {
		value, err := r.value(x, depth+1)
		if err != nil {
			return nil, fmt.Errorf("[%q]%w", k.String(), err)
		}
		row[k.String()] = value
	}
	return row, nil
}

// fields adds the fields of a struct to a row.
func (r reader) fields(row map[string]any, v reflect.Value, depth int) error {
	for f, x := range v.Fields() {
		tag := f.Tag.Get("gorae")
		inner := f.Anonymous && f.Type.Kind() == reflect.Struct
		if !f.IsExported() && !inner || tag == "-" {
			continue
		}
		for x.Kind() == reflect.Pointer && f.Anonymous && !x.IsNil() {
			x = x.Elem()
		}
		if f.Anonymous && tag == "" && x.Kind() == reflect.Struct {
			if err := r.fields(row, x, depth+1); err != nil {
				return err
			}
			continue
		}
		value, err := r.value(x, depth+1)
		if err != nil {
			return fmt.Errorf(".%s%w", f.Name, err)
		}
		name := tag
		if name == "" {
			name = alike(f.Name, r.needs)
		}
		if _, twice := row[name]; twice {
			return fmt.Errorf(".%s: another field has the column %q; give one of them another tag", f.Name, name)
		}
		row[name] = value
	}
	return nil
}

// alike returns the one of the names that is the field's but for case and what is no letter or digit; the field's name
// where none is.
func alike(field string, names []string) string {
	want := folded(field)
	for _, n := range names {
		if n == field || folded(n) == want {
			return n
		}
	}
	return field
}

// folded returns the letters and digits of a name in lower case.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}
