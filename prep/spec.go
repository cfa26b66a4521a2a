package prep

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"gorae/internal/spell"
	"gorae/prep/text"
)

// Spec is what is wished for one column. The zero Spec infers: zscore for
// numbers; onehot for categories of at most 50 levels; others are dropped, with
// a notice, but prose becomes text where nothing else would be left. In JSON and YAML a Spec is a word ("zscore", "drop") or a map:
//
//	{impute: median, scale: minmax, indicator: true, log1p: true}
//	{encode: onehot, missing: true}
//	{text: {words: 20000, length: 200}}
type Spec struct {
	// Scale is zscore (also where it is left out), minmax, rescale or none.
	Scale string `json:"scale,omitempty"`
	// Log1p takes sign(x)·log(1 + |x|) before the scale. The word log1p by itself
	// stands for {log1p: true, scale: none}.
	Log1p bool `json:"log1p,omitempty"`
	// Impute says what a missing number becomes: "" is 0 after scaling; mean,
	// median and constant (Fill) are put in before scaling.
	Impute string  `json:"impute,omitempty"`
	Fill   float64 `json:"fill,omitempty"`
	// Indicator adds a feature that is 1 where the value is missing, else 0.
	Indicator bool `json:"indicator,omitempty"`
	// Encode is onehot (one feature per category) or integer (one feature: 1, 2, …
	// in the categories' order, 0 for unknown and missing), of any column.
	Encode string `json:"encode,omitempty"`
	// Missing gives missing values a onehot feature of their own.
	Missing bool `json:"missing,omitempty"`
	// Drop leaves the column out.
	Drop bool `json:"drop,omitempty"`
	// Text vectorises the column: ids for an Embedding, which then are the only
	// features, or a bag of words. A missing text is an empty one.
	Text *text.Spec `json:"text,omitempty"`
}

var (
	scales  = []string{"zscore", "minmax", "rescale", "none"}
	imputes = []string{"zero", "mean", "median", "constant"}
	encodes = []string{"onehot", "integer"}
	words   = slices.Concat(scales, encodes, []string{"log1p", "drop", "text"})
	keys    = []string{"scale", "log1p", "impute", "fill", "indicator", "encode", "missing", "drop", "text"}
)

// oneOf is the error for a value that is none of the known words.
func oneOf(key string, value any, known []string) error {
	return fmt.Errorf("%s: %v is none of %s%s", key, value, strings.Join(known, ", "), spell.Hint(fmt.Sprint(value), known))
}

// ParseSpec reads a Spec as a JSON or YAML decoder gives it: a string, a
// map[string]any, or nil for the zero Spec.
func ParseSpec(v any) (Spec, error) {
	switch v := v.(type) {
	case nil:
		return Spec{}, nil
	case Spec:
		return v, v.check()
	case string:
		return parseWord(v)
	case map[string]any:
		return parseMap(v)
	}
	return Spec{}, fmt.Errorf("%v is no transform; give one of %s, or a map", v, strings.Join(words, ", "))
}

func parseWord(w string) (Spec, error) {
	switch {
	case slices.Contains(scales, w):
		return Spec{Scale: w}, nil
	case slices.Contains(encodes, w):
		return Spec{Encode: w}, nil
	case w == "log1p":
		return Spec{Log1p: true, Scale: "none"}, nil
	case w == "drop":
		return Spec{Drop: true}, nil
	case w == "text":
		return Spec{Text: &text.Spec{}}, nil
	}
	return Spec{}, oneOf("transform", fmt.Sprintf("%q", w), words)
}

func parseMap(m map[string]any) (Spec, error) {
	var s Spec
	for _, key := range slices.Sorted(maps.Keys(m)) {
		var err error
		v := m[key]
		switch key {
		case "scale":
			err = word(&s.Scale, key, v, scales)
		case "encode":
			err = word(&s.Encode, key, v, encodes)
		case "impute":
			if n, ok := number(v); ok {
				s.Impute, s.Fill = "constant", n
			} else {
				err = word(&s.Impute, key, v, imputes)
			}
		case "fill":
			n, ok := number(v)
			if !ok {
				err = fmt.Errorf("fill: %v is no number", v)
			}
			s.Fill = n
		case "log1p":
			err = flag(&s.Log1p, key, v)
		case "indicator":
			err = flag(&s.Indicator, key, v)
		case "missing":
			err = flag(&s.Missing, key, v)
		case "drop":
			err = flag(&s.Drop, key, v)
		case "text":
			var t text.Spec
			t, err = text.ParseSpec(v)
			s.Text = &t
		default:
			err = fmt.Errorf("unknown key %q; known are %s%s", key, strings.Join(keys, ", "), spell.Hint(key, keys))
		}
		if err != nil {
			return Spec{}, err
		}
	}
	if s.Impute == "zero" {
		s.Impute = ""
	}
	return s, s.check()
}

func word(to *string, key string, v any, known []string) error {
	w, ok := v.(string)
	if !ok || !slices.Contains(known, w) {
		return oneOf(key, fmt.Sprintf("%v", v), known)
	}
	*to = w
	return nil
}

func flag(to *bool, key string, v any) error {
	b, ok := v.(bool)
	if !ok {
		return fmt.Errorf("%s: %v is neither true nor false", key, v)
	}
	*to = b
	return nil
}

// number takes every type that JSON and YAML decoders give numbers in.
func number(v any) (float64, bool) {
	var f float64
	switch v := v.(type) {
	case float64:
		f = v
	case int:
		f = float64(v)
	case int64:
		f = float64(v)
	case uint64:
		f = float64(v)
	case json.Number:
		var err error
		if f, err = v.Float64(); err != nil {
			return 0, false
		}
	default:
		return 0, false
	}
	return f, !math.IsNaN(f) && !math.IsInf(f, 0)
}

// check refuses wishes that contradict each other.
func (s Spec) check() error {
	if s.Scale != "" && !slices.Contains(scales, s.Scale) {
		return oneOf("scale", s.Scale, scales)
	}
	if s.Encode != "" && !slices.Contains(encodes, s.Encode) {
		return oneOf("encode", s.Encode, encodes)
	}
	if s.Impute != "" && !slices.Contains(imputes, s.Impute) {
		return oneOf("impute", s.Impute, imputes)
	}
	numeric := s.Scale != "" || s.Log1p || s.Impute != ""
	switch {
	case s.Text != nil && (numeric || s.Drop || s.Encode != "" || s.Indicator || s.Missing || s.Fill != 0):
		return fmt.Errorf("text: a column of text has no other transform")
	case s.Drop && (numeric || s.Encode != "" || s.Indicator || s.Missing):
		return fmt.Errorf("drop: a dropped column has no other transform")
	case s.Encode != "" && numeric:
		return fmt.Errorf("encode: %s does not go with scale, log1p or impute, which are for numbers", s.Encode)
	case s.Missing && s.Encode != "onehot":
		return fmt.Errorf("missing: a feature for missing categories goes with encode: onehot; for numbers give indicator: true")
	case s.Fill != 0 && s.Impute != "constant":
		return fmt.Errorf("fill: %v goes with impute: constant", s.Fill)
	case math.IsNaN(s.Fill) || math.IsInf(s.Fill, 0):
		return fmt.Errorf("fill: %v is no finite number", s.Fill)
	}
	if s.Text != nil {
		return s.Text.Check()
	}
	return nil
}

// UnmarshalJSON reads a word or a map.
func (s *Spec) UnmarshalJSON(b []byte) error {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	p, err := ParseSpec(v)
	if err != nil {
		return err
	}
	*s = p
	return nil
}
