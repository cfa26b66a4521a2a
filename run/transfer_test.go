package run_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/bundle"
	"gorae/run"
	"gorae/spec"
	_ "gorae/task/all"
)

func trainText(t *testing.T, text string) (*run.Prepared, *run.Result, *bundle.Bundle) {
	t.Helper()
	f, err := spec.Parse("", "test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	p, err := run.Prepare(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	r, err := run.Run(t.Context(), p, run.Options{Out: filepath.Join(t.TempDir(), "run")})
	if err != nil {
		t.Fatal(err)
	}
	b, err := bundle.Open(filepath.Join(r.Dir, run.ModelFile))
	if err != nil {
		t.Fatal(err)
	}
	return p, r, b
}

// TestTransfer: a network begins with the weights of another file's layer of the same name; frozen it keeps them to the
// bit, the other layers move; unfrozen it moves too.
func TestTransfer(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	const text = `{data: {source: embed:iris, target: %s}, model: {layers: [{name: base, dense: {units: 16, activation: relu}}, {name: head, dense: %s}]}, train: {epochs: 2, %s}}`
	_, r, first := trainText(t, fmt.Sprintf(text, "species", "{units: 3, activation: softmax}", "callbacks: []"))
	kernel := func(b *bundle.Bundle) []float32 { return b.Model.Store().Var("base/kernel").Value.F32 }
	from := filepath.Join(r.Dir, run.ModelFile)
	// The same columns predict the same target by another head.
	for freeze, same := range map[string]bool{"freeze: [base], ": true, "": false} {
		p, _, second := trainText(t, fmt.Sprintf(text, "species", "{units: 3, activation: softmax}",
			fmt.Sprintf("%sstart_from: %q, callbacks: []", freeze, from)))
		if got := slices.Equal(kernel(first), kernel(second)); got != same {
			t.Errorf("%q: the base is the same: %v", freeze, got)
		}
		if !strings.Contains(strings.Join(p.Notes, "\n"), "base, head begin with the weights of") {
			t.Errorf("notes %q", p.Notes)
		}
	}
	f, err := spec.Parse("e.yaml", "e", fmt.Appendf(nil, text, "species", "{units: 3, activation: softmax}",
		"freeze: [bass]"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run.Prepare(t.Context(), f); err == nil ||
		!strings.Contains(err.Error(), `train.freeze[0]: no layer "bass"; did you mean "base"?`) {
		t.Errorf("%v", err)
	}
}

// TestSeveralInputsAndOutputs: columns go to named inputs, two targets have losses, weights and metrics of their own,
// and predictions have a column for each.
func TestSeveralInputsAndOutputs(t *testing.T) {
	p, r, b := trainText(t, `
data: {source: embed:titanic, target: [Survived, Fare], inputs: {wide: [Sex, Pclass], deep: [Age, SibSp]}}
train: {epochs: 3, callbacks: []}
`)
	names := p.Model.InputNames()
	if !slices.Equal(names, []string{"wide", "deep"}) ||
		!slices.Equal(p.Model.OutputNames(), []string{"Survived", "Fare"}) {
		t.Errorf("%v → %v", names, p.Model.OutputNames())
	}
	for _, name := range []string{"Survived_loss", "Fare_loss", "Survived_accuracy", "Fare_rmse"} {
		if v := r.Report.Test.Of(name); !(v >= 0) {
			t.Errorf("%s is %v in %v", name, v, r.Report.Test)
		}
	}
	rows, err := bundle.Predictions[map[string]any](t.Context(), b, []map[string]any{{"Sex": "male", "Pclass": 3.0,
		"Age": nil, "SibSp": 1.0}})
	if err != nil {
		t.Fatal(err)
	}
	if s := rows[0]["prediction(Survived)"]; s != "0" && s != "1" {
		t.Errorf("%v", rows)
	}
	if _, ok := rows[0]["prediction(Fare)"].(float64); !ok {
		t.Errorf("%v", rows)
	}
}

// TestStartFromState: where all layers begin with the weights of a file that holds the state of the optimizer, training
// goes on from that state, so that twice three epochs are six epochs to the bit; where the optimizer is another one or
// the file has no state, it begins anew and says so.
func TestStartFromState(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	const text = `{data: {source: embed:iris, target: species}, model: [{dense: {units: 8, activation: relu}}, {dense: {units: 3, activation: softmax}}], split: {validation: 0, test: 0.2}, train: {epochs: %d, shuffle: false, callbacks: [], optimizer: %s}}`
	_, _, whole := trainText(t, fmt.Sprintf(text, 6, "adam"))
	_, half, _ := trainText(t, fmt.Sprintf(text, 3, "adam"))
	from := func(file, optimizer string) (string, *bundle.Bundle) {
		s := strings.Replace(fmt.Sprintf(text, 3, optimizer), "train: {", fmt.Sprintf("train: {start_from: %q, ",
			filepath.Join(half.Dir, file)), 1)
		p, _, b := trainText(t, s)
		return strings.Join(p.Notes, "\n"), b
	}
	kernel := func(b *bundle.Bundle) []float32 { return b.Model.Store().Var("dense/kernel").Value.F32 }
	note, b := from(run.LastFile, "adam")
	if !strings.Contains(note, "the optimizer goes on after the 12 steps of ") {
		t.Errorf("notes %q", note)
	}
	if !slices.Equal(kernel(b), kernel(whole)) {
		t.Errorf("%v after three and three epochs, %v after six", kernel(b)[:4], kernel(whole)[:4])
	}
	note, b = from(run.LastFile, "{adam: {beta_1: 0.8}}")
	if !strings.Contains(note, `begins anew: `) || !strings.Contains(note, `was trained with "adam"`) {
		t.Errorf("notes %q", note)
	}
	if slices.Equal(kernel(b), kernel(whole)) {
		t.Error("another optimizer gave the same weights")
	}
	if note, _ = from(run.ModelFile, "adam"); strings.Contains(note, "optimizer") {
		t.Errorf("a file without a state: notes %q", note)
	}
}
