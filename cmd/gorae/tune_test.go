package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gorae/run"
	"gorae/tune/study"
)

const searched = `data: {source: embed:digits, features: minmax}
model:
  - dense: {units: {log_int: [4, 64], value: 16}, activation: {choice: [relu, tanh]}}
  - {choice: [null, {dropout: {uniform: [0.05, 0.5]}}, [{dense: {units: {int: [8, 32], step: 8}}}, {dropout: 0.1}]]}
  - dense: {units: 10, activation: softmax}
train:
  epochs: 9
  optimizer: {choice: [{adam: {learning_rate: {log: [1e-4, 1e-1], value: 1e-3}}}, {sgd: {learning_rate: 0.1, momentum: 0.9}}]}
`

// studyOf returns the content of study.json without the times.
func studyOf(t *testing.T, dir string) string {
	t.Helper()
	r, err := study.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	r.Seconds, r.Dir = 0, ""
	for i := range r.Trials {
		r.Trials[i].Seconds = 0
	}
	r.Tested = nil
	b, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestTuneKill kills studies at random instants and goes on with them each time, on one thread or two: no trial that
// had ended is trained again, and the study, its best experiment and its best model are those of one that was left
// alone. 8 kills, with GORAE_LONG 100.
func TestTuneKill(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Chdir(t.TempDir())
	put(t, "s.yaml", searched)
	most := 8
	if os.Getenv("GORAE_LONG") != "" {
		most = 100
	}
	args := []string{"tune", "s.yaml", "--trials", "8", "--parallel", "2", "--quiet", "--resume", "--out"}
	begun := time.Now()
	if c, stderr := process(t, append(args, "whole")...); c.Run() != nil {
		t.Fatal(stderr)
	}
	whole := time.Since(begun)
	kills := 0
	for n := 0; kills < most; n++ {
		dir := fmt.Sprint("killed-", n)
		before := kills
		ended := map[string]string{} // when the model of a trial was written
		for try := 0; ; try++ {
			if try > 100 {
				t.Fatalf("not finished after %d kills", kills)
			}
			c, stderr := process(t, append(args, dir, "--threads", []string{"1", "2"}[try%2])...)
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			wait := time.Duration(rand.Int64N(int64(whole) + 1))
			if kills >= most || try > 12 {
				wait = 10 * time.Minute
			}
			timer := time.AfterFunc(wait, func() { _ = c.Process.Kill() }) // it may be over by now
			err := c.Wait()
			timer.Stop()
			for _, path := range globbed(t, dir+"/trials/*/"+run.MetricsFile) {
				at := modified(t, path)
				if was, ok := ended[path]; ok && was != at {
					t.Errorf("%s: trained again", path)
				}
				ended[path] = at
			}
			if err == nil {
				break
			}
			if c.ProcessState.Exited() { // by itself, with an error
				t.Fatalf("after %d kills: %v: %s", kills, err, stderr)
			}
			kills++
		}
		if kills == before {
			continue
		}
		if got, want := studyOf(t, dir), studyOf(t, "whole"); got != want {
			t.Errorf("after %d kills the study is another:\n%s\n%s", kills-before, got, want)
		}
		for _, file := range []string{study.BestFile, study.BestDir + "/model.keras"} {
			if get(t, dir+"/"+file) != get(t, "whole/"+file) {
				t.Errorf("after %d kills %s is another", kills-before, file)
			}
		}
		if left, _ := filepath.Glob(dir + "/.*"); len(left) > 0 {
			t.Errorf("%q are left", left)
		}
	}
}

func globbed(t *testing.T, pattern string) []string {
	t.Helper()
	list, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func modified(t *testing.T, path string) string {
	t.Helper()
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return st.ModTime().String()
}

// TestTune: the words at the end, the files, and that best.yaml trains to the very model of the study.
func TestTune(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "s.yaml", searched)
	out, stderr, code := gorae("", "tune", "s.yaml", "--trials", "6", "--out", "study")
	if code != 0 {
		t.Fatal(stderr)
	}
	for _, words := range []string{"6 trials", "your own values", "corrected", "importance", "not seen by any trial",
		"best.yaml"} {
		if !strings.Contains(out, words) {
			t.Errorf("%q is not in\n%s", words, out)
		}
	}
	if !strings.Contains(stderr, "trial  ") || !strings.Contains(stderr, "best so far") {
		t.Errorf("no table in\n%s", stderr)
	}
	if _, stderr, code := gorae("", "train", "study/best.yaml", "--out", "again", "--quiet"); code != 0 {
		t.Fatal(stderr)
	}
	if got, want := metricsJSON(t, "again"), metricsJSON(t, "study/best"); got != want {
		t.Errorf("best.yaml trains another model than the study's:\n%s\n%s", got, want)
	}
	for _, name := range []string{"history.png", "parallel-coordinates.svg", "slices.png", "study.db",
		"trials/000/model.keras"} {
		if _, err := os.Stat("study/" + name); err != nil {
			t.Error(err)
		}
	}
	if files := globbed(t, "study/trials/*/last.keras"); len(files) > 0 {
		t.Errorf("checkpoints are left: %q", files)
	}
	if _, stderr, code := gorae("", "tune", "s.yaml", "--trials", "6", "--out", "study"); code != 1 ||
		!strings.Contains(stderr, "--resume") {
		t.Errorf("%d %s", code, stderr)
	}
	_, stderr, code = gorae("", "tune", "s.yaml", "--trials", "9", "--resume", "--out", "study", "--json", "-q")
	if code != 0 {
		t.Error(stderr)
	}
	r, err := study.Read("study")
	if err != nil || len(r.Trials) != 9 {
		t.Errorf("%d trials after going on with 9: %v", len(r.Trials), err)
	}
}

// TestTuneWrong: mistakes have one line with place and remedy.
func TestTuneWrong(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "s.yaml", searched)
	put(t, "none.yaml", killed)
	put(t, "log.yaml", strings.Replace(searched, "[1e-4, 1e-1]", "[0, 1e-1]", 1))
	put(t, "units.yaml", strings.Replace(searched, "log_int: [4, 64], value: 16", "int: [0, 64]", 1))
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"train", "s.yaml"}, 1, "s.yaml:3:13: model[0].dense.units: a search range"},
		{[]string{"tune", "none.yaml"}, 1, "there is no search range"},
		{[]string{"tune", "log.yaml"}, 1, "log.yaml:8:"},
		{[]string{"tune", "units.yaml"}, 1, "units.yaml:3:13: model[0].dense.units: 0 is not a number of nodes"},
		{[]string{"tune", "s.yaml", "--sampler", "best"}, 2, "tpe, random or grid"},
		{[]string{"tune", "s.yaml", "--trials", "-1"}, 2, "--trials"},
		{[]string{"tune", "s.yaml", "--objective", "val_accuracies"}, 1, "val_accuracy"},
		{[]string{"tune", "s.yaml", "--set", "data.source='-'"}, 1, "standard input"},
		{[]string{"tune", "s.yaml", "--set", "split.validation=0"}, 2, "validation samples"},
	} {
		_, stderr, code := gorae("", c.args...)
		if code != c.code || !strings.Contains(stderr, c.want) || strings.Count(strings.TrimSpace(stderr), "\n") > 0 {
			t.Errorf("%q: %d, %s; want %d, %s", c.args, code, stderr, c.code, c.want)
		}
	}
}

