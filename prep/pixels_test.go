package prep

import (
	"math"
	"slices"
	"testing"

	"gorae/data"
	"gorae/tensor"
)

// TestFitPixels: the statistics of a histogram are those of the bytes themselves.
func TestFitPixels(t *testing.T) {
	x := tensor.New(tensor.Uint8, 5, 3, 4, 2)
	for i := range x.U8 {
		x.U8[i] = uint8(i * i % 251)
		if i%2 == 1 {
			x.U8[i] = 9 // the second channel is one value
		}
	}
	m, err := data.Of(x, nil)
	if err != nil {
		t.Fatal(err)
	}
	learn := []int{0, 2, 3}
	counts, err := data.Histogram(m, learn)
	if err != nil {
		t.Fatal(err)
	}
	for _, scale := range []string{"", "none", "rescale", "minmax", "zscore"} {
		got, err := FitPixels(counts, scale)
		if err != nil {
			t.Fatal(err)
		}
		want, err := FitArray(x, learn, scale)
		if err != nil {
			t.Fatal(err)
		}
		near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-12*(1+math.Abs(b)) }
		if !slices.EqualFunc(got.Shift, want.Shift, near) || !slices.EqualFunc(got.Divisor, want.Divisor, near) {
			t.Errorf("%q: %v, by the bytes themselves %v", scale, got, want)
		}
	}
	if _, err := FitPixels(counts, "zscores"); err == nil {
		t.Error("a misspelt scale was taken")
	}
	if _, err := FitPixels([][]int64{make([]int64, 256)}, "zscore"); err == nil {
		t.Error("no pictures at all were taken")
	}
	for _, x := range []*tensor.Tensor{tensor.New(tensor.Int32, 2, 3), tensor.Of([]float32{0, 256}, 1, 2),
		tensor.Of([]float32{0, float32(math.NaN())}, 1, 2), tensor.Of([]float32{0, -1}, 1, 2)} {
		d, err := data.Of(x, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := data.Histogram(d, nil); err == nil {
			t.Errorf("a histogram of %v was made", x)
		}
	}
}

// TestFitPixels16: of pictures of 16 bits, whose values are multiples of 1/257, too; and the pixels are transformed.
func TestFitPixels16(t *testing.T) {
	x := tensor.New(tensor.Float32, 5, 3, 4, 2)
	for i := range x.F32 {
		x.F32[i] = float32(1030+i*i%59) / 257
		if i%2 == 1 {
			x.F32[i] = float32(65535-i%7) / 257
		}
	}
	d, err := data.Of(x, nil)
	if err != nil {
		t.Fatal(err)
	}
	learn := []int{0, 2, 3}
	counts, err := data.Histogram(d, learn)
	if err != nil {
		t.Fatal(err)
	}
	for _, scale := range []string{"rescale", "minmax", "zscore"} {
		got, err := FitPixels(counts, scale)
		if err != nil {
			t.Fatal(err)
		}
		want, err := FitArray(x, learn, scale)
		if err != nil {
			t.Fatal(err)
		}
		near := func(a, b float64) bool { return math.Abs(a-b) <= 2e-5*(1+math.Abs(b)) } // x is rounded to float32
		if !slices.EqualFunc(got.Shift, want.Shift, near) || !slices.EqualFunc(got.Divisor, want.Divisor, near) {
			t.Errorf("%s: %+v, of the array itself %+v", scale, got, want)
		}
		p, err := NewPixels(d, got)
		if err != nil {
			t.Fatal(err)
		}
		row := p.Spec().Row()
		if err := p.Read(0, 1, row); err != nil {
			t.Fatal(err)
		}
		for k, v := range row[0].F32 {
			c := got.Place(k)
			w := (float64(x.F32[24+k]) - got.Shift[c]) / got.Divisor[c]
			if math.Abs(float64(v)-w) > 1e-6*(1+math.Abs(w)) {
				t.Fatalf("%s: element %d is %v, by the formula %v", scale, k, v, w)
			}
		}
	}
}
