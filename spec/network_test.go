package spec_test

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"gorae/layer"
	"gorae/loss"
	"gorae/prep"
	"gorae/spec"
)

func parse(t *testing.T, text string) *spec.File {
	t.Helper()
	f, err := spec.Parse("e.yaml", "e", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestResolve: the word vocabulary stands for a number until the data tell it.
func TestResolve(t *testing.T) {
	f := parse(t, `data: {source: a}
model:
  - {name: words, embedding: {input_dim: vocabulary, output_dim: 8}}
  - gru: 4
  - dense: vocabulary
`)
	n := f.Model
	if n.Open() != 0 || n.Steps[0].Name != "words" ||
		n.Steps[0].Word() != "embedding" || n.KeyPath(2) != "model[2].dense" {
		t.Errorf("%+v", n)
	}
	text, err := spec.Marshal(&f.Experiment)
	if err != nil || !strings.Contains(string(text), "- dense: vocabulary\n") {
		t.Errorf("%s %v", text, err)
	}
	got, err := n.Resolve(map[string]int{"vocabulary": 50})
	if err != nil {
		t.Fatal(err)
	}
	want := []layer.Layer{layer.Embedding{Base: layer.Base{Name: "words"}, InputDim: 50, OutputDim: 8},
		layer.GRU{Units: 4},
		layer.Dense{Units: 50}}
	for i, w := range want {
		if l := got.Steps[i].Layer; reflect.TypeOf(l) != reflect.TypeOf(w) || layer.NameOf(l) != layer.NameOf(w) {
			t.Errorf("step %d is %#v", i, l)
		}
	}
	if d := got.Steps[2].Layer.(layer.Dense); d.Units != 50 || n.Steps[2].Layer != nil {
		t.Errorf("%d units; the network that was resolved: %+v", d.Units, n.Steps[2])
	}
	e := f.Clone()
	e.Model = got
	if text, err = spec.Marshal(e); err != nil || !strings.Contains(string(text), "- dense: 50\n") {
		t.Errorf("%s %v", text, err)
	}
	_, err = n.Resolve(nil)
	if err = f.Locate(err); err == nil || err.Error() !=
		`e.yaml:3:42: model[0].embedding.input_dim: "vocabulary" is not a whole number; give 1 or more` {
		t.Errorf("%v", err)
	}
}

// TestSeveral: several inputs, outputs, targets, losses and metrics.
func TestSeveral(t *testing.T) {
	f := parse(t, `data:
  source: houses.csv
  target: [price, 4]
  inputs: {wide: [area, 2], deep: age}
model:
  layers:
    - {name: a, dense: {units: 8, activation: relu}, inputs: wide}
    - {name: b, dense: {units: 8}, inputs: deep}
    - {name: both, concatenate: {}, inputs: [a, b]}
    - {name: price, dense: 1, inputs: both}
    - {name: kind, dense: {units: 3, activation: softmax}, inputs: both}
  outputs: [price, kind]
train:
  loss: {price: mse, kind: {sparse_categorical_crossentropy: {from_logits: true}}}
  loss_weights: {price: 1, kind: 0.5}
  metrics: {price: [mae], kind: accuracy}
  start_from: base.keras
  freeze: [a, b]
`)
	if want := []string{"price", "4"}; !reflect.DeepEqual(f.Data.Target, want) {
		t.Errorf("%v", f.Data.Target)
	}
	wide := spec.Input{Name: "wide", Columns: []string{"area", "2"}}
	deep := spec.Input{Name: "deep", Columns: []string{"age"}}
	if want := (spec.Inputs{wide, deep}); !reflect.DeepEqual(f.Data.Inputs, want) {
		t.Errorf("%v", f.Data.Inputs)
	}
	if !f.Model.Branches() || f.Model.Path(2) != "model.layers[2]" ||
		!reflect.DeepEqual(f.Model.Steps[2].Inputs, []string{"a", "b"}) {
		t.Errorf("%+v", f.Model)
	}
	if l := f.Train.Loss.Of("kind"); l != (loss.Loss)(loss.SparseCategoricalCrossentropy{FromLogits: true}) {
		t.Errorf("%#v", l)
	}
	if f.Train.Loss.Of("price") != (loss.Loss)(loss.MeanSquaredError{}) || f.Train.Loss.Of("") != nil ||
		f.Train.LossWeights["kind"] != 0.5 {
		t.Errorf("%+v", f.Train)
	}
	if m := f.Train.Metrics; len(m) != 2 || m[1].Output != "kind" || m[1].Name != "accuracy" {
		t.Errorf("%+v", m)
	}
	text, err := spec.Marshal(&f.Experiment)
	if err != nil {
		t.Fatal(err)
	}
	if again := parse(t, string(text)); !reflect.DeepEqual(spec.Flatten(&f.Experiment),
		spec.Flatten(&again.Experiment)) {
		t.Errorf("%s", text)
	}
}

// TestSections: the keys of tasks are read into their sections, and a key of another task is told.
func TestSections(t *testing.T) {
	f := parse(t, "data: {source: a, sequence: true, vectors: v.txt,\n  features: {b: {impute: 3, scale: minmax}, c: "+
		"drop}}\n")
	if f.Data.Section("sequence").(*sequence).Sequence == nil || f.Data.Section("none") != nil {
		t.Errorf("%+v", f.Data)
	}
	if got := f.Data.Keys(); !reflect.DeepEqual(got, []string{"source", "features", "sequence", "vectors"}) {
		t.Errorf("%v", got)
	}
	if f.Data.Foreign("sequence") != "vectors" || f.Data.Owner("series") != "series" || f.Data.Given("series") {
		t.Errorf("%s %s", f.Data.Foreign("sequence"), f.Data.Owner("series"))
	}
	if s, ok := f.Data.Features.Of("b"); !ok || s != (prep.Spec{Impute: "constant", Fill: 3, Scale: prep.MinMax{}}) {
		t.Errorf("%+v", s)
	}
	c := f.Clone()
	for _, r := range spec.Files(c) {
		*r.Value = filepath.Join("..", *r.Value)
	}
	if f.Data.Source != "a" || c.Data.Source != "../a" || c.Data.Section("text").(*texts).Vectors != "../v.txt" {
		t.Errorf("%+v %+v", f.Data, c.Data)
	}
	d := f.Data.WithSection("text", &texts{})
	if d.Given("vectors") || !f.Data.Given("vectors") {
		t.Errorf("%v %v", d.Keys(), f.Data.Keys())
	}
}

// TestArrayLabels: the labels of an .npz are an array in it and no file.
func TestArrayLabels(t *testing.T) {
	f := parse(t, "data: {source: a.NPZ, labels: y, test: {source: b.npy, labels: c.npy}}\ntrain: {start_from: "+
		"d.keras}\n")
	var got []string
	for _, r := range spec.Files(&f.Experiment) {
		got = append(got, r.Path)
	}
	if want := "data.source data.test.source data.test.labels train.start_from"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}

// FuzzParse: whatever is read is written and read again as the same.
func FuzzParse(f *testing.F) {
	f.Add("data: {source: a, target: [b, 2], series: {window: 3}}\n" +
		"split: {by: {group: c}}\ntrain: {loss: {x: mse}}\nseed: 3\n")
	f.Add("data: {source: 'a: b', features: {'': drop, \"x\\ty\": text}}\n" +
		"model: [{name: x, dense: {units: 3, kernel_initializer: zeros}}]\n")
	f.Fuzz(func(t *testing.T, text string) {
		e, err := spec.Parse("e.yaml", "e", []byte(text))
		if err != nil {
			return
		}
		written, err := spec.Marshal(&e.Experiment)
		if err != nil {
			t.Fatal(err)
		}
		again, err := spec.Parse("e.yaml", "e", written)
		if err != nil {
			t.Fatalf("%v\n%s", err, written)
		}
		if a, b := spec.Flatten(&e.Experiment), spec.Flatten(&again.Experiment); !reflect.DeepEqual(a, b) {
			t.Fatalf("%v\n%v\n%s", a, b, written)
		}
	})
}

// TestInstead: a key of a task may stand in the place of data.source, and a task may have keys of its own below train.
func TestInstead(t *testing.T) {
	f := parse(t, "data: {environment: cartpole}\ntrain: {dqn: {memory: 500}, epochs: 3}\n")
	if d := f.Train.Section("control").(*controlTrain).DQN; d == nil || d.Memory != 500 {
		t.Errorf("%+v", d)
	}
	if f.Data.Instead() != "environment" || f.Train.Owner("dqn") != "control" || f.Train.Foreign("series") != "dqn" ||
		f.Train.Foreign("control") != "" {
		t.Errorf("%q %q %q", f.Data.Instead(), f.Train.Owner("dqn"), f.Train.Foreign("series"))
	}
	text, err := spec.Marshal(&f.Experiment)
	if err != nil || strings.Contains(string(text), "source") {
		t.Errorf("%s %v", text, err)
	}
	for written, want := range map[string]string{
		"data: {environment: cartpole, source: a.csv}": "data.source: a.csv, but environment says where samples come " +
			"from; leave one of them out",
		"data: {environment: null}":                "data.source: is missing; name a data file",
		"data: {environment: x}\ntrain: {dqm: {}}": "unknown key; did you mean \"dqn\"?",
	} {
		if _, err := spec.Parse("a.yaml", "a", []byte(written)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", written, err, want)
		}
	}
}
