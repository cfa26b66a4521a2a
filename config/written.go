package config

import (
	"reflect"
	"slices"
)

// Marshaler is a type that gives its own written form; nil is left out.
type Marshaler interface{ MarshalConfig() any }

// Written returns x as people write it in an experiment file: the keys of a struct in their order, those at their
// default left out, and for the values of a registry the shortest of relu, dropout: 0.3 and adam: {learning_rate:
// 0.01}. A Decoder reads it as x again, but for defaults that x has set.
func Written(x any) any {
	v := reflect.ValueOf(x)
	if v.IsValid() && v.Kind() != reflect.Pointer {
		p := reflect.New(v.Type()) // addressable, for types whose methods want a pointer
		p.Elem().Set(v)
		v = p
	}
	if !v.IsValid() || v.IsNil() {
		return nil
	}
	return (&field{typ: v.Type().Elem(), element: true}).written(v.Elem())
}

// written returns a thing of the registry as people write it.
func (r *registry) written(v any) any {
	class, known := r.class(v)
	if _, whole := v.(interface{ Config() (Map, error) }); whole || !known {
		return r.encode(v)
	}
	for _, s := range r.shorts {
		if reflect.DeepEqual(r.protos[fold(s)].proto.Interface(), v) {
			return s
		}
	}
	return r.writtenAs(r.protos[fold(class)], r.word(v), reflect.ValueOf(v))
}

// writtenUnder returns what written returns, under the given name, which must be one that Decode accepts for v.
func (r *registry) writtenUnder(name string, v any) any {
	e, ok := r.protos[fold(name)]
	if !ok || e.typ != reflect.TypeOf(v) {
		return r.written(v)
	}
	return r.writtenAs(e, name, reflect.ValueOf(v))
}

func (r *registry) writtenAs(e entry, word string, v reflect.Value) any {
	v = reflect.Indirect(v)
	if v.Kind() != reflect.Struct {
		return word
	}
	x := reflect.New(v.Type()).Elem()
	x.Set(v)
	keys := writtenKeys(x, reflect.Indirect(e.proto))
	if len(keys) == 0 {
		return word
	}
	if len(keys) == 1 {
		_, tree := keys[0].Value.(Map)
		if !tree && keys[0].Value != nil && mainKey(v.Type()) == keys[0].Key {
			return Map{{word, keys[0].Value}}
		}
	}
	return Map{{word, keys}}
}

// with returns a thing with further keys, as people write them; v itself stays as it is.
func with(v any, keys Map) (any, error) {
	from := reflect.Indirect(reflect.ValueOf(v))
	p := reflect.New(from.Type())
	p.Elem().Set(from)
	d := &Decoder{}
	for _, e := range keys {
		if p.Elem().Kind() != reflect.Struct {
			break
		}
		if err := d.key(members(p.Elem()), e.Key, e.Value, true); err != nil {
			return nil, err
		}
	}
	if reflect.TypeOf(v).Kind() == reflect.Pointer {
		return p.Interface(), nil
	}
	return p.Elem().Interface(), nil
}

// mainKey returns the key that a lone value stands for, "" if there is none.
func mainKey(t reflect.Type) string {
	for _, it := range items(t) {
		if it.field != nil && it.field.main {
			return it.field.key
		}
	}
	return ""
}

// writtenKeys returns the keys of an addressable struct that differ from those of base, which may be invalid, and from
// their defaults.
func writtenKeys(v, base reflect.Value) Map {
	m := Map{}
	for _, it := range members(v) {
		f := it.field
		if f == nil {
			continue
		}
		fv := it.of.FieldByIndex(f.index)
		var from reflect.Value
		if base.IsValid() && it.of == v {
			from = base.FieldByIndex(f.index)
		}
		if !f.worthWriting(fv, from) || m.index(f.key) >= 0 {
			continue
		}
		if value := f.written(fv); value != nil {
			m = append(m, Entry{f.key, value})
		}
	}
	return m
}

// worthWriting reports whether a reader would not get the value without its key. From is what the field starts with;
// the zero value where it is invalid.
func (f *field) worthWriting(v, from reflect.Value) bool {
	switch {
	case f.always:
		return true
	case f.required:
		return !v.IsZero() || !slices.Contains(nullable, v.Kind())
	case from.IsValid() && !from.IsZero():
		return !reflect.DeepEqual(v.Interface(), from.Interface())
	case v.IsZero():
		return false
	case f.def == "":
		return true
	}
	d, s := reflect.New(v.Type()).Elem(), reflect.New(v.Type()).Elem()
	s.Set(v)
	if err := f.set(&Decoder{Keras: true}, d, f.defaultValue()); err != nil {
		return true
	}
	if f.each != nil && f.spread(s) != nil {
		return true
	}
	return !reflect.DeepEqual(s.Interface(), d.Interface())
}

// written returns the form of a field's value.
func (f *field) written(v reflect.Value) any {
	if v.Kind() != reflect.Pointer || !v.IsNil() {
		if m, ok := marshaler(v); ok {
			return m.MarshalConfig()
		}
	}
	switch v.Kind() {
	case reflect.Interface:
		if r := registries[v.Type()]; r != nil && !v.IsNil() {
			return r.written(v.Interface())
		}
		return nil
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		elem := *f
		elem.typ, elem.element = f.typ.Elem(), true // a pointer to nothing but defaults says something
		return elem.written(v.Elem())
	case reflect.Bool:
		return v.Bool() != f.invert
	case reflect.Int, reflect.Int64:
		return v.Int()
	case reflect.Uint64:
		return v.Uint()
	case reflect.Float64:
		return v.Float()
	case reflect.String:
		if v.String() == f.null && f.null != "" {
			return nil
		}
		return v.String()
	case reflect.Slice:
		return f.writtenList(v)
	case reflect.Map:
		return f.writtenDict(v)
	case reflect.Struct:
		if m := writtenKeys(v, reflect.Value{}); len(m) > 0 || f.element {
			return m
		}
	}
	return nil
}

func marshaler(v reflect.Value) (Marshaler, bool) {
	if m, ok := v.Interface().(Marshaler); ok {
		return m, true
	}
	if v.CanAddr() {
		m, ok := v.Addr().Interface().(Marshaler)
		return m, ok
	}
	return nil, false
}

// writtenList writes one element in place of a list where the reader takes it for the same.
func (f *field) writtenList(v reflect.Value) any {
	if v.IsNil() {
		return nil
	}
	elem := *f
	elem.each, elem.typ, elem.element = nil, f.typ.Elem(), true
	list := make([]any, v.Len())
	for i := range list {
		list[i] = elem.written(v.Index(i))
	}
	_, nested := firstOf(list).([]any)
	same := len(list) > 0 && !slices.ContainsFunc(list, func(x any) bool { return !reflect.DeepEqual(x, list[0]) })
	if same && !nested && firstOf(list) != nil && (f.each != nil || f.lone && len(list) == 1) {
		return list[0]
	}
	return list
}

func firstOf(list []any) any {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// writtenDict writes a map by the order of its keys.
func (f *field) writtenDict(v reflect.Value) any {
	if v.IsNil() {
		return nil
	}
	elem := *f
	elem.typ, elem.element = f.typ.Elem(), true
	m := Map{}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		if a.String() < b.String() {
			return -1
		}
		return 1
	})
	for _, k := range keys {
		x := reflect.New(elem.typ).Elem()
		x.Set(v.MapIndex(k))
		m = append(m, Entry{k.String(), elem.written(x)})
	}
	return m
}
