package config

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// KeyInfo is the description of one key of a configuration, from its tags, for reference pages.
type KeyInfo struct {
	Key      string
	Older    string       // a name of the key in older files, "" without one
	Field    string       // the Go field that holds the value; of several, the first
	Inverse  bool         // the field is true where the key is false
	In       reflect.Type // the struct that declares the field
	Type     reflect.Type // the type of the field
	Form     string       // what may be written, such as "whole number" or "list of words"
	Allowed  string       // the choices, or the range of a number; "" where there is no bound
	Choices  []string     // the words among which to choose
	What     string       // what a number is of, such as "number of nodes"; "" where the tag does not say it
	Required bool         // there is no default
	Default  string       // the value of a key that is left out; "" of a key that then stays unset, or is required
	Main     bool         // the key's name may be left out: dropout: 0.3
}

// Describe lists the keys of the struct that x points to, with those of its extensions, in their order. A key with
// several fields, one for each form in which it is written, stands once.
func Describe(x any) []KeyInfo {
	v := reflect.ValueOf(x).Elem()
	if v.Kind() != reflect.Struct {
		return nil
	}
	var list []KeyInfo
	for _, it := range members(v) {
		if it.field == nil {
			continue
		}
		k := it.field.info(it.of)
		i := slices.IndexFunc(list, func(o KeyInfo) bool { return o.Key == k.Key })
		if i < 0 {
			list = append(list, k)
			continue
		}
		if !strings.Contains(list[i].Form, k.Form) {
			list[i].Form += ", or " + k.Form
		}
	}
	return list
}

// info returns the description of a field of the struct v, from its tag.
func (f *field) info(v reflect.Value) KeyInfo {
	in, sf := v.Type(), reflect.StructField{}
	for i, n := range f.index {
		if sf = in.Field(n); i < len(f.index)-1 {
			in = sf.Type
		}
	}
	k := KeyInfo{Key: f.key, Older: f.older, Field: sf.Name, Inverse: f.invert, In: in, Type: f.typ, What: f.what,
		Main: f.main, Choices: f.choices, Form: f.form(f.typ), Allowed: f.allowed()}
	value := v.FieldByIndex(f.index)
	if k.Required = f.required && value.IsZero(); !k.Required {
		k.Default = f.defaultText(value)
	}
	return k
}

// form returns the words for the values that are allowed for a type.
func (f *field) form(t reflect.Type) string {
	if _, own := reflect.New(t).Interface().(Unmarshaler); own {
		return Snake(t.Name())
	}
	switch t.Kind() {
	case reflect.Pointer:
		form := f.form(t.Elem())
		if f.flag {
			form += ", or true"
		}
		return form
	case reflect.Interface:
		if r := registries[t]; r != nil {
			return r.what
		}
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return "whole number"
	case reflect.Float64:
		return "number"
	case reflect.String:
		return f.wordForm(t)
	case reflect.Slice:
		return f.listForm(t)
	case reflect.Map:
		return "map of a " + f.form(t.Elem()) + " by name"
	case reflect.Struct:
		return "keys"
	}
	return t.String()
}

func (f *field) wordForm(t reflect.Type) string {
	switch {
	case t.Name() != "string":
		return Snake(t.Name()) // layer.Activation
	case f.file:
		return "path"
	case f.column:
		return "column"
	}
	return "word"
}

func (f *field) listForm(t reflect.Type) string {
	elem := f.form(t.Elem())
	switch {
	case len(f.each) > 0 && f.each[0] > 1:
		return fmt.Sprintf("%s, or list of %d", elem, f.each[0])
	case len(f.each) > 0 || f.lone:
		return elem + ", or list"
	case strings.HasPrefix(elem, "list"):
		return "list of lists"
	}
	return "list of " + plural(elem)
}

func plural(form string) string {
	first, rest, several := strings.Cut(form, ",")
	if several {
		rest = "," + rest
	}
	if first == "keys" || first == "true or false" {
		return form
	}
	return first + "s" + rest
}

// allowed returns the choices of a word or the range of a number.
func (f *field) allowed() string {
	if len(f.choices) > 0 {
		return strings.Join(f.choices, ", ")
	}
	lo, hi := strconv.FormatFloat(f.min, 'f', -1, 64), strconv.FormatFloat(f.max, 'f', -1, 64)
	above, below := "≥ ", "≤ "
	if f.above {
		above = "> "
	}
	if f.below {
		below = "< "
	}
	switch noMin, noMax := math.IsInf(f.min, 0), math.IsInf(f.max, 0); {
	case noMin && noMax:
		return ""
	case noMax:
		return above + lo
	case noMin:
		return below + hi
	}
	return above + lo + ", " + below + hi
}

// defaultText returns the value of a key that is left out, value being that of the prototype.
func (f *field) defaultText(value reflect.Value) string {
	switch {
	case !value.IsZero() && value.Kind() != reflect.Struct:
		return valueText(value)
	case f.invert:
		return "true"
	case f.def != "" && f.typ.Kind() == reflect.Slice && strings.Contains(f.def, " "):
		return "[" + strings.ReplaceAll(f.def, " ", ", ") + "]"
	case f.def != "":
		return f.def
	}
	switch value.Kind() {
	case reflect.Bool:
		return "false"
	case reflect.Int, reflect.Int64, reflect.Uint64, reflect.Float64:
		if f.inRange(0) {
			return "0"
		}
	}
	return ""
}

// valueText returns a value as it is written in an experiment file.
func valueText(v reflect.Value) string {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() == reflect.Slice {
		elems := make([]string, v.Len())
		for i := range elems {
			elems[i] = valueText(v.Index(i))
		}
		return "[" + strings.Join(elems, ", ") + "]"
	}
	return fmt.Sprint(v.Interface())
}

// Registered is the description of one entry of a registry.
type Registered struct {
	Class   string   // Keras's class name
	Word    string   // the name in an experiment file
	Aliases []string // further names, sorted
	Own     bool     // Keras has no such class
	Short   bool     // the name stands for the class with some keys set
	Type    reflect.Type
	Keys    []KeyInfo
}

// describe returns the description of the entry of a name, in any spelling, and whether there is one.
func (r *registry) describe(name string) (Registered, bool) {
	e, ok := r.protos[fold(name)]
	if !ok {
		return Registered{}, false
	}
	d := Registered{Class: e.class, Word: e.word, Own: e.own}
	if i := slices.IndexFunc(r.shorts, func(s string) bool { return Same(s, name) }); i >= 0 {
		d.Word, d.Short = r.shorts[i], true
	} else {
		d.Aliases = r.aliases(e)
	}
	d.Type = e.typ
	if d.Type.Kind() == reflect.Pointer {
		d.Type = d.Type.Elem()
	}
	p := reflect.New(d.Type)
	p.Elem().Set(reflect.Indirect(e.proto))
	d.Keys = Describe(p.Interface())
	return d, true
}

// aliases returns the names of an entry that fold neither to its word nor to its class.
func (r *registry) aliases(e entry) []string {
	var list []string
	for name, o := range r.protos {
		short := slices.ContainsFunc(r.shorts, func(s string) bool { return fold(s) == name })
		if o.class == e.class && !short && name != fold(e.word) && name != fold(e.class) {
			list = append(list, r.spelt[name])
		}
	}
	slices.Sort(list)
	return list
}
