package config

import (
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

// everywhere lists keys that Keras (of any version) writes on any object and that
// change nothing here.
var everywhere = []string{"name", "trainable", "dtype", "registered_name", "build_config", "shared_object_id", "module",
	"batch_input_shape", "input_shape", "input_dtype", "inputShape", "input_dim", "quantization_config", "autocast"}

// Decode fills the struct that dst points to from a map: written keys set
// their fields, the others keep what they have. An *Error says what is wrong.
func Decode(dst any, m map[string]any) error {
	v := reflect.ValueOf(dst).Elem()
	if v.Kind() != reflect.Struct {
		return &Error{Msg: fmt.Sprintf("%T has no keys", dst)}
	}
	list := items(v.Type())
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var known []string
	for _, it := range list {
		if it.field != nil {
			known = append(known, it.field.key)
		}
	}
	for _, k := range keys {
		if err := decodeKey(v, list, k, m[k], known); err != nil {
			return err
		}
	}
	for _, it := range list {
		if f := it.field; f != nil && f.required {
			if _, ok := m[f.key]; !ok && v.FieldByIndex(f.index).IsZero() {
				return &Error{Key: f.key, Msg: f.lacks()}
			}
		}
	}
	if c, ok := dst.(Checker); ok {
		return asError(c.Check())
	}
	return nil
}

// asError makes any error an *Error.
func asError(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := err.(*Error); ok {
		return e
	}
	return &Error{Msg: err.Error()}
}

func decodeKey(v reflect.Value, list []item, key string, value any, known []string) error {
	var first error
	for _, it := range list {
		switch {
		case it.fixed != nil && it.fixed.key == key:
			if it.fixed.any || same(it.fixed.value, value) {
				return nil
			}
			return &Error{Key: key, Msg: fmt.Sprintf("%v is not supported; leave it out", brief(value))}
		case it.field != nil && it.field.key == key:
			// Several fields may stand under one key: a number or a schedule.
			err := it.field.set(v.FieldByIndex(it.field.index), value)
			if err == nil {
				return nil
			}
			// Of several complaints the one of the field meant for such a value counts.
			if first == nil || isTree(value) == (it.field.typ.Kind() == reflect.Interface) {
				first = err
			}
		}
	}
	if first != nil {
		if e := first.(*Error); e.Key == "" && e.Path == "" {
			e.Key = key
			return e
		}
		return Under(key, first)
	}
	if slices.Contains(everywhere, key) {
		return nil
	}
	return &Error{Key: key, Unknown: true, Msg: "unknown key" + DidYouMean(key, known)}
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
	s := fmt.Sprint(v)
	if q, ok := v.(string); ok {
		s = strconv.Quote(q)
	}
	if len(s) > 60 {
		s = s[:57] + "..."
	}
	return s
}

// Number is v as a float64 if it is a number of any kind.
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

// set writes value into the field v.
func (f *field) set(v reflect.Value, value any) error {
	fail := func(format string, args ...any) error { return &Error{Msg: fmt.Sprintf(format, args...)} }
	if value == nil {
		switch {
		case f.null != "":
			v.SetString(f.null)
			return nil
		case v.Kind() == reflect.Pointer, v.Kind() == reflect.Interface, v.Kind() == reflect.Slice, v.Kind() == reflect.String:
			v.SetZero()
			return nil
		case f.def != "" || !f.required:
			v.SetZero() // Keras writes null where its default is meant
			return nil
		}
		return fail("null is no value; %s", f.wanted())
	}
	if v.Kind() == reflect.Interface && v.Type().NumMethod() > 0 {
		return decodeInterface(v, value)
	}
	if v.Kind() == reflect.Pointer {
		p := reflect.New(v.Type().Elem())
		if err := f.scalar(p.Elem(), value); err != nil {
			return err
		}
		v.Set(p)
		return nil
	}
	if err := f.scalar(v, value); err != nil {
		return err
	}
	if err := f.spread(v); err != nil {
		return err
	}
	if f.def != "" && v.IsZero() && v.Kind() != reflect.Bool {
		return &Error{Msg: f.wrong(value)}
	}
	return nil
}

// scalar writes numbers, words, truths and lists.
func (f *field) scalar(v reflect.Value, value any) error {
	fail := func(format string, args ...any) error { return &Error{Msg: fmt.Sprintf(format, args...)} }
	if l, ok := value.([]any); ok && len(l) == 1 && v.Kind() != reflect.Slice {
		value = l[0] // older Keras writes axis: [3]
	}
	switch v.Kind() {
	case reflect.Bool:
		b, ok := value.(bool)
		if !ok {
			return fail("%s is neither true nor false", brief(value))
		}
		v.SetBool(b != f.invert)
	case reflect.Int, reflect.Int64:
		n, ok := Number(value)
		if !ok || n != math.Trunc(n) || math.Abs(n) > 1<<53 {
			return fail("%s is not a whole number; %s", brief(value), f.wanted())
		}
		if !f.inRange(n) {
			return &Error{Msg: f.wrong(value)}
		}
		v.SetInt(int64(n))
	case reflect.Float64:
		n, ok := Number(value)
		if !ok {
			return fail("%s is not a number; %s", brief(value), f.wanted())
		}
		if !f.inRange(n) {
			return &Error{Msg: f.wrong(value)}
		}
		v.SetFloat(n)
	case reflect.String:
		if m, ok := toMap(value); ok && m["class_name"] == "function" {
			if name, ok := m["config"].(string); ok {
				value = unregistered(name)
			}
		}
		s, ok := value.(string)
		if !ok {
			return fail("%s is not a word", brief(value))
		}
		v.SetString(s)
		return f.checkWord(v)
	case reflect.Slice:
		return f.list(v, value)
	case reflect.Struct, reflect.Map:
		m, ok := toMap(value)
		if !ok || v.Kind() != reflect.Struct {
			return fail("%s is not a set of keys", brief(value))
		}
		return Decode(v.Addr().Interface(), m)
	default:
		return fail("a field of type %v cannot be configured", v.Type())
	}
	return nil
}

// checkWord tests a word against its choices.
func (f *field) checkWord(v reflect.Value) error {
	if s := v.String(); len(f.choices) > 0 && s != "" && !slices.Contains(f.choices, s) {
		return &Error{Msg: fmt.Sprintf("%q is unknown%s", s, DidYouMean(s, f.choices))}
	}
	if c, ok := v.Interface().(Checker); ok {
		if err := c.Check(); err != nil {
			return &Error{Msg: err.Error()}
		}
	}
	return nil
}

// list writes a list; a lone value counts as a list of one.
func (f *field) list(v reflect.Value, value any) error {
	r := reflect.ValueOf(value)
	if r.Kind() != reflect.Slice {
		r = reflect.ValueOf([]any{value})
	}
	elem := *f
	elem.def, elem.each = "", nil
	s := reflect.MakeSlice(v.Type(), r.Len(), r.Len())
	for i := range r.Len() {
		if err := elem.set(s.Index(i), r.Index(i).Interface()); err != nil {
			return err
		}
	}
	v.Set(s)
	return nil
}

// spread makes a list as long as its tag says: a lone element stands for each.
func (f *field) spread(v reflect.Value) error {
	if f.each == nil || v.IsNil() {
		return nil
	}
	s, err := spread(v, f.each)
	if err == nil {
		v.Set(s)
	}
	return err
}

func spread(v reflect.Value, each []int) (reflect.Value, error) {
	n := each[0]
	if v.Len() != 1 && v.Len() != n {
		wanted := fmt.Sprintf("1 or %d", n)
		if n == 1 {
			wanted = "1"
		}
		return v, &Error{Msg: fmt.Sprintf("%v has %d elements; give %s", v, v.Len(), wanted)}
	}
	s := reflect.MakeSlice(v.Type(), n, n)
	for i := range n {
		e := v.Index(min(i, v.Len()-1))
		if len(each) > 1 {
			var err error
			if e, err = spread(e, each[1:]); err != nil {
				return v, err
			}
		}
		s.Index(i).Set(e)
	}
	return s, nil
}

func toMap(v any) (map[string]any, bool) {
	switch m := v.(type) {
	case map[string]any:
		return m, true
	case Map:
		return m.Plain(), true
	}
	return nil, false
}
