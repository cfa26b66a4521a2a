package config

import (
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

func wrongType(format string, args ...any) *Error {
	return Errorf("", format, args...).Coded(WrongType)
}

// notKeys returns the error for a value in place of the keys of a struct of type t.
func notKeys(value any, t reflect.Type) *Error {
	e := wrongType("%s is not a set of keys", brief(value))
	var known []string
	for _, it := range items(t) {
		if it.field != nil && !slices.Contains(known, it.field.key) {
			known = append(known, it.field.key)
		}
	}
	if len(known) == 0 {
		return e
	}
	return e.Fix("give a map with keys of %s", strings.Join(known, ", "))
}

// isNull returns the error where null stands for a value.
func (f *field) isNull() *Error {
	e := wrongType("null is no value")
	switch {
	case f.typ == nil || f.typ.Kind() != reflect.String:
		return e.with(f.wanted())
	case f.literal:
		return e.with(Say(`give "null" in quotation marks where the word is meant`))
	}
	return e.with(Say("give a word"))
}

// set writes value into the field v.
func (f *field) set(d *Decoder, v reflect.Value, value any) error {
	if u, ok := own(v); ok && value != nil {
		return asError(u.UnmarshalConfig(d, value))
	}
	if value == nil {
		switch {
		case !d.Keras && f.element && !f.nullElement():
			return f.isNull()
		case !d.Keras && (f.element || !f.required):
			return nil // as if the key were not there
		case f.null != "":
			v.SetString(f.null)
			return nil
		case slices.Contains(nullable, v.Kind()), f.element && f.nullZero, f.def != "" || !f.required:
			v.SetZero() // Keras writes null where its default is meant
			return nil
		}
		return f.isNull()
	}
	if v.Kind() == reflect.Interface && v.Type().NumMethod() > 0 {
		return decodeInterface(d, v, value)
	}
	if v.Kind() == reflect.Pointer {
		return f.pointer(d, v, value)
	}
	opened := d.opened
	if err := f.scalar(d, v, value); err != nil {
		return err
	}
	if err := f.spread(v); err != nil || d.opened > opened {
		return err
	}
	if f.def != "" && v.IsZero() && v.Kind() != reflect.Bool {
		if v.Kind() == reflect.String {
			return Errorf("", "an empty word is no value").Fix("leave the key out").Coded(OutOfRange)
		}
		return f.wrong(value)
	}
	return nil
}

// nullable are the kinds whose zero value null is.
var nullable = []reflect.Kind{reflect.Pointer, reflect.Interface, reflect.Slice, reflect.String, reflect.Map}

// own returns an addressable value that reads its own written form.
func own(v reflect.Value) (Unmarshaler, bool) {
	if !v.CanAddr() || !v.Addr().Type().Implements(unmarshaler) {
		return nil, false
	}
	return v.Addr().Interface().(Unmarshaler), true
}

// pointer writes the value that a pointer is to point to.
func (f *field) pointer(d *Decoder, v reflect.Value, value any) error {
	p := reflect.New(v.Type().Elem())
	if b, ok := value.(bool); ok && f.flag {
		if b {
			v.Set(p)
		} else {
			v.SetZero()
		}
		return nil
	}
	if u, ok := own(p.Elem()); ok {
		if err := asError(u.UnmarshalConfig(d, value)); err != nil {
			return err
		}
	} else if err := f.scalar(d, p.Elem(), value); err != nil {
		return err
	}
	v.Set(p)
	return nil
}

// scalar writes numbers, words, truths, lists, maps and structs.
func (f *field) scalar(d *Decoder, v reflect.Value, value any) error {
	if l, ok := value.([]any); ok && d.Keras && len(l) == 1 && v.Kind() != reflect.Slice {
		value = l[0] // older Keras writes axis: [3]
	}
	switch v.Kind() {
	case reflect.Bool:
		b, ok := value.(bool)
		if !ok {
			return wrongType("%s is neither true nor false", brief(value))
		}
		v.SetBool(b != f.invert)
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return f.whole(d, v, value)
	case reflect.Float64:
		n, ok := Number(value)
		if !ok {
			return wrongType("%s is not a number", brief(value)).with(f.wanted())
		}
		if !f.inRange(n) {
			return f.wrong(value)
		}
		v.SetFloat(n)
	case reflect.String:
		return f.word(d, v, value)
	case reflect.Slice:
		return f.list(d, v, value)
	case reflect.Struct:
		m, ok := AsMap(value)
		if !ok {
			return notKeys(value, v.Type())
		}
		return d.object(v, m, d.Keras)
	case reflect.Map:
		return f.dict(d, v, value)
	default:
		return Errorf("", "a field of type %v cannot be configured", v.Type())
	}
	return nil
}

// maxWhole is the greatest whole number that JSON carries exactly.
const maxWhole = 1 << 53

// whole writes a whole number, or one that a word stands for.
func (f *field) whole(d *Decoder, v reflect.Value, value any) error {
	if word, ok := value.(string); ok {
		if n, known := d.Vars[word]; known {
			value = n
		} else if slices.Contains(d.Open, word) {
			d.opened++
			return nil
		}
	}
	n, ok := Number(value)
	if !ok || n != math.Trunc(n) || math.Abs(n) > maxWhole {
		return wrongType("%s is not a whole number", brief(value)).with(f.wanted())
	}
	if !f.inRange(n) {
		return f.wrong(value)
	}
	if v.Kind() == reflect.Uint64 {
		if n < 0 {
			return Errorf("", "%v is not allowed", value).Fix("give 0 or more").Coded(OutOfRange)
		}
		v.SetUint(uint64(n))
		return nil
	}
	v.SetInt(int64(n))
	return nil
}

// word writes a word; of a column its number will do.
func (f *field) word(d *Decoder, v reflect.Value, value any) error {
	if m, ok := AsMap(value); ok && d.Keras && m.Get("class_name") == "function" {
		if name, ok := m.Get("config").(string); ok {
			value = unregistered(name)
		}
	}
	if n, ok := Number(value); ok && f.column {
		if n < 1 || n != math.Trunc(n) || n > maxWhole {
			return Errorf("", "%v is not the number of a column",
				value).Fix("give 1 or more, or a name").Coded(OutOfRange)
		}
		value = strconv.FormatFloat(n, 'f', -1, 64)
	}
	if f.literal {
		value = digits(value)
	}
	s, ok := value.(string)
	if !ok {
		return wrongType("%s is not a word", brief(value))
	}
	if s == "" && f.required && !d.Keras {
		e := f.lacks()
		e.Path = ""
		return e
	}
	_, checks := v.Interface().(Checker)
	if s == "" && (len(f.choices) > 0 || checks) && !d.Keras {
		return Errorf("", "%q is unknown", s).Suggesting(s, f.choices).Coded(UnknownName)
	}
	if w := widths[s]; w != "" && f.widths && d.Keras {
		s = w
	}
	v.SetString(s)
	if err := f.checkWord(v); err != nil {
		return err
	}
	return nil
}

// digits returns a number as the text that stands for it, in the fewest digits that give it back; other values as they
// are.
func digits(value any) any {
	switch r := reflect.ValueOf(value); r.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(r.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return strconv.FormatUint(r.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		format, v := byte('f'), math.Abs(r.Float())
		if v >= 1e21 || v < 1e-6 && v > 0 {
			format = 'g'
		}
		return strconv.FormatFloat(r.Float(), format, -1, r.Type().Bits())
	}
	return value
}

// checkWord tests a word against its choices.
func (f *field) checkWord(v reflect.Value) *Error {
	if s := v.String(); len(f.choices) > 0 && s != "" && !slices.Contains(f.choices, s) {
		return Errorf("", "%q is unknown", s).Suggesting(s, f.choices).Coded(UnknownName)
	}
	if c, ok := v.Interface().(Checker); ok {
		if err := c.Check(); err != nil {
			if e, ok := err.(*Error); ok {
				return e
			}
			return Errorf("", "%v", err).Coded(UnknownName)
		}
	}
	return nil
}

// list writes a list; a lone value counts as a list of one.
func (f *field) list(d *Decoder, v reflect.Value, value any) error {
	r := reflect.ValueOf(value)
	listed := r.Kind() == reflect.Slice && r.Type() != reflect.TypeFor[Map]()
	if !listed {
		r = reflect.ValueOf([]any{value})
	}
	elem := *f
	elem.def, elem.each, elem.flag, elem.element, elem.typ = "", nil, false, true, v.Type().Elem()
	s := reflect.MakeSlice(v.Type(), r.Len(), r.Len())
	for i := range r.Len() {
		if err := elem.set(d, s.Index(i), r.Index(i).Interface()); err != nil {
			if listed && !d.Keras {
				return Under(Index(i), err)
			}
			return err
		}
	}
	v.Set(s)
	return nil
}

// dict writes a map of a key's values.
func (f *field) dict(d *Decoder, v reflect.Value, value any) error {
	m, ok := AsMap(value)
	if !ok || v.Type().Key().Kind() != reflect.String {
		return wrongType("%s is not a set of keys", brief(value))
	}
	elem := *f
	elem.def, elem.each, elem.element, elem.typ = "", nil, true, v.Type().Elem()
	out := reflect.MakeMapWithSize(v.Type(), len(m))
	for i, e := range m {
		if m.index(e.Key) != i {
			return Errorf(Step(e.Key), "the key stands twice").Fix("leave one out").AtKey().Coded(UnknownKey)
		}
		x := reflect.New(elem.typ).Elem()
		if err := elem.set(d, x, e.Value); err != nil {
			return Under(Step(e.Key), err)
		}
		out.SetMapIndex(reflect.ValueOf(e.Key).Convert(v.Type().Key()), x)
	}
	v.Set(out)
	return nil
}

// spread makes a list as long as its tag says: a lone element stands for each.
func (f *field) spread(v reflect.Value) error {
	if f.each == nil || v.IsNil() {
		return nil
	}
	s, err := spread(v, f.each)
	if err != nil {
		return err
	}
	v.Set(s)
	return nil
}

func spread(v reflect.Value, each []int) (reflect.Value, *Error) {
	n := each[0]
	if v.Len() != 1 && v.Len() != n {
		e := Errorf("", "%v has %d elements", v, v.Len()).Coded(WrongLength)
		if n == 1 {
			return v, e.Fix("give 1")
		}
		return v, e.Fix("give 1 or %d", n)
	}
	s := reflect.MakeSlice(v.Type(), n, n)
	for i := range n {
		e := v.Index(min(i, v.Len()-1))
		if len(each) > 1 {
			var err *Error
			if e, err = spread(e, each[1:]); err != nil {
				return v, err
			}
		}
		s.Index(i).Set(e)
	}
	return s, nil
}
