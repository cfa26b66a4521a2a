package series

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/data"
	"gorae/data/source"
	"gorae/task"
)

// TestSeriesBad: each mistake is one line with its place, its value and what to do.
func TestSeriesBad(t *testing.T) {
	day := func(rows ...string) string { return "day,x,y\n" + strings.Join(rows, "\n") + "\n" }
	var good []string
	for i := range 60 {
		good = append(good, fmt.Sprintf("2020-%02d-%02d,%d,5", 1+i/28, 1+i%28, i*i%11))
	}
	with := func(i int, row string) string {
		rows := append([]string(nil), good...)
		rows[i] = row
		return day(rows...)
	}
	for _, c := range []struct{ text, keys, want string }{
		{with(30, "2019-12-01,1,5"), "", "bad.csv:32: this row's time is earlier than the one before it; sort the " +
			"rows, or train with series: {sort: true}"},
		{with(30, good[29]), "", "bad.csv:32: the same time as bad.csv:31; remove one of them, or train with series: " +
			"{repeated: first} or last"},
		{with(30, "soon,1,5"), "time: day",
			`bad.csv:32: day: "soon" is no date that cannot be mistaken; write dates as 2006-01-02 15:04:05`},
		{with(30, "soon,1,5"), "",
			`data.source: bad.csv:32: day: "soon" is no date that cannot be mistaken; write dates as 2006-01-02 15:04:05; or name the column`},
		{with(30, "2020-02-03,,5"), "", "bad.csv:32: x is missing; fill it in, or train with series: {fill: " +
			"previous}, linear or zero"},
		{day(good...), "window: 90", "42 training steps hold no window of 90; give a shorter window or a larger share"},
		{day(good...), "window: 12, context: false", "split: bad.csv: the span of steps 43 to 51 holds no " +
			"window of 13 with its targets; give a larger share or a shorter window"},
		{day(good...), "horizon: 70", "a horizon of 70 need 74 steps in a row, the series has 60; give a shorter " +
			"window or a nearer horizon"},
		{day(good...), "targets: [y]", "the target y is 5 at each of the 42 training steps, so there is nothing to " +
			"predict"},
		{day(good...), "targets: [z]", `e.yaml:1: data.series.targets: bad.csv: no column "z"; there are day, x, y`},
		{day(good...), "targets: []", "none named among [x y]; name those to predict"},
		{day(good...), "transform: {x: log}", "bad.csv:2: x: 0 has no logarithm; give transform: {x: difference}"},
		{day(good...), "transform: {x: logreturn}",
			`data.series.transform.x: "logreturn" is unknown; did you mean "log_return"?`},
		{day(good...), "windw: 3", `data.series.windw: unknown key; did you mean "window"?`},
		{day(good...), "fill: past", `data.series.fill: "past" is unknown`},
		{day(good...), "window: 0", "data.series.window: 0 is not a number of steps; give 1 or more"},
	} {
		path := filepath.Join(t.TempDir(), "bad.csv")
		if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		keys, time := "window: 4, targets: [x]", ""
		switch {
		case strings.HasPrefix(c.keys, "time"):
			time = c.keys + ", "
		case strings.HasPrefix(c.keys, "targets"):
			keys = "window: 4, " + c.keys
		case strings.HasPrefix(c.keys, "window"):
			keys = "targets: [x], " + c.keys
		case c.keys != "":
			keys += ", " + c.keys
		}
		_, err := prepare("e.yaml", fmt.Sprintf("data: {source: %q, %sseries: {%s}}\nmodel: [{lstm: 2}, {dense: 1}]\n",
			path, time, keys))
		if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), path, "bad.csv"),
			strings.TrimPrefix(c.want, "e.yaml:1: ")) || strings.Contains(err.Error(), "\n") ||
			!strings.HasPrefix(err.Error(), "e.yaml") {
			t.Errorf("%s: got %v, want %q", c.keys, err, c.want)
		}
	}
	path := minutes(t, 200)
	for text, want := range map[string]string{
		`{data: {source: %q, series: {window: 4}, target: Open, features: zscore}}`:                              "data.features: the columns of a series are named under series: {features: […]}",
		`{data: {source: %q, series: {window: 4}, target: Open}, split: {by: random}}`:                           "split.by: random would let the network learn from the future",
		`{data: {source: %q, series: {window: 4, targets: [Open]}, target: Low}}`:                                "data.target: Low, but series.targets names Open; leave one out",
		`{data: {source: %q, series: {window: 4}, target: Open}, model: [{lstm: 2}, {dense: 2}]}`:                "model[1].dense.units: 2 outputs, but 1 target: give 1",
		`{data: {source: %q, series: {window: 4, steps: 3}, target: Open}, model: [{lstm: 2}]}`:                  "model[0].lstm: 2 outputs, but 3 steps of 1 target: give 3",
		`{data: {source: %q, series: {window: 4}, target: Open}, model: [{dense: 1}]}`:                           "the model gives (4, 1) for a window, but (1,) is wanted (1 target); end with a recurrent layer",
		`{data: {source: %q, series: {window: 4}, target: Open}, train: {loss: binary_crossentropy}}`:            "train.loss: binary_crossentropy is for classes, but a series predicts numbers",
		`{data: {source: %q, series: {window: 4}, target: Open}, train: {metrics: [accuracy]}}`:                  "train.metrics[0]: accuracy is for classes, but a series predicts numbers; give rmse or mae",
		`{data: {source: %q, series: {window: 4}, target: Open}, train: {loss: mean_absolute_percentage_error}}`: "give data.series.scale: none",
		`{data: {source: %q, series: {window: 4, every: true}, target: Open}, model: [{lstm: 2}, {dense: 1}]}`:   "the model gives (1,) for a window, but (4, 1) is wanted (series.every: 1 value from each step)",
		`{data: {source: embed:iris, series: {window: 4}, task: classification}}`:                                "data.task: classification, but a series predicts numbers",
	} {
		if strings.Contains(text, "%q") {
			text = fmt.Sprintf(text, path)
		}
		_, err := prepare("e.yaml", text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\ngot  %v\nwant %q", text, err, want)
		}
	}
}

