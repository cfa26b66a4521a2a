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

// Filled is x with every field that is at its zero value set to its default. Of an interface the value in it is filled: a
// copy, or through a pointer the struct itself. It panics on a tag whose default does not fit: a mistake in the program.
func Filled[T any](x T) T {
	v := reflect.ValueOf(&x).Elem()
	if v.Kind() == reflect.Interface && !v.IsNil() {
		switch e := v.Elem(); {
		case e.Kind() == reflect.Struct:
			p := reflect.New(e.Type())
			p.Elem().Set(e)
			fillDefaults(p.Elem())
			v.Set(p.Elem())
			return x
		default:
			v = e
		}
	}
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() == reflect.Struct {
		fillDefaults(v)
	}
	return x
}

// fillDefaults fills an addressable struct.
func fillDefaults(v reflect.Value) {
	for _, it := range items(v.Type()) {
		f := it.field
		if f == nil {
			continue
		}
		fv := v.FieldByIndex(f.index)
		if !fv.IsZero() {
			if f.each != nil { // a list that does not fit stays as it is: Check says so
				_ = f.spread(fv)
			}
			continue
		}
		if f.def == "" {
			continue
		}
		if err := f.set(&Decoder{Keras: true}, fv, f.defaultValue()); err != nil {
			panic(fmt.Sprintf("config: default of %s: %v", f.key, err))
		}
	}
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
	}
	return f.def
}
