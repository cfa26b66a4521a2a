package config

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
)

// Schemer is a type that describes its own written form, which an [Unmarshaler] should. It is asked by its zero value.
type Schemer interface{ ConfigSchema(s *Schemas) Map }

// Schemas makes a JSON Schema (draft 2020-12) of what the zero Decoder reads: of keys, types, ranges, choices and short
// forms. A value that it accepts is read without an error for which [IsSchema] holds, and the other way round.
type Schemas struct {
	defs *Map
	vars []string // words that may stand for whole numbers
}

// Schema returns the JSON Schema of a variable like the one that x points to.
func Schema(x any) Map {
	s := &Schemas{defs: &Map{}}
	top := s.Of(x)
	doc := append(Map{{"$schema", "https://json-schema.org/draft/2020-12/schema"}}, top...)
	return append(doc, Entry{"$defs", *s.defs})
}

// WithVars returns s for a part where words may stand for whole numbers, as in Decoder.Open.
func (s *Schemas) WithVars(words ...string) *Schemas { return &Schemas{s.defs, words} }

// Of returns the schema of a variable like the one that x points to; null is not among its values.
func (s *Schemas) Of(x any) Map {
	t := reflect.TypeOf(x).Elem()
	return s.value(&field{typ: t, min: math.Inf(-1), max: math.Inf(1)}, t)
}

// AnyOf returns the schema of what one of several schemas accepts.
func AnyOf(list ...Map) Map {
	if len(list) == 1 {
		return list[0]
	}
	all := make([]any, len(list))
	for i, m := range list {
		all[i] = m
	}
	return Map{{"anyOf", all}}
}

// OrNull returns a schema that accepts null too.
func OrNull(m Map) Map { return AnyOf(m, Map{{"type", "null"}}) }

// Enum returns the schema of a choice of words.
func Enum(words ...string) Map { return Map{{"enum", texts(words)}} }

func texts(words []string) []any {
	list := make([]any, len(words))
	for i, w := range words {
		list[i] = w
	}
	return list
}

// List returns the schema of a list of elements.
func List(elem Map) Map { return Map{{"type", "array"}, {"items", elem}} }

// Define returns a reference to a definition that is made once, for a schema that stands in several places.
func (s *Schemas) Define(name string, make func() Map) Map {
	if s.vars != nil {
		name += " with " + strings.Join(s.vars, ", ")
	}
	ref := Map{{"$ref", "#/$defs/" + strings.ReplaceAll(name, " ", "%20")}}
	if s.defs.index(name) < 0 {
		*s.defs = append(*s.defs, Entry{name, Map{}}) // a type may hold itself
		def := make()
		(*s.defs)[s.defs.index(name)].Value = def
	}
	return ref
}

// value returns the schema of a field's value of a type.
func (s *Schemas) value(f *field, t reflect.Type) Map {
	if x, ok := reflect.New(t).Interface().(Schemer); ok {
		return s.kept(f, x.ConfigSchema(s))
	}
	switch t.Kind() {
	case reflect.Pointer:
		elem := *f
		elem.def = "" // a zero behind a pointer is a zero
		m := s.value(&elem, t.Elem())
		if f.flag {
			m = AnyOf(m, Map{{"type", "boolean"}})
		}
		return m
	case reflect.Interface:
		if r := registries[t]; r != nil {
			return r.schema(s, nil)
		}
		return Map{{"not", Map{}}}
	case reflect.Bool:
		return Map{{"type", "boolean"}}
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return s.whole(f, t)
	case reflect.Float64:
		return s.kept(f, f.bounds(Map{{"type", "number"}}))
	case reflect.String:
		return s.word(f)
	case reflect.Slice:
		return s.list(f, t)
	case reflect.Map:
		elem := *f
		elem.def, elem.each, elem.typ = "", nil, t.Elem()
		return Map{{"type", "object"}, {"additionalProperties", s.element(&elem, t.Elem())}}
	case reflect.Struct:
		if t.Name() == "" {
			return s.object(reflect.New(t).Elem(), reflect.Value{}, false)
		}
		return s.Define(t.String(), func() Map { return s.object(reflect.New(t).Elem(), reflect.Value{}, false) })
	}
	return Map{{"not", Map{}}}
}

// kept leaves out the zero value where it means the default, and says what that is.
func (s *Schemas) kept(f *field, m Map) Map {
	if f.def == "" {
		return m
	}
	if f.typ.Kind() == reflect.Int || f.typ.Kind() == reflect.Float64 {
		if f.inRange(0) {
			m = append(m, Entry{"not", Map{{"const", 0}}})
		}
	}
	return append(slices.Clip(m), Entry{"default", f.defaultValue()})
}

func (f *field) bounds(m Map) Map {
	lo, hi := "minimum", "maximum"
	if f.above {
		lo = "exclusiveMinimum"
	}
	if f.below {
		hi = "exclusiveMaximum"
	}
	if !math.IsInf(f.min, 0) {
		m = append(m, Entry{lo, f.min})
	}
	if !math.IsInf(f.max, 0) {
		m = append(m, Entry{hi, f.max})
	}
	if f.what != "" {
		m = append(m, Entry{"description", f.what})
	}
	return m
}

