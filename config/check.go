package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
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
			return Under(f.key, err)
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
			return f.wrong(v.Int())
		}
	case reflect.Float64:
		if !f.inRange(v.Float()) {
			return f.wrong(v.Float())
		}
	case reflect.String:
		return f.checkWord(v)
	case reflect.Struct:
		if err := Check(v.Interface()); err != nil {
			return asError(err).(*Error)
		}
	case reflect.Slice:
		elem := *f
		elem.each, elem.required = nil, true // a zero in a list is a number like any other
		for i := range v.Len() {
			if e := v.Index(i); e.Kind() == reflect.Int || e.Kind() == reflect.Slice {
				if err := elem.check(e); err != nil {
					return err
				}
			}
		}
		if f.each != nil {
			if _, err := spread(v, f.each); err != nil {
				return err
			}
		}
	}
	return nil
}

// defaultValue returns the default as JSON would have it.
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
	case reflect.Slice: // default=0 255 is a list of two
		var list []any
		for _, word := range strings.Fields(f.def) {
			v, err := strconv.ParseFloat(word, 64)
			if err != nil {
				panic(fmt.Sprintf("config: default of %s: %v", f.key, err))
			}
			list = append(list, v)
		}
		return list
	case reflect.Struct: // with a form of its own: a number, or a word
		if v, err := strconv.ParseFloat(f.def, 64); err == nil {
			return v
		}
	}
	return f.def
}
