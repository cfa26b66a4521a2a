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
	rows, err := b.PredictRecords(t.Context(), []map[string]any{{"Sex": "male", "Pclass": 3.0, "Age": nil,
		"SibSp": 1.0}})
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