func (s *Schemas) whole(f *field, t reflect.Type) Map {
	b := *f
	b.min, b.max = max(b.min, -maxWhole), min(b.max, maxWhole)
	if t.Kind() == reflect.Uint64 {
		b.min = max(b.min, 0)
	}
	m := s.kept(f, b.bounds(Map{{"type", "integer"}}))
	if len(s.vars) > 0 {
		m = AnyOf(m, Enum(s.vars...))
	}
	return m
}

func (s *Schemas) word(f *field) Map {
	var m Map
	switch {
	case len(f.choices) > 0:
		m = Enum(f.choices...)
	case f.def != "" || f.required:
		m = Map{{"type", "string"}, {"minLength", 1}}
	default:
		m = Map{{"type", "string"}}
	}
	m = s.kept(f, m)
	if f.column {
		m = AnyOf(m, Map{{"type", "integer"}, {"minimum", 1}, {"maximum", maxWhole}})
	}
	if f.literal {
		m = AnyOf(m, Map{{"type", "number"}})
	}
	return m
}

// list returns the schema of a list, in whose place an element stands for a list of one.
func (s *Schemas) list(f *field, t reflect.Type) Map {
	array := Map{{"type", "array"}, {"items", s.element(f, t.Elem())}}
	if f.each != nil {
		n := f.each[0]
		array = append(array, Entry{"minItems", 1}, Entry{"maxItems", n})
		if n > 2 {
			array = append(array, Entry{"not", Map{{"minItems", 2}, {"maxItems", n - 1}}})
		}
	}
	return AnyOf(s.loneElement(f, t.Elem()), array)
}

// element returns the schema of a list's element, loneElement that of one in the list's place, which is no list.
func (s *Schemas) element(f *field, t reflect.Type) Map {
	elem := *f
	elem.def, elem.flag = "", false
	if elem.each = nil; len(f.each) > 1 {
		elem.each = f.each[1:]
	}
	elem.typ = t
	m := s.value(&elem, t)
	if elem.nullElement() {
		m = OrNull(m)
	}
	return m
}

func (s *Schemas) loneElement(f *field, t reflect.Type) Map {
	if t.Kind() == reflect.Slice && !reflect.PointerTo(t).Implements(reflect.TypeFor[Schemer]()) {
		return s.loneElement(f, t.Elem())
	}
	elem := *f
	elem.def, elem.each, elem.flag, elem.typ = "", nil, false, t
	return s.value(&elem, t)
}

// Properties returns the schemas of the keys of a struct like the one that x points to.
func (s *Schemas) Properties(x any) Map {
	return s.object(reflect.New(reflect.TypeOf(x).Elem()).Elem(), reflect.Value{}, false).Get("properties").(Map)
}

// object returns the schema of an addressable struct. From is what a registry's thing starts with, invalid without one;
// Keras's keys for any object are lenient's.
func (s *Schemas) object(v, from reflect.Value, lenient bool) Map {
	var keys []string
	of := map[string][]Map{}
	required := []string{}
	instead := map[string][]any{} // what may stand in the place of a required key
	null := map[string]bool{}
	for _, it := range members(v) {
		key, form := "", Map(nil)
		if it.fixed != nil {
			key = it.fixed.key
			if form = (Map{{"const", it.fixed.value}}); it.fixed.any {
				form = Map{}
			}
		} else {
			f := it.field
			key, form = f.key, s.value(f, f.typ)
			if f.required && !(from.IsValid() && it.of == v && !from.FieldByIndex(f.index).IsZero()) {
				required = append(required, key)
			}
			null[key] = null[key] || !f.required
			if f.instead != "" {
				instead[f.instead], null[f.instead] = append(instead[f.instead], written(key)), true
			}
			if f.older != "" {
				keys, of[f.older], null[f.older] = append(keys, f.older), []Map{form}, true
			}
		}
		if of[key] == nil {
			keys = append(keys, key)
		}
		of[key] = append(of[key], form)
	}
	props := Map{}
	for _, k := range keys {
		if null[k] {
			of[k] = append(of[k], Map{{"type", "null"}})
		}
		props = append(props, Entry{k, AnyOf(of[k]...)})
	}
	m := Map{{"type", "object"}, {"properties", props}}
	if lenient {
		m = append(m, Entry{"patternProperties", Map{{"^(" + strings.Join(everywhere, "|") + ")$", Map{}}}})
	}
	m = append(m, Entry{"additionalProperties", false})
	return append(m, needed(required, instead)...)
}

// written returns the schema of maps that have a key which is neither null nor an empty word.
func written(key string) Map {
	return Map{{"required", []any{key}}, {"properties", Map{{key, Map{{"not", Map{{"enum", []any{nil, ""}}}}}}}}}
}

