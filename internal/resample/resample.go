// Package resample computes how much each sample of a row counts in each sample
// of a shorter or longer one. Pictures are resized by applying it to rows and
// then to columns; layers resize by applying it axis by axis, and its transpose
// for gradients.
//
// Samples are at the middles of cells of equal size (half-pixel centres), as in
// PIL, OpenCV and Keras: cell i of n covers [i/n, (i+1)/n].
package resample

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/internal/spell"
)

// Filter is an interpolation.
type Filter uint8

// The filters. With s the step between new samples in old ones, and x a distance
// in old samples (divided by s where antialiasing widens the filter):
const (
	Bilinear Filter = iota // 1 − |x| up to 1
	Nearest                // the cell in which the middle of the new sample lies
	Bicubic                // Keys 1981, a = −1/2, up to 2
	Area                   // the share of the new cell that an old cell covers
	Lanczos3               // sinc(x)·sinc(x/3) up to 3
	Lanczos5               // sinc(x)·sinc(x/5) up to 5
)

var names = []string{"bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5"}

// Valid reports whether there is such a filter.
func (f Filter) Valid() bool { return int(f) < len(names) }

// String is Keras's name of the filter.
func (f Filter) String() string {
	if f.Valid() {
		return names[f]
	}
	return fmt.Sprintf("filter(%d)", uint8(f))
}

// Names are Keras's names of the filters.
func Names() []string { return slices.Clone(names) }

// Parse finds a filter by its name.
func Parse(name string) (Filter, error) {
	if i := slices.Index(names, name); i >= 0 {
		return Filter(i), nil
	}
	return 0, fmt.Errorf("%q is none of %s%s", name, strings.Join(names, ", "), spell.Hint(name, names))
}

// support is the reach of the filter.
func (f Filter) support() float64 { return [...]float64{1, 0, 2, 0, 3, 5}[f] }

func (f Filter) at(x float64) float64 {
	x = math.Abs(x)
	switch f {
	case Bilinear:
		return max(0, 1-x)
	case Bicubic:
		const a = -0.5
		switch {
		case x < 1:
			return ((a+2)*x-(a+3))*x*x + 1
		case x < 2:
			return (((x-5)*x+8)*x - 4) * a
		}
	case Lanczos3, Lanczos5:
		if reach := f.support(); x < reach {
			return sinc(x) * sinc(x/reach)
		}
	}
	return 0
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// Taps are the weights: new sample i is Σ Weights[i·Width+k] · old[Start[i]+k] over k < Width. They add up to 1; at the
// ends they are those that lie inside, scaled up. Start[i]+Width never passes the end.
type Taps struct {
	Start   []int
	Weights []float32
	Width   int
}

// Span returns the range of old samples that new sample i needs.
func (t *Taps) Span(i int) (lo, hi int) { return t.Start[i], t.Start[i] + t.Width }

// Of returns the weights that resize in samples to out, both at least 1. With antialias a filter that shrinks is
// widened by in/out, so that every old sample counts; nearest has no such form, and area always has it.
func Of(f Filter, in, out int, antialias bool) *Taps {
	step := float64(in) / float64(out)
	spread := 1.0
	if antialias {
		spread = max(1, step)
	}
	type tap struct {
		start   int
		weights []float64
	}
	taps := make([]tap, out)
	width := 1
	for i := range taps {
		middle := (float64(i) + 0.5) * step
		t := &taps[i]
		switch f {
		case Nearest:
			*t = tap{min(int(middle), in-1), []float64{1}}
		case Area:
			lo, hi := float64(i)*step, float64(i+1)*step
			// Rounding must not include a sliver of the next cell.
			first, last := int(lo+1e-9), min(in, int(math.Ceil(hi-1e-9)))
			t.start = min(first, in-1)
			for k := t.start; k < max(last, t.start+1); k++ {
				t.weights = append(t.weights, max(0, min(hi, float64(k+1))-max(lo, float64(k))))
			}
		default:
			reach := f.support() * spread
			lo, hi := max(0, int(math.Floor(middle-reach+0.5))), min(in, int(middle+reach+0.5))
			t.start = lo
			for k := lo; k < hi; k++ {
				t.weights = append(t.weights, f.at((float64(k)-middle+0.5)/spread))
			}
		}
		width = max(width, len(t.weights))
	}
	width = min(width, in)
	out2 := &Taps{Start: make([]int, out), Weights: make([]float32, out*width), Width: width}
	for i, t := range taps {
		sum := 0.0
		for _, w := range t.weights {
			sum += w
		}
		start := min(t.start, in-width)
		out2.Start[i] = start
		for k, w := range t.weights {
			out2.Weights[i*width+t.start-start+k] = float32(w / sum)
		}
	}
	return out2
}
