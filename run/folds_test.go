package run_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gorae/data"
	"gorae/run"
	"gorae/spec"
	"gorae/task"
	"gorae/train"
)

const irisFolds = "{data: {source: embed:iris}, train: {epochs: 4}}"

func parsed(t *testing.T, text string) *spec.File {
	t.Helper()
	f, err := spec.Parse("", "test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestCrossValidate: every row is predicted once, by the network of the fold that it is the test part of; the accuracy
// of each fold and the mean are those of the file of predictions, computed here from the species of the sample.
func TestCrossValidate(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	dir := filepath.Join(t.TempDir(), "cv")
	c, err := run.CrossValidate(t.Context(), parsed(t, irisFolds),
		run.FoldOptions{Folds: 5, Options: run.Options{Out: dir}})
	if err != nil || len(c.Warnings) > 0 {
		t.Fatal(err, c.Warnings)
	}
	rows := readCSV(t, filepath.Join(dir, run.OutOfFoldFile))
	if want := "row,fold,prediction,p(setosa),p(versicolor),p(virginica)"; strings.Join(rows[0], ",") != want {
		t.Fatalf("header %v", rows[0])
	}
	truth := targetOf(t, "embed:iris", "species")
	if len(rows)-1 != len(truth) {
		t.Fatalf("%d predictions of %d rows", len(rows)-1, len(truth))
	}
	right, of := make([]float64, 6), make([]float64, 6)
	for i, row := range rows[1:] {
		if row[0] != strconv.Itoa(i+1) {
			t.Fatalf("line %d: row %s", i+2, row[0])
		}
		fold, _ := strconv.Atoi(row[1])
		of[fold]++
		if row[2] == truth[i] {
			right[fold]++
		}
	}
	mean := 0.0
	for k, f := range c.Folds {
		if of[k+1] != 30 || f.Rows[task.Test] != 30 {
			t.Errorf("fold %d: %v rows", k+1, of[k+1])
		}
		if got, want := f.Test.Of("accuracy"), right[k+1]/30; math.Abs(got-want) > 1e-12 {
			t.Errorf("fold %d: accuracy %v, its predictions have %v", k+1, got, want)
		}
		mean += right[k+1] / 30 / 5
	}
	m := c.Metrics[slices.IndexFunc(c.Metrics, func(m run.FoldMetric) bool { return m.Metric == "accuracy" })]
	if math.Abs(m.Mean-mean) > 1e-12 || m.Interval == nil || !m.Interval.Contains(mean) {
		t.Errorf("mean %v, want %v; %v", m.Mean, mean, m.Interval)
	}
	again, err := run.ReadFolds(dir)
	if err != nil || len(again.Metrics) != len(c.Metrics) || again.Metrics[0].Mean != c.Metrics[0].Mean {
		t.Errorf("read again: %+v, %v", again, err)
	}
}

// targetOf returns a column of a sample, as text.
func targetOf(t *testing.T, name, column string) []string {
	t.Helper()
	sample, err := data.FindSample(name)
	if err != nil {
		t.Fatal(err)
	}
	table, err := sample.Table()
	if err != nil {
		t.Fatal(err)
	}
	c, err := table.Column(column)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for i := range table.Rows {
		out = append(out, c.Text(i))
	}
	return out
}

// TestCrossValidateResumed: stopped in the second fold and resumed, a cross-validation has the metrics of one that was
// not stopped.
func TestCrossValidateResumed(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	o := run.FoldOptions{Folds: 3, Options: run.Options{Out: filepath.Join(t.TempDir(), "whole")}}
	whole, err := run.CrossValidate(t.Context(), parsed(t, irisFolds), o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	o.Out = filepath.Join(t.TempDir(), "parts")
	o.Watch = func(fold int, dir string, p *run.Prepared) func(train.Event) error {
		return func(e train.Event) error {
			if fold == 2 && e.Kind == train.EpochEnd && e.Epoch == 2 {
				stop()
			}
			return nil
		}
	}
	var stopped *run.Stopped
	if _, err := run.CrossValidate(ctx, parsed(t, irisFolds), o); !errors.As(err, &stopped) || stopped.Dir != o.Out {
		t.Fatalf("error %v", err)
	}
	if _, err := run.CrossValidate(t.Context(), parsed(t, irisFolds), o); err == nil ||
		!strings.Contains(err.Error(), "--resume") {
		t.Errorf("without resume: %v", err)
	}
	o.Resume = true
	again, err := run.CrossValidate(t.Context(), parsed(t, irisFolds), o)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := fmt.Sprint(again.Metrics[0].Mean, again.Metrics[1].Mean),
		fmt.Sprint(whole.Metrics[0].Mean, whole.Metrics[1].Mean); a != b {
		t.Errorf("resumed %s, whole %s", a, b)
	}
	read := func(dir string) string {
		b, err := os.ReadFile(filepath.Join(dir, run.OutOfFoldFile))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if read(o.Out) != read(whole.Dir) {
		t.Error("the predictions differ")
	}
}

// TestFoldsInTime: folds by time learn from the blocks before the one that they are tested on, of rows, of the steps of
// a series and of a text.
func TestFoldsInTime(t *testing.T) {
	// 50 rows in 5 blocks of 10: fold k is tested on rows 10·k to 10·k + 9.
	var b strings.Builder
	b.WriteString("when,x,y\n")
	for i := range 50 {
		fmt.Fprintf(&b, "%d,%d,%d\n", 1000-i, i, i%7) // the last row is the first in time
	}
	path := write(t, filepath.Join(t.TempDir(), "d.csv"), b.String())
	for k := 1; k <= 4; k++ {
		p := open(t, fmt.Sprintf("{data: {source: %q, target: y, time: when, task: regression}, split: {by: time, "+
			"folds: 4, fold: %d, validation: 0.2}}", path, k))
		var got [3][]int
		for part := range got {
			for _, i := range numbers(p.Parts[part]) {
				got[part] = append(got[part], 49-i) // the place in time
			}
		}
		if want := [3]int{8 * k, 2 * k, 10}; rows(p) != want {
			t.Errorf("fold %d: %v rows, want %v", k, rows(p), want)
		}
		for at, i := range slices.Concat(got[0], got[1], got[2]) {
			if at != i {
				t.Errorf("fold %d: the places in time are %v", k, got)
				break
			}
		}
	}
	// 144 months in 3 blocks of 48, of which fold 1 has two: the 12 months before each target cost each part 12.
	p := open(t, "{data: {source: embed:airline, series: {window: 12, transform: {Passengers: none}}}, "+
		"split: {folds: 2, fold: 1, validation: 0.5}, train: {epochs: 1}}")
	if got, want := rows(p), [3]int{24 - 12, 24 - 12, 48 - 12}; got != want {
		t.Errorf("series: %v windows, want %v", got, want)
	}
	text := write(t, filepath.Join(t.TempDir(), "t.txt"), strings.Repeat("고래는 노래한다.\n", 60))
	p = open(t, fmt.Sprintf("{data: {source: %q, text: {window: 5}}, split: {folds: 2, fold: 2}}", text))
	if r := rows(p); r[0] == 0 || r[2] == 0 {
		t.Errorf("text: %v windows", r)
	}
}

// TestFoldsInPlaceOfTest: the folds take the place of the share of test samples that an experiment names, and that is
// said; each row is in the test part of one fold.
func TestFoldsInPlaceOfTest(t *testing.T) {
	f := parsed(t, "{data: {source: embed:iris}, split: {test: 0.3}, train: {epochs: 1, callbacks: []}}")
	total := 0
	_, err := run.CrossValidate(t.Context(), f, run.FoldOptions{
		Folds: 3, Options: run.Options{Out: filepath.Join(t.TempDir(), "out")},
		Watch: func(_ int, _ string, p *run.Prepared) func(train.Event) error {
			total += p.Rows(task.Test)
			want := "split.test, 0.3, is not used: each of the 3 folds is the test part once"
			if !slices.Contains(p.Notes, want) {
				t.Errorf("notes %q", p.Notes)
			}
			return func(train.Event) error { return nil }
		}})
	if err != nil || total != 150 {
		t.Errorf("%d rows were tested (%v)", total, err)
	}
}

// TestFoldsRefused: what has no folds is an error before anything is written.
func TestFoldsRefused(t *testing.T) {
	dir := t.TempDir()
	test := write(t, filepath.Join(dir, "test.csv"), "a,y\n1,0\n2,1\n")
	for text, want := range map[string]string{
		"{data: {source: embed:iris}, split: {folds: 4}}":                   "split.folds: 4, but 3 are asked for",
		"{data: {source: '-'}}":                                             "standard input can be read once",
		fmt.Sprintf("{data: {source: %q, test: {source: %q}}}", test, test): "there is a test set of its own",
		fmt.Sprintf("{data: {source: %q, task: regression}}", test):         "no row is left",
	} {
		out := filepath.Join(dir, "out")
		_, err := run.CrossValidate(t.Context(), parsed(t, text),
			run.FoldOptions{Folds: 3, Options: run.Options{Out: out}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", text, err, want)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%s: the directory is there", text)
		}
	}
}
