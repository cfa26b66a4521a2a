package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"gorae/diagnose"
)

// TestDiagnose: of a run with a fault in its network the end of a training and the diagnosis say the finding with its
// code and its remedy, the diagnosis also what applies it, what it explains and what a replay showed. Of the experiment
// alone they say what can be known before a training, and nothing is written. With the change nothing is found that is
// graded a fault.
func TestDiagnose(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "zeros.yaml", "data: {source: embed:iris}\nmodel: [{dense: {units: 16, activation: relu, "+
		"kernel_initializer: zeros}}, {dense: {units: 3, activation: softmax}}]\ntrain: {epochs: 30}\n")
	const code, change = "network/constant-init", "model[0].dense.kernel_initializer=glorot_uniform"
	found := func(out string) diagnose.Diagnosis {
		t.Helper()
		var d diagnose.Diagnosis
		if err := json.Unmarshal([]byte(out), &d); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return d
	}
	before, stderr, status := gorae("", "diagnose", "zeros.yaml", "--json")
	if status != 0 {
		t.Fatal(stderr)
	}
	known := map[string]bool{}
	for _, d := range diagnose.All() {
		known[d.Code] = d.Before
	}
	d := found(before)
	if !slices.ContainsFunc(d.Findings, func(f diagnose.Finding) bool { return f.Code == code }) {
		t.Errorf("before the training: %s", before)
	}
	for _, f := range d.Findings {
		if !known[f.Code] {
			t.Errorf("%s cannot be known before a training", f.Code)
		}
	}
	if entries, err := os.ReadDir("."); err != nil || len(entries) != 1 {
		t.Errorf("a diagnosis of an experiment leaves %v, %v", entries, err)
	}
	trained, stderr, status := gorae("", "train", "zeros.yaml", "--out", "r", "--quiet")
	if status != 0 {
		t.Fatal(stderr)
	}
	said, stderr, status := gorae("", "diagnose", "r")
	if status != 0 {
		t.Fatal(stderr)
	}
	for _, c := range []struct{ out, words string }{{trained, code}, {trained, "use the default initializer"},
		{said, code}, {said, "use the default initializer"}, {said, change}, {said, "result/underfit"},
		{said, "50 steps"}} {
		if !strings.Contains(c.out, c.words) {
			t.Errorf("%q is not in\n%s", c.words, c.out)
		}
	}
	if _, stderr, status = gorae("", "train", "r/experiment.yaml", "--set", change, "--out", "mended",
		"--quiet"); status != 0 {
		t.Fatal(stderr)
	}
	mended, stderr, status := gorae("", "diagnose", "mended", "--json")
	if status != 0 {
		t.Fatal(stderr)
	}
	for _, f := range found(mended).Findings {
		if f.Grade == diagnose.Fault {
			t.Errorf("with the change there still is %s", f.Code)
		}
	}
}
