package scaffold

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gorae/run"
	"gorae/spec"
	_ "gorae/task/all"
)

// put writes a file of a temporary folder.
func put(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// days is a table of n rows with a date, a number and one of two words; each date has so many rows.
func days(n, each int, turned bool) string {
	rows := make([]string, n)
	for i := range rows {
		day := time.Date(2023, 1, 1+i/each, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		rows[i] = fmt.Sprintf("%s,%d,%s\n", day, 100+i*7%90, []string{"yes", "no"}[i/3%2])
	}
	if turned {
		slices.Reverse(rows)
	}
	return "day,sold,open\n" + strings.Join(rows, "")
}

// uneven is a table of n rows whose times are further and further apart.
func uneven(n int) string {
	var b strings.Builder
	b.WriteString("at,day,size,sold\n")
	at := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		at = at.Add(time.Duration(i*i%97+1) * time.Minute)
		fmt.Fprintf(&b, "%s,%s,%d,%d\n", at.Format(time.DateTime), at.Format(time.DateOnly), i%5, 100+i*7%90)
	}
	return b.String()
}

// wholes is n rows of one of 26 words and one of 13 whole numbers.
func wholes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "w%c,%d\n", 'a'+i%26, i*i%13+i%13)
	}
	return b.String()
}

// TestOpen: the kinds of tasks that a column leaves open, and data that are read once.
func TestOpen(t *testing.T) {
	path := put(t, "d.csv", days(120, 1, false))
	i, err := Find(path, "", false, nil)
	if err != nil {
		t.Fatal(err)
	}
	src, err := i.Read()
	if err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string]string{"sold": "[series regression]", "open": "[]", "lost": "[]"} {
		if got := fmt.Sprint(Open(src.Table, target)); got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
	d, err := New(context.Background(), Request{Source: path, Target: "sold", Path: filepath.Join(filepath.Dir(path),
		"e.yaml"), Read: i})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil { // whoever reads it now fails
		t.Fatal(err)
	}
	if again, err := d.Source().Read(); err != nil || again != src {
		t.Errorf("read again: %v", err)
	}
}

// TestChoices: what is chosen for small files, each of another kind.
func TestChoices(t *testing.T) {
	for _, c := range []struct {
		name    string
		file    string
		text    string // of the file; "" of an embedded sample
		request Request
		task    string
		want    map[string]string // settings of the resolved experiment
	}{
		{name: "embedded", file: "embed:titanic", task: "tabular", want: map[string]string{
			"data.target": "Survived", "data.task": Classification, "split.by": "random"}},
		{name: "the last column", file: "a.csv", text: "a,b\n" + strings.Repeat("1,2\n2,3.5\n4,9.25\n7,1\n", 20),
			task: "tabular", want: map[string]string{"data.target": "b"}},
		{name: "a named column", file: "a.csv", text: "a,b\n" + strings.Repeat("1,2\n2,3.5\n4,9.25\n7,1\n", 20),
			request: Request{Target: "a"}, task: "tabular", want: map[string]string{"data.target": "a"}},
		{name: "a number for each day", file: "d.csv", text: days(120, 1, false), request: Request{Target: "sold"},
			task: "series", want: map[string]string{"data.time": "day", "data.target": "sold", "split.by": "time"}},
		{name: "the latest day first", file: "d.csv", text: days(120, 1, true), request: Request{Target: "sold"},
			task: "series", want: map[string]string{"data.series.sort": "true"}},
		{name: "a number for each day, samples of their own", file: "d.csv", text: days(120, 1, false),
			request: Request{Target: "sold", Task: Regression}, task: "tabular",
			want: map[string]string{"data.task": Regression, "split.by": "time", "data.time": "day"}},
		{name: "a word for each day", file: "d.csv", text: days(120, 1, false), task: "tabular",
			want: map[string]string{"data.target": "open", "split.by": "time", "data.time": "day"}},
		{name: "several rows a day", file: "d.csv", text: days(120, 4, false), request: Request{Target: "sold"},
			task: "tabular", want: map[string]string{"split.by": "time", "data.time": "day"}},
		{name: "several rows a day, not in order", file: "d.csv", text: days(120, 4, true),
			request: Request{Target: "open"}, task: "tabular", want: map[string]string{"split.by": "random"}},
		{name: "numbers without times, as a series", file: "n.csv",
			text: "v\n" + strings.Repeat("1\n2\n3.5\n2\n", 40), request: Request{Task: Series}, task: "series",
			want: map[string]string{"data.target": "v"}},
		{name: "a series with a gap", file: "d.csv", text: strings.Replace(days(120, 1, false), ",107,", ",,", 1),
			request: Request{Target: "sold"}, task: "series", want: map[string]string{"data.series.fill": "previous"}},
		{name: "a series without its first value", file: "d.csv",
			text:    strings.Replace(days(120, 1, false), ",100,", ",,", 1),
			request: Request{Target: "sold"}, task: "series", want: map[string]string{"data.series.fill": "zero"}},
		{name: "times that follow no step", file: "d.csv", text: uneven(120), request: Request{Target: "sold"},
			task: "tabular",
			want: map[string]string{"split.by": "time", "data.time": "at", "data.features.day": "drop"}},
		{name: "totals below", file: "a.csv", text: "a;b\n" + strings.Repeat("1;2\n2;3.5\n4;9.25\n7;1\n", 20) +
			"280;315\n", task: "tabular", want: map[string]string{"data.totals": "skip"}},
		{name: "points between thousands", file: "a.csv", text: "a;b\n" + strings.Repeat("1.000;2,5\n2.500;3,5\n", 40),
			task: "tabular", want: map[string]string{"data.decimal": "comma"}},
		{name: "a quantity of whole numbers", file: "a.csv", text: "a,b\n" + wholes(130), task: "tabular",
			want: map[string]string{"data.task": Regression}},
		{name: "groups of what has several rows", file: "a.csv", text: "who,n\n" + wholes(130),
			request: Request{Task: Groups}, task: "grouped", want: map[string]string{"data.group_by": "who"}},
		{name: "groups of rows", file: "a.csv", text: "a,b\n" + strings.Repeat("1,2\n2,3.5\n4,9.25\n7,1\n", 20),
			request: Request{Task: Groups}, task: "tabular", want: map[string]string{"data.target": "input"}},
		{name: "one text", file: "t.txt", text: strings.Repeat("the cat sat on the mat\nand so it went\n", 60),
			task: "language", want: map[string]string{"split.by": "time"}},
		{name: "a setting of the user's own", file: "d.csv", text: days(120, 4, false),
			request: Request{Target: "sold", Set: []string{"split.by=random", "train.epochs=3"}}, task: "tabular",
			want: map[string]string{"split.by": "random", "train.epochs": "3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := c.request
			if r.Source = c.file; c.text != "" {
				t.Chdir(filepath.Dir(put(t, c.file, c.text)))
				r.Path = "experiment.yaml"
			}
			d, err := New(context.Background(), r)
			if err != nil {
				t.Fatal(err)
			}
			p, err := run.Prepare(context.Background(), d.File)
			if err != nil {
				t.Fatal(err)
			}
			got := spec.Flatten(p.Spec)
			if p.Task.Name() != c.task {
				t.Errorf("task %s, want %s", p.Task.Name(), c.task)
			}
			for k, v := range c.want {
				if got[k] != v {
					t.Errorf("%s: %q, want %q", k, got[k], v)
				}
			}
			if c.text != "" && got["data.source"] != c.file {
				t.Errorf("the source is %q beside the file, want %q", got["data.source"], c.file)
			}
			again(t, d, p, r.Path)
		})
	}
}