// TestSeriesTolerated: what the file allows for is done and told.
func TestSeriesTolerated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "z.csv")
	var b strings.Builder
	b.WriteString("at,x\n")
	for i := range 100 {
		zone := "+01:00"
		if i >= 50 {
			zone = "+02:00"
		}
		hour := i % 24
		day := 1 + i/24
		if i >= 50 { // an hour later by the clock is the same distance in time
			hour, day = (i+1)%24, 1+(i+1)/24
		}
		x := fmt.Sprint(i % 9)
		if i == 20 {
			x = ""
		}
		if i == 70 {
			continue // a gap
		}
		fmt.Fprintf(&b, "2020-03-%02dT%02d:00:00%s,%s\n", day, hour, zone, x)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	r := open(t, fmt.Sprintf("data: {source: %q, series: {window: 4, fill: linear, gaps: break}}\nsplit: "+
		"{validation: 0.2, test: 0.2}\n", path))
	notes := strings.Join(r.Notes, "\n")
	for _, want := range []string{
		"z.csv:52: the times are of two zones (+01:00 before this row, +02:00 here); all are taken as instants",
		"z.csv:72: a gap of 1 step of 1 hour before this row, the first of 1; no window runs across one",
	} {
		if !strings.Contains(notes, want) {
			t.Errorf("%s\nlacks %q", notes, want)
		}
	}
	if x := r.Problem.(*problem).all.Frame.Columns[0]; x[20] != (x[19]+x[21])/2 {
		t.Errorf("%v between %v and %v", x[20], x[19], x[21])
	}
}

// FuzzRestore: what a model file says of a series is never trusted.
func FuzzRestore(f *testing.F) {
	f.Add([]byte(`{"windows":{"spec":{"window":3,"horizon":1,"steps":1,"stride":1,"features":["a"],"targets":["a"],"scale":"none"},"features":[{"shift":0,"divisor":1}],"targets":[{"shift":0,"divisor":1}]},"linear":{"lags":1,"coef":[[0,1]]}}`))
	f.Add([]byte(`{"windows":{"spec":{}}}`))
	f.Add([]byte(`{"windows":null}`))
	t := &data.Table{Name: "t", Header: true, Rows: 6,
		Columns: []data.Column{{Name: "a", Numbers: []float64{1, 2, 3, 4, 5, 6}}}}
	f.Fuzz(func(_ *testing.T, b []byte) {
		r, err := Task{}.Restore(b)
		if err != nil {
			return
		}
		fitted := r.(*Fitted)
		frame, err := fitted.frame(&task.Source{Info: &source.Info{}}, &data.Source{Table: t})
		if err != nil {
			return
		}
		p, err := fitted.on(frame)
		if err != nil || fitted.Linear == nil {
			return
		}
		_, _ = p.Forecast("linear", data.Subset{Dataset: p, Rows: data.Range(p.Len())}, fitted.Linear.Predict)
	})
}
