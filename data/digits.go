package data

import (
	"math"
	"math/bits"
	"slices"
	"unsafe"
)

// Numbers in plain numerals are read eight characters at a time: a word of 64 bits holds a character in each byte, the
// first in the lowest. The method of adding up digits in three multiplications is Johnny Lee's (2016, "Fast numeric
// string to int"), as Lemire describes it in "Number Parsing at a Gigabyte per Second" (2021).

const (
	zeros = ones * '0'
	dots  = ones * '.'
	tens  = 0xf0 * ones // the upper half of each byte
)

// behind[n] has all bits set in the last n bytes of sixteen.
var behind = func() (masks [17][2]uint64) {
	for n := range masks {
		for k := 16 - n; k < 16; k++ {
			masks[n][k/8] |= 0xff << (k % 8 * 8)
		}
	}
	return masks
}()

// notDigits returns 0 where all bytes of a word are digits.
func notDigits(w uint64) uint64 { return (w&tens | (w+6*ones)&tens>>4) ^ 0x33*ones }

// eightDigits returns the number that eight digits are.
func eightDigits(w uint64) uint64 {
	w -= zeros
	w = 10*w + w>>8 // of two digits, in every second byte
	const each = 0x000000ff000000ff
	return (w&each*(100+1000000<<32) + w>>16&each*(1+10000<<32)) >> 32
}

// points returns bits of which the lowest is the upper one of the first byte of a word that is a point; 0 without one.
func points(w uint64) uint64 { return (w ^ dots - ones) &^ (w ^ dots) & upper }

// piece reads the values of a piece of the column in plain numerals, into numbers; first is the number of the piece's
// first value. What is written in an uncommon way is read as value reads it.
func (r *reader) piece(p piece, first int, numbers []float64) {
	text := unsafe.Slice(unsafe.StringData(p.text), len(p.text))
	numbers = numbers[:len(p.ends)]
	good, pointed, open, begin := 0, 0, 0, 0
	for i, end := range p.ends {
		from, to := begin, int(end)
		if begin = to; from == to {
			numbers[i] = math.NaN()
			continue
		}
		if v, places, ok := commonNumber(text, from, to); ok && (len(r.marks) == 0 || !slices.Contains(r.marks, v)) {
			numbers[i] = v
			if good++; places >= 0 {
				pointed++
				if n := to - from; places == 3 && n <= 8 && grouped(p.text[from:to], ".") {
					open++
				}
			}
			continue
		}
		numbers[i] = r.uncommon(p.text[from:to], first+i)
	}
	r.good, r.points, r.tally.open = r.good+good, r.points+pointed, r.tally.open+open
}

// commonNumber reads a number of at most 15 digits, as simple does, but for digits that are a name, or one with a point
// and at most 19. places is the number of digits behind the point, −1 without one. What it does not read can be a
// number yet.
func commonNumber(text []byte, from, to int) (v float64, places int, ok bool) {
	sign := 0
	if text[from] == '-' {
		sign = 1
	}
	from += sign
	n, digits := to-from, uint64(0)
	places = -1
	switch {
	case uint(n-1) < 8 && to >= 8:
		w := load(text[to-8:to], 0)
		mask := uint64(1<<64-1) << (uint(64-8*n) & 63)
		w = w&mask | zeros&^mask
		if p := points(w); p != 0 {
			at := uint(bits.TrailingZeros64(p)) // the upper bit of the point
			places = 7 - int(at/8)
			mask = (1<<64 - 2) << (at & 63)
			w = w&mask | (w<<8|'0')&^mask // what stands before the point moves to its place
			n--
		}
		digits = eightDigits(w)
		if notDigits(w) != 0 {
			return 0, 0, false
		}
	case uint(n-1) < 16 && to >= 16:
		low, high := load(text[to-16:to], 0), load(text[to-16:to], 8)
		mask := &behind[n]
		low, high = low&mask[0]|zeros&^mask[0], high&mask[1]|zeros&^mask[1]
		if a, b := points(low), points(high); a|b != 0 {
			at := uint(bits.TrailingZeros64(b))/8 + 8
			if a != 0 {
				at = uint(bits.TrailingZeros64(a)) / 8
			}
			places = 15 - int(at)
			mask = &behind[places&15]
			low, high = (low<<8|'0')&^mask[0]|low&mask[0], (high<<8|low>>56)&^mask[1]|high&mask[1]
			n--
		}
		digits = eightDigits(low)*1e8 + eightDigits(high)
		if notDigits(low)|notDigits(high) != 0 {
			return 0, 0, false
		}
	default:
		return longNumber(text, to, n, uint64(sign))
	}
	if uint(n-1) > 14 || places < 0 && text[from] == '0' && n > 1 {
		return 0, 0, false
	}
	v = float64(int64(digits))
	if places > 0 {
		v /= powers[places]
	}
	return math.Float64frombits(math.Float64bits(v) | uint64(sign)<<63), places, true
}

