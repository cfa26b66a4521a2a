package run_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/metric"
	"gorae/run"
	"gorae/stat"
	"gorae/task"
)

// trainInTemp trains an experiment in a directory of its own.
func trainInTemp(t *testing.T, text string) (string, *run.Prepared, trained) {
	t.Helper()
	p := open(t, text)
	r, b := fit(t, p, filepath.Join(t.TempDir(), "r"))
	return r.Dir, p, b
}

// TestCompare: the difference of accuracies, its interval and McNemar's p are those of the rows that one network alone
// has right, counted here from the predictions of both model files.
func TestCompare(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	const text = "{data: {source: embed:digits}, split: {test: 0.4}, train: {metrics: [accuracy], epochs: "
	a, p, first := trainInTemp(t, text+"1}}")
	b, _, second := trainInTemp(t, text+"4}}")
	c, err := run.Compare(t.Context(), []string{a, b}, run.CompareOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ofA, err := first.predict("embed:digits", nil)
	if err != nil {
		t.Fatal(err)
	}
	ofB, err := second.predict("embed:digits", nil)
	if err != nil {
		t.Fatal(err)
	}
	truth := targetOf(t, "embed:digits", "digit")
	class := func(p *predicted, row int) string { // the column prediction
		word, _, _ := strings.Cut(strings.Split(p.csv, "\n")[row+1], ",")
		return word
	}
	onlyA, onlyB := 0, 0
	test := numbers(p.Parts[task.Test])
	for _, i := range test {
		rightA, rightB := class(ofA, i) == truth[i], class(ofB, i) == truth[i]
		switch {
		case rightA && !rightB:
			onlyA++
		case rightB && !rightA:
			onlyB++
		}
	}
	d := c.Runs[1].Differences[1]
	exact, _ := stat.McNemar(onlyA, onlyB)
	if want := float64(onlyB-onlyA) / float64(len(test)); math.Abs(d.Value-want) > 1e-12 || d.McNemar == nil ||
		*d.McNemar != exact || c.Samples != len(test) {
		t.Errorf("%+v of %d rows; %d and %d right alone: difference %v, p %v", d, c.Samples, onlyA, onlyB, want, exact)
	}
	if i, _ := stat.Paired(onlyB, onlyA, len(test), 0.95); d.Interval.Interval != i || d.Method != "tango" {
		t.Errorf("%+v, want %v", d, i)
	}
	if onlyB <= onlyA || d.Verdict != run.Better || d.Direction != metric.Max || c.Part != "test" {
		t.Errorf("%+v, %s", d, c.Part)
	}
	if loss := c.Runs[1].Differences[0]; loss.Metric != "loss" || loss.Value >= 0 || loss.Verdict != run.Better {
		t.Errorf("%+v", loss)
	}
	back, err := run.Compare(t.Context(), []string{b, a, a}, run.CompareOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if x := back.Runs[1].Differences[1]; x.Value != -d.Value || x.Verdict == run.Better || back.Level != 0.975 ||
		x.High-x.Low <= d.High-d.Low {
		t.Errorf("the other way: %+v at %v", x, back.Level)
	}
}

// TestCompareFolds: cross-validations are compared by the differences in each fold.
func TestCompareFolds(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	var dirs []string
	var all []*run.Folds
	for _, text := range []string{irisFolds, strings.Replace(irisFolds, "4}", "9}", 1)} {
		dir := filepath.Join(t.TempDir(), "cv")
		c, err := run.CrossValidate(t.Context(), parsed(t, text),
			run.FoldOptions{Folds: 4, Options: run.Options{Out: dir}})
		if err != nil {
			t.Fatal(err)
		}
		dirs, all = append(dirs, dir), append(all, c)
	}
	c, err := run.Compare(t.Context(), dirs, run.CompareOptions{})
	if err != nil {
		t.Fatal(err)
	}
	mean := 0.0
	for k := range all[0].Folds {
		mean += (all[1].Folds[k].Test.Of("loss") - all[0].Folds[k].Test.Of("loss")) / 4
	}
	if d := c.Runs[1].Differences[0]; math.Abs(d.Value-mean) > 1e-12 || d.Method != "folds" || !d.Contains(mean) ||
		c.Folds != 4 || c.Samples != 150 {
		t.Errorf("%+v, want %v", c, mean)
	}
}

// TestCompareRefuses: runs that were not tested on the same samples are not compared.
func TestCompareRefuses(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	const text = "{data: {source: embed:iris}, train: {epochs: 1}"
	a, _, _ := trainInTemp(t, text+"}")
	b, _, _ := trainInTemp(t, text+", seed: 2}")
	titanic, _, _ := trainInTemp(t, "{data: {source: embed:titanic}, train: {epochs: 1}}")
	unfinished, _, _ := trainInTemp(t, text+"}")
	if err := os.Remove(filepath.Join(unfinished, run.MetricsFile)); err != nil {
		t.Fatal(err)
	}
	cv := filepath.Join(t.TempDir(), "cv")
	if _, err := run.CrossValidate(t.Context(), parsed(t, text+"}"),
		run.FoldOptions{Folds: 2, Options: run.Options{Out: cv}}); err != nil {
		t.Fatal(err)
	}
	for want, dirs := range map[string][]string{
		"name two or more":              {a},
		"they were tested on different": {a, b},
		"their data are not the same":   {a, titanic},
		"this run is not finished":      {a, unfinished},
		"one is a cross-validation":     {a, cv},
		"no such file":                  {a, filepath.Join(cv, "none")},
		"holds no experiment.yaml":      {t.TempDir(), a},
	} {
		if _, err := run.Compare(t.Context(), dirs, run.CompareOptions{}); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%v: error %v, want %q", dirs, err, want)
		}
	}
}
