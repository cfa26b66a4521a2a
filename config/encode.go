package config

import (
	"reflect"
	"slices"
)

// Own is a word that may name a function that Keras lacks: it is written as a registered object, gorae>NAME,
// as Keras writes the functions of its users.
type Own interface{ Own() bool }

// Unwritten is a struct with keys that its class in Keras does not take: they are read, and not written.
type Unwritten interface{ Unwritten() []string }

// Encode writes the whole configuration of a struct: every key that Keras has,
// with its default where a field is at its zero value.
func Encode(x any) Map {
	v := reflect.Indirect(reflect.ValueOf(x))
	m := Map{}
	if v.Kind() != reflect.Struct {
		return m
	}
	var unwritten []string
	if u, ok := v.Interface().(Unwritten); ok {
		unwritten = u.Unwritten()
	}
	for _, it := range items(v.Type()) {
		if it.fixed != nil {
			if !it.fixed.read {
				m = append(m, Entry{it.fixed.key, it.fixed.value})
			}
			continue
		}
		f := it.field
		fv := v.FieldByIndex(f.index)
		if f.optional && fv.IsZero() || slices.Contains(unwritten, f.key) {
			continue
		}
		value := f.encode(fv)
		if i := m.index(f.key); i >= 0 { // a second field under the key: the one that is set counts
			if !fv.IsZero() {
				m[i].Value = value
			}
			continue
		}
		m = append(m, Entry{f.key, value})
	}
	return m
}

// Encoder is implemented by structs that have another form than a map in Keras's configurations. It is apart from
// Marshaler, so that programs that write no experiment files do not link the forms that those have.
type Encoder interface{ EncodeConfig() any }

// Withheld returns those of the keys of a struct that are set, as Encode would write them.
func Withheld(x any, keys ...string) Map {
	v := reflect.Indirect(reflect.ValueOf(x))
	m := Map{}
	if v.Kind() != reflect.Struct {
		return m
	}
	for _, it := range items(v.Type()) {
		if f := it.field; f != nil && slices.Contains(keys, f.key) && !v.FieldByIndex(f.index).IsZero() {
			m = append(m, Entry{f.key, f.encode(v.FieldByIndex(f.index))})
		}
	}
	return m
}

func (m Map) index(key string) int {
	for i, e := range m {
		if e.Key == key {
			return i
		}
	}
	return -1
}

// Set gives key a value, in its place if it is there, else at the end.
func (m Map) Set(key string, value any) Map {
	if i := m.index(key); i >= 0 {
		m[i].Value = value
		return m
	}
	return append(m, Entry{key, value})
}

func (f *field) encode(v reflect.Value) any {
	if v.IsZero() && f.def != "" {
		d := reflect.New(v.Type()).Elem()
		if err := f.set(&Decoder{Keras: true}, d, f.defaultValue()); err != nil {
			panic("config: default of " + f.key + ": " + err.Error())
		}
		v = d
	}
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return encodeInterface(v)
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		if e := v.Elem(); e.Kind() == reflect.String { // "" behind a pointer is a word
			return e.String()
		}
		elem := *f
		elem.def = "" // a zero behind a pointer is a zero
		return elem.encode(v.Elem())
	case reflect.Bool:
		return v.Bool() != f.invert
	case reflect.Int, reflect.Int64:
		return int(v.Int())
	case reflect.Float64:
		return v.Float()
	case reflect.String:
		if v.String() == "" || v.String() == f.null {
			return nil
		}
		if w, ok := v.Interface().(Own); ok && w.Own() {
			name := "gorae>" + v.String()
			return Map{{"module", "gorae"}, {"class_name", "function"}, {"config", name}, {"registered_name", name}}
		}
		return v.String()
	case reflect.Slice:
		if v.IsNil() {
			return nil
		}
		if f.each != nil {
			if s, err := spread(v, f.each); err == nil {
				v = s
			}
		}
		if f.lone && v.Len() == 1 {
			return (&field{typ: v.Type().Elem()}).encode(v.Index(0))
		}
		list := make([]any, v.Len())
		for i := range list {
			if f.nullZero && v.Index(i).IsZero() {
				continue
			}
			if f.literal && v.Index(i).Kind() == reflect.String { // "" is a word
				list[i] = v.Index(i).String()
				continue
			}
			list[i] = (&field{typ: v.Type().Elem()}).encode(v.Index(i))
		}
		return list
	case reflect.Struct:
		if e, ok := v.Interface().(Encoder); ok {
			return e.EncodeConfig()
		}
		return Encode(v.Interface())
	}
	return nil
}