// uncommon reads a value that commonNumber does not.
func (r *reader) uncommon(s string, i int) float64 {
	if v, point, ok := plainNumber(s); ok && (len(r.marks) == 0 || !slices.Contains(r.marks, v)) {
		r.tally.plain(s, i, point)
		return v
	}
	v, _ := r.value(i, s) // does not stop in plain numerals
	return v
}

// longNumber is commonNumber of the last n characters of a text, behind the sign: more than 15 digits and a point.
func longNumber(text []byte, to, n int, sign uint64) (v float64, places int, ok bool) {
	if n < 17 || n > 20 || to < 24 {
		return 0, 0, false
	}
	a, b, c := load(text[to-24:to], 0), load(text[to-24:to], 8), load(text[to-24:to], 16)
	mask := uint64(1<<64-1) << (uint(192-8*n) & 63)
	a = a&mask | zeros&^mask
	switch p, q, r := points(a), points(b), points(c); {
	case p != 0:
		at := bits.TrailingZeros64(p)
		places, mask = 23-at/8, (1<<64-2)<<(at&63)
		a = (a<<8|'0')&^mask | a&mask
	case q != 0:
		at := bits.TrailingZeros64(q)
		places, mask = 15-at/8, (1<<64-2)<<(at&63)
		a, b = a<<8|'0', (b<<8|a>>56)&^mask|b&mask
	case r != 0:
		at := bits.TrailingZeros64(r)
		places, mask = 7-at/8, (1<<64-2)<<(at&63)
		a, b, c = a<<8|'0', b<<8|a>>56, (c<<8|b>>56)&^mask|c&mask
	default:
		return 0, 0, false
	}
	if notDigits(a)|notDigits(b)|notDigits(c) != 0 {
		return 0, 0, false
	}
	v = quotient(eightDigits(a)*1e16+eightDigits(b)*1e8+eightDigits(c), tenTo[places])
	return math.Float64frombits(math.Float64bits(v) | sign<<63), places, true
}

// tenTo is the powers of ten of which a uint64 holds all digits.
var tenTo = func() (powers [20]uint64) {
	powers[0] = 1
	for k := range powers[1:] {
		powers[k+1] = 10 * powers[k]
	}
	return powers
}()

// quotient returns the float64 that is nearest to a quotient of whole numbers, of two the even one.
func quotient(a, b uint64) float64 {
	if a == 0 {
		return 0
	}
	of, by := bits.LeadingZeros64(a), bits.LeadingZeros64(b)
	a, b = a<<of, b<<by
	q, rest := bits.Div64(a>>1, a<<63, b) // at least 2⁶², of which a float64 holds 53 bits
	if rest != 0 {
		q |= 1 // decides what would lie in the middle
	}
	return float64(q) * math.Float64frombits(uint64(1023-63+by-of)<<52)
}
