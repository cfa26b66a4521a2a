package bundle_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/bundle"
	"gorae/data/source"
	"gorae/format/keras"
	"gorae/layer"
	"gorae/model"
	"gorae/task"
	"gorae/tensor"
)

// TestOpenLength predicts with a network of Keras 3.15 whose input is (None, None), ids of texts of any length, through
// the bundle: the outputs for 12 steps are those that Keras wrote beside the file (io.npz), and two more steps of
// padding (id 0, which the Embedding masks) leave them as they are.
func TestOpenLength(t *testing.T) {
	root := os.Getenv("GORAE_SHARED")
	if root == "" {
		t.Skip("GORAE_SHARED is not set: the real models are not here")
	}
	dir := filepath.Join(root, "models/real/text-bilstm-masked")
	file, err := os.ReadFile(filepath.Join(dir, "io.npz"))
	if err != nil {
		t.Fatal(err)
	}
	arrays, err := tensor.ReadNPZ(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	io := map[string]*tensor.Tensor{}
	for _, a := range arrays {
		io[a.Name] = a.Tensor
	}
	x, want := io["x0"], io["y0"]
	b, err := bundle.Open(filepath.Join(dir, "model.keras"))
	if err != nil {
		t.Fatal(err)
	}
	n, steps := x.Shape[0], x.Shape[1]
	for _, more := range []int{0, 2} {
		longer := tensor.New(tensor.Float32, n, steps+more)
		for i := range n {
			copy(longer.F32[i*(steps+more):], x.F32[i*steps:(i+1)*steps])
		}
		var npy bytes.Buffer
		if err := tensor.WriteNPY(&npy, longer); err != nil {
			t.Fatal(err)
		}
		bound, err := b.Bind(&task.Source{Info: source.Of(&npy, "x.npy", source.Options{})})
		if err != nil {
			t.Fatal(err)
		}
		y, err := b.Predict(context.Background(), bound)
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range want.F32 {
			if d := math.Abs(float64(y[0].F32[i] - w)); !(d <= 1e-6) {
				t.Errorf("%d steps: output %d is %v, Keras has %v", steps+more, i, y[0].F32[i], w)
			}
		}
	}
}

// TestOpenPictures predicts pictures of their own size with a network whose input is (None, None, 3): the outputs are
// those of the same network for that size alone. Pictures of several sizes at a time are refused with what to do.
func TestOpenPictures(t *testing.T) {
	dir := t.TempDir()
	save := func(name string, in layer.Input) *bundle.Bundle {
		m := model.Sequential(in, layer.Conv2D{Filters: 2, KernelSize: []int{3}, Activation: "relu"},
			layer.GlobalAveragePooling2D{}, layer.Dense{Units: 3, Activation: "softmax"})
		if err := m.Build(1); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := keras.SaveFile(path, m); err != nil {
			t.Fatal(err)
		}
		b, err := bundle.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	picture := func(name string, w, h int) {
		p := image.NewRGBA(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				p.Set(x, y, color.RGBA{uint8(20 * x), uint8(25 * y), uint8(w * h), 255})
			}
		}
		var b bytes.Buffer
		if err := png.Encode(&b, p); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	predict := func(b *bundle.Bundle, folder string) ([]*tensor.Tensor, error) {
		s, err := source.Find(filepath.Join(dir, folder), source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		bound, err := b.Bind(&task.Source{Info: s})
		if err != nil {
			return nil, err
		}
		return b.Predict(context.Background(), bound)
	}
	picture("wide/a.png", 8, 6)
	picture("wide/b.png", 8, 6)
	picture("tall/c.png", 5, 9)
	open := save("open.keras", layer.Input{Batch: []int{0, 0, 0, 3}})
	for folder, size := range map[string][]int{"wide": {6, 8, 3}, "tall": {9, 5, 3}} {
		got, err := predict(open, folder)
		if err != nil {
			t.Fatal(err)
		}
		want, err := predict(save("fixed.keras", layer.Input{Shape: size}), folder)
		if err != nil {
			t.Fatal(err)
		}
		if !got[0].Shape.Equal(want[0].Shape) || !slices.Equal(got[0].F32, want[0].F32) {
			t.Errorf("%s: %v, want %v", folder, got[0], want[0])
		}
	}
	picture("wide/d.png", 5, 9)
	if _, err := predict(open, "wide"); err == nil || !strings.Contains(err.Error(), "those of one size at a time") {
		t.Errorf("pictures of two sizes: %v", err)
	}
}
