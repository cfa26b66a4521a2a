package bundle

import (
	"encoding"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"gorae/task"
)

// answers stores rows of predictions in values of one type.
type answers struct {
	of     reflect.Type // a row's, without a slice around it
	rows   bool         // a sample's predictions are a slice
	header []string
	places []place // of a struct, or the one of a single value
}

// place is where values of a row go.
type place struct {
	field  []int    // of the struct; nil: the value itself
	name   string   // for messages
	column int      // of the row; -1: several
	keys   []string // the columns from first on, as keys of a map
	first  int
}

// newAnswers checks that a type can take the predictions.
func newAnswers(t reflect.Type, header []string, outputs []task.Output) (*answers, error) {
	a := &answers{of: t, header: header}
	if t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8 {
		a.of, a.rows = t.Elem(), true
	}
	if header == nil {
		return nil, errors.New("the network's outputs have no names; use Bind and Predict")
	}
	switch a.of.Kind() {
	case reflect.Interface:
		if a.of.NumMethod() == 0 {
			return a, nil
		}
	case reflect.Map:
		if a.of.Key().Kind() == reflect.String {
			return a, nil
		}
	case reflect.Struct:
		return a, a.fields(a.of, nil, outputs)
	case reflect.String, reflect.Bool, reflect.Float32, reflect.Float64, reflect.Int, reflect.Int8, reflect.Int16,
		reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		k := a.find("prediction", outputs)
		if k < 0 {
			return nil, fmt.Errorf("the model has no single prediction for a %v; take %s into a struct or a map", a.of,
				strings.Join(header, ", "))
		}
		a.places = []place{{column: k, name: a.of.String()}}
		return a, nil
	}
	return nil, fmt.Errorf("a %v takes no predictions; give a struct, a map[string]any, a string or a number", t)
}

// fields finds the columns of a struct's fields.
func (a *answers) fields(t reflect.Type, within []int, outputs []task.Output) error {
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("gorae")
		inner := f.Anonymous && f.Type.Kind() == reflect.Struct
		if !f.IsExported() && !inner || tag == "-" {
			continue
		}
		at := append(within[:len(within):len(within)], i)
		if inner && tag == "" {
			if err := a.fields(f.Type, at, outputs); err != nil {
				return err
			}
			continue
		}
		p := place{field: at, name: t.Name() + "." + f.Name, column: -1}
		name := tag
		if name == "" {
			name = f.Name
		}
		if f.Type.Kind() == reflect.Map && f.Type.Key().Kind() == reflect.String {
			p.keys, p.first = a.classes(name)
		}
		if p.keys == nil {
			if p.column = a.find(name, outputs); p.column < 0 {
				return fmt.Errorf("%s: the model predicts no %q, but %s; give the field the tag of one of them, or "+
					"`gorae:\"-\"`", p.name, name, strings.Join(a.header, ", "))
			}
		}
		a.places = append(a.places, p)
	}
	return nil
}

// find returns the column of a name: one of the header, or that of an output, which stands for its prediction; -1 if
// there is none.
func (a *answers) find(name string, outputs []task.Output) int {
	for k, h := range a.header {
		if h == name {
			return k
		}
	}
	for k, h := range a.header {
		if folded(h) == folded(name) {
			return k
		}
	}
	for _, o := range outputs {
		if folded(o.Name) != folded(name) {
			continue
		}
		for k, h := range a.header {
			if h == "prediction" && len(outputs) == 1 || h == "prediction("+o.Name+")" {
				return k
			}
		}
	}
	return -1
}

// classes returns the classes whose probabilities or scores a map takes, and the column of the first: for p those of
// p(CLASS), for p(NAME) those of p(NAME=CLASS), for score those of score(CLASS).
func (a *answers) classes(name string) (classes []string, first int) {
	word := strings.ToLower(name) + "("
	if before, rest, named := strings.Cut(name, "("); named {
		word = before + "(" + strings.TrimSuffix(rest, ")") + "="
	}
	for k, h := range a.header {
		class, ok := strings.CutPrefix(h, word)
		if !ok {
			continue
		}
		if classes == nil {
			first = k
		}
		classes = append(classes, strings.TrimSuffix(class, ")"))
	}
	return classes, first
}

