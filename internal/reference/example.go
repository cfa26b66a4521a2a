package reference

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"gorae/config"
)

//go:embed samples.txt
var sampleText string

// samples are values of keys for examples, as JSON.
var samples = sync.OnceValue(func() map[string]string { return table(sampleText) })

// example puts a line of YAML and the same Go value into an entry. The example has the keys that are required and those
// with a sample of the entry's own, or else the main key.
func (t Topic) example(e *Entry, keys []config.KeyInfo) {
	written := any(e.Word)
	var m config.Map
	own := func(k config.KeyInfo) bool { return samples()[e.Word+"."+k.Key] != "" }
	anyOwn := slices.ContainsFunc(keys, own)
	for _, k := range keys {
		if k.Required || own(k) || k.Main && !anyOwn {
			m = append(m, config.Entry{Key: k.Key, Value: sampleOf(e.Word, k)})
		}
	}
	switch isMap := len(m) > 0 && reflect.TypeOf(m[0].Value) == reflect.TypeFor[config.Map](); {
	case len(m) == 1 && mainOf(keys) == m[0].Key && !isMap: // a map would be one of keys
		written = config.Map{{Key: e.Word, Value: m[0].Value}}
	case len(m) > 0:
		written = config.Map{{Key: e.Word, Value: m}}
	}
	text := flow(written)
	if strings.HasPrefix(t.frame, "- %s") {
		text = strings.TrimSuffix(strings.TrimPrefix(text, "{"), "}")
	}
	e.YAML = framed(t.frame, text)
	if v, err := t.make(written); err == nil {
		e.Go = literal(reflect.ValueOf(v))
	}
}

func mainOf(keys []config.KeyInfo) string {
	for _, k := range keys {
		if k.Main {
			return k.Key
		}
	}
	return ""
}

// sampleOf is a value for a key of a thing: its own, that of the key, or a sample.
func sampleOf(word string, k config.KeyInfo) any {
	if s, ok := samples()[word+"."+k.Key]; ok {
		return parsed(s)
	}
	return sample(k)
}

// sample is a value for a key: one from samples.txt, the default, the first choice or a value of the type.
func sample(k config.KeyInfo) any {
	if s, ok := samples()[k.Key]; ok {
		return parsed(s)
	}
	switch {
	case len(k.Choices) > 0:
		return k.Choices[0]
	case k.Default != "":
		return parsed(k.Default)
	}
	switch base(k.Type).Kind() {
	case reflect.Bool:
		return true
	case reflect.Int, reflect.Int64, reflect.Uint64, reflect.Float64:
		return 2
	}
	return "NAME"
}

// parsed is a value of samples.txt, or of a default: JSON, or a word.
func parsed(text string) any {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return text
	}
	return ordered(v)
}

// ordered is a value of JSON as the reader of experiment files would give it.
func ordered(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := config.Map{}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			m = append(m, config.Entry{Key: k, Value: ordered(v[k])})
		}
		return m
	case []any:
		for i := range v {
			v[i] = ordered(v[i])
		}
	case float64:
		if v == math.Trunc(v) {
			return int(v)
		}
	}
	return v
}

var plainWord = regexp.MustCompile(`^[A-Za-z_./][\w./:-]*$`)

// flow is a value in YAML's flow style, in one line.
func flow(v any) string {
	switch v := v.(type) {
	case config.Map:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = e.Key + ": " + flow(e.Value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = flow(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case string:
		if !plainWord.MatchString(v) {
			return strconv.Quote(v)
		}
		return v
	case nil:
		return "null"
	}
	return fmt.Sprint(v)
}

// literal is a value as Go writes it, fields that are zero left out.
func literal(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Interface:
		return literal(v.Elem())
	case reflect.Pointer:
		if v.Elem().Kind() == reflect.Struct {
			return "&" + literal(v.Elem())
		}
		return "new(" + literal(v.Elem()) + ")"
	case reflect.Struct:
		var fields []string
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !v.Field(i).IsZero() {
				fields = append(fields, f.Name+": "+literal(v.Field(i)))
			}
		}
		return v.Type().String() + "{" + strings.Join(fields, ", ") + "}"
	case reflect.Slice:
		elems := make([]string, v.Len())
		for i := range elems {
			elems[i] = literal(v.Index(i))
		}
		return v.Type().String() + "{" + strings.Join(elems, ", ") + "}"
	case reflect.String:
		return strconv.Quote(v.String())
	case reflect.Float64:
		text := strconv.FormatFloat(v.Float(), 'g', -1, 64)
		if !strings.ContainsAny(text, ".e") {
			text += ".0"
		}
		return text
	}
	return fmt.Sprint(v.Interface())
}
