package run_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/data"
	"gorae/run"
	"gorae/stat"
	"gorae/task"
	"gorae/tensor"
)

// Only data.source is needed: the rest follows from the data, and the resolved text says
// all of it, so that it gives the same again.
func TestResolve(t *testing.T) {
	r := open(t, "data: {source: embed:titanic}\n")
	text := resolved(t, r)
	for _, want := range []string{
		"  target: Survived\n", "  task: classification\n", "    Sex: onehot\n", "    Age: zscore\n",
		"    Name: {text: {words: 77, count: 5, output: tfidf}}\n",
		"split:\n  validation: 0\n  test: 0.15\n  by: random\n",
		"  - dense: {units: 256, activation: relu}\n  - dropout: 0.15\n  - dense: {units: 1, activation: sigmoid}\n",
		"  loss: binary_crossentropy\n", "  metrics: [accuracy]\n", "  batch_size: 32\n", "  epochs: 40\n",
		"early_stopping: {patience: 10, restore_best_weights: true}", "  ensemble: {networks: 5, folds: true}\n",
		"seed: 1\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the resolved experiment lacks %q:\n%s", want, text)
		}
	}
	again := open(t, text)
	if s := resolved(t, again); s != text {
		t.Errorf("resolved twice:\n%s\nonce:\n%s", s, text)
	}
	if n := rows(r); n != [3]int{757, 757, 134} {
		t.Errorf("%v rows", n)
	}
}

