package resample

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestTaps: for every filter and pair of sizes, the taps of each output sample lie inside the input and add up to 1;
// filters without negative weights keep the values between the least and greatest input value.
func TestTaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Filter(rapid.IntRange(0, len(names)-1).Draw(t, "filter"))
		in, out := rapid.IntRange(1, 300).Draw(t, "in"), rapid.IntRange(1, 300).Draw(t, "out")
		taps := Of(f, in, out, rapid.Bool().Draw(t, "antialias"))
		if len(taps.Start) != out || len(taps.Weights) != out*taps.Width || taps.Width < 1 {
			t.Fatalf("%d starts and %d weights of width %d; want %d rows", len(taps.Start), len(taps.Weights),
				taps.Width, out)
		}
		if !slices.IsSorted(taps.Start) {
			t.Fatalf("starts go back: %v", taps.Start)
		}
		negative := f == Bicubic || f == Lanczos3 || f == Lanczos5
		for i := range out {
			lo, hi := taps.Span(i)
			if lo < 0 || hi > in {
				t.Fatalf("sample %d reads %d to %d of %d", i, lo, hi, in)
			}
			sum := 0.0
			for _, w := range taps.Weights[i*taps.Width : (i+1)*taps.Width] {
				if w != w || w < 0 && !negative {
					t.Fatalf("sample %d has the weight %v", i, w)
				}
				sum += float64(w)
			}
			if math.Abs(sum-1) > 1e-5 {
				t.Fatalf("weights of sample %d add up to %v", i, sum)
			}
		}
	})
}
