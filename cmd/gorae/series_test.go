package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"testing"
)

// days is a csv of n days of two columns.
func days(n int) string {
	var b strings.Builder
	b.WriteString("day,x,y\n")
	for i := range n {
		fmt.Fprintf(&b, "%04d-%02d-%02d,%.4f,%d\n", 2001+i/336, 1+i/28%12, 1+i%28,
			5+3*math.Sin(2*math.Pi*float64(i)/7)+float64(i*i*i%17)/10, i*i%5)
	}
	return b.String()
}

// A series from file to forecast: the table beside the baselines, forecasts with dates up to the one
// beyond the file, further ones step by step, and the same table for another file.
func TestSeries(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	t.Chdir(t.TempDir())
	put(t, "days.csv", days(300))
	put(t, "new.csv", days(60))
	put(t, "wave.yaml", "data: {source: days.csv, target: x, series: {window: 14, features: [x], season: 7, gaps: "+
		"bridge}}\nmodel: [{gru: 8}, {dense: 1}]\ntrain: {epochs: 3}\n")
	out, notes := must(t, "train", "wave.yaml", "--out", "r")
	for _, want := range []string{"windows, 31 of them known from the training)", "\nforecast ", "\nnetwork ",
		"\nlast value ",
		"\nlast season (7) ", "\nlinear autoregression ", "\n  verdict     x: the network ", "\ndrift ",
		"\nexponential smoothing ", "\nHolt-Winters (7) ", "(Ljung-Box",
		"forecast.png, gradient-norms.png"} {
		if !strings.Contains(out, want) {
			t.Errorf("train: %s\nlacks %q", out, want)
		}
	}
	if want := "days.csv: samples of (14, 1) → x (1 step ahead): 196 windows to train on, 31 to validate, 31 to " +
		"test"; !strings.Contains(notes, want) {
		t.Errorf("train: %s\nlacks %q", notes, want)
	}
	must(t, "predict", "r/model.keras", "--input", "new.csv", "--output", "f.csv")
	rows := strings.Split(strings.TrimSpace(get(t, "f.csv")), "\n")
	if len(rows) != 1+60-14+1 || rows[0] != "day,prediction" || !strings.HasPrefix(rows[1], "2001-01-15,") {
		t.Errorf("%d rows: %v", len(rows), rows[:2])
	}
	// 2001-03-04 is the file's last day; twice more the day after it.
	last := rows[len(rows)-1]
	if !strings.HasPrefix(last, "2001-03-05,") {
		t.Errorf("the last forecast is %s", last)
	}
	ahead, _ := must(t, "predict", "r/model.keras", "--input", "new.csv", "--output", "-", "--steps", "3")
	if got := strings.Split(strings.TrimSpace(ahead), "\n"); len(got) != 4 || got[1] != last ||
		!strings.HasPrefix(got[3], "2001-03-07,") {
		t.Errorf("%q after %q", got, last)
	}
	must(t, "predict", "r/model.keras", "--input", "new.csv", "--output", "f.npy", "--steps", "3")
	words, _ := must(t, "evaluate", "r/model.keras", "--data", "new.csv")
	if !strings.Contains(words, "\nrmse ") || !strings.Contains(words, "\nlast season (7) ") ||
		!strings.Contains(words, "Ljung-Box") {
		t.Errorf("evaluate: %s", words)
	}
	text, _ := must(t, "evaluate", "r/model.keras", "--data", "new.csv", "--json")
	var m struct {
		RMSE      float64 `json:"rmse"`
		Baselines []struct {
			Name string
			RMSE float64
		}
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil || len(m.Baselines) != 7 ||
		math.Abs(m.RMSE-m.Baselines[0].RMSE) > 1e-4*m.RMSE {
		t.Errorf("%v: %s", err, text)
	}
	if out, _ := must(t, "train", "wave.yaml", "--out", "r", "--resume"); !strings.Contains(out,
		"\nlinear autoregression ") {
		t.Errorf("a finished run: %s", out)
	}
	for _, c := range []struct{ args, want string }{
		{"predict r/model.keras --input new.csv --output f.csv --steps=-1",
			"--steps -1 is no number of steps to predict; give 1 to"},
		{"predict r/model.keras --input new.csv --output f.npz --steps 2", "a forecast is one array"},
		{"predict r/model.keras --input days.yaml --output f.csv", "days.yaml: no such file"},
		{"evaluate r/model.keras --data new.csv --target y", "--target y: the model predicts x; leave it out"},
		{"evaluate r/model.keras --data new.csv --labels new.csv", "the targets of a series are its own columns"},
		{"predict r/model.keras --input embed:iris --output f.csv", `no column "day"`},
	} {
		_, stderr, status := gorae("", strings.Fields(c.args)...)
		if status == statusDone || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: status %d: %s", c.args, status, stderr)
		}
	}
	for _, args := range []string{"predict r/model.keras --input new.csv --output -",
		"predict r/model.keras --input new.csv --output - --steps 2", "evaluate r/model.keras --data new.csv"} {
		if _, notes := must(t, strings.Fields(args)...); strings.Count(notes,
			"note: new.csv:30: a gap of 3 steps of 1 day before this row") != 1 {
			t.Errorf("%s: of the gap: %q", args, notes)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	var stderr strings.Builder
	status := execute(ctx, strings.Fields("predict r/model.keras --input new.csv --output far.csv --steps 1000000"),
		nil, io.Discard, &stderr)
	if _, err := os.Stat("far.csv"); status != statusFailed ||
		stderr.String() != "gorae: stopped before the end; no file was written\n" || err == nil {
		t.Errorf("stopped: status %d: %s", status, stderr.String())
	}
}

// What a table's rows are like in time: inspect finds the dates by itself, and says what training would refuse.
func TestInspectSeries(t *testing.T) {
	t.Chdir(t.TempDir())
	lines := strings.Split(strings.TrimSpace(days(200)), "\n")
	put(t, "good.csv", strings.Join(lines[:29], "\n"))
	out, _ := must(t, "data", "inspect", "good.csv")
	if !strings.Contains(out, "as a series:\n  good.csv: 28 steps of 1 day × 2 columns; a season of 7 steps is usual "+
		"for such\n") || !strings.Contains(out, "(ADF p") {
		t.Error(out)
	}
	lines[5], lines[6] = lines[6], lines[5]
	lines[9] = lines[8]
	lines[12] = strings.Split(lines[12], ",")[0] + ",,1"
	put(t, "odd.csv", strings.Join(lines[:20], "\n"))
	out, _ = must(t, "data", "inspect", "odd.csv", "--time", "1")
	for _, want := range []string{
		"odd.csv:7: its time is earlier than that of the row before, the first of 1 such rows; sort the rows",
		"odd.csv:10: its time has been there, the first of 1 such rows; remove it",
		"1 missing value; give series: {fill: previous}", "a gap of 1 step of 1 day before this row",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%s\nlacks %q", out, want)
		}
	}
	if out, _ := must(t, "data", "inspect", "embed:iris"); strings.Contains(out, "as a series") {
		t.Error(out)
	}
	for args, want := range map[string]string{
		"data inspect good.csv --time dya":  `--time: good.csv: no column "dya"; did you mean "day"?`,
		"data inspect embed:iris --time 5":  "is no date that cannot be mistaken",
		"data inspect embed:iris --time 99": "there is no column 99; give 1 to 5",
	} {
		if _, stderr, status := gorae("", strings.Fields(args)...); status != statusFailed ||
			!strings.Contains(stderr, want) {
			t.Errorf("%s: status %d: %s", args, status, stderr)
		}
	}
}

// Figures of several targets stand by their names in the summary, in metrics.json and in evaluate's answers, beside
// those over all.
func TestSeriesTargets(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	t.Chdir(t.TempDir())
	put(t, "days.csv", strings.ReplaceAll(days(200), ",4\n", ",900\n"))
	put(t, "two.yaml", "data: {source: days.csv, series: {window: 7, targets: [x, y]}}\nmodel: [flatten, {dense: "+
		"2}]\ntrain: {epochs: 1}\n")
	out, _ := must(t, "train", "two.yaml", "--out", "r", "--quiet")
	evaluated, _ := must(t, "evaluate", "r/model.keras", "--data", "days.csv")
	for name, text := range map[string]string{"train": out, "evaluate": evaluated} {
		for _, want := range []string{"\nthe targets differ in scale (standard deviation ",
			"rmse over all of them is mostly that of y; go by each one's own, such as rmse(x)\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q:\n%s", name, want, text)
			}
		}
	}
	if n := strings.Count(out, "\n              rmse(x) "); n != 3 {
		t.Errorf("%d of the three parts have metrics of x:\n%s", n, out)
	}
	answer, _ := must(t, "evaluate", "r/model.keras", "--data", "days.csv", "--json")
	for name, text := range map[string]string{"metrics.json": get(t, "r/metrics.json"), "evaluate": answer} {
		var m map[string]any
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			t.Fatal(err)
		}
		if test, ok := m["test"].(map[string]any); ok {
			m = test
		}
		for _, key := range []string{"loss", "rmse", "mae", "rmse(x)", "rmse(y)", "mae(x)", "mae(y)"} {
			if _, ok := m[key].(float64); !ok {
				t.Errorf("%s lacks %s: %s", name, key, text)
			}
		}
	}
}
