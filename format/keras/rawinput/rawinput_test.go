package rawinput_test

import (
	"math"
	"path/filepath"
	"slices"
	"testing"

	"gorae/bundle"
	"gorae/bundle/rawtext"
	"gorae/data"
	"gorae/data/source"
	_ "gorae/data/source/all"
	"gorae/format"
	_ "gorae/format/keras"
	"gorae/format/keras/rawinput"
	"gorae/internal/runtest"
	"gorae/layer"
	"gorae/model"
	_ "gorae/spec/yaml"
	"gorae/task"
	_ "gorae/task/all"
	"gorae/tensor"
)

// predicted are the columns of predictions for a file.
func predicted(t *testing.T, b *bundle.Bundle, from string) (header []string, rows [][]any) {
	t.Helper()
	i, err := source.Find(from, source.Options{CSV: data.CSVOptions{}})
	if err != nil {
		t.Fatal(err)
	}
	bound, err := b.Bind(&task.Source{Info: i})
	if err != nil {
		t.Fatal(err)
	}
	y, err := b.Predict(t.Context(), bound)
	if err != nil {
		t.Fatal(err)
	}
	for i := range bound.Data.Len() {
		r, err := bound.Decode(y, i)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r...)
	}
	return bound.Header, rows
}

// TestFile trains on a table with missing numbers and texts, writes the network with its preparation before it, and
// reads the file again: raw columns give the same probabilities. Keras itself is asked in internal/judge.
func TestFile(t *testing.T) {
	dir := t.TempDir()
	b := runtest.Product(t, dir, `data:
  source: embed:titanic
  target: Survived
  features: {Name: drop, Ticket: drop, Cabin: drop, Age: {scale: robust, indicator: true}, Pclass: onehot,
    Fare: {log1p: true, piecewise: 3}, Embarked: {encode: onehot, missing: true}, SibSp: {encode: bins}}
`)
	raw, notes, err := rawinput.File(b)
	if err != nil {
		t.Fatal(err)
	}
	if len(notes) != 1 || notes[0] != "Survived: the output is the probability of 1" {
		t.Errorf("notes %q", notes)
	}
	path := filepath.Join(dir, "raw.keras")
	if err := format.Save(path, raw); err != nil {
		t.Fatal(err)
	}
	again, err := bundle.OpenBy(path, rawtext.Load)
	if err != nil {
		t.Fatal(err)
	}
	if again.Fitted != nil {
		t.Error("the file holds a preparation beside its layers")
	}
	header, want := predicted(t, b, "embed:titanic")
	as, got := predicted(t, again, "embed:titanic")
	from, at := slices.Index(header, "p(1)"), slices.Index(as, "prediction")
	if from < 0 || at < 0 || len(got) != len(want) || len(want) < 800 {
		t.Fatalf("%d rows of %q, %d of %q", len(got), as, len(want), header)
	}
	for i := range want {
		w, g := want[i][from].(float32), float64(got[i][at].(float32))
		if !(math.Abs(g-float64(w)) <= 1e-5) {
			t.Fatalf("row %d: %v, want %v", i, g, w)
		}
	}
}

// TestRefused: a network without a preparation is refused.
func TestRefused(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{2}}, layer.Dense{Units: 1})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	if _, _, err := rawinput.File(&bundle.Bundle{Model: m}); err == nil {
		t.Error("a network alone has become a model of raw columns")
	}
	if _, err := m.Predict(t.Context(), tensor.New(tensor.Float32, 1, 2)); err != nil {
		t.Error(err)
	}
}
