package run_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gorae/data/source"
	"gorae/run"
)

// numbers50 writes a table of fifty rows: a feature, a class of three, and a figure.
func numbers50(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("x,class,figure\n")
	for i := range 50 {
		fmt.Fprintf(&b, "%d.5,%c,%d\n", i, "abc"[i%3], 100+i*i)
	}
	path := filepath.Join(t.TempDir(), "t.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// A loss or a metric that says nothing about the target is refused where it is written.
func TestObjectiveRefused(t *testing.T) {
	path := numbers50(t)
	for _, c := range []struct{ target, model, train, want string }{
		{"figure", "dense: 1", "loss: binary_crossentropy",
			"train.loss: binary_crossentropy is for classes, but the target figure is a number; give " +
				"mean_squared_error"},
		{"figure", "dense: 1", "metrics: [mae, accuracy]",
			"train.metrics[1]: accuracy is for classes, but the target figure is a number; give rmse, mae or r2"},
		{"figure", "dense: 1", "metrics: [hinge]", "train.metrics[0]: hinge is for classes"},
	} {
		if _, err := prepare("e.yaml", fmt.Sprintf("data: {source: %s, target: %s}\nmodel: [%s]\ntrain: {%s}\n", path,
			c.target, c.model, c.train)); err == nil || !strings.HasPrefix(err.Error(), "e.yaml:3:") ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%s, %s: %v; want %s", c.target, c.train, err, c.want)
		}
	}
	for _, c := range []struct{ train, want string }{
		{"loss: sparse_categorical_crossentropy",
			"compares one output a class, but the model has a single output; give binary_crossentropy, or a softmax " +
				"of 2"},
		{"loss: categorical_crossentropy", "compares one output a class"},
		{"metrics: [top_k_categorical_accuracy]",
			"train.metrics[0]: top_k_categorical_accuracy compares one output a class, but the model has a single " +
				"output; give accuracy"},
	} {
		if _, err := prepare("", "data: {source: embed:titanic}\nmodel: [dense: {units: 1, activation: "+
			"sigmoid}]\ntrain: {"+c.train+"}\n"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %s", c.train, err, c.want)
		}
	}
}

// A loss of numbers that are 0 or more learns them as they are.
func TestScaleOfLoss(t *testing.T) {
	path := numbers50(t)
	for loss, want := range map[string]string{"poisson": "none", "msle": "none", "mse": "zscore", "huber": "zscore"} {
		r := open(t, "data: {source: "+path+", target: figure}\ntrain: {loss: "+loss+"}\n")
		if got := r.Spec.Data.Scale; got != want {
			t.Errorf("%s: target_scale %q, want %q", loss, got, want)
		}
	}
	if _, err := prepare("e.yaml", "data: {source: "+path+", target: figure, target_scale: zscore}\ntrain: {loss: "+
		"poisson}\n"); err == nil || !strings.Contains(err.Error(),
		"train.loss: poisson is for numbers as they are, but the target figure is standardised; give "+
			"data.target_scale: none") {
		t.Errorf("poisson of z-scores: %v", err)
	}
}

// Metrics do not depend on whether the loss takes class numbers or one-hot rows: those
// that need the other form are given it.
func TestMetricForms(t *testing.T) {
	path := numbers50(t)
	var got [2]map[string]float64
	for i, loss := range []string{"sparse_categorical_crossentropy", "categorical_crossentropy"} {
		r := open(t, "data: {source: "+path+", target: class, features: {figure: drop}}\nmodel: [dense: {units: 3, "+
			"activation: softmax}]\n"+
			"train: {epochs: 3, loss: "+loss+", metrics: [accuracy, categorical_accuracy, "+
			"sparse_categorical_accuracy, precision, recall, auc, mse, {top_k: {k: 2}}]}\n")
		res, err := run.Run(t.Context(), r, run.Options{Out: filepath.Join(t.TempDir(), "run")})
		if err != nil {
			t.Fatal(err)
		}
		got[i] = map[string]float64{}
		for _, f := range res.Report.Test {
			got[i][f.Name] = f.Value
		}
	}
	if len(got[0]) != 9 {
		t.Fatalf("figures %v", got[0])
	}
	for name, a := range got[0] {
		if b := got[1][name]; math.Abs(a-b) > 1e-5 {
			t.Errorf("%s: %v by class numbers, %v by one-hot rows", name, a, b)
		}
	}
	if a := got[0]; a["accuracy"] != a["categorical_accuracy"] || a["accuracy"] != a["sparse_categorical_accuracy"] {
		t.Errorf("three names of one figure: %v", a)
	}
}

// A network that gives logits predicts probabilities, and its accuracy is that of its
// predictions.
func TestLogits(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	for _, c := range []struct{ layer, loss string }{
		{"dense: 1", "binary_crossentropy"}, {"dense: 2", "sparse_categorical_crossentropy"},
		{"dense: 2", "categorical_crossentropy"},
	} {
		r := open(t, "data: {source: embed:titanic}\nmodel: ["+c.layer+"]\ntrain: {epochs: 4, loss: {"+c.loss+": "+
			"{from_logits: true}}}\n")
		dir := filepath.Join(t.TempDir(), "run")
		if _, err := run.Run(t.Context(), r, run.Options{Out: dir}); err != nil {
			t.Fatal(err)
		}
		p := load(t, filepath.Join(dir, run.ModelFile))
		metrics, err := p.evaluate("embed:titanic", "", "")
		if err != nil {
			t.Fatal(err)
		}
		all, err := p.predict("embed:titanic", nil)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(all.csv)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		src, err := source.Open("embed:titanic", source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		truth, err := src.Table.Column("Survived")
		if err != nil {
			t.Fatal(err)
		}
		at, hits := slices.Index(rows[0], "prediction"), 0
		for i, row := range rows[1:] {
			p0, err0 := strconv.ParseFloat(row[at+1], 64)
			p1, err1 := strconv.ParseFloat(row[at+2], 64)
			if err0 != nil || err1 != nil || p0 < 0 || p1 < 0 || math.Abs(p0+p1-1) > 1e-6 ||
				(p1 > p0) != (row[at] == "1") {
				t.Fatalf("%s of %s: row %d: %v", c.loss, c.layer, i, row)
			}
			if row[at] == truth.Text(i) {
				hits++
			}
		}
		if got, want := float64(hits)/float64(len(rows)-1), metrics.Metrics.Of("accuracy"); math.Abs(got-want) > 1e-9 {
			t.Errorf("%s of %s: the predictions' accuracy is %v, evaluate says %v", c.loss, c.layer, got, want)
		}
	}
}

// TestNoteLogits: a network of classes whose last layer gives any numbers is told of, with both remedies.
func TestNoteLogits(t *testing.T) {
	for _, c := range []struct{ data, layer, loss, note string }{
		{"iris", "dense: 3", "", "(activation linear) are no probabilities, which sparse_categorical_crossentropy " +
			"takes; give it activation: softmax, or the loss {sparse_categorical_crossentropy: {from_logits: true}}"},
		{"titanic", "dense: {units: 1, activation: relu}", "",
			"(activation relu) are no probabilities, which binary_crossentropy takes; give it activation: sigmoid, " +
				"or the loss {binary_crossentropy: {from_logits: true}}"},
		{"iris", "dense: 3", "loss: {sparse_categorical_crossentropy: {from_logits: true}}, ", ""},
		{"iris", "dense: {units: 3, activation: softmax}", "", ""},
		{"iris", "dense: 3}, {activation: softmax", "", ""},
		{"titanic", "dense: {units: 1, activation: tanh}", "loss: hinge, ", ""},
		{"titanic", "dense: {units: 1, activation: sigmoid}", "loss: hinge, ", "hinge parts the classes at 0, above " +
			"which all outputs of the last layer lie (activation sigmoid); give it activation: linear or tanh"},
	} {
		r := open(t, "data: {source: embed:"+c.data+"}\nmodel: [{"+c.layer+"}]\ntrain: {"+c.loss+"epochs: 1}\n")
		all := strings.Join(r.Notes, "\n")
		if c.note == "" && strings.Contains(all, "probabilities") || !strings.Contains(all, c.note) {
			t.Errorf("%s, %s %s: %q lacks %q", c.data, c.layer, c.loss, all, c.note)
		}
	}
}