// TestTuneTrainings: seeds and folds are trainings of each trial, whose objective is the mean.
func TestTuneTrainings(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "s.yaml", searched)
	_, stderr, code := gorae("", "tune", "s.yaml", "--trials", "3", "--seeds", "2", "--folds", "3", "--out", "study",
		"--objective", "val_accuracy", "--sampler", "random", "--pruner", "none")
	if code != 0 {
		t.Fatal(stderr)
	}
	r, err := study.Read("study")
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for k := range 6 {
		report, err := run.ReadReport(fmt.Sprintf("study/trials/%03d/%d", r.Best, k+1))
		if err != nil {
			t.Fatal(err)
		}
		sum += report.Validation.Of("accuracy")
	}
	if got := sum / 6; got-r.Value > 1e-9 || r.Value-got > 1e-9 {
		t.Errorf("the objective is %v, the mean over 6 trainings %v", r.Value, got)
	}
	if c := r.Corrected; c == nil || c.Samples < 1400 || c.Value > c.Raw+0.02 || c.Interval.Low >= c.Interval.High {
		t.Errorf("corrected: %+v, %s", c, r.Why)
	}
}

// TestTuneRate: the learning-rate range test draws the curve and says the line to write.
func TestTuneRate(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "s.yaml", searched)
	out, stderr, code := gorae("", "tune", "--rate", "s.yaml", "--out", "rates")
	if code != 0 || !strings.Contains(out, "train: {optimizer: {adam: {learning_rate: 0.") {
		t.Errorf("%d %s %s", code, out, stderr)
	}
	for _, name := range []string{"learning-rates.png", "learning-rates.svg", "learning-rates.csv"} {
		if _, err := os.Stat("rates/" + name); err != nil {
			t.Error(err)
		}
	}
}
