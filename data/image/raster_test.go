package image

import (
	"image"
	"image/color"
	"math"
	"testing"
	"testing/fstest"

	"gorae/tensor"
)

// sampleOf is the only sample of a file under options.
func sampleOf(t *testing.T, img image.Image, o Options) (*tensor.Tensor, *Dataset) {
	t.Helper()
	f, err := FolderFS(fstest.MapFS{"a.png": {Data: encode(t, img)}}, "f")
	if err != nil {
		t.Fatal(err)
	}
	d, err := f.Dataset(o)
	if err != nil {
		t.Fatal(err)
	}
	x, err := d.Tensor()
	if err != nil {
		t.Fatal(err)
	}
	return x, d
}

// TestSixteenBits: a value v of 16 bits is v/257, grey or in colour, turned, shrunk, or made grey; of 8 bits it is the
// byte. Samples keep 16 bits where they are grey and the file has them, or where that is asked for.
func TestSixteenBits(t *testing.T) {
	grey, bytes := image.NewGray16(image.Rect(0, 0, 6, 4)), image.NewGray(image.Rect(0, 0, 6, 4))
	colour := image.NewNRGBA64(grey.Rect)
	for i := range 24 {
		grey.SetGray16(i%6, i/6, color.Gray16{uint16(1030 + 3*i)})
		bytes.SetGray(i%6, i/6, color.Gray{uint8(10 * i)})
		colour.SetNRGBA64(i%6, i/6, color.NRGBA64{uint16(1000 * i), uint16(65535 - i), uint16(7 * i), 65535})
	}
	x, d := sampleOf(t, grey, Options{})
	if d.Bits() != 16 || x.DType() != tensor.Float32 || len(d.Lost) != 0 {
		t.Fatalf("%d bits, %v, %q", d.Bits(), x.DType(), d.Lost)
	}
	for i, v := range x.F32 {
		if v != float32(1030+3*i)/257 {
			t.Errorf("grey %d: %v", i, v)
		}
	}
	if x, d := sampleOf(t, bytes, Options{Bits: 16}); x.DType() != tensor.Float32 || x.F32[5] != 50 || d.Bits() != 16 {
		t.Errorf("bytes as 16 bits: %v", x)
	}
	if x, _ := sampleOf(t, grey, Options{Bits: 8}); x.DType() != tensor.Uint8 || x.U8[0] != 4 {
		t.Errorf("16 bits as bytes: %v", x)
	}
	if x, _ := sampleOf(t, colour, Options{}); x.DType() != tensor.Uint8 {
		t.Errorf("colour: %v", x.DType()) // as Pillow has it
	}
	x, _ = sampleOf(t, colour, Options{Bits: 16})
	for i := range 24 {
		for c, v := range []int{1000 * i, 65535 - i, 7 * i} {
			if x.F32[3*i+c] != float32(v)/257 {
				t.Errorf("colour %d, %d: %v", i, c, x.F32[3*i+c])
			}
		}
	}
	x, _ = sampleOf(t, colour, Options{Channels: 1})
	for i := range 24 { // ITU-R BT.601
		want := (0.299*float64(1000*i) + 0.587*float64(65535-i) + 0.114*float64(7*i)) / 257
		if math.Abs(float64(x.F32[i])-want) > 1.0/257 {
			t.Errorf("luma %d: %v, want %v", i, x.F32[i], want)
		}
	}
	// The mean of the four values around a corner, rounded to a level.
	x, _ = sampleOf(t, grey, Options{Height: 2, Width: 3, Resize: Area})
	for i, v := range x.F32 {
		at := 12*(i/3) + 2*(i%3)
		want := (4*1030 + 3*float64(at+at+1+at+6+at+7)) / 4 / 257
		if math.Abs(float64(v)-want) > 0.5001/257 {
			t.Errorf("shrunk %d: %v, want %v", i, v, want)
		}
	}
	turned, err := deep(grey, 1)
	if err != nil {
		t.Fatal(err)
	}
	if turned = turned.upright(6); turned.Height != 6 || turned.Pix[0] != float32(1030+3*18)/257 {
		t.Errorf("turned: %+v", turned)
	}
	if _, err := (&Files{Name: "f", Paths: []string{"a"}}).Dataset(Options{Bits: 12}); err == nil {
		t.Error("12 bits were taken")
	}
}
