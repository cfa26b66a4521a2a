package spec_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"gorae/config"
	"gorae/internal/yamltree"
	"gorae/spec"
	_ "gorae/spec/yaml"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"
)

const withRanges = `data: {source: embed:digits}
model:
  - dense: {units: {log_int: [16, 256]}, activation: {choice: [relu, tanh], value: tanh}}
  - {choice: [null, {dropout: {uniform: [0, 0.5]}}, [{dense: {units: {int: [8, 64], step: 8}}}, {dropout: 0.1}]]}
  - dense: {units: 10, activation: softmax}
train:
  epochs: 20
  optimizer: {choice: [{adam: {learning_rate: {log: [1e-5, 1e-1], value: 1e-3}}},
    {sgd: {learning_rate: {log: [1e-3, 1]}}}]}
`

func searched(t *testing.T, text string) *spec.Search {
	t.Helper()
	s, err := spec.ParseSearch("e.yaml", "e", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSearch: where ranges stand, the user's own values, and what comes of choices among layers and lists of layers.
func TestSearch(t *testing.T) {
	s := searched(t, withRanges)
	var got []string
	for _, r := range s.Ranges {
		got = append(got, fmt.Sprintf("%s %s %s %v", r.Path, r.Word, r.Text(r.Value, 3), r.When))
	}
	want := `model[0].dense.units log_int 64 []
model[0].dense.activation choice tanh []
model[1] choice null []
model[1].choice[1].dropout uniform 0.25 [{2 1}]
model[1].choice[2][0].dense.units int 36 [{2 2}]
train.optimizer choice adam []
train.optimizer.choice[0].adam.learning_rate log 0.001 [{5 0}]
train.optimizer.choice[1].sgd.learning_rate log 0.0316 [{5 1}]`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	none := math.NaN()
	for _, c := range []struct {
		values []float64
		want   string
	}{
		{[]float64{64, 1, 0, none, none, 0, 0.001, none}, "model: [{dense: {units: 64, activation: tanh}}, " +
			"{dense: {units: 10, activation: softmax}}]\n" +
			"train: {epochs: 20, optimizer: {adam: {learning_rate: 0.001}}}"},
		{[]float64{17, 0, 1, 0.5, none, 0, 0.1, none}, "model: [{dense: {units: 17, activation: relu}}, {dropout: " +
			"0.5}, {dense: {units: 10, activation: softmax}}]\n" +
			"train: {epochs: 20, optimizer: {adam: {learning_rate: 0.1}}}"},
		{[]float64{17, 0, 2, none, 24, 1, none, 0.2}, "model: [{dense: {units: 17, activation: relu}}, {dense: 24}, " +
			"{dropout: 0.1}, {dense: {units: 10, activation: softmax}}]\ntrain: {epochs: 20, optimizer: {sgd: 0.2}}"},
	} {
		f, err := s.With(c.values)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := spec.Parse("", "e", []byte("data: {source: embed:digits}\n"+c.want))
		if err != nil {
			t.Fatal(err)
		}
		got, err := spec.Marshal(&f.Experiment)
		if err != nil {
			t.Fatal(err)
		}
		want, err := spec.Marshal(&plain.Experiment)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%v:\n%s\nwant\n%s", c.values, got, want)
		}
	}
}

// TestSearchPlaces: what is found wrong later has its place in the file with the ranges.
func TestSearchPlaces(t *testing.T) {
	s := searched(t, withRanges)
	f, err := s.With([]float64{17, 0, 2, math.NaN(), 24, 1, math.NaN(), 0.2})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"model[0].dense.units":              "e.yaml:3:13",
		"model[1].dense.units":              "e.yaml:4:63",
		"model[2].dropout":                  "e.yaml:4:107",
		"model[3].dense.units":              "e.yaml:5:20",
		"train.optimizer.sgd.learning_rate": "e.yaml:9:12",
		"train.epochs":                      "e.yaml:7:11",
	} {
		var at *spec.Located
		if err := f.Locate(config.Errorf(path, "wrong")); !errors.As(err, &at) || at.Place() != want {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
}

// TestSearchWrong: mistakes in ranges, at their ends and in their options.
func TestSearchWrong(t *testing.T) {
	for text, want := range map[string]string{
		"train: {epochs: {int: [5]}}":                                              "e.yaml:2:18: train.epochs.int: a range has two ends",
		"train: {epochs: {int: [9, 5]}}":                                           "the lower one first",
		"train: {epochs: {int: [1.5, 5]}}":                                         "the ends of whole numbers are whole",
		"train: {epochs: {int: [0, 5]}}":                                           "e.yaml:2:9: train.epochs",
		"train: {epochs: {int: [1, 5], step: 9}}":                                  "9 is no step from 1 to 5",
		"train: {epochs: {int: [1, 5], value: 7}}":                                 "7 is outside of the range",
		"train: {epochs: {int: [1, many]}}":                                        "e.yaml:2:27: train.epochs.int[1]: many is no number",
		"train: {epochs: {choice: []}}":                                            "a choice without options",
		"train: {epochs: {choice: [5, 9], value: 7}}":                              "7 is not an option",
		"train: {epochs: {choice: [5, 9], step: 2}}":                               "options have no steps",
		"train: {optimizer: {adam: {learning_rate: {log: [0, 1]}}}}":               "0 has no logarithm",
		"train: {optimizer: {adam: {learning_rate: {log: [1e-3, 1], step: 1}}}}":   "a logarithmic range has no steps",
		"train: {optimizer: {choice: [adam, {sgdd: {}}]}}":                         `e.yaml:2:37: train.optimizer.sgdd: unknown optimizer`,
		"model:\n  - {choice: [[{dense: {unit: {int: [1, 5]}}}], {dropout: 0.1}]}": "e.yaml:3:25: model[0].dense.unit: unknown key",
		"model:\n  - {choice: [{dropout: 0.1}, {dropout: {uniform: [0.5, 1.5]}}]}": "1.5 ",
	} {
		_, err := spec.ParseSearch("e.yaml", "e", []byte("data: {source: embed:digits}\n"+text))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "e.yaml:") {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
		if _, err := spec.Parse("e.yaml", "e", []byte("data: {source: embed:digits}\n"+text)); err == nil {
			t.Errorf("%s: read as an experiment without ranges", text)
		}
	}
}

// TestSearchDraws: values that are drawn from the ranges make experiments that are read again as they are written.
func TestSearchDraws(t *testing.T) {
	s := searched(t, withRanges)
	rapid.Check(t, func(t *rapid.T) {
		values := s.Start()
		for i, r := range s.Ranges {
			values[i] = math.NaN()
			exists := true
			for _, o := range r.When {
				exists = exists && values[o.Range] == float64(o.Option)
			}
			switch {
			case !exists:
			case r.Word == "choice":
				values[i] = float64(rapid.IntRange(0, len(r.Options)-1).Draw(t, r.Path))
			case r.Whole():
				values[i] = float64(rapid.IntRange(int(r.Low), int(r.High)).Draw(t, r.Path))
			default:
				values[i] = rapid.Float64Range(r.Low, r.High).Draw(t, r.Path)
			}
		}
		f, err := s.With(values)
		if err != nil {
			t.Fatal(err)
		}
		text, err := spec.Marshal(&f.Experiment)
		if err != nil {
			t.Fatal(err)
		}
		again, err := spec.Parse("", "e", text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if twice, err := spec.Marshal(&again.Experiment); err != nil || !bytes.Equal(text, twice) {
			t.Fatalf("%v\n%s\n%s", err, text, twice)
		}
	})
}

// FuzzSearch: no text makes the reader of ranges panic.
func FuzzSearch(f *testing.F) {
	f.Add(withRanges)
	f.Add("data: {choice: [{choice: [a]}]}")
	f.Add("{choice: [{data: {source: a}}]}")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := spec.ParseSearch("e.yaml", "e", []byte(text))
		if err != nil {
			return
		}
		if _, err := s.With(s.Start()); err != nil {
			t.Errorf("the user's own values: %v", err)
		}
	})
}

// TestSearchSchema: the schema for editors accepts ranges in the place of any value, and refuses what is none.
func TestSearchSchema(t *testing.T) {
	var text bytes.Buffer
	if err := spec.WriteSearchSchema(&text); err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(&text)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("experiment.json", doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("experiment.json")
	if err != nil {
		t.Fatal(err)
	}
	for experiment, want := range map[string]bool{
		withRanges:              true,
		"data: {source: a.csv}": true,
		"data: {source: {choice: [a.csv, b.csv]}}":                                                        true,
		"data: {source: a.csv}\nmodel: {choice: [[{dense: 3}], [{dense: 3}, {dense: 1}]]}":                true,
		"data: {source: a.csv}\ntrain: {epochs: {int: [1, 5]}}":                                           true,
		"data: {source: a.csv}\ntrain: {epochs: {int: [1, 5], step: 2, value: 3}}":                        true,
		"data: {source: a.csv}\ntrain: {epochs: {int: [1]}}":                                              false,
		"data: {source: a.csv}\ntrain: {epochs: {ints: [1, 5]}}":                                          false,
		"data: {source: a.csv}\ntrain: {optimizer: {adam: {learning_rate: {log: [0, 1]}}}}":               false,
		"data: {source: a.csv}\ntrain: {optimizer: {adam: {learning_rates: {log: [1e-3, 1]}}}}":           false,
		"data: {source: a.csv}\ntrain: {optimizer: {adam: {learning_rate: {log: [1e-3, 1], step: 0.1}}}}": false,
	} {
		tree, err := yamltree.Parse("", []byte(experiment))
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(tree.Plain())
		if err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiled.Validate(v); (err == nil) != want {
			t.Errorf("%s: accepted: %v, want %v (%v)", experiment, err == nil, want, err)
		}
	}
}
