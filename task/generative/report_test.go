package generative

import "testing"

// TestLeftOut: none of 80 samples in a class of 28 is chance (27/28 to the power of 80 is 5 %, and there are 28
// classes), none of 10,000 in one of ten is not.
func TestLeftOut(t *testing.T) {
	for _, c := range []struct {
		share      float64
		n          int
		of         float64
		m, classes int
		want       bool
	}{
		{0, 80, 1. / 28, 80, 28, false},
		{0, 10_000, 0.1, 10_000, 10, true},
		{0.04, 10_000, 0.1, 10_000, 10, true},
		{0.051, 10_000, 0.1, 10_000, 10, false},
		{0.04, 100, 0.1, 100, 10, false},
		{0, 1000, 0, 1000, 10, false}, // nor do the real pictures have it
		{0, 1000, 0.02, 1000, 10, true},
	} {
		if got := leftOut(c.share, c.n, c.of, c.m, c.classes); got != c.want {
			t.Errorf("%v of %d beside %v of %d: %v, want %v", c.share, c.n, c.of, c.m, got, c.want)
		}
	}
}