// fill stores the rows of one sample.
func (a *answers) fill(to reflect.Value, rows [][]any) error {
	if a.rows {
		to.Set(reflect.MakeSlice(to.Type(), len(rows), len(rows)))
		for i, row := range rows {
			if err := a.row(to.Index(i), row); err != nil {
				return err
			}
		}
		return nil
	}
	if len(rows) != 1 {
		return fmt.Errorf("%d rows of predictions; take them into a slice, []%v", len(rows), a.of)
	}
	return a.row(to, rows[0])
}

// row stores one row.
func (a *answers) row(to reflect.Value, row []any) error {
	switch a.of.Kind() {
	case reflect.Interface:
		m := make(map[string]any, len(row))
		for k, v := range row {
			m[a.header[k]] = v
		}
		to.Set(reflect.ValueOf(m))
		return nil
	case reflect.Map:
		return fillMap(to, a.header, row)
	}
	for _, p := range a.places {
		field := to
		if p.field != nil {
			field = to.FieldByIndex(p.field)
		}
		var err error
		if p.keys != nil {
			err = fillMap(field, p.keys, row[p.first:p.first+len(p.keys)])
		} else {
			err = set(field, row[p.column])
		}
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

// fillMap makes a map of values by keys.
func fillMap(to reflect.Value, keys []string, values []any) error {
	t := to.Type()
	m := reflect.MakeMapWithSize(t, len(keys))
	for k, key := range keys {
		v := reflect.New(t.Elem()).Elem()
		if err := set(v, values[k]); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		m.SetMapIndex(reflect.ValueOf(key).Convert(t.Key()), v)
	}
	to.Set(m)
	return nil
}

// set stores a predicted value: a text, a float32, a float64 or an int. A number of the caller's type must be the value
// itself, but for the rounding of a float64 to float32.
func set(to reflect.Value, v any) error {
	if v == nil {
		to.SetZero()
		return nil
	}
	if u, ok := to.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(task.Text(v)))
	}
	switch to.Kind() {
	case reflect.Pointer:
		if to.IsNil() {
			to.Set(reflect.New(to.Type().Elem()))
		}
		return set(to.Elem(), v)
	case reflect.Interface:
		if reflect.TypeOf(v).AssignableTo(to.Type()) {
			to.Set(reflect.ValueOf(v))
			return nil
		}
	case reflect.String:
		to.SetString(task.Text(v))
		return nil
	case reflect.Bool:
		if b, err := strconv.ParseBool(task.Text(v)); err == nil {
			to.SetBool(b)
			return nil
		}
	default:
		return setNumber(to, v)
	}
	return refused(to, v)
}

// setNumber stores a number, or a class that is named by one.
func setNumber(to reflect.Value, v any) error {
	text := task.Text(v)
	switch {
	case to.CanFloat():
		x, err := strconv.ParseFloat(text, 64)
		switch n := v.(type) {
		case float32:
			x, err = float64(n), nil
		case float64:
			x, err = n, nil
		}
		if err == nil && (!to.OverflowFloat(x) || math.IsInf(x, 0)) {
			to.SetFloat(x)
			return nil
		}
	case to.CanInt():
		if x, err := strconv.ParseInt(text, 10, 64); err == nil && !to.OverflowInt(x) {
			to.SetInt(x)
			return nil
		}
	case to.CanUint():
		if x, err := strconv.ParseUint(text, 10, 64); err == nil && !to.OverflowUint(x) {
			to.SetUint(x)
			return nil
		}
	}
	return refused(to, v)
}

func refused(to reflect.Value, v any) error {
	kind := "a number such as float64"
	if _, text := v.(string); text {
		kind = "a string"
	}
	return fmt.Errorf("%s does not fit a %v; make it %s", task.Text(v), to.Type(), kind)
}
