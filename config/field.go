package config

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// field is the parsed tag of one field of a struct.
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
	older    string // a name of the key in older files: it is read, and never written
	nullZero bool   // a zero in a list is written as null
	column   bool   // a word that names a column: its number will do
	literal  bool   // a word that may be digits: a number stands for its text
	file     bool   // a word that names a file or folder
	flag     bool   // a pointer to a struct: true stands for the struct without a key
	element  bool   // the field is an element of a list or a map: null is none
	always   bool   // written in experiment files also where it is at its default
	null     string // the word that is written as null
	def      string // the default as text, "" where the zero value is meant
	min      float64
	max      float64
	above    bool // min itself is excluded
	below    bool // max itself is excluded
	what     string
	remedy   string // what to do where a required key is missing
	instead  string // the required key in whose place this one may stand
	choices  []string
	widths   bool // a type of elements: model files may say another width of it
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
		case "older":
			f.older = arg
		case "widths":
			f.widths = true
		case "nullzero":
			f.nullZero = true
		case "lone":
			f.lone = true
		case "optional":
			f.optional = true
		case "column":
			f.column = true
		case "literal":
			f.literal = true
		case "file":
			f.file = true
		case "flag":
			f.flag = true
		case "always":
			f.always = true
		case "each":
			for _, s := range strings.Split(arg, "x") {
				f.each = append(f.each, int(number(s)))
			}
		case "required":
			f.required = true
		case "instead":
			f.instead = arg
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
		case "remedy":
			f.remedy = arg
		case "oneof":
			f.choices = strings.Split(arg, "|")
		default:
			panic(fmt.Sprintf("config: tag %q of %s: unknown word %q", tag, sf.Name, name))
		}
	}
	return f
}

// widths are the types of elements of other widths than those that gorae computes in, and what stands for them.
var widths = map[string]string{"float64": "float32", "float16": "float32", "bfloat16": "float32", "int64": "int32",
	"int16": "int32", "int8": "int32", "uint16": "int32"}

// nullElement reports whether null may stand in a list: as a batch's extent, which is not known.
func (f *field) nullElement() bool {
	return f.typ.Kind() == reflect.Int && math.IsInf(f.min, 0) && math.IsInf(f.max, 0)
}

// inRange reports whether a number is allowed.
func (f *field) inRange(v float64) bool {
	lo := v > f.min || v == f.min && !f.above
	hi := v < f.max || v == f.max && !f.below
	return lo && hi // false for NaN
}

// wanted returns the remedy that says which numbers are allowed.
func (f *field) wanted() Message {
	num := func(v float64) string {
		if v == math.Trunc(v) && math.Abs(v) < 1e15 {
			return strconv.FormatFloat(v, 'f', -1, 64)
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	from := "from"
	if f.above {
		from = "above"
	}
	to := "up to"
	if f.below {
		to = "below"
	}
	switch noMin, noMax := math.IsInf(f.min, 0), math.IsInf(f.max, 0); {
	case noMin && noMax:
		return Say("give another number")
	case noMax && f.min == 0 && f.above:
		return Say("give a positive number")
	case noMax && !f.above:
		return Say("give %s or more", num(f.min))
	case noMax:
		return Say("give a number above %s", num(f.min))
	case noMin:
		return Say("give a number "+to+" %s", num(f.max))
	default:
		return Say("give a number "+from+" %s and "+to+" %s", num(f.min), num(f.max))
	}
}

// wrong returns the error for a value that is not allowed.
func (f *field) wrong(v any) *Error {
	e := Errorf("", "%v is not allowed", v)
	if f.what != "" {
		e = Errorf("", "%v is not %s", v, article(f.what))
	}
	return e.with(f.wanted()).Coded(OutOfRange)
}

// article returns a thing with its article: a layer, an optimizer.
func article(thing string) string {
	if strings.ContainsRune("aeiou", rune(thing[0])) {
		return "an " + thing
	}
	return "a " + thing
}

// lacks returns the error for a required key that is not there.
func (f *field) lacks() *Error {
	e := Errorf(Step(f.key), "is missing").Coded(Missing)
	switch f.typ.Kind() {
	case reflect.String, reflect.Interface, reflect.Struct, reflect.Slice, reflect.Map:
		if math.IsInf(f.min, 0) && math.IsInf(f.max, 0) {
			if f.remedy != "" {
				return e.Fix(f.remedy)
			}
			return e.Fix("write %s: …", f.key)
		}
	}
	return e.with(f.wanted())
}
