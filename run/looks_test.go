package run_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/run"
)

// TestLooks: runs beside each other that were tested on the same samples are counted, whatever their networks and
// features; runs on other samples, the run itself and the folds of one cross-validation are not counted again.
func TestLooks(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	dir := t.TempDir()
	text := "a,b,y\n"
	for i := range 100 {
		text += fmt.Sprintf("%.4f,%.4f,%.4f\n", math.Sin(float64(i)), math.Cos(float64(i*i)), math.Sin(float64(3*i)))
	}
	source := write(t, filepath.Join(dir, "t.csv"), text)
	other := write(t, filepath.Join(dir, "other.csv"), text+"1,1,1\n")
	held := write(t, filepath.Join(dir, "held.csv"), text[:strings.Index(text[600:], "\n")+601])
	base := fmt.Sprintf("data: {source: %q, target: y}\ntrain: {epochs: 1}\n", source)
	own := fmt.Sprintf("data: {source: %q, target: y, test: {source: %q}}\ntrain: {epochs: 1}\n", source, held)
	series := func(window int) string {
		return fmt.Sprintf("data: {source: %q, target: y, series: {window: %d}}\ntrain: {epochs: 1}\n", source, window)
	}
	fold := func() {
		f, err := run.Read(write(t, filepath.Join(dir, "e.yaml"), base))
		if err != nil {
			t.Fatal(err)
		}
		o := run.FoldOptions{Folds: 2, Options: run.Options{Out: filepath.Join(dir, "runs", "folds")}}
		if _, err := run.CrossValidate(t.Context(), f, o); err != nil {
			t.Fatal(err)
		}
	}
	for k, c := range []struct {
		text string
		set  []string
		want int
	}{
		{base, nil, 0},
		{base, []string{"model[0].dense.units=2"}, 1},
		{base, []string{"data.features.a={drop: true}"}, 2},
		{base, []string{"seed=7"}, 0}, // other rows, some 15 of 100 of which are the same
		{fmt.Sprintf("data: {source: %q, target: y}\ntrain: {epochs: 1}\n", other), nil, 0},
		{series(5), nil, 0},
		{series(9), nil, 1}, // the same span of time in other windows
		{own, nil, 0},
		{own, []string{"seed=7"}, 1},
		{base, nil, 4}, // three runs, and the cross-validation before it
	} {
		if k == 9 {
			fold()
		}
		if c.set != nil && c.set[0][0] == 'm' {
			c.text, c.set = c.text+"model: [dense: {units: 2}, dense: 1]\n", nil
		}
		p := open(t, c.text, c.set...)
		out := filepath.Join(dir, "runs", fmt.Sprint(k))
		r, _ := fit(t, p, out)
		if len(r.Warnings) > 0 || r.Looks.Runs != c.want {
			t.Errorf("run %d: %+v, want %d; %q", k, r.Looks, c.want, r.Warnings)
		}
		again, err := run.Run(t.Context(), p, run.Options{Out: out, Resume: true})
		if err != nil || !again.Finished || again.Looks != r.Looks {
			t.Errorf("run %d again: %+v, %v", k, again.Looks, err)
		}
	}
	model := func(k int) string { return filepath.Join(dir, "runs", fmt.Sprint(k), run.ModelFile) }
	for _, c := range []struct {
		k      int
		source string
		want   int
	}{
		{0, held, 2},  // runs 7 and 8 were tested on it
		{0, held, 2},  // a second time
		{1, held, 3},  // and run 0 was evaluated on it
		{7, held, 3},  // itself is not counted
		{2, other, 0}, // run 4 was tested on a part of it
		{3, other, 1},
		{3, "-", 0},
	} {
		if got := run.Look(t.Context(), model(c.k), c.source); got.Runs != c.want {
			t.Errorf("run %d evaluated on %s: %+v, want %d", c.k, filepath.Base(c.source), got, c.want)
		}
	}
	if p := open(t, own); true { // a run that goes on keeps what it was evaluated on
		r, _ := fit(t, p, filepath.Join(dir, "runs", "last"))
		if r.Looks.Runs != 4 { // 0, 1, 7, 8
			t.Errorf("%+v", r.Looks)
		}
	}
	content, err := os.ReadFile(model(0))
	if err != nil {
		t.Fatal(err)
	}
	alone := write(t, filepath.Join(dir, "alone", "m.keras"), string(content))
	if got := run.Look(t.Context(), alone, held); got.Runs != 0 {
		t.Errorf("the product file alone: %+v", got)
	}
	if _, err := os.Stat(filepath.Join(dir, "alone", run.LooksFile)); err == nil {
		t.Error("an evaluation of the product file alone has written beside it")
	}
}

// TestRanges: numbers as spans, by hand.
func TestRanges(t *testing.T) {
	for _, c := range []struct {
		numbers []int
		text    string
	}{
		{nil, ""}, {[]int{0}, "0"}, {[]int{0, 1, 2, 7, 9, 10}, "0-2 7 9-10"},
	} {
		b, err := json.Marshal(run.Ranges(c.numbers))
		if err != nil || string(b) != `"`+c.text+`"` {
			t.Errorf("%v: %s %v", c.numbers, b, err)
		}
		var back run.Ranges
		if err := json.Unmarshal(b, &back); err != nil || fmt.Sprint([]int(back)) != fmt.Sprint(c.numbers) {
			t.Errorf("%s: %v %v", b, back, err)
		}
	}
	for _, bad := range []string{"a", "3-1", "5 5", "4-6 2", "-1", "1-", "0-999999999999", "0-4294967296"} {
		var r run.Ranges
		if err := r.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// TestCovered: shares of the first samples that are among the second, by hand.
func TestCovered(t *testing.T) {
	for _, c := range []struct {
		a, b run.Tested
		want float64
	}{
		{run.Tested{Source: "x", Samples: 10, Rows: run.Ranges{1, 4, 6, 9}}, run.Tested{Source: "x", Samples: 10,
			Rows: run.Ranges{0, 4, 9}}, 0.5},
		{run.Tested{Source: "x", Samples: 10, Rows: run.Ranges{1}}, run.Tested{Source: "y", Samples: 10,
			Rows: run.Ranges{1}}, 0},
		{run.Tested{Source: "x", Samples: 10, Rows: run.Ranges{8, 9}}, run.Tested{Source: "x", Samples: 40,
			Rows: run.Ranges{36, 37, 38, 39}}, 0.5}, // 0.8 to 1 and 0.9 to 1
		{run.Tested{Source: "x", Samples: 10, Rows: run.Ranges{1, 3}}, run.Tested{Source: "x", Samples: 40,
			Rows: run.Ranges{1, 3}}, 0}, // gaps
	} {
		if got := c.a.Covered(&c.b); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%+v in %+v: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}