// needed returns the members of a schema that say which keys must be there. One of several keys is enough where others
// may stand in the place of a required one.
func needed(required []string, instead map[string][]any) Map {
	var m Map
	var all []any
	for _, k := range required {
		if instead[k] != nil {
			all = append(all, Map{{"anyOf", append([]any{written(k)}, instead[k]...)}})
		}
	}
	required = slices.DeleteFunc(required, func(k string) bool { return instead[k] != nil })
	if len(required) > 0 {
		m = append(m, Entry{"required", texts(required)})
	}
	if all != nil {
		m = append(m, Entry{"allOf", all})
	}
	return m
}

// parts returns the parts of the schema of a registry's things: the words that stand for a thing by themselves, and
// the properties of the map {name: keys}. Names that except reports are left out.
func (r *registry) parts(s *Schemas, except func(name string) bool) (words, properties, patterns Map) {
	var plain []string
	var spelt []any
	names := make([]string, 0, len(r.protos))
	for n := range r.protos {
		if except == nil || !except(n) {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	for _, n := range names {
		e := r.protos[n]
		ref := s.Define(r.definition(n), func() Map { return s.thing(e) })
		pattern := spelling(n)
		patterns = append(patterns, Entry{pattern, ref})
		if !s.needs(e) {
			spelt = append(spelt, Map{{"pattern", pattern}})
		}
	}
	for _, w := range r.names() {
		e := r.protos[fold(w)]
		if except != nil && except(fold(w)) {
			continue
		}
		properties = append(properties, Entry{w, s.Define(r.definition(fold(w)), func() Map { return s.thing(e) })})
		if !s.needs(e) {
			plain = append(plain, w)
		}
	}
	words = Map{{"type", "string"}, {"anyOf", append([]any{Enum(plain...)}, spelt...)}}
	return words, properties, patterns
}

// definition returns the name of the definition of what goes by a folded name.
func (r *registry) definition(name string) string {
	e := r.protos[name]
	if same := r.protos[fold(e.class)]; reflect.DeepEqual(same.proto.Interface(), e.proto.Interface()) {
		name = e.class
	}
	return r.what + " " + name
}

// schema returns the schema of the registry's things, without the names that except reports.
func (r *registry) schema(s *Schemas, except func(name string) bool) Map {
	name := r.what
	if except != nil {
		name += " by another name"
	}
	return s.Define(name, func() Map {
		words, properties, patterns := r.parts(s, except)
		return AnyOf(words, Map{{"type", "object"}, {"properties", properties}, {"patternProperties", patterns},
			{"additionalProperties", false}, {"minProperties", 1}, {"maxProperties", 1}})
	})
}

// spellings returns the schema of the names of the registry's things in all their spellings.
func (r *registry) spellings() Map {
	var all []any
	for n := range r.protos {
		all = append(all, spelling(n))
	}
	slices.SortFunc(all, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	for i, p := range all {
		all[i] = Map{{"pattern", p}}
	}
	return Map{{"anyOf", all}}
}

// spelling returns a regular expression of the names that fold to one.
func spelling(folded string) string {
	var b strings.Builder
	b.WriteString("^_*")
	for _, c := range folded {
		switch {
		case c >= 'a' && c <= 'z':
			fmt.Fprintf(&b, "[%c%c]_*", c, c-'a'+'A')
		case c >= '0' && c <= '9':
			fmt.Fprintf(&b, "%c_*", c)
		default:
			fmt.Fprintf(&b, "\\u%04x_*", c)
		}
	}
	return b.String() + "$"
}

// needs reports whether a thing has keys that must be written.
func (s *Schemas) needs(e entry) bool { return len(requiredKeys(e)) > 0 }

func requiredKeys(e entry) (keys []string) {
	v := reflect.Indirect(e.proto)
	if v.Kind() != reflect.Struct {
		return nil
	}
	for _, it := range items(v.Type()) {
		if f := it.field; f != nil && f.required && v.FieldByIndex(f.index).IsZero() {
			keys = append(keys, f.key)
		}
	}
	return keys
}

// thing returns the schema of what may stand behind the name of a registry's thing: its keys, its main key's value, or
// nothing.
func (s *Schemas) thing(e entry) Map {
	from := reflect.Indirect(e.proto)
	if from.Kind() != reflect.Struct {
		return OrNull(Map{{"type", "object"}, {"maxProperties", 0}})
	}
	v := reflect.New(from.Type()).Elem()
	v.Set(from)
	forms := []Map{s.object(v, from, true)}
	required := requiredKeys(e)
	if len(required) == 0 {
		forms = append(forms, Map{{"type", "null"}})
	}
	main := mainKey(from.Type())
	if main == "" || slices.ContainsFunc(required, func(k string) bool { return k != main }) {
		return AnyOf(forms...)
	}
	var lone []Map
	for _, it := range items(from.Type()) {
		if f := it.field; f != nil && f.key == main {
			lone = append(lone, s.value(f, f.typ))
		}
	}
	return AnyOf(append(forms, Map{{"not", Map{{"type", "object"}}}, {"allOf", []any{AnyOf(lone...)}}})...)
}
