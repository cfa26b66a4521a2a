package run_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/bundle"
	"gorae/run"
	"gorae/spec"
)

// TestPretrained: the network of another file, cut off at a layer, is a layer of a new network: frozen it keeps its
// weights to the bit, otherwise they move; the resolved experiment repeats the run; the file of the result stands
// alone.
func TestPretrained(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	_, r, first := trainText(t, `
data: {source: embed:iris, target: species}
model: [{name: a, dense: {units: 8, activation: relu}}, {name: b, dense: {units: 3, activation: softmax}}]
train: {epochs: 2, callbacks: []}
`)
	from := filepath.Join(r.Dir, run.ModelFile)
	const text = `
data: {source: embed:iris, target: species}
model: [{name: base, pretrained: {file: %q, upto: a}}, {name: head, dense: {units: 3, activation: softmax}}]
train: {epochs: 2, %scallbacks: []}
`
	was := first.Model.Store().Var("a/kernel").Value.F32
	for freeze, same := range map[string]bool{"freeze: [base], ": true, "": false} {
		_, again, b := trainText(t, fmt.Sprintf(text, from, freeze))
		v := b.Model.Store().Var("base/a/kernel")
		if v == nil {
			t.Fatalf("no weight base/a/kernel")
		}
		if got := slices.Equal(v.Value.F32, was); got != same {
			t.Errorf("%q: the weights are the same: %v", freeze, got)
		}
		f, err := run.Read(filepath.Join(again.Dir, run.ExperimentFile))
		if err != nil {
			t.Fatal(err)
		}
		p, err := run.Prepare(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		repeated, err := run.Run(t.Context(), p, run.Options{Out: filepath.Join(t.TempDir(), "again")})
		if err != nil {
			t.Fatal(err)
		}
		c, err := bundle.Open(filepath.Join(repeated.Dir, run.ModelFile))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(c.Model.Store().Var("head/kernel").Value.F32, b.Model.Store().Var("head/kernel").Value.F32) {
			t.Errorf("%q: the resolved experiment gives another network", freeze)
		}
	}
	for written, want := range map[string]string{
		"{name: base, pretrained: none.keras}": "none.keras: no such file",
		"{name: base, pretrained: {}}": "model[0].pretrained.file: is missing; name a " +
			"model file",
		fmt.Sprintf("{pretrained: {file: %q, upto: aa}}", from):  `has no layer "aa"; did you mean "a"?`,
		fmt.Sprintf("{pretrained: {file: %q, up_to: a}}", from):  "model[0].pretrained.up_to: unknown key",
		fmt.Sprintf("{reshape: [2, 2]}, {pretrained: %q}", from): "model[1].pretrained",
		fmt.Sprintf("{name: x, pretrained: %q, dense: 3}", from): "pretrained and dense in one place",
	} {
		f, err := spec.Parse("e.yaml", "e", []byte("data: {source: embed:iris, target: species}\nmodel: ["+written+
			"]\n"))
		if err == nil {
			_, err = run.Prepare(t.Context(), f)
		}
		if want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %s", written, err, want)
		}
	}
}

// TestPretrainedApplication: a network of Keras Applications with its own scaling and without its head, frozen, makes
// features of pictures for a new head.
func TestPretrainedApplication(t *testing.T) {
	shared := os.Getenv("GORAE_SHARED")
	if shared == "" || testing.Short() {
		t.Skip("set GORAE_SHARED; a network of 160 layers takes seconds")
	}
	_, r, b := trainText(t, fmt.Sprintf(`
data: {source: %q, image: {size: [96, 96], colour: rgb}, features: none}
split: {validation: 0.45, test: 0.45}
model:
  - rescaling: {scale: 0.00784313725, offset: -1}
  - {name: base, pretrained: {file: %q, upto: out_relu}}
  - global_average_pooling2d
  - dense: {units: 10, activation: softmax}
train: {epochs: 1, freeze: [base], callbacks: [], baselines: false}
`, filepath.Join(shared, "data/images/cifar10-mini"),
		filepath.Join(shared, "models/real/app-mobilenetv2-035-96/model.keras")))
	if n := b.Model.Store().Var("dense/kernel").Value.Len(); n != 12800 { // 1,280 features of MobileNetV2
		t.Errorf("the head has %d weights", n)
	}
	if accuracy := r.Report.Test.Of("accuracy"); !(accuracy >= 0 && accuracy <= 1) {
		t.Errorf("%+v", r.Report.Test)
	}
}
