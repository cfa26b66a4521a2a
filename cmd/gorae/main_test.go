package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gorae/tensor"
)

// gorae runs the command in the current directory.
func gorae(stdin string, args ...string) (stdout, stderr string, status int) {
	var out, err bytes.Buffer
	status = execute(context.Background(), args, strings.NewReader(stdin), &out, &err)
	return out.String(), err.String(), status
}

// must runs the command and fails the test where it fails.
func must(t *testing.T, args ...string) (stdout, stderr string) {
	t.Helper()
	stdout, stderr, status := gorae("", args...)
	if status != statusDone {
		t.Fatalf("gorae %s: status %d: %s", strings.Join(args, " "), status, stderr)
	}
	return stdout, stderr
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// contents is the digest of every file below the current directory.
func contents(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		out[path] = fmt.Sprintf("%x", sha256.Sum256(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Training without a word: it ends with a good test metric, says where the model is,
// and what it says to type next works.
func TestTrainDefault(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for seconds")
	}
	t.Chdir(t.TempDir())
	stdout, stderr := must(t, "train")
	for _, want := range []string{"  test ", "runs/digits-1/model.keras", "next:\n", "predict", "summary"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("stdout lacks %q:\n%s", want, stdout)
		}
	}
	if !strings.Contains(stderr, "epoch  1/60  loss ") {
		t.Errorf("stderr has no line per epoch:\n%s", stderr)
	}
	var report struct {
		Train, Validation, Test map[string]float64
		Gap                     struct {
			Metric     string
			Difference float64
		}
		Epochs    int
		BestEpoch int `json:"best_epoch"`
	}
	if err := json.Unmarshal([]byte(get(t, "runs/digits-1/metrics.json")), &report); err != nil {
		t.Fatal(err)
	}
	if a := report.Test["accuracy"]; !(a >= 0.97) {
		t.Errorf("test accuracy %v; want 0.97 or more", a)
	}
	if d := report.Train["accuracy"] - report.Test["accuracy"]; report.Gap.Metric != "accuracy" ||
		math.Abs(d-report.Gap.Difference) > 1e-12 {
		t.Errorf("gap %+v; the difference is %v", report.Gap, d)
	}
	// The validation metrics are those of the best epoch's line in the history.
	rows, err := csv.NewReader(strings.NewReader(get(t, "runs/digits-1/history.csv"))).ReadAll()
	if err != nil || strings.Join(rows[0], ",") != "epoch,loss,accuracy,val_loss,val_accuracy,seconds" ||
		len(rows) != report.Epochs+1 {
		t.Fatalf("history.csv: %v, %d lines for %d epochs (%v)", rows[0], len(rows), report.Epochs, err)
	}
	for i, name := range map[int]string{3: "loss", 4: "accuracy"} {
		v, err := strconv.ParseFloat(rows[report.BestEpoch][i], 64)
		if err != nil || math.Abs(v-report.Validation[name]) > 1e-5 {
			t.Errorf("validation %s is %v, but %v in the history of epoch %d", name, report.Validation[name], v,
				report.BestEpoch)
		}
	}
	for _, f := range []string{"experiment.yaml", "model.keras", "last.keras", "learning-curve.png",
		"learning-curve.svg"} {
		if st, err := os.Stat("runs/digits-1/" + f); err != nil || st.Size() == 0 {
			t.Errorf("%s: %v", f, err)
		}
	}
	must(t, "predict", "runs/digits-1/model.keras", "--input", "embed:digits", "--output", "predictions.csv")
	table, err := csv.NewReader(strings.NewReader(get(t, "predictions.csv"))).ReadAll()
	if err != nil || len(table) != 1798 || strings.Join(table[0],
		",") != "prediction,p(0),p(1),p(2),p(3),p(4),p(5),p(6),p(7),p(8),p(9)" {
		t.Fatalf("predictions: %d lines, %v (%v)", len(table), table[0], err)
	}
	summary, _ := must(t, "summary", "runs/digits-1/model.keras", "--formulas")
	if !strings.Contains(summary, "(64 + 1) × 256 = 16,640") {
		t.Errorf("summary:\n%s", summary)
	}
	// The resolved experiment gives the same run again.
	must(t, "train", "runs/digits-1/experiment.yaml", "--out", "again", "--quiet")
	if get(t, "again/model.keras") == "" || metricsJSON(t, "again") != metricsJSON(t, "runs/digits-1") {
		t.Errorf("the resolved experiment gives %s; it was %s", metricsJSON(t, "again"),
			metricsJSON(t, "runs/digits-1"))
	}
}

// metricsJSON is a run's report without its time.
func metricsJSON(t *testing.T, dir string) string {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(get(t, filepath.Join(dir, "metrics.json"))), &m); err != nil {
		t.Fatal(err)
	}
	delete(m, "seconds")
	delete(m, "guesses") // an experiment that says what was guessed leaves nothing to guess
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

const iris = "data: {source: embed:iris}\ntrain: {epochs: 3}\n"

// A run is refused, resumed, finished, or refused again, as its directory says.
func TestRunDirectory(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	t.Chdir(t.TempDir())
	put(t, "e.yaml", iris)
	must(t, "train", "e.yaml", "--out", "r", "--resume", "--quiet") // a missing run is started
	before := contents(t)
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"train", "e.yaml", "--out", "r"}, 1,
			"gorae: r: there is a run in it already; go on with it by --resume, or name another with --out\n"},
		{[]string{"train", "e.yaml", "--out", "r", "--resume"}, 0, ""},
		{[]string{"train", "--out", "r", "--resume"}, 0, ""}, // its own experiment
		{[]string{"train", "e.yaml", "--out", "r", "--resume", "--set", "train.batch_size=8"}, 1,
			"gorae: r: the experiment has changed: train.batch_size was 32, is 8; undo that, or begin another run " +
				"with --out\n"},
		{[]string{"train", "e.yaml", "--out", "r", "--resume", "--seed", "9"}, 1,
			"gorae: r: the experiment has changed: seed was 1, is 9; undo that, or begin another run with --out\n"},
		{[]string{"train", "e.yaml", "--out", "r", "--resume", "--set",
			"model=[{dense: {units: 3, activation: softmax}}]"}, 1, "gorae: r: the experiment has changed: model[0]."},
		{[]string{"train", "e.yaml", "--out", "e.yaml"}, 1,
			"gorae: e.yaml: a file, not a directory; name another with --out\n"},
	} {
		_, stderr, status := gorae("", c.args...)
		if status != c.status || !strings.HasPrefix(stderr, c.want) || c.want == "" && stderr != "" {
			t.Errorf("%v: status %d, %q; want %d, %q", c.args, status, stderr, c.status, c.want)
		}
	}
	if after := contents(t); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Error("a refused or finished run changed files")
	}
	// More epochs go on from where the run stood: the same as all of them at once.
	must(t, "train", "e.yaml", "--out", "r", "--resume", "--set", "train.epochs=6", "--quiet")
	must(t, "train", "e.yaml", "--out", "whole", "--set", "train.epochs=6", "--quiet")
	if metricsJSON(t, "r") != metricsJSON(t, "whole") {
		t.Errorf("3 + 3 epochs give %s; 6 give %s", metricsJSON(t, "r"), metricsJSON(t, "whole"))
	}
	// Without --out runs are counted.
	for range 2 {
		must(t, "train", "e.yaml", "--quiet")
	}
	if _, err := os.Stat("runs/e-2/metrics.json"); err != nil {
		t.Error(err)
	}
}

