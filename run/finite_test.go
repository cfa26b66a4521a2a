package run_test

import (
	"bytes"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"gorae/bundle"
	"gorae/tensor"
)

// TestWeightsNotFinite: a model file with a NaN or an infinity among its weights is refused, and the weight is named.
func TestWeightsNotFinite(t *testing.T) {
	p := open(t, "data: {source: embed:iris}\nmodel: [dense: 3, batch_normalization, dense: {units: 3, activation: "+
		"softmax}]\ntrain: {epochs: 1}\n")
	_, b := fit(t, p, filepath.Join(t.TempDir(), "run"))
	for _, c := range []struct {
		kind string
		at   int
		v    float64
		want string
	}{
		{"dense/kernel", 4, math.NaN(), "/kernel holds NaN at [1 1] (1 of its 12 numbers are NaN or infinite)"},
		{"moving_variance", 2, math.Inf(1), "/moving_variance holds +Inf at [2] (1 of its 3 numbers"},
	} {
		path := filepath.Join(t.TempDir(), "m.keras")
		for _, v := range b.Model.Store().Vars() {
			if !strings.HasSuffix(v.Path, c.kind) {
				continue
			}
			was := v.Value.F32[c.at]
			v.Value.F32[c.at] = float32(c.v)
			if err := b.Save(path); err != nil {
				t.Fatal(err)
			}
			v.Value.F32[c.at] = was
		}
		if _, err := bundle.Open(path); err == nil || !strings.Contains(err.Error(), c.want) ||
			!strings.HasPrefix(err.Error(), path) {
			t.Errorf("%v; want %s", err, c.want)
		}
	}
	path := filepath.Join(t.TempDir(), "m.keras")
	if err := b.Save(path); err != nil {
		t.Fatal(err)
	}
	load(t, path)
}

// TestOutputsNotFinite: predict and evaluate name the row, the output and the layer of a value that is no number, and
// the row and the column of one that came with the samples.
func TestOutputsNotFinite(t *testing.T) {
	const text = "a,y\n1,2\n2,4\n3,5\n4,9\n5,9\n6,13\n7,14\n8,15\n"
	table := write(t, filepath.Join(t.TempDir(), "t.csv"), text)
	p := open(t, "data: {source: "+table+", target: y, features: {a: {scale: none}}}\n"+
		"split: {validation: 0, test: 0}\nmodel: [dense: {units: 2, activation: exponential, "+
		"kernel_initializer: ones}, dense: {units: 1, "+
		"kernel_initializer: ones}]\ntrain: {epochs: 1, optimizer: {sgd: {learning_rate: 1.0e-9}}}\n")
	_, b := fit(t, p, filepath.Join(t.TempDir(), "run"))
	far := write(t, filepath.Join(t.TempDir(), "far.csv"), "a,y\n1,2\n2,3\n500,4\n")
	const want = "far.csv: row 3: the output dense_1 is +Inf at [0]: infinity arose in dense: "
	if _, err := b.predict(far, nil); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("predict: %v; want %s", err, want)
	}
	if _, err := b.evaluate(far, "", ""); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("evaluate: %v; want %s", err, want)
	}
	x := tensor.Of([]float32{1, 2, float32(math.NaN())}, 3, 1)
	var npy bytes.Buffer
	if err := tensor.WriteNPY(&npy, x); err != nil {
		t.Fatal(err)
	}
	if _, err := b.predict(write(t, filepath.Join(t.TempDir(), "x.npy"), npy.String()), nil); err == nil ||
		!strings.Contains(err.Error(), "x.npy: X[2 0] is NaN") {
		t.Errorf("predict of an array: %v", err)
	}
}

// overflowing is the untrained bundle of an experiment whose weights of that name are 10³⁸, so that sums of its
// products are infinite.
func overflowing(t *testing.T, text, kernel string) trained {
	t.Helper()
	b := untrained(t, text)
	v := b.Model.Store().Var(kernel)
	if v == nil {
		t.Fatalf("no weight %s", kernel)
	}
	for i := range v.Value.F32 {
		v.Value.F32[i] = 1e38
	}
	return b
}

// TestForecastNotFinite: a forecast that is no number names the step and where infinity arose.
func TestForecastNotFinite(t *testing.T) {
	dir := t.TempDir()
	var s strings.Builder
	s.WriteString("v\n")
	for i := range 60 {
		fmt.Fprintf(&s, "%d\n", 3+i*i%7)
	}
	path := write(t, filepath.Join(dir, "s.csv"), s.String())
	b := overflowing(t, "data: {source: "+path+", series: {window: 4, scale: none}}\nmodel: [flatten, dense: 1]\n",
		"dense/kernel")
	src, err := find(path, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	const want = "step 1 after the end: the output dense is +Inf at [0]: infinity arose in dense"
	if _, err := b.Forecast(t.Context(), src, 3); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v; want %s", err, want)
	}
}

// TestExplainNotFinite: explain names the picture, the layer and the element of a map that is no number, also where the
// output is one.
func TestExplainNotFinite(t *testing.T) {
	dir := pets(t, 20, 8)
	for end, want := range map[string]string{
		"flatten, dense: {units: 2, activation: softmax}": "image 1: the output ",
		// The least of 0 and infinity is 0 again: only the map of the layer is infinite.
		"activation: relu6, flatten, dense: {units: 2, activation: softmax}": "image 1: the output conv2d is +Inf at [",
	} {
		b := overflowing(t, "data: {source: "+dir+", features: none}\nmodel: [conv2d: {filters: 2, kernel_size: 3}, "+
			end+"]\n", "conv2d/kernel")
		src, err := find(dir, nil, "")
		if err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(t.TempDir(), "seen")
		if _, err := b.Explain(t.Context(), src, out); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %s", err, want)
		}
	}
}

// TestGenerateNotFinite: a language model whose output is no number stops, and says after which token.
func TestGenerateNotFinite(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "t.txt"), strings.Repeat(verse, 8))
	b := overflowing(t, "data: {source: "+path+", text: {window: 8}}\nmodel: [embedding: {input_dim: vocabulary, "+
		"output_dim: 4}, gru: {units: 3, return_sequences: true}, dense: {units: vocabulary, activation: "+
		"linear, bias_initializer: ones}]\ntrain: {loss: {sparse_categorical_crossentropy: {from_logits: true}}}\n",
		"dense/bias")
	for i := range b.Model.Store().Var("dense/bias").Value.F32 {
		b.Model.Store().Var("dense/bias").Value.F32[i] = float32(math.Inf(1))
	}
	w, err := b.Writer(1)
	if err != nil {
		t.Fatal(err)
	}
	const want = `after 1 token, the last of them "A", the network's output for "`
	if _, err := w.Prompt("A w"); err == nil || !strings.Contains(err.Error(), want) ||
		!strings.Contains(err.Error(), `" is +Inf; `) {
		t.Errorf("%v; want %s", err, want)
	}
}
