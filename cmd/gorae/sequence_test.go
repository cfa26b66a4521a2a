package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSequences: what is told of sequences before learning, learning from them, and the same files given to the model.
func TestSequences(t *testing.T) {
	t.Chdir(t.TempDir())
	ts, long := "@classLabel true up down\n@data\n", "who,when,a,b,kind\n"
	for i := range 24 {
		kind, sign := "up", 1.0
		if i%2 == 1 {
			kind, sign = "down", -1
		}
		var a, b []string
		one := "a,b\n"
		for s := range 3 + i%4 {
			x, y := fmt.Sprintf("%.3f", sign*float64(s)+math.Sin(float64(i))),
				fmt.Sprintf("%.3f", math.Cos(float64(i*s)))
			a, b = append(a, x), append(b, y)
			long += fmt.Sprintf("w%02d,%d,%s,%s,%s\n", i, s+1, x, y, kind)
			one += x + "," + y + "\n"
		}
		ts += strings.Join(a, ",") + ":" + strings.Join(b, ",") + ":" + kind + "\n"
		put(t, fmt.Sprintf("walks/walk_%d.csv", i), one)
	}
	put(t, "w.ts", ts)
	put(t, "long.csv", long)
	out, _ := must(t, "data", "inspect", "w.ts")
	for _, want := range []string{"(24, 6, 2): sequences, steps, features", "label: 2 classes of down 12, up 12",
		"3 to 6 steps, median 5, 95 % have 6 or fewer; 108 steps in all; shorter ones are padded, and the padding " +
			"masked"} {
		if !strings.Contains(out, want) {
			t.Errorf("inspect prints\n%s\nwithout %q", out, want)
		}
	}
	if out, _ := must(t, "data", "inspect", "long.csv", "--sequence", "who,when", "--target",
		"kind"); !strings.Contains(out, "kind: 2 classes of down 12, up 12") ||
		!strings.Contains(out, "a       number") {
		t.Errorf("inspect prints\n%s", out)
	}
	if out, _ := must(t, "data", "inspect", "walks"); !strings.Contains(out, "(24, 6, 2)") {
		t.Errorf("inspect prints\n%s", out)
	}
	if _, stderr, status := gorae("", "data", "inspect", "long.csv", "--sequence", "whom"); status != statusFailed ||
		!strings.Contains(stderr, `did you mean "who"`) {
		t.Errorf("status %d, %s", status, stderr)
	}
	put(t, "e.yaml", "data: {source: long.csv, sequence: {id: who, step: when, target: kind}}\nsplit: {folds: 4, "+
		"fold: 2, validation: 0}\nmodel: [masking: -1.0e+9, simple_rnn: 4, dense: {units: 1, activation: "+
		"sigmoid}]\ntrain: {epochs: 3}\n")
	out, _ = must(t, "train", "e.yaml", "--out", "run")
	if !strings.Contains(out, "(18 sequences)") || !strings.Contains(out, "(6 sequences, not seen until now)") {
		t.Errorf("train prints\n%s", out)
	}
	for _, f := range []string{"gradient-norms.png", "gradient-norms.csv"} {
		if _, err := os.Stat(filepath.Join("run", f)); err != nil {
			t.Error(err)
		}
	}
	var report struct {
		Train, Test map[string]float64
	}
	if err := json.Unmarshal([]byte(get(t, "run/metrics.json")), &report); err != nil {
		t.Fatal(err)
	}
	// What comes of any form of the same sequences is the same.
	want := (18*report.Train["loss"] + 6*report.Test["loss"]) / 24
	var f struct{ Loss float64 }
	out, _ = must(t, "evaluate", "run/model.keras", "--data", "long.csv", "--json")
	if err := json.Unmarshal([]byte(out), &f); err != nil || math.Abs(f.Loss-want) > 1e-5 {
		t.Errorf("evaluate prints %s, the run's loss is %v (%v)", out, want, err)
	}
	must(t, "predict", "run/model.keras", "--input", "long.csv", "--output", "p.csv")
	must(t, "predict", "run/model.keras", "--input", "walks", "--output", "q.csv")
	p, q := strings.Split(get(t, "p.csv"), "\n"), strings.Split(get(t, "q.csv"), "\n")
	if len(p) != 26 || len(q) != 26 || p[0] != "who,prediction,p(down),p(up)" ||
		q[0] != "sequence,prediction,p(down),p(up)" {
		t.Fatalf("%d lines after %q, %d after %q", len(p), p[0], len(q), q[0])
	}
	for i := range 24 {
		_, a, _ := strings.Cut(p[1+i], ",")
		_, b, _ := strings.Cut(q[1+i], ",")
		if a != b {
			t.Errorf("sequence %d: %q from the table, %q from the folder", i, a, b)
		}
	}
	if _, stderr, status := gorae("", "predict", "run/model.keras", "--input", "w.ts", "--output",
		"-"); status != statusFailed || !strings.Contains(stderr,
		"the features c1, c2, but the network was trained on a, b") {
		t.Errorf("status %d, %s", status, stderr)
	}
}
