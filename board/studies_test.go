package board

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/spec"
	_ "gorae/task/all"
	"gorae/tune/study"
)

// TestStudies: a study is listed apart, from its first trial on; its trials and the best one are runs, and the report
// of a finished study is that of package report.
func TestStudies(t *testing.T) {
	dir := t.TempDir()
	written(t, dir, "other-1", 2, true)
	written(t, dir, "going/trials/000", 1, false)
	if err := os.WriteFile(filepath.Join(dir, "going", study.DatabaseFile), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	search, err := spec.ParseSearch(filepath.Join(dir, "experiment.yaml"), "digits", []byte(
		"data: {source: embed:digits, features: minmax}\nmodel: [{dense: {units: 10, activation: softmax}}]\n"+
			"train: {epochs: 1, batch_size: {choice: [64, 128]}}\nsplit: {validation_folds: 2}\n"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := study.Run(t.Context(), search, study.Options{Out: filepath.Join(dir, "some", "study-1"), Trials: 2})
	if err != nil {
		t.Fatal(err)
	}
	server := served(t, dir, Options{})
	got := runsOf(t, server)
	want := []Study{{ID: "going", Trials: 1}, {ID: "some/study-1", Finished: true, Trials: 2, Objective: "val_loss",
		Best: r.Best, Value: r.Value}}
	if fmt.Sprint(got.Studies) != fmt.Sprint(want) {
		t.Errorf("studies %v, want %v", got.Studies, want)
	}
	var ids []string
	for _, r := range got.Runs {
		if r.State == Damaged {
			t.Errorf("%s: %s", r.ID, r.Error)
		}
		ids = append(ids, r.ID)
	}
	if s := strings.Join(ids, " "); s != "going/trials/000 other-1 some/study-1/best some/study-1/trials/000/1 "+
		"some/study-1/trials/000/2 some/study-1/trials/001/1 some/study-1/trials/001/2" {
		t.Error(s)
	}
	status, body := get(t, server.URL+"/report?run="+url.QueryEscape("some/study-1"))
	if status != 200 || !strings.Contains(body, "best of 2 trials: val_loss") {
		t.Errorf("%d %.300s", status, body)
	}
	if status, _ = get(t, server.URL+"/report?run=nothing"); status != 404 {
		t.Error(status)
	}
	if err := os.WriteFile(filepath.Join(dir, "some", "study-1", study.ResultFile), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if s := runsOf(t, server).Studies[1]; s.Finished || !strings.Contains(s.Error, study.ResultFile) {
		t.Errorf("%+v", s)
	}
}