// again checks that the written file is the same experiment, and trains as it is.
func again(t *testing.T, d *Draft, p *run.Prepared, path string) {
	t.Helper()
	text, err := spec.Marshal(p.Spec, d.Comments(p)...)
	if err != nil {
		t.Fatal(err)
	}
	f, err := spec.Parse(path, d.File.Name, text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	q, err := run.Prepare(context.Background(), f)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if got, want := spec.Flatten(q.Spec), spec.Flatten(p.Spec); !maps.Equal(got, want) {
		t.Errorf("the written file is\n%v\nwant\n%v", got, want)
	}
	for _, c := range d.Reasons {
		if !strings.Contains(string(text), "# "+c.Text) {
			t.Errorf("the reason %q is not in\n%s", c.Text, text)
		}
	}
}

// TestRefusals: requests that no experiment can be made of.
func TestRefusals(t *testing.T) {
	table := put(t, "a.csv", "a,b\n1,2\n")
	for want, r := range map[string]Request{
		"standard input: an experiment file names data that can be":  {Source: "-"},
		"--task cats: not one of classification, regression, series": {Source: table, Task: "cats"},
		"--target c: ":  {Source: table, Target: "c"},
		"no such file":  {Source: "nowhere.csv"},
		"did you mean ": {Source: table, Set: []string{"train.epoch=3"}},
	} {
		_, err := New(context.Background(), r)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", r, err, want)
		}
	}
}

// TestIsData: which words of gorae train are data.
func TestIsData(t *testing.T) {
	dir := t.TempDir()
	files := []string{"run/experiment.yaml", "run/metrics.json", "pictures/a.png", "a.csv", "a.yaml", "a.YML"}
	for _, f := range files {
		path := filepath.Join(dir, f)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]bool{
		"": false, "embed:iris": true, "https://example.org/a.csv": true, filepath.Join(dir, "a.csv"): true,
		filepath.Join(dir, "pictures"): true, filepath.Join(dir, "run"): false, filepath.Join(dir, "a.yaml"): false,
		filepath.Join(dir, "a.YML"): false, filepath.Join(dir, "gone.csv"): false,
		filepath.Join(dir, "run/metrics.json"): false,
	} {
		if got := IsData(path); got != want {
			t.Errorf("%q: %v, want %v", path, got, want)
		}
	}
}
