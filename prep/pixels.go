package prep

import (
	"fmt"
	"math"

	"gorae/config"
)

// FitPixels fits the scale of pictures to counts of their bytes, as data.Histogram makes
// them of the training rows: counts[c][v] is how often value v stands in channel c.
// The statistics are exact, whatever the number of pictures: zscore and minmax by channel,
// rescale (also "") x / 255, none x itself.
func FitPixels(counts [][256]int64, scale string) (*Affine, error) {
	switch scale {
	case "none":
		return &Affine{Shift: []float64{0}, Divisor: []float64{1}}, nil
	case "rescale", "":
		return &Affine{Shift: []float64{0}, Divisor: []float64{255}}, nil
	case "zscore", "minmax":
	default:
		return nil, config.Under("features", oneOf("scale", fmt.Sprintf("%q", scale), scales))
	}
	a := &Affine{Shift: make([]float64, len(counts)), Divisor: make([]float64, len(counts))}
	for c := range counts {
		n, sum := 0.0, 0.0
		lo, hi := math.MaxUint8, 0
		for v, k := range counts[c] {
			if k > 0 {
				lo, hi = min(lo, v), max(hi, v)
				n, sum = n+float64(k), sum+float64(k)*float64(v)
			}
		}
		if n == 0 {
			return nil, config.Errorf("features", "no pictures to train on")
		}
		a.Shift[c], a.Divisor[c] = float64(lo), float64(hi-lo)
		if scale == "zscore" {
			a.Shift[c] = sum / n
			square := 0.0
			for v, k := range counts[c] {
				square += float64(k) * (float64(v) - a.Shift[c]) * (float64(v) - a.Shift[c])
			}
			a.Divisor[c] = math.Sqrt(square / n)
		}
		if lo == hi { // a channel of one value says nothing, and must not divide by 0
			a.Divisor[c] = 1
		}
	}
	return a, nil
}
