package config

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"sort"
	"strconv"
)

// Checker is a value that can say what is wrong with it: a named string with a
// list of choices, or a whole configuration whose keys depend on each other.
type Checker interface{ Check() error }

// Unmarshaler is a type that reads its own written form, such as a word or a map. The decoder reads parts of it.
type Unmarshaler interface {
	UnmarshalConfig(d *Decoder, written any) error
}

// Extended is a struct with further keys beside those of its own tags: Extensions are pointers to structs whose keys
// stand at the same level. A key has one owner.
type Extended interface{ Extensions() []any }

// Decoder turns written values into Go values. Written values are those of YAML and JSON decoders: maps (a [Map], where
// the order counts, or map[string]any), []any, text, numbers, truths and nil.
//
// The zero Decoder reads what people write. Keras is for model files: it accepts the keys that Keras (of any version)
// writes on any object and that change nothing here, keys that nothing here goes by where they are null or empty,
// {class_name, config}, and a list of one in place of its element.
type Decoder struct {
	Keras bool
	// Vars are words that stand for whole numbers. Open are words whose numbers are not known yet: they are accepted,
	// and what they are written for keeps its zero value. Opened reports whether there was one.
	Vars map[string]int
	Open []string

	opened int
}

// Opened reports whether a word of Open stood somewhere, so that the decoded value is not complete.
func (d *Decoder) Opened() bool { return d.opened > 0 }

// Decode fills the variable that dst points to: a struct with tags, an interface with a registry, a list or map of
// those, or a plain value. Keys of a struct that are not written keep what they have. The error is an [*Error].
func (d *Decoder) Decode(dst, written any) error {
	v := reflect.ValueOf(dst)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return Errorf("", "%T is not a pointer to a variable", dst)
	}
	if v = v.Elem(); v.Kind() == reflect.Struct && !v.Addr().Type().Implements(unmarshaler) {
		m, ok := AsMap(written)
		if !ok {
			return notKeys(written, v.Type())
		}
		return d.object(v, m, d.Keras)
	}
	return (&field{typ: v.Type(), min: math.Inf(-1), max: math.Inf(1)}).set(d, v, written)
}

// Decode fills the struct that dst points to from a map as Keras writes it: written keys set
// their fields, the others keep what they have. An *Error says what is wrong.
func Decode(dst any, m map[string]any) error {
	if reflect.ValueOf(dst).Elem().Kind() != reflect.Struct {
		return Errorf("", "%T has no keys", dst)
	}
	return (&Decoder{Keras: true}).Decode(dst, m)
}

var unmarshaler = reflect.TypeFor[Unmarshaler]()

// everywhere lists keys that Keras (of any version) writes on any object and that
// change nothing here.
var everywhere = []string{"name", "trainable", "dtype", "registered_name", "build_config", "shared_object_id", "module",
	"batch_input_shape", "input_shape", "input_dtype", "inputShape", "input_dim", "quantization_config", "autocast"}

// member is an item of a struct, or of one of its extensions, with the struct that holds it.
type member struct {
	item
	of reflect.Value
}

// members lists the items of an addressable struct and of its extensions.
func members(v reflect.Value) []member {
	var list []member
	for _, it := range items(v.Type()) {
		list = append(list, member{it, v})
	}
	if x, ok := v.Addr().Interface().(Extended); ok {
		for _, e := range x.Extensions() {
			list = append(list, members(reflect.ValueOf(e).Elem())...)
		}
	}
	return list
}

// object fills an addressable struct. Lenient accepts the keys of everywhere.
func (d *Decoder) object(v reflect.Value, m Map, lenient bool) error {
	list, opened := members(v), d.opened
	for i, e := range m {
		if m.index(e.Key) != i {
			return Errorf(Step(e.Key), "the key stands twice").Fix("leave one out").AtKey().Coded(UnknownKey)
		}
		if err := d.key(list, e.Key, e.Value, lenient); err != nil {
			return err
		}
	}
	for _, it := range list {
		f := it.field
		if f == nil || !f.required {
			continue
		}
		fv := it.of.FieldByIndex(f.index)
		if i := m.index(f.key); i < 0 && fv.IsZero() || i >= 0 && m[i].Value == nil && !d.Keras {
			if fv.Kind() == reflect.Struct { // which of its keys is missing says more
				if err := d.object(fv, nil, false); err != nil {
					return Under(Step(f.key), err)
				}
			}
			if !replaced(list, f.key) {
				return f.lacks()
			}
		}
	}
	if d.opened > opened {
		return nil // a number is not known yet: what depends on it is checked when it is
	}
	if c, ok := v.Addr().Interface().(Checker); ok {
		return asError(c.Check())
	}
	return nil
}

