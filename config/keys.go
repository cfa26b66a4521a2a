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

// Filer is a value of a written form of its own that names files: ConfigFiles lists them, with paths below its key.
type Filer interface{ ConfigFiles() []FileRef }

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
		if of, ok := filer(fv); ok {
			for _, r := range of.ConfigFiles() {
				refs = append(refs, FileRef{Join(at, r.Path), r.Value})
			}
			continue
		}
		switch {
		case f.file && fv.Kind() == reflect.String && fv.String() != "":
			refs = append(refs, FileRef{at, fv.Addr().Interface().(*string)})
		case fv.Kind() == reflect.Struct, fv.Kind() == reflect.Pointer:
			refs = append(refs, files(at, fv)...)
		}
	}
	return refs
}

// filer returns a value, or what it points to, as a Filer.
func filer(v reflect.Value) (Filer, bool) {
	if v.Kind() != reflect.Pointer {
		v = v.Addr()
	}
	f, ok := v.Interface().(Filer)
	return f, ok && !v.IsNil()
}
