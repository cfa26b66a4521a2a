package config

import (
	"reflect"
	"slices"
)

// Keys lists the keys of the struct that x is or points to, in their order.
func Keys(x any) []string {
	if x, ok := x.(Extended); ok {
		var keys []string
		for _, it := range members(reflect.ValueOf(x).Elem()) {
			if it.field != nil && !slices.Contains(keys, it.field.key) {
				keys = append(keys, it.field.key)
			}
		}
		return keys
	}
	t := reflect.TypeOf(x)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var keys []string
	for _, it := range items(t) {
		if it.field != nil && !slices.Contains(keys, it.field.key) {
			keys = append(keys, it.field.key)
		}
	}
	return keys
}

// Given lists the keys of the struct that x is or points to whose fields are set, without those of extensions.
func Given(x any) []string {
	v := reflect.Indirect(reflect.ValueOf(x))
	var keys []string
	for _, it := range items(v.Type()) {
		if f := it.field; f != nil && !v.FieldByIndex(f.index).IsZero() && !slices.Contains(keys, f.key) {
			keys = append(keys, f.key)
		}
	}
	return keys
}

// Instead returns the key of the struct that x points to that is set and may stand in the place of a required key; ""
// if there is none.
func Instead(x any, required string) string {
	v := reflect.Indirect(reflect.ValueOf(x))
	for _, it := range items(v.Type()) {
		if f := it.field; f != nil && f.instead == required && !v.FieldByIndex(f.index).IsZero() {
			return f.key
		}
	}
	return ""
}

// FileRef is a key whose tag says that it names a file, and the variable that holds it.
type FileRef struct {
	Path  string
	Value *string
}

// Files lists the keys of the struct that x points to, and of the structs in it, that name files and are set.
func Files(x any) []FileRef { return files("", reflect.ValueOf(x).Elem()) }

func files(path string, v reflect.Value) []FileRef {
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return nil
	}
	var refs []FileRef
	for _, it := range members(v) {
		f := it.field
		if f == nil {
			continue
		}
		fv, at := it.of.FieldByIndex(f.index), Join(path, Step(f.key))
		switch {
		case f.file && fv.Kind() == reflect.String && fv.String() != "":
			refs = append(refs, FileRef{at, fv.Addr().Interface().(*string)})
		case fv.Kind() == reflect.Struct, fv.Kind() == reflect.Pointer:
			refs = append(refs, files(at, fv)...)
		}
	}
	return refs
}
