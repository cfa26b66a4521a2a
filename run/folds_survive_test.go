package run_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/internal/file"
	"gorae/internal/file/filetest"
	"gorae/run"
)

// foldsIn cross-validates an experiment in a directory, from the beginning or from where it stands.
func foldsIn(experiment, dir string) (*run.Folds, error) {
	f, err := run.Read(experiment)
	if err != nil {
		return nil, err
	}
	return run.CrossValidate(context.Background(), f, run.FoldOptions{Folds: 2,
		Options: run.Options{Out: dir, Resume: true}})
}

// foldsOutcome is what of a cross-validation must not depend on interruptions: its metrics, its predictions, and the
// outcome of each fold.
func foldsOutcome(t *testing.T, dir string) string {
	t.Helper()
	c, err := run.ReadFolds(dir)
	if err != nil {
		t.Fatal(err)
	}
	predictions, err := os.ReadFile(filepath.Join(dir, run.OutOfFoldFile))
	if err != nil {
		t.Fatal(err)
	}
	out := fmt.Sprintf("%s\n%s", predictions, c.Target)
	for _, m := range c.Metrics {
		out += fmt.Sprintf("\n%s %v %v", m.Metric, m.Mean, m.Deviation)
	}
	for _, f := range c.Folds {
		whole(t, f.Dir, filepath.Join(dir, f.Dir))
		out += "\n" + outcome(t, filepath.Join(dir, f.Dir))
	}
	return out
}

// TestFoldsFaults fails operations on files in a cross-validation, as a full disk does. Going on gives the bits of a
// cross-validation without a fault.
func TestFoldsFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	data := survivorFiles(t)
	experiment := filepath.Join(data, "table.yaml")
	count := &filetest.Faulty{}
	undo := file.Through(count)
	_, err := foldsIn(experiment, filepath.Join(data, "sound"))
	undo()
	if err != nil {
		t.Fatal(err)
	}
	want := foldsOutcome(t, filepath.Join(data, "sound"))
	step := max(1, count.Done()/9)
	if long() {
		step = 1
	}
	for fail := 1; fail <= count.Done(); fail += step {
		dir := filepath.Join(data, fmt.Sprintf("fault-%d", fail))
		disk := &filetest.Faulty{Fail: fail}
		undo := file.Through(disk)
		c, err := foldsIn(experiment, dir)
		undo()
		switch {
		case disk.Failed() == "":
			t.Fatalf("operation %d of %d was not reached", fail, count.Done())
		case err != nil && !strings.Contains(err.Error(), "input/output error"):
			t.Errorf("fault %s: %v", disk.Failed(), err)
		case err == nil && len(c.Warnings) == 0:
			t.Errorf("fault %s: neither an error nor a warning", disk.Failed())
		}
		warned := err == nil
		if _, err := foldsIn(experiment, dir); err != nil {
			t.Fatalf("fault %s, then: %v", disk.Failed(), err)
		}
		if got := foldsOutcome(t, dir); got != want && !warned { // a finished fold without its picture stays so
			t.Errorf("fault %s: %s", disk.Failed(), differ(got, want))
		}
	}
}

// TestFoldsDamaged: files of a cross-validation that are damaged or missing are errors with their names, for going on
// and for comparing.
func TestFoldsDamaged(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	data := survivorFiles(t)
	experiment := filepath.Join(data, "table.yaml")
	sound := filepath.Join(data, "sound")
	if _, err := foldsIn(experiment, sound); err != nil {
		t.Fatal(err)
	}
	want := foldsOutcome(t, sound)
	for i, c := range []struct {
		name          string
		content       string // "": the file is removed
		goOn, compare string // errors; "": none
	}{
		{run.FoldsFile, "{\"folds\": [", "", run.FoldsFile},
		{run.FoldsFile, "", "", "one is a cross-validation"},
		{run.OutOfFoldFile, "", "", ""},
		{"fold-1/" + run.MetricsFile, "{\"train\": ", run.MetricsFile, ""},
		{"fold-2/" + run.MetricsFile, "", "", ""},
		{"fold-2/" + run.InputsFile, "no JSON", run.InputsFile, run.InputsFile},
		{"fold-2/" + run.ModelFile, "no archive", run.ModelFile, ""},
	} {
		dir := filepath.Join(data, fmt.Sprint("damaged-", i))
		if err := os.CopyFS(dir, os.DirFS(sound)); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, c.name)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if c.content != "" {
			if err := os.WriteFile(path, []byte(c.content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		says := func(err error, want string) bool {
			return err == nil && want == "" || err != nil && want != "" && strings.Contains(err.Error(), want)
		}
		_, err := run.Compare(t.Context(), []string{sound, dir}, run.CompareOptions{})
		if !says(err, c.compare) {
			t.Errorf("%s %q: comparing: %v, want %q", c.name, c.content, err, c.compare)
		}
		_, err = foldsIn(experiment, dir)
		if !says(err, c.goOn) {
			t.Errorf("%s %q: going on: %v, want %q", c.name, c.content, err, c.goOn)
		}
		if err == nil {
			if got := foldsOutcome(t, dir); got != want {
				t.Errorf("%s %q: %s", c.name, c.content, differ(got, want))
			}
		}
	}
}

// TestFoldsLooks: a second cross-validation on the same samples in the same directory is counted.
func TestFoldsLooks(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	dir := t.TempDir()
	for want, name := range []string{"a", "b"} {
		c, err := run.CrossValidate(t.Context(), parsed(t, "{data: {source: embed:iris}, train: {epochs: 1}}"),
			run.FoldOptions{Folds: 2, Options: run.Options{Out: filepath.Join(dir, name)}})
		if err != nil || c.Looks.Runs != want || c.Target != "species (3 classes)" {
			t.Errorf("%s: %v; %d other runs, want %d; target %q", name, err, c.Looks.Runs, want, c.Target)
		}
	}
}