// The statistics of the preprocessing are those of the learning rows, and of no others.
func TestLearningRowsOnly(t *testing.T) {
	var b strings.Builder
	b.WriteString("x,y\n")
	for i := range 100 {
		fmt.Fprintf(&b, "%d,%d\n", i, i*i%7)
	}
	path := filepath.Join(t.TempDir(), "d.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	r := open(t, "data: {source: "+path+", target: y, task: regression}\nsplit: {validation: 0.2, test: 0.3, by: "+
		"time}\n")
	// By time the first 50 rows learn: x is 0 to 49, its mean 24.5, its sd √((50² − 1)/12).
	c := tableOf(r.Fitted).Pipeline.Columns[0]
	if c.Shift != 24.5 || math.Abs(c.Divisor-math.Sqrt(2499.0/12)) > 1e-12 {
		t.Errorf("mean %v, sd %v; want 24.5 and %v", c.Shift, c.Divisor, math.Sqrt(2499.0/12))
	}
	sum := 0.0
	for i := range 50 {
		sum += float64(i * i % 7)
	}
	if g := tableOf(r.Fitted).Targets[0]; math.Abs(g.Mean-sum/50) > 1e-12 {
		t.Errorf("the target's mean is %v; want %v", g.Mean, sum/50)
	}
}

// A loss decides what targets look like: class numbers, one-hot rows, 0 and 1.
func TestTargetsForLosses(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	softmax := "data: {source: embed:iris}\nmodel: [{dense: {units: 3, activation: softmax}}]\ntrain: {loss: %s}\n"
	for _, c := range []struct {
		text  string
		shape tensor.Shape
		dtype tensor.DType
	}{
		{fmt.Sprintf(softmax, "sparse_categorical_crossentropy"), tensor.Shape{}, tensor.Int32},
		{fmt.Sprintf(softmax, "categorical_crossentropy"), tensor.Shape{3}, tensor.Float32},
		{fmt.Sprintf(softmax, "mean_squared_error"), tensor.Shape{3}, tensor.Float32},
		{"data: {source: embed:titanic}\n", tensor.Shape{1}, tensor.Float32},
	} {
		y := open(t, c.text).Parts[task.Train].Spec().Targets[0]
		if !y.Shape.Equal(c.shape) || y.DType != c.dtype {
			t.Errorf("%s: targets %v of %v; want %v of %v", c.text, y.Shape, y.DType, c.shape, c.dtype)
		}
	}
	// One epoch with each: all of them learn.
	for _, l := range []string{"categorical_crossentropy", "mean_squared_error"} {
		r := open(t, fmt.Sprintf(softmax, l), "train.epochs=20", "train.optimizer={adam: {learning_rate: 0.05}}")
		res, err := run.Run(t.Context(), r, run.Options{Out: filepath.Join(t.TempDir(), "r")})
		if err != nil || res.Report.Train.Of("accuracy") < 0.6 {
			t.Errorf("%s: %v %v", l, res, err)
		}
	}
}

// rmse, mae and r2 are in the target's own units in every place: during the training,
// in the report, and in evaluate; r2 is the same in any unit.
func TestUnits(t *testing.T) {
	var b strings.Builder
	b.WriteString("x,y\n")
	for i := range 200 {
		fmt.Fprintf(&b, "%d,%d\n", i, 100000+5000*i)
	}
	path := filepath.Join(t.TempDir(), "d.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	text := "data: {source: " + path + ", target: y}\nmodel: [{dense: {units: 1}}]\ntrain: {optimizer: {sgd: " +
		"{learning_rate: 0.1}}, epochs: 3, metrics: [rmse, mae, mse, r2]}\n"
	dir := filepath.Join(t.TempDir(), "r")
	r := open(t, text)
	res, err := run.Run(t.Context(), r, run.Options{Out: dir})
	if err != nil {
		t.Fatal(err)
	}
	p := load(t, filepath.Join(dir, run.ModelFile))
	// By hand over the test rows, from the network's raw output.
	test := numbers(r.Parts[task.Test])
	all, err := p.predict(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	target := tableOf(p.Fitted).Targets[0]
	var sq, abs, mean, spread float64
	for _, i := range test {
		y := 100000 + 5000*float64(i)
		d := y - target.Value(all.out[0].F32[i])
		sq, abs, mean = sq+d*d, abs+math.Abs(d), mean+y/float64(len(test))
	}
	for _, i := range test {
		d := 100000 + 5000*float64(i) - mean
		spread += d * d
	}
	n := float64(len(test))
	for name, want := range map[string]float64{"rmse": math.Sqrt(sq / n), "mae": abs / n, "mse": sq / n,
		"r2": 1 - sq/spread} {
		if got := res.Report.Test.Of(name); math.Abs(got/want-1) > 1e-3 {
			t.Errorf("%s %v; by hand %v", name, got, want)
		}
	}
	if v := res.Report.Validation.Of("rmse"); v < 100 {
		t.Errorf("validation rmse %v is not in the target's units", v)
	}
}

// What was fitted survives its file, and what no training could have fitted is refused.
func TestFitted(t *testing.T) {
	r := open(t, "data: {source: embed:titanic}\n")
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole.keras")
	if err := r.Bundle().Save(whole); err != nil {
		t.Fatal(err)
	}
	read := func(b trained) data.Dataset {
		src, err := find("embed:titanic", nil, "")
		if err != nil {
			t.Fatal(err)
		}
		bound, err := b.Bind(src)
		if err != nil {
			t.Fatal(err)
		}
		return bound.Data
	}
	x, y := read(trained{r.Bundle()}), read(load(t, whole))
	if x.Len() != 891 || y.Len() != 891 {
		t.Fatal(x.Len(), y.Len())
	}
	for i := range x.Len() {
		if a, b := sample(t, x, 0, i)[0], sample(t, y, 0, i)[0]; !a.Shape.Equal(b.Shape) ||
			!slices.Equal(a.F32, b.F32) {
			t.Fatalf("row %d: %v, read back %v", i, a.F32, b.F32)
		}
	}
	b, err := json.Marshal(r.Fitted)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]string{
		"tabular": {"", "[]", "{}", `{"targets":null,"pipeline":{}}`,
			strings.Replace(string(b), `"task":"classification"`, `"task":"magic"`, 1)},
		"arrays": {"", "[]", "{}",
			`{"inputs":[{"name":"x","scale":{"shift":[0],"divisor":[0]},"sample":[1]}],"targets":[{"name":"y","task":"regression","sd":1}]}`,
			`{"inputs":[{"name":"x","scale":{"shift":[0],"divisor":[1]},"sample":[1]}]}`},
	} {
		its, ok := task.Find(name)
		if !ok {
			t.Fatal(name)
		}
		for _, bad := range bad {
			if _, err := its.Restore(json.RawMessage(bad)); err == nil || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: %.60s: %v", name, bad, err)
			}
		}
	}
}

// A callback's relative file stands in the run directory.
func TestCallbackFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	r := open(t, "data: {source: embed:iris}\ntrain: {epochs: 2, callbacks: [{csv_logger: log.csv}, "+
		"{model_checkpoint: {filepath: 'e{epoch:02d}.keras'}}]}\n")
	if _, err := run.Run(t.Context(), r, run.Options{Out: dir}); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"log.csv", "e01.keras", "e02.keras"} {
		if _, err := os.Stat(filepath.Join(dir, f)); err != nil {
			t.Error(err)
		}
	}
}

// TestP8: the test rows have no part in learning or in choosing the epoch: a run whose test
// rows hold other targets learns the same weights.
func TestP8(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	dir := t.TempDir()
	var reports []*run.Report
	var names []string
	for k, flip := range []bool{false, true} {
		var b strings.Builder
		b.WriteString("x,z,y\n")
		for i := range 120 {
			y := (i*i/3 + i) % 2
			if flip && i >= 90 { // split by time: the last quarter is the test set
				y = 1 - y
			}
			fmt.Fprintf(&b, "%d,%d,%d\n", i%17, i%5, y)
		}
		path := filepath.Join(dir, fmt.Sprintf("d%d.csv", k))
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		r := open(t, "data: {source: "+path+", target: y}\nsplit: {validation: 0.25, test: 0.25, by: time}\ntrain: "+
			"{epochs: 5}\n")
		res, err := run.Run(t.Context(), r, run.Options{Out: filepath.Join(dir, fmt.Sprint(k))})
		if err != nil {
			t.Fatal(err)
		}
		reports = append(reports, res.Report)
		sum := ""
		for _, v := range r.Model.Store().Vars() {
			sum += fmt.Sprint(v.Value.F32)
		}
		names = append(names, sum)
	}
	if names[0] != names[1] || reports[0].BestEpoch != reports[1].BestEpoch {
		t.Error("the test rows had a part in learning")
	}
	a, b := reports[0].Test.Of("accuracy"), reports[1].Test.Of("accuracy")
	if math.Abs(a+b-1) > 1e-9 {
		t.Errorf("test accuracies %v and %v; flipped targets must give 1 in sum", a, b)
	}
	if g := reports[0].Gap; math.Abs(g.Difference-(reports[0].Train.Of("accuracy")-a)) > 1e-12 {
		t.Errorf("gap %+v", g)
	}
}

// TestGap: what a gap says, by its interval and the direction of the metric.
func TestGap(t *testing.T) {
	for _, c := range []struct {
		gap     run.Gap
		meaning run.Meaning
		worst   float64
	}{
		{run.Gap{Difference: 0.1}, run.Unknown, 0},
		{run.Gap{Difference: 0.1, Interval: &stat.Interval{Low: 0.02, High: 0.18}}, run.Overfitting, 0.18},
		{run.Gap{Difference: 0.1, Interval: &stat.Interval{Low: -0.02, High: 0.22}}, run.Chance, 0.22},
		{run.Gap{Difference: -0.1, Interval: &stat.Interval{Low: -0.18, High: -0.02}}, run.BetterUnseen, 0},
		{run.Gap{Difference: -2, Minimize: true, Interval: &stat.Interval{Low: -3, High: -1}}, run.Overfitting, 3},
		{run.Gap{Difference: 2, Minimize: true, Interval: &stat.Interval{Low: 1, High: 3}}, run.BetterUnseen, 0},
	} {
		if got := c.gap.Meaning(); got != c.meaning || c.gap.Worst() != c.worst {
			t.Errorf("%+v: %v, worst %v", c.gap, got, c.gap.Worst())
		}
	}
}

// TestExamples opens every experiment of the examples folder and runs a small part
// of it. Those whose data are not embedded need GORAE_SHARED.
func TestExamples(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	files, err := filepath.Glob("../examples/*.yaml")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	files = append(files, "../examples/U9-new-text/tinyshakespeare.yaml")
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), "${GORAE_SHARED}") && os.Getenv("GORAE_SHARED") == "" {
				t.Skip("GORAE_SHARED is not set: its data are not here")
			}
			set := []string{"train.epochs=2"}
			if strings.Contains(f, "mnist") { // an epoch of a tenth of the pictures
				set = []string{"train.epochs=1", "data.rows=7000", "split={validation: 0.15}"}
			}
			set = append(set, smallTexts[filepath.Base(f)]...)
			e, err := run.Read(f, set...)
			if err != nil {
				t.Fatal(err)
			}
			r, err := run.Prepare(t.Context(), e)
			if err != nil {
				t.Fatal(err)
			}
			res, err := run.Run(t.Context(), r, run.Options{Out: filepath.Join(t.TempDir(), "r")})
			if err != nil {
				t.Fatal(err)
			}
			name := r.Spec.Train.Metrics[0].Name
			if v := res.Report.Test.Of(name); math.IsNaN(v) {
				t.Errorf("test %s is %v", name, v)
			}
			checkTexts(t, filepath.Base(f), res.Report)
			checkBaselines(t, strings.TrimSuffix(filepath.Base(f), ".yaml"), r, res.Report)
			if strings.Contains(f, "mnist") && res.Report.Test.Of("accuracy") < 0.85 {
				t.Errorf("after an epoch of 6,000 pictures: test accuracy %v; 0.85 or more is usual",
					res.Report.Test.Of("accuracy"))
			}
		})
	}
}
