package run_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"gorae/data"
	"gorae/run"
	"gorae/spec"
	"gorae/task"
)

const trialYAML = `data: {source: embed:digits, features: minmax}
model: [{dense: {units: 16, activation: relu}}, {dropout: 0.2}, {dense: {units: 10, activation: softmax}}]
train: {epochs: 8, monitor: val_loss, callbacks: [{reduce_lr_on_plateau: {patience: 1}}]}
`

func preparedFrom(t *testing.T, text string) *run.Prepared {
	t.Helper()
	f, err := spec.Parse("", "digits", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	p, err := run.Prepare(context.Background(), f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestTrialRests: a trial that rests after each of several epochs ends with the bits of one without a rest, and its
// run, finished as an ordinary one, with those of an ordinary run. No test sample is looked at before.
func TestTrialRests(t *testing.T) {
	dir := t.TempDir()
	first := preparedFrom(t, trialYAML)
	rest := func(name string, until ...int) *run.Trial {
		var last *run.Trial
		for _, n := range until {
			f, err := spec.Parse("", "digits", []byte(trialYAML))
			if err != nil {
				t.Fatal(err)
			}
			p, err := first.Again(context.Background(), f)
			if err != nil {
				t.Fatal(err)
			}
			last, err = run.RunTrial(context.Background(), p, run.TrialOptions{Out: filepath.Join(dir, name), Until: n,
				Metric: "loss"})
			if err != nil {
				t.Fatal(err)
			}
			if want := n; n > 0 && (len(last.Rows) != want || last.Ended) {
				t.Fatalf("%d epochs of %d, ended: %v", len(last.Rows), want, last.Ended)
			}
		}
		return last
	}
	whole, parts := rest("whole", 0), rest("parts", 1, 1, 3, 7, 0)
	for i := range whole.Rows {
		if a, b := fmt.Sprint(whole.Rows[i].Metrics), fmt.Sprint(parts.Rows[i].Metrics); a != b {
			t.Errorf("epoch %d: %s and %s", i+1, a, b)
		}
	}
	same := func(file string, dirs ...string) {
		t.Helper()
		var all [][]byte
		for _, d := range dirs {
			b, err := os.ReadFile(filepath.Join(dir, d, file))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, b)
		}
		for _, b := range all[1:] {
			if !bytes.Equal(all[0], b) {
				t.Errorf("%s differs between %q", file, dirs)
			}
		}
	}
	same(run.ScoresFile, "whole", "parts")
	same(run.ModelFile, "whole", "parts")
	r, err := run.ReadReport(filepath.Join(dir, "parts"))
	if err != nil || len(r.Test) > 0 || len(r.Validation) == 0 {
		t.Fatalf("%v: %+v", err, r)
	}
	for _, o := range []run.Options{{Out: filepath.Join(dir, "taken"), Trained: filepath.Join(dir, "parts")},
		{Out: filepath.Join(dir, "ordinary")}} {
		if _, err := run.Run(context.Background(), preparedFrom(t, trialYAML), o); err != nil {
			t.Fatal(err)
		}
	}
	same(run.ModelFile, "taken", "ordinary")
}

// TestTrialReads: a trial that has ended, whose study was killed before it knew, is read and not trained again.
func TestTrialReads(t *testing.T) {
	p, dir := preparedFrom(t, trialYAML), t.TempDir()
	var trials []*run.Trial
	var written []time.Time
	for range 2 {
		trial, err := run.RunTrial(context.Background(), p, run.TrialOptions{Out: dir, Metric: "loss"})
		if err != nil {
			t.Fatal(err)
		}
		st, err := os.Stat(filepath.Join(dir, run.MetricsFile))
		if err != nil {
			t.Fatal(err)
		}
		for i := range trial.Rows {
			trial.Rows[i].Seconds = 0 // the file has milliseconds
		}
		trials, written = append(trials, trial), append(written, st.ModTime())
	}
	if !written[0].Equal(written[1]) {
		t.Error("it was trained again")
	}
	if !reflect.DeepEqual(trials[0], trials[1]) {
		t.Errorf("%+v was read, of %+v", trials[1], trials[0])
	}
}

// TestTrialScores: the objective computed from a trial's scores is the metric of its validation samples.
func TestTrialScores(t *testing.T) {
	p := preparedFrom(t, trialYAML)
	dir := t.TempDir()
	o, err := p.Objective("val_accuracy")
	if err != nil || o.Direction.String() != "max" {
		t.Fatalf("%+v, %v", o, err)
	}
	if _, err := run.RunTrial(context.Background(), p, run.TrialOptions{Out: dir, Metric: "accuracy"}); err != nil {
		t.Fatal(err)
	}
	s, err := run.ReadScores(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := run.ReadReport(dir)
	if err != nil {
		t.Fatal(err)
	}
	got, want := o.Value(s.Sums), r.Validation.Of("accuracy")
	if len(s.Samples) != r.Rows[task.Validation] || got != want {
		t.Errorf("%v of %d samples, the report has %v of %d", got, len(s.Samples), want, r.Rows[task.Validation])
	}
}

// TestTrialDiverges: a loss that is no number is no error of the study.
func TestTrialDiverges(t *testing.T) {
	p := preparedFrom(t, `data: {source: embed:digits}
model: [{dense: {units: 8}}, {dense: {units: 10}}]
train: {epochs: 20, loss: {sparse_categorical_crossentropy: {from_logits: true}}, optimizer: {sgd: 1e30}}
`)
	r, err := run.RunTrial(context.Background(), p, run.TrialOptions{Out: t.TempDir()})
	if err != nil || r.Diverged == "" || r.Ended {
		t.Errorf("%+v, %v", r, err)
	}
}

// rowsOf are the samples of a part, by their numbers in the source.
func rowsOf(t *testing.T, p *run.Prepared, part task.Part) []int {
	t.Helper()
	d := p.Parts[part]
	for {
		if s, ok := d.(data.Subset); ok {
			return s.Rows
		}
		u, ok := d.(interface{ Unwrap() data.Dataset })
		if !ok {
			t.Fatalf("%v: no subset", part)
		}
		d = u.Unwrap()
	}
}

// TestValidationFolds: the validation parts of all folds are the samples that are not tested on, each once; the test
// part is the same for all, and for all seeds where the split has one of its own.
func TestValidationFolds(t *testing.T) {
	var test, seen []int
	for fold := 1; fold <= 4; fold++ {
		for _, seed := range []int{1, 9} {
			p := preparedFrom(t, fmt.Sprintf("data: {source: embed:digits}\nsplit: {test: 0.2, validation_folds: 4, "+
				"validation_fold: %d, seed: 5}\nseed: %d\n", fold, seed))
			if test == nil {
				test = rowsOf(t, p, task.Test)
			}
			if got := rowsOf(t, p, task.Test); !slices.Equal(got, test) {
				t.Fatalf("fold %d, seed %d: another test part", fold, seed)
			}
			if seed == 1 {
				seen = append(seen, rowsOf(t, p, task.Validation)...)
			}
			if n := p.Rows(task.Train) + p.Rows(task.Validation) + p.Rows(task.Test); n != 1797 {
				t.Errorf("fold %d: %d samples", fold, n)
			}
		}
	}
	seen = append(seen, test...)
	slices.Sort(seen)
	if !slices.Equal(seen, data.Range(1797)) {
		t.Error("the validation parts and the test part are not all samples, each once")
	}
	f, err := spec.Parse("", "x", []byte("data: {source: embed:digits}\nsplit: {by: time, validation_folds: 4}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run.Prepare(context.Background(), f); err == nil {
		t.Error("folds of samples in the order of time")
	}
}
