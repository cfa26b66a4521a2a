package restore

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// TestTiles: a picture that is restored tile by tile is the one that goes through the network as a whole.
func TestTiles(t *testing.T) {
	same := func(filters, size int) layer.Conv2D {
		return layer.Conv2D{Filters: filters, KernelSize: []int{size, size}, Padding: "same", Activation: "relu"}
	}
	down := same(3, 4)
	down.Strides = []int{2, 2}
	for name, layers := range map[string][]layer.Layer{
		"chain": {same(3, 3), same(3, 5), same(1, 3)},
		"half the resolution": {down, same(3, 3), layer.Conv2DTranspose{Filters: 1, KernelSize: []int{4, 4},
			Strides: []int{2, 2}, Padding: "same"}},
		"pooled": {same(2, 3), layer.MaxPooling2D{}, layer.MaxPooling2D{}, same(2, 3), layer.UpSampling2D{},
			layer.UpSampling2D{Interpolation: "bilinear"}, same(1, 3)},
	} {
		m := model.Sequential(append([]layer.Layer{layer.Input{Batch: []int{0, 0, 0, 1}}}, layers...)...)
		if err := m.Build(7); err != nil {
			t.Fatal(err)
		}
		f := &Fitted{Channels: 1, Height: 40, Width: 40}
		r := f.newRestorer(m)
		if !r.open {
			t.Fatalf("%s: is not taken for a network of pictures of any size", name)
		}
		const n, h, w = 2, 227, 450 // off the grid; a tile and a part of another, three tiles
		random := rand.New(rand.NewPCG(1, 2))
		x := make([]float32, n*h*w)
		for i := range x {
			x[i] = random.Float32()
		}
		got := make([]float32, len(x))
		if err := r.restore(context.Background(), x, n, h, w, got); err != nil {
			t.Fatal(err)
		}
		ph, pw := up(h, r.field.Grid), up(w, r.field.Grid)
		whole := tensor.New(tensor.Float32, n, ph, pw, 1)
		for k := range n {
			for i := range ph {
				for j := range pw {
					whole.F32[(k*ph+i)*pw+j] = x[(k*h+min(i, h-1))*w+min(j, w-1)]
				}
			}
		}
		y, err := m.Predict(context.Background(), whole)
		if err != nil {
			t.Fatal(err)
		}
		worst := 0.0
		for k := range n {
			for i := range h {
				for j := range w {
					d := float64(got[(k*h+i)*w+j] - y[0].F32[(k*ph+i)*pw+j])
					worst = max(worst, math.Abs(d))
				}
			}
		}
		if worst > 1e-6 {
			t.Errorf("%s: tiles differ from the whole by %v", name, worst)
		}
	}
}

// TestSpans: every pixel is written once, with what it depends on around it or the edge of the picture.
func TestSpans(t *testing.T) {
	for n := 1; n < 200; n++ {
		at := 0
		all := spans(n, 32, 6)
		for _, s := range all {
			if s.begin != at || s.end <= s.begin || s.from < 0 || s.to > n {
				t.Fatalf("%d: %+v", n, all)
			}
			if s.from > 0 && s.begin-s.from < 6 || s.to < n && s.to-s.end < 6 || s.to-s.from > 32+12 {
				t.Fatalf("%d: %+v", n, all)
			}
			at = s.end
		}
		if at != n {
			t.Fatalf("%d: %+v", n, all)
		}
	}
}
