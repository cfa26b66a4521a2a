package config

import (
	"fmt"
	"reflect"
	"strconv"
)

// Check tests a configuration that was written as a Go value: required fields, bounds and
// choices, by the same tags as Decode.
func Check(x any) error {
	v := reflect.Indirect(reflect.ValueOf(x))
	if v.Kind() != reflect.Struct {
		return nil
	}
	for _, it := range items(v.Type()) {
		f := it.field
		if f == nil {
			continue
		}
		if err := f.check(v.FieldByIndex(f.index)); err != nil {
			err.Key = f.key
			return err
		}
	}
	if c, ok := x.(Checker); ok {
		return asError(c.Check())
	}
	return nil
}

func (f *field) check(v reflect.Value) *Error {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	} else if v.IsZero() && !f.required {
		return nil
	}
	switch v.Kind() {
	case reflect.Int, reflect.Int64:
		if !f.inRange(float64(v.Int())) {
			return &Error{Msg: f.wrong(v.Int())}
		}
	case reflect.Float64:
		if !f.inRange(v.Float()) {
			return &Error{Msg: f.wrong(v.Float())}
		}
	case reflect.String:
		if err := f.checkWord(v); err != nil {
			return err.(*Error)
		}
	case reflect.Slice:
		for i := range v.Len() {
			if e := v.Index(i); e.Kind() == reflect.Int && f.limited() && !f.inRange(float64(e.Int())) {
				return &Error{Msg: f.wrong(e.Int())}
			}
		}
	}
	return nil
}

// Filled is x with every field that is at its zero value set to its default.
// It panics on a tag whose default does not fit: a mistake in the program.
func Filled[T any](x T) T {
	v := reflect.ValueOf(&x).Elem()
	if v.Kind() != reflect.Struct {
		return x
	}
	for _, it := range items(v.Type()) {
		f := it.field
		if f == nil || f.def == "" {
			continue
		}
		fv := v.FieldByIndex(f.index)
		if !fv.IsZero() {
			continue
		}
		if err := f.set(fv, f.defaultValue()); err != nil {
			panic(fmt.Sprintf("config: default of %s: %v", f.key, err))
		}
	}
	return x
}

// defaultValue is the default as JSON would have it.
func (f *field) defaultValue() any {
	t := f.typ
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Int, reflect.Int64, reflect.Float64:
		v, err := strconv.ParseFloat(f.def, 64)
		if err != nil {
			panic(fmt.Sprintf("config: default of %s: %v", f.key, err))
		}
		return v
	case reflect.Bool:
		return f.def == "true"
	case reflect.Slice:
		v, err := strconv.ParseFloat(f.def, 64)
		if err != nil {
			panic(fmt.Sprintf("config: default of %s: %v", f.key, err))
		}
		return []any{v}
	}
	return f.def
}
