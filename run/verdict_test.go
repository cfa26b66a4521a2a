package run_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gorae/internal/rowhash"
	"gorae/run"
)

// besideBaselines trains an experiment of a CSV with two numbers and a class, and returns its metrics.json.
func besideBaselines(t *testing.T, set ...string) map[string]any {
	t.Helper()
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("a,b,kind\n")
	for i := range 300 {
		kind := "low"
		if (i*7)%20 > 11 { // 40 % of the rows; a says which
			kind = "high"
		}
		b.WriteString(strings.Join([]string{strconv.Itoa((i * 7) % 20), strconv.Itoa(i % 13), kind}, ",") + "\n")
	}
	write(t, filepath.Join(dir, "t.csv"), b.String())
	write(t, filepath.Join(dir, "e.yaml"), "data: {source: t.csv, target: kind}\nsplit: {validation: 0.2, test: 0.2}\n"+
		"model: [{dense: {units: 1, activation: sigmoid, kernel_initializer: zeros}}]\n"+
		"train: {epochs: 1, optimizer: {sgd: {learning_rate: 1.0e-9}}}\n")
	f, err := run.Read(filepath.Join(dir, "e.yaml"), set...)
	if err != nil {
		t.Fatal(err)
	}
	p, err := run.Prepare(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	r, err := run.Run(t.Context(), p, run.Options{Out: filepath.Join(dir, "out")})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Warnings) > 0 {
		t.Error(r.Warnings)
	}
	again, err := run.ReadReport(r.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(again.Findings.Baselines) != len(r.Report.Findings.Baselines) ||
		len(again.Findings.Verdict) != len(r.Report.Findings.Verdict) {
		t.Errorf("read again: %v, written %v", again.Findings, r.Report.Findings)
	}
	text, err := os.ReadFile(filepath.Join(r.Dir, run.MetricsFile))
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestBaselines: a network that has learnt nothing answers "high" or "low" for all rows, and is told that it is worse
// than the logistic regression, to which the classes are plain; by hand, the majority class has 60 % of the rows.
func TestBaselines(t *testing.T) {
	m := besideBaselines(t)
	all := m["baselines"].([]any)
	if len(all) != 2 {
		t.Fatalf("%d baselines", len(all))
	}
	value := func(i int, metric string) float64 {
		return all[i].(map[string]any)["metrics"].(map[string]any)[metric].(float64)
	}
	if v := value(0, "accuracy"); v < 0.55 || v > 0.65 {
		t.Errorf("majority class: accuracy %v, want 0.6 or so", v)
	}
	// −0.6·ln 0.6 − 0.4·ln 0.4
	if v := value(0, "loss"); v < 0.66 || v > 0.69 {
		t.Errorf("majority class: loss %v, want 0.673 or so", v)
	}
	if v := value(1, "accuracy"); v < 0.97 {
		t.Errorf("logistic regression: accuracy %v for classes that a line parts", v)
	}
	verdict := m["verdict"].([]any)[0].(string)
	if !strings.HasPrefix(verdict, "the network is worse than logistic regression: ") ||
		!strings.Contains(verdict, "McNemar's exact test") {
		t.Error(verdict)
	}
}

// forget makes a run directory one that does not know which samples were trained on.
func forget(t *testing.T, dir string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, rowhash.Name)); err != nil {
		t.Fatal(err)
	}
}

// TestBaselinesEvaluated: the model file holds the baselines, with which the network is compared on other samples; in
// the file are the rows of the training, of which the majority class has 60 %. A run that goes on from its model file
// tells the same.
func TestBaselinesEvaluated(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("a,kind\n")
	for i := range 200 {
		kind := "low"
		if i%20 > 11 {
			kind = "high"
		}
		b.WriteString(strconv.Itoa(i%20) + "," + kind + "\n")
	}
	path := filepath.Join(dir, "t.csv")
	write(t, path, b.String())
	p := open(t, "{data: {source: "+strconv.Quote(path)+", target: kind}, train: {epochs: 1}}")
	r, m := fit(t, p, filepath.Join(dir, "out"))
	e, err := m.evaluate(path, "", "")
	if err != nil {
		t.Fatal(err)
	}
	if v := e.Findings.Verdict; len(v) != 1 || !strings.HasPrefix(v[0], "none, as ") {
		t.Errorf("the verdict on samples of the training: %q", v)
	}
	forget(t, r.Dir)
	if e, err = m.evaluate(path, "", ""); err != nil {
		t.Fatal(err)
	}
	all := e.Findings.Baselines
	if len(all) != 2 || all[0].Metrics.Of("accuracy") != 0.6 || all[1].Metrics.Of("accuracy") < 0.97 ||
		len(e.Findings.Verdict) != 1 || !strings.Contains(e.Findings.Verdict[0], " of 200 samples right against ") {
		t.Errorf("%+v", e.Findings)
	}
	if err := os.Remove(filepath.Join(r.Dir, run.MetricsFile)); err != nil {
		t.Fatal(err)
	}
	again, err := run.Run(t.Context(), p, run.Options{Out: r.Dir, Resume: true})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := again.Report.Findings.Verdict, r.Report.Findings.Verdict; !slices.Equal(got, want) {
		t.Errorf("resumed: %q, want %q", got, want)
	}
}

// TestNoBaselines: train.baselines false leaves them out.
func TestNoBaselines(t *testing.T) {
	m := besideBaselines(t, "train.baselines=false")
	if m["baselines"] != nil || m["verdict"] != nil {
		t.Errorf("%v %v", m["baselines"], m["verdict"])
	}
}
