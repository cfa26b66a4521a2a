package experiment

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/data"
	"gorae/tensor"
)

// TestD8Arrays: arrays of pictures with their channels first are known for what they are: scaled by channel, learnt by convolutions
// over their places, drawn upright, and explained; the network is that of the same pictures with the channels last.
func TestD8Arrays(t *testing.T) {
	const n, rows, columns = 40, 14, 18
	last, first, y := tensor.New(tensor.Uint8, n, rows, columns, 3), tensor.New(tensor.Uint8, n, 3, rows, columns), tensor.New(tensor.Int32, n)
	for i := range last.U8 {
		sample, at, c := i/(3*rows*columns), i/3%(rows*columns), i%3
		y.I32[sample] = int32(sample % 2)
		v := uint8((at*7+sample*11)%90 + 20*c + 60*(sample%2))
		last.U8[i], first.U8[(sample*3+c)*rows*columns+at] = v, v
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
	if !strings.Contains(b.tree.String(), "max_pooling2d: {pool_size: 2, data_format: channels_first}") {
		t.Errorf("the inferred network:\n%s", b.tree)
	}
	if !slices.Equal(a.Recipe.Array.Shift, b.Recipe.Array.Shift) || !slices.Equal(a.Recipe.Array.Divisor, b.Recipe.Array.Divisor) || b.Recipe.Array.Each != rows*columns {
		t.Errorf("scaled by %+v and %+v", a.Recipe.Array, b.Recipe.Array)
	}
	for i := range a.Learn.Len() {
		x, z := sample(t, a.Learn.Source, 0, i)[0].F32, sample(t, b.Learn.Source, 0, i)[0].F32
		turned, _ := lastChannels(z, tensor.Shape{3, rows, columns})
		if !slices.Equal(x, turned) {
			t.Fatalf("sample %d differs", i)
		}
		p, _, err := a.look(a.Learn.Source, 0, i)
		if err != nil {
			t.Fatal(err)
		}
		q, _, err := b.look(b.Learn.Source, 0, i)
		if err != nil || p.Bounds() != q.Bounds() || p.At(5, 3) != q.At(5, 3) {
			t.Errorf("sample %d is drawn differently: %v", i, err)
		}
	}
	out := filepath.Join(dir, "run")
	if _, err := Run(context.Background(), b, Options{Out: out}); err != nil {
		t.Fatal(err)
	}
	p, err := OpenProduct(filepath.Join(out, ModelFile))
	if err != nil {
		t.Fatal(err)
	}
	src, err := p.Read(filepath.Join(dir, "first.npz"), nil, "")
	if err != nil {
		t.Fatal(err)
	}
	f, err := p.Evaluate(context.Background(), src, "")
	if err != nil || math.IsNaN(f.Of("loss")) {
		t.Errorf("%v %v", f, err)
	}
	if names, err := p.Explain(context.Background(), src, filepath.Join(dir, "seen")); err != nil || len(names) != 6 {
		t.Errorf("%v %v", names, err)
	}
	e, err := Parse("x.yaml", "test", []byte("data: {source: "+filepath.Join(dir, "first.npz")+", augment: [{flip: horizontal}]}"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Open(); err == nil || !strings.Contains(err.Error(), "data.augment: pictures of shape (3, 14, 18) have their channels first, and are varied by layers") {
		t.Error(err)
	}
	r, err := data.Inspect(src, "")
	if err != nil || !strings.HasPrefix(r.Statement(), "(40, 3, 14, 18): samples, channels, height, width; a Keras input shape leaves the sample axis out: (3, 14, 18)") {
		t.Errorf("%v %v", r, err)
	}
}
