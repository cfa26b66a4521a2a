package format_test

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"

	"gorae/format"
	"gorae/format/keras"
	"gorae/graph"
	"gorae/tensor"
)

// TestStandIns: with Go functions registered for them, the files of models/real that hold Python functions give the
// outputs that Keras 3.15.1 had for them, and are written and read again to the bit.
func TestStandIns(t *testing.T) {
	for name, f := range map[string]func(x *graph.Node) *graph.Node{
		"double_plus_one": func(x *graph.Node) *graph.Node { return x.MulC(2).AddC(1) },
		"cube":            func(x *graph.Node) *graph.Node { return x.Mul(x).Mul(x) },
	} {
		keras.Register(name, f) // in this program: the tests of gorae/format/keras want the files refused
	}
	shared := os.Getenv("GORAE_SHARED")
	if shared == "" {
		t.Skip("GORAE_SHARED is not set: the real files are not here")
	}
	for _, name := range []string{"refuse-lambda/model.keras", "refuse-lambda/model.h5",
		"refuse-custom-activation/model.keras"} {
		path := filepath.Join(shared, "models/real", name)
		f, err := format.Load(path)
		if err != nil {
			t.Error(err)
			continue
		}
		var b bytes.Buffer
		if err := keras.SaveAll(&b, &format.File{Model: f.Model}); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		again, err := keras.LoadAll(bytes.NewReader(b.Bytes()), int64(b.Len()))
		if err != nil {
			t.Errorf("%s: written and read: %v", name, err)
			continue
		}
		for _, f := range []*format.File{f, again} {
			io, err := os.ReadFile(filepath.Join(filepath.Dir(path), "io.npz"))
			if err != nil {
				t.Fatal(err)
			}
			xy, err := tensor.ReadNPZ(bytes.NewReader(io), int64(len(io)))
			if err != nil {
				t.Fatal(err)
			}
			y, err := f.Model.Predict(context.Background(), xy[0].Tensor)
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range xy[1].F32 {
				if d := math.Abs(float64(y[0].F32[i] - want)); !(d <= 1e-5*(1+math.Abs(float64(want)))) {
					t.Errorf("%s: output %d is %v, by Keras %v", name, i, y[0].F32[i], want)
				}
			}
		}
	}
}
