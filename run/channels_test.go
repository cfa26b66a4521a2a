package run_test

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/data"
	"gorae/run"
	"gorae/task"
	"gorae/task/image"
	"gorae/tensor"
)

// TestD8Arrays: arrays of pictures with their channels first are known for what they are: scaled by channel, learnt by
// convolutions over their places, drawn upright, and explained; the network is that of the same pictures with the
// channels last.
func TestD8Arrays(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	const n, height, width = 40, 14, 18
	last, first, y := tensor.New(tensor.Uint8, n, height, width, 3), tensor.New(tensor.Uint8, n, 3, height, width),
		tensor.New(tensor.Int32, n)
	for i := range last.U8 {
		sample, at, c := i/(3*height*width), i/3%(height*width), i%3
		y.I32[sample] = int32(sample % 2)
		v := uint8((at*7+sample*11)%90 + 20*c + 60*(sample%2))
		last.U8[i], first.U8[(sample*3+c)*height*width+at] = v, v
	}
	dir := t.TempDir()
	for name, x := range map[string]*tensor.Tensor{"last": last, "first": first} {
		f, err := os.Create(filepath.Join(dir, name+".npz"))
		if err != nil {
			t.Fatal(err)
		}
		if err := tensor.WriteNPZ(f, []tensor.Named{{Name: "x", Tensor: x}, {Name: "y", Tensor: y}}); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	text := func(name string) string {
		return "data: {source: " + filepath.Join(dir, name+".npz") + ", features: zscore}\ntrain: {epochs: 2}\n"
	}
	a, b := open(t, text("last")), open(t, text("first"))
	if !strings.Contains(resolved(t, b), "global_average_pooling2d: {data_format: channels_first}") {
		t.Errorf("the inferred network:\n%s", resolved(t, b))
	}
	lasts, firsts := a.Fitted.(*image.Fitted), b.Fitted.(*image.Fitted)
	if s, z := lasts.Scale, firsts.Scale; !slices.Equal(s.Shift, z.Shift) || !slices.Equal(s.Divisor, z.Divisor) ||
		z.Each != height*width {
		t.Errorf("scaled by %+v and %+v", s, z)
	}
	for i := range a.Rows(task.Train) {
		x, z := sample(t, a.Parts[task.Train], 0, i)[0], sample(t, b.Parts[task.Train], 0, i)[0]
		for k, v := range z.F32 {
			if v != x.F32[k%(height*width)*3+k/(height*width)] {
				t.Fatalf("sample %d differs", i)
			}
		}
		p, lo, hi := lasts.Picture(&x)
		q, low, high := firsts.Picture(&z)
		if !p.Shape.Equal(tensor.Shape{height, width, 3}) || !q.Shape.Equal(p.Shape) || !slices.Equal(p.F32, q.F32) ||
			lo != low || hi != high {
			t.Errorf("sample %d is drawn differently", i)
		}
	}
	out := filepath.Join(dir, "run")
	if _, err := run.Run(t.Context(), b, run.Options{Out: out}); err != nil {
		t.Fatal(err)
	}
	p := load(t, filepath.Join(out, run.ModelFile))
	f, err := p.evaluate(filepath.Join(dir, "first.npz"), "", "")
	if err != nil || math.IsNaN(f.Metrics.Of("loss")) {
		t.Errorf("%v %v", f, err)
	}
	src, err := find(filepath.Join(dir, "first.npz"), nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if names, err := p.Explain(t.Context(), src, filepath.Join(dir, "seen")); err != nil || len(names) < 10 {
		t.Errorf("%v %v", names, err)
	}
	if _, err := prepare("x.yaml", "data: {source: "+filepath.Join(dir,
		"first.npz")+", augment: [{flip: horizontal}]}"); err == nil ||
		!strings.Contains(err.Error(), "data.augment: pictures of shape (3, 14, 18) have their channels first, and "+
			"are varied by layers") {
		t.Error(err)
	}
	read, err := src.Read()
	if err != nil {
		t.Fatal(err)
	}
	r, err := data.Inspect(read, "")
	if err != nil || !strings.HasPrefix(r.Statement(),
		"(40, 3, 14, 18): samples, channels, height, width; a Keras input shape leaves the sample axis out: (3, 14, "+
			"18)") {
		t.Errorf("%v %v", r, err)
	}
}
