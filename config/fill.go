package config

import (
	"fmt"
	"reflect"
	"sync"
)

// Filled returns x with every field that is at its zero value set to its default. Where x is an interface (a layer, a
// loss, …) the value in it is filled: a struct is copied, a struct behind a pointer is filled in place. Configurations
// within x, in fields and in lists of a type that has a registry, are filled too. It panics on a tag whose default does
// not fit: a mistake in the program.
func Filled[T any](x T) T {
	v := reflect.ValueOf(&x).Elem()
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	fillValue(v)
	return x
}

// fillValue fills a struct, or what an interface holds, and reports whether anything changed.
func fillValue(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Struct:
		return fillStruct(v)
	case reflect.Slice:
		changed := false
		for i := range v.Len() {
			e := reflect.New(v.Type().Elem()).Elem()
			e.Set(v.Index(i))
			if !fillValue(e) {
				continue
			}
			if !changed { // whoever has the list keeps his own
				c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
				reflect.Copy(c, v)
				v.Set(c)
				changed = true
			}
			v.Index(i).Set(e)
		}
		return changed
	case reflect.Interface:
		if v.IsNil() {
			return false
		}
		switch e := v.Elem(); {
		case e.Kind() == reflect.Pointer && !e.IsNil() && e.Elem().Kind() == reflect.Struct:
			fillStruct(e.Elem())
		case e.Kind() == reflect.Struct:
			c := reflect.New(e.Type()).Elem()
			c.Set(e)
			if fillStruct(c) {
				v.Set(c)
				return true
			}
		}
	}
	return false
}

func fillStruct(v reflect.Value) bool {
	changed := false
	for _, it := range items(v.Type()) {
		f := it.field
		if f == nil {
			continue
		}
		fv := v.FieldByIndex(f.index)
		_, codec := own(fv)
		switch {
		case fv.Kind() == reflect.Struct && !codec:
			changed = fillStruct(fv) || changed
		case !fv.IsZero():
			if f.each != nil { // a list that does not fit stays as it is: Check says so
				_ = f.spread(fv)
				changed = true
			}
		case f.def != "":
			if err := f.set(&Decoder{Keras: true}, fv, f.defaultValue()); err != nil {
				panic(fmt.Sprintf("config: default of %s: %v", f.key, err))
			}
			changed = true
		}
	}
	for _, index := range nested(v.Type()) {
		if fillValue(v.FieldByIndex(index)) {
			changed = true
		}
	}
	return changed
}

var nestedCache sync.Map // reflect.Type → [][]int

// nested lists the fields that hold configurations: of an interface type that has a registry, or lists of such.
func nested(t reflect.Type) [][]int {
	if v, ok := nestedCache.Load(t); ok {
		return v.([][]int)
	}
	var list [][]int
	for i := range t.NumField() {
		f := t.Field(i)
		of := f.Type
		for of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		switch {
		case f.Anonymous && f.Type.Kind() == reflect.Struct:
			for _, index := range nested(f.Type) {
				list = append(list, append([]int{i}, index...))
			}
		case f.IsExported() && of.Kind() == reflect.Interface && registries[of] != nil:
			list = append(list, []int{i})
		}
	}
	nestedCache.Store(t, list)
	return list
}
