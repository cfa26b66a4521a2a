package run_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/run"
	"gorae/task"
	"gorae/tensor"
)

// TestMissingTargets: rows without a target are neither trained on nor scored, and are counted.
func TestMissingTargets(t *testing.T) {
	t.Chdir(t.TempDir())
	var b strings.Builder
	b.WriteString("a,b,y\n")
	for i := range 100 {
		y := []string{"u", "v", "u", "v", ""}[i%5]
		fmt.Fprintf(&b, "%.1f,%d,%s\n", float64(i%7)+0.5, i%3, y)
	}
	write(t, "hole.csv", b.String())
	const note = "hole.csv: rows without a target are left out: 20 of 100"
	p := open(t, "data: {source: hole.csv, target: y}\ntrain: {epochs: 1, ensemble: 1}\n")
	if r := rows(p); r[0]+r[1]+r[2] != 80 || !slices.Contains(p.Notes, note) {
		t.Errorf("%v samples, notes %q", r, p.Notes)
	}
	ones := float32(0)
	for _, d := range p.Parts {
		for i := range d.Len() {
			row := sample(t, d, 0, i)
			ones += row[len(row)-1].F32[0]
		}
	}
	if ones != 40 { // 40 rows of v, and none of the others is taken for one
		t.Errorf("%v rows of v", ones)
	}
	done, err := run.Run(context.Background(), p, run.Options{Out: "out"})
	if err != nil {
		t.Fatal(err)
	}
	e, err := load(t, filepath.Join(done.Dir, run.ModelFile)).evaluate("hole.csv", "", "")
	if err != nil || !slices.Contains(e.Notes, note) {
		t.Errorf("notes %q, error %v", e.Notes, err)
	}
	// A test set in a file of its own is counted by itself.
	own := open(t, "data: {source: hole.csv, target: y, test: {source: hole.csv}}\ntrain: {ensemble: 1}\n")
	if r := rows(own); r[0]+r[1] != 80 || r[2] != 80 {
		t.Errorf("%v samples", r)
	}
	if _, err := prepare("", "data: {source: hole.csv, target: y, missing: [u, v]}\n"); err == nil ||
		!strings.Contains(err.Error(), "the target y has no value in any row") {
		t.Errorf("error %v", err)
	}
}

// TestFilledTargets: a window of a series whose target was missing is neither trained on nor scored, whatever was put
// in its place; as an input the value counts. Steps 30 and 95 of 100 are missing, each the target of one window.
func TestFilledTargets(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	t.Chdir(t.TempDir())
	var b strings.Builder
	b.WriteString("day,v,w\n")
	for i := range 100 {
		v, w := fmt.Sprint(50+i%7), fmt.Sprint(i%5)
		if i == 30 || i == 95 {
			v = ""
		}
		if i == 50 {
			w = ""
		}
		fmt.Fprintf(&b, "2020-%02d-%02d,%s,%s\n", 1+i/28, 1+i%28, v, w)
	}
	write(t, "s.csv", b.String())
	for _, c := range []struct {
		keys string
		want int // windows of all 96
	}{{"fill: zero", 94}, {"fill: previous", 94}, {"fill: linear", 94}, {"fill: zero, every: true", 88}} {
		p := open(t, "data: {source: s.csv, time: day, target: v, series: {window: 4, "+c.keys+"}}\n"+
			"split: {validation: 0, test: 0}\ntrain: {epochs: 1}\n")
		d := p.Parts[task.Train]
		if d.Len() != c.want {
			t.Errorf("%s: %d windows, want %d", c.keys, d.Len(), c.want)
		}
		if !slices.ContainsFunc(p.Notes, func(n string) bool {
			return strings.Contains(n, "windows are left out: their target was missing and filled in")
		}) {
			t.Errorf("%s: notes %q", c.keys, p.Notes)
		}
		done, err := run.Run(context.Background(), p, run.Options{Out: strings.ReplaceAll(c.keys, ": ", "-")})
		if err != nil {
			t.Fatal(err)
		}
		e, err := load(t, filepath.Join(done.Dir, run.ModelFile)).evaluate("s.csv", "", "")
		if err != nil || math.Abs(e.Metrics.Of("rmse")-done.Report.Train.Of("rmse")) > 1e-6 {
			t.Errorf("%s: evaluated %v, trained %v, error %v", c.keys, e.Metrics, done.Report.Train, err)
		}
	}
}

// TestOwnTestSet: where the test set has a file of its own, no rows of the main file are taken for it, whatever the
// samples are.
func TestOwnTestSet(t *testing.T) {
	t.Chdir(t.TempDir())
	var table, series, texts, long strings.Builder
	table.WriteString("a,y\n")
	series.WriteString("v\n")
	texts.WriteString("words,y\n")
	long.WriteString("who,x,y\n")
	for i := range 200 {
		fmt.Fprintf(&table, "%.1f,%d\n", float64(i%9)+0.5, i%2)
		fmt.Fprintf(&series, "%d\n", i%11)
		fmt.Fprintf(&texts, "day %d of rain,%d\n", i%9, i%2)
		fmt.Fprintf(&long, "p%d,%d,%d\n", i/4, i%7, i/4%2)
	}
	write(t, "table.csv", table.String())
	write(t, "series.csv", series.String())
	write(t, "texts.csv", texts.String())
	write(t, "long.csv", long.String())
	write(t, "book.txt", strings.Repeat("the cat sat on the mat. ", 40))
	x, y := tensor.New(tensor.Uint8, 60, 4, 4), tensor.New(tensor.Int32, 60)
	for i := range y.I32 {
		y.I32[i] = int32(i % 2)
	}
	arrays, err := filepath.Abs(writeNPZ(t, tensor.Named{Name: "x", Tensor: x}, tensor.Named{Name: "y", Tensor: y}))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(arrays, "arrays.npz"); err != nil {
		t.Fatal(err)
	}
	for file, c := range map[string]struct {
		keys string
		all  int // samples of the main file that are in a part
	}{
		"table.csv": {"target: y", 200}, "texts.csv": {"target: y, features: {words: {text: {length: 4}}}", 200},
		"arrays.npz": {"task: classification", 60}, "long.csv": {"target: y, sequence: {id: who}", 50},
		"series.csv": {"target: v, series: {window: 4}", 200 - 2*4}, "book.txt": {"text: {window: 20}", 47},
	} {
		p, err := prepare("", fmt.Sprintf("data: {source: %s, %s, test: {source: %[1]s}}\n", file, c.keys),
			"train.ensemble=1")
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if r := rows(p); r[0]+r[1] != c.all || r[2] == 0 || *p.Spec.Split.Test != 0 {
			t.Errorf("%s: %v samples, want %d of the main file; split.test is %v", file, r, c.all, *p.Spec.Split.Test)
		}
	}
}
