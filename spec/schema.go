package spec

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"

	"gorae/config"
)

// Schema returns the JSON Schema (draft 2020-12) of an experiment file, made from the tags of all sections and of the
// layers, losses, metrics, optimizers, callbacks and initializers that are registered. It accepts what Parse reads, as
// far as that depends on neither data nor shapes nor on other keys: see [config.IsSchema].
func Schema() config.Map {
	s := config.Schema(&Experiment{})
	return append(config.Map{s[0], {Key: "title", Value: "gorae experiment"}}, s[1:]...)
}

// WriteSchema writes the Schema as indented JSON.
func WriteSchema(w io.Writer) error { return writeSchema(w, Schema()) }

// SearchSchema returns the JSON Schema of an experiment file with search ranges ([Range]), which may stand in the place
// of the value of any key and of any element of a list.
func SearchSchema() config.Map {
	s := ranged(Schema()).(config.Map)
	i := indexOf(s, "$defs")
	s[i].Value = append(slices.Clip(s[i].Value.(config.Map)), config.Entry{Key: rangeName, Value: rangeSchema()})
	return s
}

// WriteSearchSchema writes the SearchSchema as indented JSON.
func WriteSearchSchema(w io.Writer) error { return writeSchema(w, SearchSchema()) }

func writeSchema(w io.Writer, s config.Map) error {
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", "  "); err != nil {
		return err
	}
	out.WriteByte('\n')
	_, err = w.Write(out.Bytes())
	return err
}

// rangeName is the name of the definition of a range.
const rangeName = "search range"

// rangeSchema returns the schema of a range.
func rangeSchema() config.Map {
	var forms []any
	for _, word := range rangeWords {
		list := config.Map{{Key: "type", Value: "array"}, {Key: "minItems", Value: 1}}
		props := config.Map{{Key: "value", Value: config.Map{}}}
		if word != "choice" {
			number := config.Map{{Key: "type", Value: "number"}}
			if (Range{Word: word}).Whole() {
				number[0].Value = "integer"
			}
			if (Range{Word: word}).Log() {
				number = append(number, config.Entry{Key: "exclusiveMinimum", Value: 0})
			} else {
				step := append(slices.Clone(number), config.Entry{Key: "exclusiveMinimum", Value: 0})
				props = append(props, config.Entry{Key: "step", Value: step})
			}
			list = config.Map{{Key: "type", Value: "array"}, {Key: "items", Value: number}, {Key: "minItems", Value: 2},
				{Key: "maxItems", Value: 2}}
			props[0].Value = number
		}
		forms = append(forms, config.Map{{Key: "type", Value: "object"},
			{Key: "properties", Value: append(config.Map{{Key: word, Value: list}}, props...)},
			{Key: "required", Value: []any{word}}, {Key: "additionalProperties", Value: false}})
	}
	return config.Map{{Key: "description", Value: "values that gorae tune tries"}, {Key: "anyOf", Value: forms}}
}

// ranged returns a schema that accepts ranges as the values of keys and as elements of lists.
func ranged(v any) any {
	switch v := v.(type) {
	case config.Map:
		out := make(config.Map, len(v))
		for i, e := range v {
			out[i] = config.Entry{Key: e.Key, Value: e.Value}
			switch e.Key {
			case "properties", "patternProperties":
				of := slices.Clone(e.Value.(config.Map))
				for k := range of {
					of[k].Value = orRange(of[k].Value)
				}
				out[i].Value = of
			case "items", "additionalProperties":
				out[i].Value = orRange(e.Value)
			case "anyOf", "allOf":
				out[i].Value = ranged(e.Value)
			case "$defs":
				of := slices.Clone(e.Value.(config.Map))
				for k := range of {
					of[k].Value = ranged(of[k].Value)
				}
				out[i].Value = of
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = ranged(x)
		}
		return out
	}
	return v
}

// orRange returns a schema that accepts a range too. A truth in its place stays.
func orRange(v any) any {
	m, ok := ranged(v).(config.Map)
	if !ok {
		return v
	}
	return config.AnyOf(m, config.Map{{Key: "$ref", Value: "#/$defs/search%20range"}})
}
