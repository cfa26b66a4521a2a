package prep

import (
	"math"
	"slices"
)

// leastRadix is the number of values from which on they are sorted digit by digit.
const leastRadix = 1 << 12

// sorted returns the values in rising order. Many are sorted by their bits, a byte at a time from the lowest: eight
// passes, fewer where all values share a byte.
func sorted(x []float64) []float64 {
	out := slices.Clone(x)
	if len(x) < leastRadix || uint64(len(x)) > math.MaxUint32 {
		slices.Sort(out)
		return out
	}
	var counts [8][256]uint32
	for _, v := range x {
		if v != v {
			slices.Sort(out)
			return out
		}
		k := rising(v)
		for digit := range counts {
			counts[digit][byte(k>>(8*digit))]++
		}
	}
	other := make([]float64, len(x))
	for digit := range counts {
		shift, places := 8*digit, &counts[digit]
		if places[byte(rising(x[0])>>shift)] == uint32(len(x)) {
			continue
		}
		next := uint32(0)
		for b, n := range places {
			places[b] = next
			next += n
		}
		for _, v := range out {
			b := byte(rising(v) >> shift)
			other[places[b]] = v
			places[b]++
		}
		out, other = other, out
	}
	return out
}

// rising returns the bits of a number so that greater numbers have greater ones: the sign turned, and of negative
// numbers all of them.
func rising(v float64) uint64 {
	b := math.Float64bits(v)
	return b ^ (uint64(int64(b)>>63) | 1<<63)
}