// replaced reports whether a key is set that may stand in the place of a required one.
func replaced(list []member, required string) bool {
	return slices.ContainsFunc(list, func(m member) bool {
		return m.field != nil && m.field.instead == required && !m.of.FieldByIndex(m.field.index).IsZero()
	})
}

// asError makes any error an *Error.
func asError(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := err.(*Error); ok {
		return e
	}
	return Errorf("", "%v", err)
}

// key fills the field, or one of the fields, of a key.
func (d *Decoder) key(list []member, key string, value any, lenient bool) error {
	var first error
	var known []string
	for _, it := range list {
		switch {
		case it.fixed != nil && it.fixed.key == key:
			if it.fixed.any || same(it.fixed.value, value) {
				return nil
			}
			return Errorf(Step(key), "%v is not supported", brief(value)).Fix("leave it out").Coded(Unsupported)
		case it.field != nil && (it.field.key == key || it.field.older == key && key != ""):
			// Several fields may stand under one key: a number or a schedule.
			err := it.field.set(d, it.of.FieldByIndex(it.field.index), value)
			if err == nil {
				return nil
			}
			// Of several complaints the one of the field meant for such a value counts.
			var before *Error
			if _, word := value.(string); word && errors.As(first, &before) && before.Code != WrongType {
				continue // the word was of the right type for another field
			}
			if first == nil || isTree(value) == it.field.takesTree() {
				first = err
			}
		}
		if it.field != nil {
			known = append(known, it.field.key)
		}
	}
	if first != nil {
		return Under(Step(key), first)
	}
	if lenient && slices.Contains(everywhere, key) || d.Keras && empty(value) {
		return nil
	}
	return Errorf(Step(key), "unknown key").Suggesting(key, known).AtKey().Coded(UnknownKey)
}

// empty reports whether a written value says nothing: null, an empty word, list or map. Versions of Keras add keys; one
// that says nothing asks for nothing that is not there.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	}
	m, ok := AsMap(v)
	return ok && len(m) == 0
}

// takesTree reports whether a map or a word is meant for the field rather than a number.
func (f *field) takesTree() bool {
	return f.typ.Kind() == reflect.Interface || f.typ.Kind() == reflect.Pointer && f.typ.Elem().Kind() == reflect.Struct
}

func isTree(v any) bool {
	switch v.(type) {
	case map[string]any, Map, string:
		return true
	}
	return false
}

// same compares values that may have come from JSON or YAML.
func same(a, b any) bool {
	x, okX := Number(a)
	y, okY := Number(b)
	if okX && okY {
		return x == y
	}
	return reflect.DeepEqual(a, b)
}

// brief prints a value in an error.
func brief(v any) string {
	if m, ok := v.(Map); ok {
		plain := m.Plain()
		delete(plain, MainKey)
		v = plain
	}
	s := fmt.Sprint(v)
	switch v := v.(type) {
	case nil:
		s = "null"
	case string:
		s = strconv.Quote(v)
	case map[string]any:
		if len(v) == 0 {
			s = "{}"
		}
	}
	if len(s) > 60 {
		s = s[:57] + "..."
	}
	return s
}

// Number returns v as a float64 if it is a number of any kind.
func Number(v any) (float64, bool) {
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Float32, reflect.Float64:
		return r.Float(), true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return float64(r.Int()), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return float64(r.Uint()), true
	}
	return 0, false
}

// AsMap returns a written value as a map whose keys have an order, that of the alphabet where it has none of its own,
// and whether it is a map at all.
func AsMap(v any) (Map, bool) {
	switch m := v.(type) {
	case Map:
		return m, true
	case map[string]any:
		keys := make([]string, 0, len(m))
		for k := range m {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		out := make(Map, len(keys))
		for i, k := range keys {
			out[i] = Entry{k, m[k]}
		}
		return out, true
	}
	return nil, false
}
