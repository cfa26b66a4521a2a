package main

import (
	"strings"
	"testing"
)

// --folds trains a network for each fold and prints their metrics and the mean; a stopped or finished one is gone on
// with by --resume.
func TestFolds(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	t.Chdir(t.TempDir())
	put(t, "e.yaml", iris)
	out, progress := must(t, "train", "e.yaml", "--folds", "3", "--out", "cv")
	for _, want := range []string{"3 folds, ", "  fold 1    loss ", "(50 rows)\n", "  mean      loss ",
		"  95 %      loss ", "cv/fold-1/model.keras", "cv/predictions.csv"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
	if strings.Count(progress, "epoch 3/3") != 3 || !strings.Contains(progress, "fold 2 of 3\n") {
		t.Errorf("progress:\n%s", progress)
	}
	again, _ := must(t, "train", "e.yaml", "--folds", "3", "--out", "cv", "--resume", "--quiet")
	if again != out {
		t.Errorf("finished:\n%s\nbefore:\n%s", again, out)
	}
	object, _ := must(t, "train", "e.yaml", "--folds", "2", "--json", "--quiet")
	lines := strings.Split(strings.TrimSpace(object), "\n")
	want := `{"event":"done","dir":"runs/e-1","other_runs_on_test":0,"unit":"row","folds":[{`
	if last := lines[len(lines)-1]; !strings.HasPrefix(last, want) {
		t.Errorf("%s", last)
	}
	for want, args := range map[string][]string{
		"--folds 1: give 2 to 1000":          {"--folds", "1"},
		"--folds -2: give 2 to 1000":         {"--folds=-2"},
		"there is a run in it already":       {"--folds", "3", "--out", "cv"},
		"split.folds was 3, is 4":            {"--folds", "4", "--out", "cv", "--resume"},
		"--profile: of one run":              {"--folds", "3", "--profile"},
		"no row is left for fold 151 of 200": {"--folds", "200"},
	} {
		_, stderr, status := gorae("", append([]string{"train", "e.yaml"}, args...)...)
		if status == statusDone || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%v: status %d: %s, want %q", args, status, stderr, want)
		}
	}
}

// gorae compare prints the metrics of runs and their differences from those of the first.
func TestCompare(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	t.Chdir(t.TempDir())
	put(t, "e.yaml", iris)
	must(t, "train", "e.yaml", "--out", "a", "--quiet")
	must(t, "train", "e.yaml", "--out", "b", "--quiet", "--set", "train.epochs=20")
	out, _ := must(t, "compare", "a", "b")
	for _, want := range []string{"22 test rows, the same for all\n", "  a  loss ", "\nb against a\n  loss     -",
		", approximate): better\n", "  accuracy +", "; McNemar's p "} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
	if object, _ := must(t, "compare", "a", "b", "--json"); !strings.Contains(object, `"verdict":"better"`) {
		t.Errorf("%s", object)
	}
	if _, stderr, status := gorae("", "compare", "a"); status != statusWords || !strings.Contains(stderr, "name two") {
		t.Errorf("one run: status %d: %s", status, stderr)
	}
}
