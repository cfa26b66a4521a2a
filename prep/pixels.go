package prep

import (
	"fmt"
	"math"

	"gorae/config"
)

// FitPixels fits the scale of pictures to counts of their levels, as data.Histogram makes them of the training rows:
// counts[c][v] is how often level v, of 256 or 65,536 from black, 0, to white, 255, stands in channel c. The statistics
// are exact, whatever the number of pictures: zscore and minmax by channel, rescale (also "") x / 255, none x itself.
func FitPixels(counts [][]int64, scale string) (*Affine, error) {
	switch scale {
	case "none":
		return &Affine{Shift: []float64{0}, Divisor: []float64{1}}, nil
	case "rescale", "":
		return &Affine{Shift: []float64{0}, Divisor: []float64{255}}, nil
	case "zscore", "minmax":
	default:
		return nil, config.Under("features", oneOf("scale", fmt.Sprintf("%q", scale), arrayScales))
	}
	a := &Affine{Shift: make([]float64, len(counts)), Divisor: make([]float64, len(counts))}
	for c := range counts {
		n, sum := 0.0, 0.0
		lo, hi := len(counts[c]), 0
		value := func(v int) float64 { return float64(v) * math.MaxUint8 / float64(len(counts[c])-1) }
		for v, k := range counts[c] {
			if k > 0 {
				lo, hi = min(lo, v), max(hi, v)
				n, sum = n+float64(k), sum+float64(k)*value(v)
			}
		}
		if n == 0 {
			return nil, config.Errorf("features", "no pictures to train on")
		}
		a.Shift[c], a.Divisor[c] = value(lo), value(hi)-value(lo)
		if scale == "zscore" {
			a.Shift[c] = sum / n
			square := 0.0
			for v, k := range counts[c] {
				square += float64(k) * (value(v) - a.Shift[c]) * (value(v) - a.Shift[c])
			}
			a.Divisor[c] = math.Sqrt(square / n)
		}
		if lo == hi { // a channel of one value says nothing, and must not divide by 0
			a.Divisor[c] = 1
		}
	}
	return a, nil
}
