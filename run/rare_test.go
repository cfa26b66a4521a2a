package run_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"gorae/bundle"
	"gorae/data/source"
	"gorae/run"
	"gorae/task"
)

// TestImbalance: a rare class is named with its recall, by the training and by an evaluation of the product, for rows
// of numbers and for texts; classes of like sizes are not.
func TestImbalance(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	t.Chdir(t.TempDir())
	var rows, even, texts strings.Builder
	rows.WriteString("a,b,y\n")
	even.WriteString("a,b,y\n")
	texts.WriteString("words,mood\n")
	for i := range 300 {
		rare := i%20 == 3
		fmt.Fprintf(&rows, "%.2f,%.2f,%v\n", float64(i%13)*0.3, float64(i%7), map[bool]string{true: "fraud",
			false: "ok"}[rare])
		fmt.Fprintf(&even, "%.2f,%.2f,%v\n", float64(i%13)*0.3, float64(i%7), []string{"u", "v"}[i%2])
		fmt.Fprintf(&texts, "it was day %d of rain,%s\n", i%9, map[bool]string{true: "sad", false: "glad"}[rare])
	}
	for name, c := range map[string]struct{ content, rare, keys string }{
		"rows": {rows.String(), "fraud", ""}, "even": {even.String(), "", ""},
		"texts": {texts.String(), "sad", ", features: {words: {text: {length: 6}}}"},
	} {
		file := name + ".csv"
		write(t, file, c.content)
		r := open(t, fmt.Sprintf("data: {source: %s, target: last%s}\ntrain: {epochs: 1}\n", file, c.keys))
		done, err := run.Run(context.Background(), r, run.Options{Out: name})
		if err != nil {
			t.Fatal(err)
		}
		b, err := bundle.Open(filepath.Join(name, run.ModelFile))
		if err != nil {
			t.Fatal(err)
		}
		info, err := source.Find(file, source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		e, err := b.Evaluate(context.Background(), &task.Source{Info: info}, "")
		if err != nil {
			t.Fatal(err)
		}
		again, err := run.ReadReport(name)
		if err != nil {
			t.Fatal(err)
		}
		for what, found := range map[string][]task.RareClass{"train": done.Report.Findings.Rare,
			"metrics.json": again.Findings.Rare, "evaluate": e.Findings.Rare} {
			if c.rare == "" {
				if len(found) > 0 {
					t.Errorf("%s, %s: %+v", name, what, found)
				}
				continue
			}
			if len(found) != 1 || found[0].Class != c.rare || found[0].Recall.Of < 1 ||
				found[0].Recall.Interval == nil {
				t.Errorf("%s, %s: %+v", name, what, found)
				continue
			}
			if want := map[string]int{"evaluate": 15}[what]; want > 0 && (found[0].Recall.Of != want ||
				found[0].Of != 300) {
				t.Errorf("%s, %s: %+v", name, what, found)
			}
		}
	}
}