// A run that is told to stop says how to go on, and going on ends where it would have ended.
func TestStopAndResume(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	t.Chdir(t.TempDir())
	put(t, "e.yaml", "data: {source: embed:digits}\ntrain: {epochs: 4, callbacks: []}\n")
	ctx, cancel := context.WithCancel(context.Background())
	var out bytes.Buffer
	status := execute(ctx, []string{"train", "e.yaml", "--out", "r"}, nil, &out,
		&cancelAfter{"epoch 2/4", cancel, &out})
	if status != statusFailed || !strings.HasSuffix(out.String(),
		"gorae: stopped; go on with: gorae train e.yaml --resume --out r\n") {
		t.Fatalf("status %d:\n%s", status, out.String())
	}
	if _, err := os.Stat("r/metrics.json"); err == nil {
		t.Fatal("a stopped run has a report")
	}
	must(t, "train", "e.yaml", "--resume", "--out", "r", "--quiet")
	must(t, "train", "e.yaml", "--out", "whole", "--threads", "1", "--quiet")
	if metricsJSON(t, "r") != metricsJSON(t, "whole") {
		t.Errorf("stopped and resumed: %s; never stopped: %s", metricsJSON(t, "r"), metricsJSON(t, "whole"))
	}
}

// cancelAfter ends a context when it has seen a text.
type cancelAfter struct {
	text   string
	cancel func()
	to     io.Writer
}

