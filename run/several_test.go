package run_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestSeveralValues: a metric of several thresholds, or of each class, shows each value under a name of its own, in the
// run and in an evaluation of its file; the names can be monitored, and a mistake among them is found before training.
func TestSeveralValues(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	path, _ := twoClasses(t, 90)
	text := "data: {source: " + path + ", target: y}\nmodel: [dense: {units: 2, activation: softmax}]\n" +
		"train: {epochs: 2, loss: categorical_crossentropy, metrics: [{precision: {thresholds: [0.3, 0.6], " +
		"class_id: 1}}, f1_score, {auc: {num_thresholds: 0}}], monitor: "
	p := open(t, text+"val_precision@0.6}\n")
	_, b := fit(t, p, filepath.Join(t.TempDir(), "run"))
	e, err := b.evaluate(path, "", "")
	if err != nil {
		t.Fatal(err)
	}
	want := "loss precision@0.3 precision@0.6 f1_score_0 f1_score_1 auc"
	if got := strings.Join(e.Metrics.Names(), " "); got != want {
		t.Errorf("the evaluation has %s, want %s", got, want)
	}
	if a, b := e.Metrics.Of("precision@0.3"), e.Metrics.Of("precision@0.6"); !(a >= 0.5 && a != b) {
		t.Errorf("precision at 0.3 and 0.6: %v, %v", a, b)
	}
}
