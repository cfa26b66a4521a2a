package inline

import (
	"math"
	"strconv"
)

// axis maps values to a length of the picture.
type axis struct {
	low, high float64
	log       bool
	from, to  float64 // of the picture, where low and high stand
}

// The values that are drawn: others are gaps, so that differences and ratios of values stay finite.
const (
	greatest = 1e150
	least    = 1e-150 // on a logarithmic axis
)

// newAxis returns the axis of values from low to high. A range without extent is widened.
func newAxis(low, high float64, log bool, from, to float64) axis {
	if math.IsInf(low, 1) { // no value
		low, high = 0, 1
	}
	if log && low <= 0 {
		log = false
	}
	if high-low <= 1e-9*max(math.Abs(low), math.Abs(high), least) {
		d := max(math.Abs(low)*0.1, 1e-9)
		if log {
			low, high = low/2, high*2
		} else {
			low, high = low-d, high+d
		}
	}
	return axis{low, high, log, from, to}
}

// at returns the place of a value.
func (a axis) at(v float64) float64 {
	low, high := a.low, a.high
	if a.log {
		low, high, v = math.Log(low), math.Log(high), math.Log(v)
	}
	return a.from + (v-low)/(high-low)*(a.to-a.from)
}

// ticks returns some n round values of the axis, in order.
func (a axis) ticks(n int, whole bool) []float64 {
	if a.log {
		if t := a.decades(n); len(t) > 1 {
			return t
		}
	}
	step := roundStep((a.high-a.low)/float64(n), whole)
	var out []float64
	for k := math.Ceil(a.low/step - 1e-9); k*step <= a.high+1e-9*step && len(out) < 4*n; k++ {
		out = append(out, k*step)
	}
	return out
}

// decades returns the powers of ten of a logarithmic axis, every k-th where there are more than n.
func (a axis) decades(n int) []float64 {
	first, last := int(math.Ceil(math.Log10(a.low)-1e-9)), int(math.Floor(math.Log10(a.high)+1e-9))
	every := max(1, (last-first+n)/n)
	var out []float64
	for k := first; k <= last; k += every {
		out = append(out, math.Pow(10, float64(k)))
	}
	return out
}

// roundStep returns the least of 1, 2 and 5 times a power of ten that is at least step; 1 at least on an axis of whole
// numbers.
func roundStep(step float64, whole bool) float64 {
	power := math.Pow(10, math.Floor(math.Log10(step)))
	out := 10 * power
	for _, k := range []float64{1, 2, 5} {
		if k*power >= step*(1-1e-9) {
			out = k * power
			break
		}
	}
	if whole {
		out = max(out, 1)
	}
	return out
}

// short is a number in as many digits as a label has room for.
func short(v float64) string {
	if v == 0 {
		return "0"
	}
	if a := math.Abs(v); a >= 1e6 || a < 1e-4 {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	return strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64)
}
