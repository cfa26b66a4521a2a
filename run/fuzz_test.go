package run_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gorae/internal/ram"
	"gorae/run"
	"gorae/spec"
)

// FuzzTrain carries out any experiment on any table for an epoch: no panic, no more than some memory, no more than some
// seconds, and no file outside of its directory. Experiments that name other files are passed over.
func FuzzTrain(f *testing.F) {
	if testing.Short() {
		f.Skip("takes a second")
	}
	var rows, words strings.Builder
	rows.WriteString("a,b,y\n")
	words.WriteString("day,w,v\n")
	for i := range 30 {
		fmt.Fprintf(&rows, "%d,%.2f,%d\n", i*7%31, float64(i*i%17)/3, i%2)
		fmt.Fprintf(&words, "2001-01-%02d,%s day,%d\n", 1+i%28, []string{"good", "bad"}[i%2], i)
	}
	table, mixed := rows.String(), words.String()
	f.Add("data: {source: d.csv, target: y}", table)
	f.Add("data: {source: d.csv, target: b, features: {a: minmax}}\nmodel: [{dense: {units: 3, activation: relu}}, "+
		"{dropout: 0.5}, {dense: 1}]\ntrain: {optimizer: {sgd: {learning_rate: 0.1}}, metrics: [mae], batch_size: 4}",
		table)
	f.Add("data: {source: d.csv, target: [y, b]}\nsplit: {validation: 0.2, test: 0.2, by: {group: a}}", table)
	f.Add("data: {source: d.csv, target: input}", table)
	f.Add("data: {source: d.csv, target: v, features: {w: {text: {words: 5}}}}", mixed)
	f.Add("data: {source: d.csv, target: v, series: {window: 3}}\nmodel: [{lstm: 2}, {dense: 1}]",
		mixed[:strings.Index(mixed,
			"2001-01-28")])
	f.Add("data: {source: d.csv, sequence: {id: w, step: day}, target: v}\ntrain: {callbacks: [{csv_logger: l.csv}]}",
		mixed)
	const (
		memory = 256 << 20
		limit  = 20 * time.Second
	)
	f.Fuzz(func(t *testing.T, text, table string) {
		defer ram.SetLimit(ram.SetLimit(memory))
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "d.csv"), []byte(table), 0o644); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		carryOut(dir, text)
		if took := time.Since(begun); took > limit {
			t.Errorf("%v", took)
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.Name() != "d.csv" && e.Name() != "r" {
				t.Errorf("it wrote %s", e.Name())
			}
		}
	})
}

// carryOut goes as far as the experiment lets it.
func carryOut(dir, text string) {
	f, err := spec.Parse(filepath.Join(dir, "e.yaml"), "e", []byte(text), "train.epochs=1")
	if err != nil {
		return
	}
	for _, ref := range spec.Files(&f.Experiment) {
		if *ref.Value != "d.csv" {
			return
		}
	}
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
	defer stop()
	p, err := run.Prepare(ctx, f)
	if err != nil {
		return
	}
	_, _ = run.Run(ctx, p, run.Options{Out: filepath.Join(dir, "r")})
}
