package run_test

import (
	"bytes"
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
