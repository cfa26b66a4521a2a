package restore

import (
	"slices"
	"testing"

	"gorae/data"
	"gorae/data/corrupt"
)

// numbered is a picture of height × width pixels that are all different.
func numbered(height, width int) *selection {
	return whole(&pictures{name: "numbered", n: 1, channels: 1,
		size: func(int) (h, w int) { return height, width },
		id:   func(int) string { return "numbered" },
		window: func(_ int, at window, to []float32) error {
			for y := range at.height {
				for x := range at.width {
					to[y*at.width+x] = float32((at.top+y)*width+at.left+x) / float32(height*width)
				}
			}
			return nil
		}})
}

func read(t *testing.T, d data.Dataset, epoch, i int) (x, y []float32) {
	t.Helper()
	row := d.Spec().Row()
	if err := d.Read(epoch, i, row); err != nil {
		t.Fatal(err)
	}
	return row[0].F32, row[1].F32
}

// TestSamples: patches, their positions and their noise are new in each epoch, those of the validation are not; noise
// lies upon the picture as it was turned.
func TestSamples(t *testing.T) {
	noise := corrupt.Corruptions{{Kind: corrupt.Gaussian, Low: 1, High: 1}}
	s := &samples{of: numbered(20, 30), corrupt: noise, white: 255, seed: 3, height: 8, width: 8, n: 50, patches: true,
		turn: true}
	x, y := read(t, s, 0, 7)
	if x2, y2 := read(t, s, 0, 7); !slices.Equal(x, x2) || !slices.Equal(y, y2) {
		t.Error("not the same again")
	}
	if x2, y2 := read(t, s, 1, 7); slices.Equal(x, x2) || slices.Equal(y, y2) {
		t.Error("the same in another epoch")
	}
	for i := range x {
		if d := 255 * (x[i] - y[i]); d == 0 || d > 6 || d < -6 {
			t.Fatalf("noise %v of standard deviation 1", d)
		}
	}
	steps := map[float32]bool{} // from a pixel to its right neighbour: of eight positions ±1 and ±30 pixels
	for i := range 50 {
		_, y := read(t, s, 0, i)
		steps[float32(int(600*(y[1]-y[0])+600.5)-600)] = true
	}
	for _, want := range []float32{1, -1, 30, -30} {
		if !steps[want] {
			t.Errorf("no patch goes %v to the right: %v", want, steps)
		}
	}
	s.fixed = true
	x, _ = read(t, s, 0, 7)
	if x2, _ := read(t, s, 1, 7); !slices.Equal(x, x2) {
		t.Error("fixed samples differ from epoch to epoch")
	}
}

// TestCorruptedParts: a patch is blurred as within its picture.
func TestCorruptedParts(t *testing.T) {
	of := numbered(40, 50)
	s := corruption{ways: corrupt.Corruptions{{Kind: corrupt.Blur, Low: 1.5, High: 1.5}, {Kind: corrupt.Downsample,
		Low: 3, High: 3}}, white: 1}
	all, clean := make([]float32, 40*50), make([]float32, 40*50)
	if err := of.corrupted(0, window{0, 0, 40, 50}, s, all, clean); err != nil {
		t.Fatal(err)
	}
	for _, at := range []window{{0, 0, 9, 9}, {17, 20, 9, 9}, {31, 41, 9, 9}} {
		x, y := make([]float32, 81), make([]float32, 81)
		if err := of.corrupted(0, at, s, x, y); err != nil {
			t.Fatal(err)
		}
		for i := range x {
			want := all[(at.top+i/9)*50+at.left+i%9]
			if d := x[i] - want; d > 1e-6 || d < -1e-6 {
				t.Fatalf("%+v at %d: %v, want %v", at, i, x[i], want)
			}
		}
	}
}
