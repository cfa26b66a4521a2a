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
	if _, err := FitPixels(make([][256]int64, 1), "zscore"); err == nil {
		t.Error("no pictures at all were taken")
	}
	floats, err := data.Of(tensor.New(tensor.Float32, 2, 3), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := data.Histogram(floats, nil); err == nil {
		t.Error("a histogram of floats was made")
	}
}
