package task

import (
	"math"
	"testing"

	"gorae/data"
)

// TestExtremes: by hand. R² of one sample is not defined, of ten it is at most 1; a mean of squares is never negative;
// what is nowhere defined may be anything.
func TestExtremes(t *testing.T) {
	y := func(i int) float64 { return float64(i * i % 7) }
	r2 := func(rows []int) float64 {
		m, rest, total := 0.0, 0.0, 0.0
		for _, i := range rows {
			m += y(i) / float64(len(rows))
		}
		for _, i := range rows {
			rest += (y(i) - 3) * (y(i) - 3)
			total += (y(i) - m) * (y(i) - m)
		}
		return 1 - rest/total
	}
	square := func(rows []int) (s float64) {
		for _, i := range rows {
			s += y(i) * y(i) / float64(len(rows))
		}
		return s
	}
	nan := func([]int) float64 { return math.NaN() }
	for _, c := range []struct {
		value     func([]int) float64
		low, high func(v float64) bool
	}{
		{r2, func(v float64) bool { return v < 0 }, func(v float64) bool { return v < 1 }},
		{square, func(v float64) bool { return v == 0 }, func(v float64) bool { return v == 16 }},
		{nan, func(v float64) bool { return math.IsInf(v, -1) }, func(v float64) bool { return math.IsInf(v, 1) }},
	} {
		if low, high := extremes(data.Range(70), c.value); !c.low(low) || !c.high(high) {
			t.Errorf("%v to %v", low, high)
		}
	}
}
