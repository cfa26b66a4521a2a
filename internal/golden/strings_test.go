package golden

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"gorae/config"
	"gorae/graph"
	"gorae/prep/lookup"
	"gorae/tensor"
)

// texts is an array of texts of the golden files.
type texts struct {
	Shape tensor.Shape
	DType string
	Data  []any
}

func (x texts) strings() lookup.Texts {
	y := lookup.Texts{Shape: x.Shape}
	for _, v := range x.Data {
		s, _ := v.(string)
		y.Values = append(y.Values, s)
	}
	return y
}

// stringCase is a layer on strings: a line of keras3/layers/preprocessing.jsonl.
type stringCase struct {
	Name    string
	Class   string `json:"class_name"`
	Config  map[string]any
	Inputs  []json.RawMessage
	Adapt   []texts
	State   json.RawMessage
	Outputs []json.RawMessage
}

type stringState struct {
	Vocabulary []string
	IDF        []float64 `json:"idf_weights"`
}

// ofStrings reports whether a case has texts as its input or output.
func (c *layerCase) ofStrings() bool {
	return slices.ContainsFunc(append(slices.Clone(c.Inputs), c.Outputs...), func(a *array) bool {
		return a != nil && a.DType == "string"
	})
}

// TestStrings: layers on strings give Keras's numbers, vocabularies and weights.
func TestStrings(t *testing.T) {
	file := "keras3/layers/preprocessing.jsonl"
	y := newTally(file + ", texts")
	lines(t, file, func(c *stringCase) {
		if !lookup.Layers().Has(c.Class) {
			return
		}
		var in, out texts
		if json.Unmarshal(c.Inputs[0], &in) != nil || json.Unmarshal(c.Outputs[0], &out) != nil {
			return // numbers
		}
		if in.DType == "string" || out.DType == "string" {
			y.try(t, c.Name, c.check)
		}
	}, whole)
	y.report(t)
}

// stringLayer makes a layer of its configuration and, where texts are given, adapts it to them.
func stringLayer(class string, cfg map[string]any, adapt *lookup.Texts) (lookup.Layer, error) {
	cfg = maps.Clone(cfg)
	if adapt != nil { // what adapt wrote is found again
		delete(cfg, "vocabulary")
		delete(cfg, "idf_weights")
	}
	l, err := lookup.Layers().New(class, cfg)
	if err != nil || adapt == nil {
		return l, err
	}
	switch l := l.(type) {
	case lookup.StringLookup:
		return l.Adapted(*adapt)
	case lookup.TextVectorization:
		return l.Adapted(*adapt)
	}
	return nil, fmt.Errorf("%T adapts to nothing", l)
}

func (c *stringCase) check(t *testing.T) {
	var adapt *lookup.Texts
	if len(c.Adapt) > 0 {
		x := c.Adapt[0].strings()
		adapt = &x
	}
	l, err := stringLayer(c.Class, c.Config, adapt)
	if err != nil {
		t.Fatal(err)
	}
	var state stringState
	if len(c.State) > 0 {
		if err := json.Unmarshal(c.State, &state); err != nil {
			t.Fatal(err)
		}
	}
	state.check(t, l)
	var in, out texts
	if err := json.Unmarshal(c.Inputs[0], &in); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(c.Outputs[0], &out); err != nil {
		t.Fatal(err)
	}
	if s, ok := l.(lookup.StringLookup); ok && s.Invert {
		ids := new(array)
		if err := json.Unmarshal(c.Inputs[0], ids); err != nil {
			t.Fatal(err)
		}
		got, err := s.Inverted(ids.value().Tensor())
		if want := out.strings(); err != nil || !slices.Equal(got.Values, want.Values) || !got.Shape.Equal(want.Shape) {
			t.Errorf("%q, %v; Keras has %q", got.Values, err, want.Values)
		}
		return
	}
	want := new(array)
	if err := json.Unmarshal(c.Outputs[0], want); err != nil {
		t.Fatal(err)
	}
	checkTexts(t, l, in.strings(), want)
}

// checkTexts compares what a layer makes of texts. Keras takes texts without an axis of samples as one sample in modes
// other than int, and gives a result without that axis.
func checkTexts(t *testing.T, l lookup.Layer, x lookup.Texts, want *array) {
	t.Helper()
	one := len(x.Shape) == 1 && len(want.Shape) == 1 && !want.Shape.Equal(x.Shape)
	if one {
		x.Shape = append(tensor.Shape{1}, x.Shape...)
	}
	got, err := l.Apply(x)
	if err != nil {
		t.Fatal(err)
	}
	if shape, err := l.Shape(x.Shape[1:]); err != nil || !fitsOpen(shape, got.Shape[1:]) {
		t.Errorf("the shape of a sample is %v, %v; said was %v", got.Shape[1:], err, shape)
	}
	if one {
		got.Shape = got.Shape[1:]
	}
	within{abs: 1e-6, rel: 1e-6}.compare(t, "texts", graph.ArrayOf(got), want)
}

// fitsOpen reports whether a shape is one with extents that are not known, 0.
func fitsOpen(open, shape tensor.Shape) bool {
	return slices.EqualFunc(open, shape, func(a, b int) bool { return a == 0 || a == b })
}

// check compares vocabulary and weights.
func (s stringState) check(t *testing.T, l lookup.Layer) {
	t.Helper()
	v, ok := l.(interface {
		Tokens() []string
		Weights() []float64
	})
	if !ok || s.Vocabulary == nil {
		return
	}
	if got := v.Tokens(); !slices.Equal(got, s.Vocabulary) {
		t.Errorf("vocabulary %q, Keras has %q", got, s.Vocabulary)
	}
	if s.IDF != nil {
		want := &array{Shape: tensor.Shape{len(s.IDF)}, DType: "float64", V: s.IDF}
		got := graph.NewArray(graph.F32(len(v.Weights())))
		copy(got.V, v.Weights())
		within{abs: 1e-12, rel: 1e-12}.compare(t, "idf_weights", got, want)
	}
}

// textVectorization is a case of timeseries.jsonl.
func (c *utilityCase) textVectorization(t *testing.T) {
	x := lookup.Of(c.Adapt...)
	var adapt *lookup.Texts
	cfg := c.Options
	if c.Vocabulary == nil {
		adapt = &x
	} else {
		cfg = maps.Clone(cfg)
		cfg["vocabulary"] = anys(c.Vocabulary)
		if cfg["output_mode"] == "tf_idf" {
			cfg["idf_weights"] = anys(c.IDF)
		}
	}
	l, err := stringLayer("TextVectorization", cfg, adapt)
	if err != nil {
		t.Fatal(err)
	}
	stringState{Vocabulary: c.Expected.Vocabulary, IDF: c.Expected.IDF}.check(t, l)
	input := lookup.Of(c.Input...)
	if cfg := config.Filled(l.(lookup.TextVectorization)); cfg.Ragged {
		lists, err := cfg.Lists(input)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(lists); got != fmt.Sprint(c.Expected.Rows) {
			t.Errorf("%v, Keras has %v", got, c.Expected.Rows)
		}
		return
	}
	checkTexts(t, l, input, c.Expected.Output)
}

// anys is a list as JSON has it.
func anys[T any](list []T) []any {
	var all []any
	for _, v := range list {
		all = append(all, v)
	}
	return all
}