func (c *cancelAfter) Write(b []byte) (int, error) {
	if strings.Contains(string(b), c.text) {
		c.cancel()
	}
	return c.to.Write(b)
}

// Raw rows in, ids and numbers in the target's units out; evaluate agrees with the report.
func TestPredictRegression(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Chdir(t.TempDir())
	var b strings.Builder
	b.WriteString("id,size,place,price\n")
	for i := range 200 {
		place := []string{"town", "sea"}[i%2]
		size := 40 + i*7%100
		fmt.Fprintf(&b, "%d,%d,%s,%d\n", i+1000, size, place, 1000*size+30000*(i%2)+200*(i%5))
	}
	put(t, "homes.csv", b.String())
	put(t, "e.yaml", "data: {source: homes.csv, target: price}\ntrain: {epochs: 60}\n")
	must(t, "train", "e.yaml", "--out", "r", "--quiet")
	// The resolved experiment finds the data from where it lies.
	must(t, "train", "r/experiment.yaml", "--out", "deep/er", "--quiet")
	if get(t, "deep/er/model.keras") == "" || metricsJSON(t, "deep/er") != metricsJSON(t, "r") {
		t.Errorf("the resolved experiment gives %s; it was %s", metricsJSON(t, "deep/er"), metricsJSON(t, "r"))
	}
	put(t, "new.csv", "place,size,id\nsea,100,7\ntown,50,8\n")
	stdout, _ := must(t, "predict", "r/model.keras", "--input", "new.csv", "--output", "-")
	rows, err := csv.NewReader(strings.NewReader(stdout)).ReadAll()
	if err != nil || len(rows) != 3 || strings.Join(rows[0], ",") != "id,prediction" || rows[1][0] != "7" {
		t.Fatalf("%v %v", rows, err)
	}
	for i, want := range []float64{130400, 50400} {
		if v, err := strconv.ParseFloat(rows[i+1][1], 64); err != nil || math.Abs(v-want) > 6000 {
			t.Errorf("row %d: price %s; about %v is right", i+1, rows[i+1][1], want)
		}
	}
	// Standard input gives the same.
	piped, stderr, status := gorae(get(t, "new.csv"), "predict", "r/model.keras", "--input", "-", "--output", "-")
	if status != 0 || piped != stdout {
		t.Errorf("from standard input: %q %s", piped, stderr)
	}
	// rmse of evaluate, in the target's units, by hand from predict's numbers.
	must(t, "predict", "r/model.keras", "--input", "homes.csv", "--output", "p.csv")
	truth, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	predicted, err := csv.NewReader(strings.NewReader(get(t, "p.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	sum, abs := 0.0, 0.0
	for i := 1; i < len(truth); i++ {
		y, err1 := strconv.ParseFloat(truth[i][3], 64)
		p, err2 := strconv.ParseFloat(predicted[i][1], 64)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		sum += (y - p) * (y - p)
		abs += math.Abs(y - p)
	}
	var f struct{ RMSE, MAE float64 }
	evaluated, _ := must(t, "evaluate", "r/model.keras", "--data", "homes.csv", "--json")
	if err := json.Unmarshal([]byte(evaluated), &f); err != nil {
		t.Fatal(err)
	}
	if rmse := math.Sqrt(sum / 200); math.Abs(f.RMSE/rmse-1) > 1e-4 || math.Abs(f.MAE/(abs/200)-1) > 1e-4 {
		t.Errorf("evaluate: %v; by hand rmse %v, mae %v", f, rmse, abs/200)
	}
	// .npy is the network's own output, standardised.
	must(t, "predict", "r/model.keras", "--input", "new.csv", "--output", "p.npy")
	raw, err := tensor.ReadNPY(strings.NewReader(get(t, "p.npy")))
	if err != nil || !raw.Shape.Equal(tensor.Shape{2, 1}) || math.Abs(float64(raw.F32[0])) > 5 {
		t.Errorf("%v %v", raw, err)
	}
}

// Pictures: IDX files are scaled to [0, 1]; bytes in a .npy alike, floats go in as they are.
func TestPredictImages(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	t.Chdir(t.TempDir())
	const n = 120
	pixels := []byte{0, 0, 8, 3, 0, 0, 0, n, 0, 0, 0, 2, 0, 0, 0, 2}
	labels := []byte{0, 0, 8, 1, 0, 0, 0, n}
	bytesX := tensor.New(tensor.Uint8, n, 2, 2, 1)
	floatX := tensor.New(tensor.Float32, n, 2, 2, 1)
	for i := range n {
		for k := range 4 {
			v := byte(0)
			if k == i%3 {
				v = byte(200 + i%50)
			}
			pixels = append(pixels, v)
			bytesX.U8[4*i+k], floatX.F32[4*i+k] = v, float32(float64(v)/255)
		}
		labels = append(labels, byte(i%3))
	}
	put(t, "x.idx", string(pixels))
	put(t, "y.idx", string(labels))
	put(t, "e.yaml", "data: {source: x.idx, labels: y.idx}\nmodel: [flatten, {dense: {units: 8, activation: relu}}, "+
		"{dense: {units: 3, activation: softmax}}]\ntrain: {epochs: 30, optimizer: {adam: {learning_rate: 0.05}}}\n")
	must(t, "train", "e.yaml", "--out", "r", "--quiet")
	f, _ := must(t, "evaluate", "r/model.keras", "--data", "x.idx", "--labels", "y.idx", "--json")
	if !strings.Contains(f, `"accuracy":1,`) {
		t.Errorf("evaluate: %s", f)
	}
	for name, x := range map[string]*tensor.Tensor{"bytes.npy": bytesX, "floats.npy": floatX} {
		var b bytes.Buffer
		if err := tensor.WriteNPY(&b, x); err != nil {
			t.Fatal(err)
		}
		put(t, name, b.String())
	}
	var outs []string
	for _, in := range []string{"x.idx", "bytes.npy", "floats.npy"} {
		out, _ := must(t, "predict", "r/model.keras", "--input", in, "--output", "-")
		outs = append(outs, out)
	}
	if outs[0] != outs[1] || outs[0] != outs[2] {
		t.Errorf("IDX, bytes and floats give different predictions:\n%.90s\n%.90s\n%.90s", outs[0], outs[1], outs[2])
	}
}

// A branching model, and --json.
func TestBranches(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "e.yaml", `data: {source: embed:iris}
model:
  layers:
    - {name: wide, dense: {units: 8, activation: relu}, inputs: input}
    - {name: deep, dense: {units: 4, activation: tanh}, inputs: [input]}
    - {name: both, concatenate: {}, inputs: [wide, deep]}
    - dense: {units: 3, activation: softmax}
train: {epochs: 2}
`)
	stdout, _ := must(t, "train", "e.yaml", "--out", "r", "--json", "--quiet")
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines:\n%s", len(lines), stdout)
	}
	var epoch struct {
		Event string
		Epoch int
		Loss  float64
	}
	if err := json.Unmarshal([]byte(lines[1]), &epoch); err != nil || epoch.Event != "epoch" || epoch.Epoch != 2 ||
		epoch.Loss == 0 {
		t.Errorf("%s %v", lines[1], err)
	}
	summary, _ := must(t, "summary", "r/model.keras")
	for _, want := range []string{"wide (Dense)", "deep (Dense)", "both (Concatenate)", "(None, 12)"} {
		if !strings.Contains(summary, want) {
			t.Errorf("the summary lacks %q:\n%s", want, summary)
		}
	}
	must(t, "predict", "r/model.keras", "--input", "embed:iris", "--output", "-")
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{}, {"--help"}, {"train", "--help"}, {"evaluate", "--help"}, {"predict", "--help"},
		{"summary", "--help"}, {"data", "inspect", "--help"}} {
		stdout, stderr, status := gorae("", args...)
		if status != 0 || stderr != "" || !strings.Contains(stdout, "Usage: gorae") {
			t.Errorf("%v: status %d, %q, %q", args, status, stdout, stderr)
		}
	}
	stdout, _ := must(t, "version")
	if !strings.HasPrefix(stdout, "gorae "+version+" (go1.") || strings.Count(stdout, "\n") != 1 {
		t.Errorf("version: %q", stdout)
	}
	stdout, _ = must(t, "data", "list")
	for _, want := range []string{"embed:digits", "embed:iris", "embed:titanic", "CC BY 4.0"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("data list lacks %q:\n%s", want, stdout)
		}
	}
	stdout, _ = must(t, "data", "inspect", "embed:iris")
	if !strings.Contains(stdout, "150") || !strings.Contains(stdout, "(4,)") {
		t.Errorf("data inspect:\n%s", stdout)
	}
}

