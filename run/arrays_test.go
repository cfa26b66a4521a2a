package run_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/bundle"
	"gorae/run"
	"gorae/tensor"
)

// wave is n samples of two figures far from 0, and their classes.
func wave(n int) (x, y *tensor.Tensor) {
	x, y = tensor.New(tensor.Float32, n, 2), tensor.New(tensor.Int32, n)
	for i := range n {
		v := math.Sin(float64(3 * i))
		x.F32[2*i], x.F32[2*i+1] = float32(500+30*v), float32(-7)
		if x.F32[2*i+1] += float32(i % 5); v > 0 {
			y.I32[i] = 1
		}
	}
	return x, y
}

// Arrays of figures that are scaled for learning are scaled for a test set apart and by the
// saved model too.
func TestFiguresScaled(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	x, y := wave(80)
	path := writeNPZ(t, tensor.Named{Name: "x", Tensor: x}, tensor.Named{Name: "y", Tensor: y},
		tensor.Named{Name: "x_test", Tensor: x}, tensor.Named{Name: "y_test", Tensor: y})
	for _, word := range []string{"zscore", "minmax", "none"} {
		r := open(t, fmt.Sprintf("data: {source: %q, features: %s}\nsplit: {validation: 0}\nmodel: [dense: {units: "+
			"1, activation: sigmoid}]\ntrain: {epochs: 2}\n", path, word))
		dir := filepath.Join(t.TempDir(), "run")
		res, err := run.Run(t.Context(), r, run.Options{Out: dir})
		if err != nil {
			t.Fatal(err)
		}
		p := load(t, filepath.Join(dir, run.ModelFile))
		f, err := p.evaluate(path, "", "")
		if err != nil {
			t.Fatal(err)
		}
		// The same samples learnt from, as a test set, and judged with the file.
		for _, name := range []string{"loss", "accuracy"} {
			want := res.Report.Train.Of(name)
			if got := res.Report.Test.Of(name); math.Abs(got-want) > 1e-6 {
				t.Errorf("%s: %s %v as a test set, %v in learning", word, name, got, want)
			}
			if got := f.Metrics.Of(name); math.Abs(got-want) > 1e-6 {
				t.Errorf("%s: %s %v with the saved model, %v in learning", word, name, got, want)
			}
		}
	}
}

// An .npz of which it is not known what its samples are is an error, in learning and in
// predicting.
func TestNoSamples(t *testing.T) {
	x, y := wave(40)
	known := writeNPZ(t, tensor.Named{Name: "x", Tensor: x}, tensor.Named{Name: "y", Tensor: y})
	two := writeNPZ(t, tensor.Named{Name: "left", Tensor: x}, tensor.Named{Name: "right", Tensor: x},
		tensor.Named{Name: "class", Tensor: y})
	fails := func(text, want string) {
		t.Helper()
		if _, err := prepare("", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %s", err, want)
		}
	}
	const want = "a.npz: which of left, right, class are the samples? save them under the name x"
	fails(fmt.Sprintf("data: {source: %q, labels: class}\n", two), want)
	fails(fmt.Sprintf("data: {source: %q, test: {source: %q}}\n", known, two), want)

	narrow := writeNPZ(t, tensor.Named{Name: "x", Tensor: tensor.New(tensor.Float32, 40, 1)},
		tensor.Named{Name: "y", Tensor: y})
	fails(fmt.Sprintf("data: {source: %q, test: {source: %q}}\n", known, narrow),
		"data.test.source: the test set has samples of shape (1,), the training data of (2,); they must be alike")

	r := open(t, fmt.Sprintf("data: {source: %q}\ntrain: {epochs: 1}\n", known))
	for _, b := range []trained{{r.Bundle()}, {&bundle.Bundle{Model: r.Model}}} {
		if _, err := b.predict(two, nil); err == nil || err.Error() != want {
			t.Errorf("predict: %v", err)
		}
	}

	// Two arrays, one of which is named as the labels, leave no doubt.
	own := writeNPZ(t, tensor.Named{Name: "feat", Tensor: x}, tensor.Named{Name: "lab", Tensor: y})
	if r := open(t, fmt.Sprintf("data: {source: %q, labels: lab}\n", own)); rows(r)[0] != 28 {
		t.Errorf("%v rows", rows(r))
	}
}

// Quotation marks may be plain characters; a mistake of a feature is pointed at under that
// feature, whatever the names of the others.
func TestQuotesAndFeaturePlaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q.csv")
	text := "a,b,t\n" + strings.Repeat("\"x,1,yes\nw\",2,no\n", 20)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if r := open(t, fmt.Sprintf("data: {source: %q, target: t, quotes: false}\n", path)); rows(r) != [3]int{28, 6, 6} {
		t.Errorf("rows %v", rows(r))
	}
	for range 20 { // the order of a map must not decide
		if _, err := prepare("e.yaml", fmt.Sprintf("data:\n  source: %q\n  target: t\n  quotes: false\n  features:\n "+
			"   b: zscore\n    a: zscore\n", path)); err == nil ||
			!strings.HasPrefix(err.Error(), "e.yaml:7:8: data.features.a: ") {
			t.Fatalf("%v", err)
		}
	}
}
