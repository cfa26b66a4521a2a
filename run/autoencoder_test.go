package run_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gorae/bundle"
	"gorae/task"
	"gorae/tensor"
)

// TestAutoencoder: a linear network of two nodes that learns its own input comes to the projection on the first two
// principal components (Baldi and Hornik 1989). Of standardised iris those explain 0.7296 and 0.2285 of the variance
// (scikit-learn's PCA(2).fit(StandardScaler().fit_transform(iris.data)).explained_variance_ratio_), so that a mean
// square error of 1 − 0.9581 = 0.0419 is left.
func TestAutoencoder(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for seconds")
	}
	p := open(t, `
data: {source: embed:iris, target: input, features: {species: {drop: true}}}
split: {validation: 0, test: 0}
model: [{dense: {name: code, units: 2}}, {dense: {units: 4}}]
train: {epochs: 400, batch_size: 50, callbacks: [], optimizer: {adam: {learning_rate: {cosine_decay: {initial_learning_rate: 0.05, decay_steps: 1200}}}}}
`)
	r, b := fit(t, p, filepath.Join(t.TempDir(), "run"))
	if got := r.Report.Train.Of("loss"); math.Abs(got-0.0419) > 5e-4 {
		t.Errorf("mean square error %v", got)
	}
	said, err := b.predict("embed:iris", nil)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(said.csv)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[0], ","); got != "error,prediction_1,prediction_2,prediction_3,prediction_4" {
		t.Errorf("header %s", got)
	}
	sum := 0.0
	for i, row := range rows[1:] {
		e, err := strconv.ParseFloat(row[0], 64)
		if err != nil {
			t.Fatal(err)
		}
		x, square := sample(t, said.bound.Data, 0, i)[0].F32, 0.0
		for k, v := range x {
			square += math.Pow(float64(v)-float64(said.out[0].F32[4*i+k]), 2)
		}
		if math.Abs(e-math.Sqrt(square/4)) > 1e-6 {
			t.Errorf("row %d: error %v, by hand %v", i, e, math.Sqrt(square/4))
		}
		sum += e * e
	}
	if got := sum / 150; math.Abs(got-r.Report.Train.Of("loss")) > 1e-5 {
		t.Errorf("mean of the errors' squares %v, loss %v", got, r.Report.Train.Of("loss"))
	}
	evaluated, err := b.evaluate("embed:iris", "", "")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := evaluated.Metrics.Of("rmse"), r.Report.Train.Of("rmse"); math.Abs(got-want) > 1e-6 {
		t.Errorf("evaluate: rmse %v, training %v", got, want)
	}
	records, err := bundle.Predictions[map[string]any](t.Context(), b.Bundle, []map[string]any{{
		"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 40.0}})
	if err != nil {
		t.Fatal(err)
	}
	if e, ok := records[0]["error"].(float64); !ok || e < 5 { // 50 standard deviations in one of four columns
		t.Errorf("a petal of 40 cm: %v", records)
	}
}

// TestPictureAutoencoder: pictures without labels are their own targets; the run draws their reconstructions, and
// predict says how far each picture is from its own.
func TestPictureAutoencoder(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	x := tensor.New(tensor.Uint8, 60, 8, 8, 1)
	for i := range x.U8 {
		x.U8[i] = byte((i%8 + i/64%5) * 20)
	}
	file := writeNPZ(t, tensor.Named{Name: "x", Tensor: x})
	p := open(t, fmt.Sprintf(`
data: {source: %q, target: input}
train: {epochs: 3, callbacks: []}
`, file))
	dir := filepath.Join(t.TempDir(), "run")
	r, b := fit(t, p, dir)
	for _, name := range []string{"reconstructions.png", "samples.png"} {
		if s, err := os.Stat(filepath.Join(dir, name)); err != nil || s.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if r.Report.Findings.Sections["reconstruction"] == nil {
		t.Errorf("sections %v", r.Report.Findings.Sections)
	}
	forget(t, dir)
	e, err := b.evaluate(file, "", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []task.Findings{r.Report.Findings, e.Findings} {
		if len(f.Baselines) != 1 || len(f.Verdict) != 1 ||
			!strings.Contains(f.Verdict[0], " the mean of the training samples: rmse ") {
			t.Errorf("baselines %+v, %q", f.Baselines, f.Verdict)
		}
	}
	said, err := b.predict(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(said.csv, "\n"); got != 61 {
		t.Errorf("%d lines", got)
	}
	if e, err := b.evaluate(file, "", ""); err != nil || !(e.Metrics.Of("rmse") > 0) {
		t.Errorf("evaluate: %v, %v", e, err)
	}
}

// TestAutoencoderRefuses: settings that mean nothing where the target is the input.
func TestAutoencoderRefuses(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "t.csv"), "a,b,text\n1,2,one fish\n2,1,two fish\n3,4,red fish\n4,3,blue fish\n5,5,a "+
		"fish\n")
	write(t, filepath.Join(dir, "c.csv"), "input,b\n1,2\n2,1\n3,4\n4,3\n5,5\n")
	for text, want := range map[string]string{
		"{source: t.csv, target: input, task: classification}": "e.yaml:1:44: data.task: classification is for " +
			"targets of",
		"{source: t.csv, target: input, target_scale: none}": "the target is the input, which data.features scales",
		"{source: t.csv, target: input, inputs: {p: [a], q: [b]}}": "data.inputs: 2 inputs; a network that learns " +
			"its own " +
			"input has one",
		"{source: t.csv, target: input, features: {text: {text: {output: ids}}}}": "texts become ids",
		"{source: t.csv, target: [input, a]}":                                     "input stands for all of the input",
		"{source: c.csv, target: input}":                                          `has a column "input"`,
		"{source: t.csv, target: input, features: {text: {drop: true}}}\nmodel: [{dense: {units: 3}}]": "the model " +
			"gives (3,), " +
			"but its target is its own input, of shape (2,)",
		"{source: t.csv, target: input, features: {text: {drop: true}}}\ntrain: {loss: " +
			"sparse_categorical_crossentropy}": "takes class " +
			"numbers, but the target is the input",
	} {
		_, err := prepare(filepath.Join(dir, "e.yaml"), "data: "+text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
}