// A file of real Keras, without anything of gorae's in it, is evaluated and predicts as it is.
func TestKerasModel(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	shared := os.Getenv("GORAE_SHARED")
	if shared == "" {
		t.Skip("GORAE_SHARED is not set: Keras's file and MNIST are not here")
	}
	model := filepath.Join(shared, "models/mnist-softmax/mnist_model.keras")
	images := filepath.Join(shared, "data/mnist/t10k-images-idx3-ubyte.gz")
	labels := filepath.Join(shared, "data/mnist/t10k-labels-idx1-ubyte.gz")
	f, _ := must(t, "evaluate", model, "--data", images, "--labels", labels, "--json")
	if !strings.Contains(f, "\"accuracy\":0.9761,") { // as Keras has it
		t.Errorf("evaluate: %s", f)
	}
	p, _ := must(t, "predict", model, "--input", images, "--output", "-")
	if !strings.HasPrefix(p, "prediction,p(0),p(1),") || !strings.Contains(p, "\n7,") ||
		strings.Count(p, "\n") != 10001 {
		t.Errorf("predict: %.200s", p)
	}
}

// TestM6: a (28, 28, 3) image laid flat into 64 nodes has (2352 + 1) × 64 = 150,592
// parameters, and summary says so, of an experiment and of its model file.
func TestM6(t *testing.T) {
	t.Chdir(t.TempDir())
	var x, y bytes.Buffer
	images, labels := tensor.New(tensor.Uint8, 40, 28, 28, 3), tensor.New(tensor.Int32, 40)
	for i := range images.U8 {
		images.U8[i] = byte(i * 7)
	}
	for i := range labels.I32 {
		labels.I32[i] = int32(i % 4)
	}
	if err := errors.Join(tensor.WriteNPY(&x, images), tensor.WriteNPY(&y, labels)); err != nil {
		t.Fatal(err)
	}
	put(t, "x.npy", x.String())
	put(t, "y.npy", y.String())
	put(t, "e.yaml", "data: {source: x.npy, labels: y.npy}\nmodel: [flatten, {dense: {units: 64, activation: relu}}, "+
		"{dense: {units: 4, activation: softmax}}]\ntrain: {epochs: 1}\n")
	must(t, "train", "e.yaml", "--out", "r", "--quiet")
	for _, of := range []string{"e.yaml", "r/model.keras", "r/last.keras"} {
		s, _ := must(t, "summary", of, "--formulas")
		if !strings.Contains(s, "(2352 + 1) × 64 = 150,592") || !strings.Contains(s, "Total params: 150,852") {
			t.Errorf("%s:\n%s", of, s)
		}
	}
	s, _ := must(t, "data", "inspect", "x.npy", "--labels", "y.npy")
	if !strings.Contains(s, "(40, 28, 28, 3)") || !strings.Contains(s, "(28, 28, 3)") {
		t.Errorf("inspect:\n%s", s)
	}
}
