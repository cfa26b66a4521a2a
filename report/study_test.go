package report_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"gorae/report"
	"gorae/spec"
	"gorae/tune/study"
)

// TestStudy: the page of a study's directory is that of its best trial's run, with what study.json says of the search;
// beside another run, the two are compared.
func TestStudy(t *testing.T) {
	search, err := spec.ParseSearch(filepath.Join(t.TempDir(), "experiment.yaml"), "digits", []byte(
		"data: {source: embed:digits, features: minmax}\nmodel: [{dense: {units: 10, activation: softmax}}]\n"+
			"train: {epochs: 2, optimizer: {adam: {learning_rate: {log: [0.0001, 0.1], value: 0.001}}}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "a study")
	r, err := study.Run(t.Context(), search, study.Options{Out: dir, Trials: 3})
	if err != nil {
		t.Fatal(err)
	}
	text := page(t, english(), dir)
	for _, want := range []string{"<h1>a study</h1>", "best of 3 trials: val_loss", fmt.Sprintf("<b>%.4f</b>", r.Value),
		fmt.Sprintf("trial %d<", r.Best), "train.optimizer.adam.learning_rate", "<td class=\"text\"><code>0.001</code>",
		fmt.Sprintf("<b>%.4f</b>", r.Corrected.Value)} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, name := range []string{study.HistoryPicture, study.ParallelPicture, study.SlicePicture} {
		if !strings.Contains(text, "Picture "+name+" of the search") {
			t.Errorf("the picture %s is missing", name)
		}
	}
	both := page(t, english(), trained(t, digits), dir)
	if !strings.Contains(both, "Paired tests") || !strings.Contains(both, `id="run2-study"`) {
		t.Error("a run and a study are not compared")
	}
}

// TestRanked: trials are listed from the best to the worst, those without a value at the end.
func TestRanked(t *testing.T) {
	s := report.Study{Result: &study.Result{Trials: []study.Trial{{Number: 0}, {Number: 1, Value: new(0.5)},
		{Number: 2, Value: new(0.25)}}}}
	var order []int
	for _, trial := range s.Ranked() {
		order = append(order, trial.Number)
	}
	if fmt.Sprint(order) != "[2 1 0]" {
		t.Error(order)
	}
}
