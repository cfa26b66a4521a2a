package config

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// field is what a tag says of one field of a struct.
type field struct {
	key      string
	index    []int
	typ      reflect.Type
	invert   bool
	main     bool
	required bool
	lone     bool   // a list of one element is written as the element
	each     []int  // how long a list is, and the lists in it: one element stands for all
	optional bool   // written only where it is set: some versions of Keras lack it
	legacy   bool   // read, but not written: an older name
	null     string // the word that is written as null
	def      string // the default as text, "" where the zero value is meant
	min      float64
	max      float64
	above    bool // min itself is excluded
	below    bool // max itself is excluded
	what     string
	choices  []string
}

// fixed is a key that gorae does not vary.
type fixed struct {
	key   string
	value any
	any   bool // any value is accepted
	read  bool // it is not written: only some versions of Keras have it
}

// item is a field or a fixed key, in the order of the struct.
type item struct {
	field *field
	fixed *fixed
}

var itemCache sync.Map // reflect.Type → []item

// items lists what the tags of a struct say. A malformed tag is a mistake in the
// program and panics.
func items(t reflect.Type) []item {
	if v, ok := itemCache.Load(t); ok {
		return v.([]item)
	}
	var list []item
	for i := range t.NumField() {
		sf := t.Field(i)
		tag, ok := sf.Tag.Lookup("keras")
		switch {
		case sf.Anonymous && sf.Type.Kind() == reflect.Struct && !ok:
			for _, it := range items(sf.Type) {
				if it.field != nil {
					f := *it.field
					f.index = append([]int{i}, f.index...)
					it.field = &f
				}
				list = append(list, it)
			}
		case sf.Name == "_":
			for _, p := range strings.Split(tag, ",") {
				if p != "" {
					list = append(list, item{fixed: parseFixed(p)})
				}
			}
		case ok && tag != "-":
			list = append(list, item{field: parseField(sf, i, tag)})
		}
	}
	itemCache.Store(t, list)
	return list
}

func parseFixed(p string) *fixed {
	i := strings.IndexAny(p, "=~")
	if i < 0 {
		panic("config: fixed key " + p + " has no value")
	}
	f := &fixed{key: strings.TrimPrefix(p[:i], "?"), any: p[i] == '~', read: p[0] == '?'}
	switch text := p[i+1:]; text {
	case "null":
	case "true", "false":
		f.value = text == "true"
	default:
		if v, err := strconv.ParseFloat(text, 64); err == nil {
			f.value = v
		} else {
			f.value = text
		}
	}
	return f
}

func parseField(sf reflect.StructField, i int, tag string) *field {
	parts := strings.Split(tag, ",")
	f := &field{key: parts[0], index: []int{i}, typ: sf.Type, min: math.Inf(-1), max: math.Inf(1)}
	f.key, f.invert = strings.TrimPrefix(f.key, "!"), strings.HasPrefix(f.key, "!")
	number := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			panic(fmt.Sprintf("config: tag %q of %s: %v", tag, sf.Name, err))
		}
		return v
	}
	for _, p := range parts[1:] {
		name, arg, _ := strings.Cut(p, "=")
		switch name {
		case "main":
			f.main = true
		case "legacy":
			f.legacy = true
		case "lone":
			f.lone = true
		case "optional":
			f.optional = true
		case "each":
			for _, s := range strings.Split(arg, "x") {
				f.each = append(f.each, int(number(s)))
			}
		case "required":
			f.required = true
		case "default":
			f.def = arg
		case "min":
			f.min = number(arg)
		case "max":
			f.max = number(arg)
		case "positive":
			f.min, f.above = 0, true
		case "above":
			f.min, f.above = number(arg), true
		case "below":
			f.max, f.below = number(arg), true
		case "null":
			f.null = arg
		case "what":
			f.what = arg
		case "oneof":
			f.choices = strings.Split(arg, "|")
		default:
			panic(fmt.Sprintf("config: tag %q of %s: unknown word %q", tag, sf.Name, name))
		}
	}
	return f
}

// inRange reports whether a number is allowed.
func (f *field) inRange(v float64) bool {
	lo := v > f.min || v == f.min && !f.above
	hi := v < f.max || v == f.max && !f.below
	return lo && hi // false for NaN
}

// wanted says in words which numbers are allowed.
func (f *field) wanted() string {
	num := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	lo := "from " + num(f.min)
	if f.above {
		lo = "above " + num(f.min)
	}
	hi := "up to " + num(f.max)
	if f.below {
		hi = "below " + num(f.max)
	}
	switch noMin, noMax := math.IsInf(f.min, 0), math.IsInf(f.max, 0); {
	case noMin && noMax:
		return "give another number"
	case noMax && f.min == 0 && f.above:
		return "give a positive number"
	case noMax && !f.above:
		return "give " + num(f.min) + " or more"
	case noMax:
		return "give a number " + lo
	case noMin:
		return "give a number " + hi
	default:
		return "give a number " + lo + " and " + hi
	}
}

// wrong is the message for a value that is not allowed.
func (f *field) wrong(v any) string {
	if f.what != "" {
		return fmt.Sprintf("%v is not %s; %s", v, article(f.what), f.wanted())
	}
	return fmt.Sprintf("%v is not allowed; %s", v, f.wanted())
}

// article is a thing with its article: a layer, an optimizer.
func article(thing string) string {
	if strings.ContainsRune("aeiou", rune(thing[0])) {
		return "an " + thing
	}
	return "a " + thing
}

// lacks is the message for a required key that is not there.
func (f *field) lacks() string {
	switch f.typ.Kind() {
	case reflect.String, reflect.Interface, reflect.Struct, reflect.Slice, reflect.Map:
		if math.IsInf(f.min, 0) && math.IsInf(f.max, 0) {
			return "is missing; write " + f.key + ": …"
		}
	}
	return "is missing; " + f.wanted()
}
