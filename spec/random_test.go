package spec_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"os"
	"reflect"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"gorae/config"
	"gorae/spec"

	"pgregory.net/rapid"
)

// document is the schema as plain values, for the generator.
var document = sync.OnceValue(func() map[string]any {
	var text bytes.Buffer
	if err := spec.WriteSchema(&text); err != nil {
		panic(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(text.Bytes(), &doc); err != nil {
		panic(err)
	}
	return doc
})

// value draws a value that a schema accepts, but for what its "not" and "pattern" say.
func value(t *rapid.T, s map[string]any, depth int) any {
	if ref, ok := s["$ref"].(string); ok {
		name := strings.ReplaceAll(strings.TrimPrefix(ref, "#/$defs/"), "%20", " ")
		return value(t, document()["$defs"].(map[string]any)[name].(map[string]any), depth)
	}
	if c, ok := s["const"]; ok {
		return c
	}
	if e, ok := s["enum"].([]any); ok {
		if len(e) == 0 {
			return nil
		}
		return e[rapid.IntRange(0, len(e)-1).Draw(t, "choice")]
	}
	all, _ := s["anyOf"].([]any)
	if all == nil {
		all, _ = s["allOf"].([]any)
	}
	if s["type"] == "string" && all != nil {
		return spelt(t, value(t, all[0].(map[string]any), depth))
	}
	if all != nil && s["type"] != "object" {
		return value(t, all[branch(t, all, depth)].(map[string]any), depth)
	}
	switch s["type"] {
	case "null":
		return nil
	case "boolean":
		return rapid.Bool().Draw(t, "truth")
	case "integer":
		low, high := bounds(s)
		return rapid.Int64Range(int64(max(low, -3)), int64(min(high, max(low, -3)+40))).Draw(t, "whole")
	case "number":
		low, high := bounds(s)
		low, high = max(low, -2), min(high, max(low, -2)+3)
		return math.Round(rapid.Float64Range(low, high).Draw(t, "number")*1000)/1000 + 0 // 0 has no sign
	case "string":
		return rapid.SampledFrom([]string{"a", "b c", "Ä고래", "1", "x.y[0]", "val_loss", "yes"}).Draw(t, "word")
	case "array":
		return list(t, s, depth)
	case "object":
		return object(t, s, depth)
	}
	return rapid.SampledFrom([]any{nil, "any", 1.5, true}).Draw(t, "any")
}

// branch is an alternative; deep down one that holds nothing.
func branch(t *rapid.T, all []any, depth int) int {
	if depth < 9 {
		return rapid.IntRange(0, len(all)-1).Draw(t, "branch")
	}
	for i, s := range all {
		if m := s.(map[string]any); m["type"] == "null" || m["enum"] != nil || m["type"] == "string" {
			return i
		}
	}
	return 0
}

// spelt writes a name in another way sometimes.
func spelt(t *rapid.T, name any) any {
	w, ok := name.(string)
	if !ok {
		return name
	}
	switch rapid.IntRange(0, 7).Draw(t, "spelling") {
	case 0:
		return strings.ToUpper(w)
	case 1:
		return strings.ReplaceAll(w, "_", "")
	}
	return w
}

func bounds(s map[string]any) (low, high float64) {
	low, high = -math.MaxInt32, math.MaxInt32
	for _, k := range []string{"minimum", "exclusiveMinimum"} {
		if v, ok := s[k].(float64); ok {
			low = max(low, v)
		}
	}
	for _, k := range []string{"maximum", "exclusiveMaximum"} {
		if v, ok := s[k].(float64); ok {
			high = min(high, v)
		}
	}
	return low, high
}

func list(t *rapid.T, s map[string]any, depth int) any {
	least, most := 0, 3
	if v, ok := s["minItems"].(float64); ok {
		least = int(v)
	}
	if v, ok := s["maxItems"].(float64); ok {
		most = int(v)
	}
	l := []any{}
	for range rapid.IntRange(least, max(least, most)).Draw(t, "length") {
		l = append(l, value(t, s["items"].(map[string]any), depth+1))
	}
	return l
}

// object draws the required keys and some of the others; of the things of a registry one.
func object(t *rapid.T, s map[string]any, depth int) any {
	props, _ := s["properties"].(map[string]any)
	var keys []string
	for k := range props {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	required, _ := s["required"].([]any)
	all, _ := s["allOf"].([]any)
	for _, one := range all { // a required key in whose place another may stand
		ways := one.(map[string]any)["anyOf"].([]any)
		way := ways[branch(t, ways, depth)].(map[string]any)
		required = append(slices.Clone(required), way["required"].([]any)...)
	}
	n := rapid.IntRange(0, 2).Draw(t, "keys")
	if _, ok := s["anyOf"]; ok { // a layer, with or without name and inputs
		n = 1
		if rapid.IntRange(0, 3).Draw(t, "named") == 0 {
			required = []any{"name"}
		}
		keys = slices.DeleteFunc(keys, func(k string) bool { return k == "name" || k == "inputs" })
	} else if v, ok := s["maxProperties"].(float64); ok {
		n = int(v)
	} else if len(keys) == 5 && slices.Contains(keys, "seed") {
		n = 4
	}
	m := config.Map{}
	add := func(k string) {
		if m.Get(k) == nil {
			m = m.Set(k, value(t, props[k].(map[string]any), depth+1))
		}
	}
	for _, k := range required {
		add(k.(string))
	}
	for range n {
		if len(keys) > 0 {
			add(rapid.SampledFrom(keys).Draw(t, "key"))
		}
	}
	if more, ok := s["additionalProperties"].(map[string]any); ok {
		for _, k := range []string{"wide", "b.c", "1"}[:rapid.IntRange(1, 3).Draw(t, "names")] {
			m = m.Set(k, value(t, more, depth+1))
		}
	}
	return m
}

// mutated is a value with one thing in it that may be wrong.
func mutated(t *rapid.T, v any) any {
	odd := rapid.SampledFrom([]any{nil, "", "none", "vocabulary", "relu", -1.0, 0.0, 0.5, 2.0, 3.0, 1e18, true, false,
		[]any{}, []any{2.0},
		[]any{1.0, 2.0, 3.0}, config.Map{}, config.Map{{Key: "adam", Value: nil}},
		config.Map{{Key: "units", Value: 3.0}}})
	if rapid.IntRange(0, 4).Draw(t, "here") == 0 {
		return odd.Draw(t, "odd")
	}
	switch x := v.(type) {
	case config.Map:
		m := slices.Clone(x)
		if len(m) == 0 {
			return append(m, config.Entry{Key: "name", Value: odd.Draw(t, "odd")})
		}
		i := rapid.IntRange(0, len(m)-1).Draw(t, "entry")
		switch rapid.IntRange(0, 6).Draw(t, "how") {
		case 0:
			return slices.Delete(m, i, i+1)
		case 1:
			m[i].Key += rapid.SampledFrom([]string{"x", "_", "S"}).Draw(t, "letter")
		case 2:
			k := rapid.SampledFrom([]string{"trainable", "by", "loss", "name", "inputs", "units"}).Draw(t, "more")
			return m.Set(k, odd.Draw(t, "odd"))
		default:
			m[i].Value = mutated(t, m[i].Value)
		}
		return m
	case []any:
		l := slices.Clone(x)
		if len(l) == 0 {
			return append(l, odd.Draw(t, "odd"))
		}
		i := rapid.IntRange(0, len(l)-1).Draw(t, "element")
		if rapid.IntRange(0, 4).Draw(t, "how") == 0 {
			return slices.Delete(l, i, i+1)
		}
		l[i] = mutated(t, l[i])
		return l
	}
	return odd.Draw(t, "odd")
}

func drawn(t *rapid.T) config.Map {
	v := value(t, document(), 0)
	for range rapid.IntRange(0, 2).Draw(t, "mutations") {
		v = mutated(t, v)
	}
	m, _ := v.(config.Map)
	return m
}

// TestSchemaAgrees: what the schema accepts the loader accepts, and the reverse, for everything that concerns one key
// by itself.
func TestSchemaAgrees(t *testing.T) {
	counts := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		m := drawn(rt)
		e := spec.Default()
		err := (&config.Decoder{}).Decode(e, m)
		schemaErr := accepts(t, m)
		text, _ := json.Marshal(m)
		switch {
		case err == nil && schemaErr != nil:
			rt.Fatalf("the loader reads what the schema refuses: %s\n%v", text, schemaErr)
		case config.IsSchema(err) && schemaErr == nil:
			rt.Fatalf("the schema accepts what the loader refuses: %s\n%v", text, err)
		case err == nil:
			counts["read"]++
		case config.IsSchema(err):
			counts["refused"]++
		default:
			counts["contradictory"]++
		}
	})
	t.Log(counts)
	if counts["read"] < 10 || counts["refused"] < 10 {
		t.Errorf("%v: the test says little", counts)
	}
}

// TestRoundTrip: what is written of an experiment is read as the same experiment, value by value.
func TestRoundTrip(t *testing.T) {
	read := 0
	rapid.Check(t, func(rt *rapid.T) {
		v, _ := value(rt, document(), 0).(config.Map)
		e := spec.Default()
		if err := (&config.Decoder{}).Decode(e, v); err != nil {
			return
		}
		read++
		text, err := spec.Marshal(e)
		if err != nil {
			rt.Fatal(err)
		}
		again, err := spec.Parse("again.yaml", "again", text)
		if err != nil {
			rt.Fatalf("%v\n%s", err, text)
		}
		if a, b := spec.Flatten(e), spec.Flatten(&again.Experiment); !reflect.DeepEqual(a, b) {
			rt.Fatalf("%v\n%v\n%s", a, b, text)
		}
		if a, b := whole(e), whole(&again.Experiment); a != b {
			rt.Fatalf("%s\n%s\n%s", a, b, text)
		}
		if a, b := whole(e), whole(e.Clone()); a != b {
			rt.Fatalf("the clone differs: %s\n%s", a, b)
		}
	})
	if t.Log(read); read < 10 {
		t.Errorf("%d experiments are read: the test says little", read)
	}
}

// whole is every key of an experiment with its defaults, as Keras would write the parts that it knows.
func whole(e *spec.Experiment) string {
	var parts []any
	if e.Model != nil {
		for _, s := range e.Model.Steps {
			parts = append(parts, s.Name, s.Inputs, config.Encode(config.Filled(s.Layer)), s.Written)
		}
		parts = append(parts, e.Model.Outputs)
	}
	for _, l := range e.Train.Loss {
		parts = append(parts, l.Output, config.Encode(config.Filled(l.Loss)))
	}
	for _, m := range e.Train.Metrics {
		parts = append(parts, m.Output, m.Name, config.Encode(config.Filled(m.Metric)))
	}
	for _, c := range e.Train.Callbacks {
		parts = append(parts, config.Encode(c))
	}
	parts = append(parts, config.Encode(config.Filled(e.Train.Optimizer)), e.Data, e.Split, e.Seed,
		e.Train.LossWeights, e.Train.Freeze)
	for _, task := range []string{"series", "image", "sequence", "language", "text", "control"} {
		parts = append(parts, config.Filled(config.Clone(e.Data.Section(task))))
	}
	parts = append(parts, e.Train.Section("control"))
	b, err := json.Marshal(parts)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// TestMain draws a thousand experiments where the command line does not say how many.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "1000"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
