package data

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"gorae/internal/arrayfile"
)

// How a value of decimals is written: with so many digits behind a point, or not at all, or as one of the words from
// firstWord on.
const (
	mostPlaces = 15
	firstWord  = 16
	unwritten  = 255
)

// decimals is values of which nearly all are numbers in plain numerals that a float64 and the number of digits behind
// the point give back to the last character, and the others few different words.
type decimals struct {
	numbers []float64 // NaN where there is none
	how     []uint8
	words   []string

	index              *wordIndex // of the words; nil before the first
	counts, firsts     []int      // of the words: how many values, and the first of them
	good, points, open int        // as in tally, of the numbers

	parts struct {
		numbers growing[float64]
		how     growing[uint8]
	}
}

// newDecimals returns no values, with room for some.
func newDecimals(scratch *arrayfile.Scratch, values int) *decimals {
	d := &decimals{}
	d.parts.numbers = growing[float64]{scratch: scratch, values: values}
	d.parts.how = growing[uint8]{scratch: scratch, values: values}
	return d
}

// take adds the values of a piece; false where they have too many different words, with which d is as before. Numbers
// that are marks are words.
func (d *decimals) take(p piece, marks []float64) bool {
	text := unsafe.Slice(unsafe.StringData(p.text), len(p.text))
	n := d.parts.numbers.n
	numbers, how := d.parts.numbers.room(len(p.ends)), d.parts.how.room(len(p.ends))
	good, pointed, open, begin := 0, 0, 0, 0
	last := -1 // the word that came last
	for i, end := range p.ends {
		from, to := begin, int(end)
		if begin = to; from == to {
			numbers[i], how[i] = math.NaN(), unwritten
			continue
		}
		v, places, ok := commonNumber(text, from, to)
		if !ok && to < padding { // commonNumber reads what stands before, too
			if v, places, ok = simple(p.text[from:to]); places >= 0 {
				places = to - from - 1 - places
			}
		}
		if ok && givenBack(text[from:to], places) && (len(marks) == 0 || !slices.Contains(marks, v)) {
			numbers[i], how[i] = v, uint8(max(places, 0))
			if good++; places > 0 {
				pointed++
				if n := to - from; places == 3 && n <= 8 && grouped(p.text[from:to], ".") {
					open++
				}
			}
			continue
		}
		s := p.text[from:to]
		if last < 0 || d.words[last] != s {
			if last = d.word(s, n+i); last == unwritten-firstWord {
				d.parts.numbers.drop(len(p.ends))
				d.parts.how.drop(len(p.ends))
				return false
			}
		}
		numbers[i], how[i] = math.NaN(), uint8(firstWord+last)
		d.counts[last]++
	}
	d.good, d.points, d.open = d.good+good, d.points+pointed, d.open+open
	return true
}

// word returns the number of a word, which value i is.
func (d *decimals) word(s string, i int) int {
	if d.index == nil {
		d.index = newWordIndex()
	}
	k, known := d.index.place(s, d.words)
	if !known {
		d.words, d.counts, d.firsts = append(d.words, strings.Clone(s)), append(d.counts, 0), append(d.firsts, i)
	}
	return int(k)
}

// givenBack reports whether a number of at most 15 digits, so many of them behind a point, is written as at writes it.
func givenBack(s []byte, places int) bool {
	if s[0] == '-' {
		s = s[1:]
	}
	return places != 0 && len(s) <= mostPlaces+1 && (s[0] == '0' && (len(s) == 1 || s[1] == '.') ||
		s[0] >= '1' && s[0] <= '9')
}

// whole ends the adding of values.
func (d *decimals) whole() *decimals {
	if d.numbers == nil {
		d.numbers, d.how, d.index = d.parts.numbers.whole(), d.parts.how.whole(), nil
	}
	return d
}

// at returns the text of value i.
func (d *decimals) at(i int) string {
	switch how := d.how[i]; {
	case how == unwritten:
		return ""
	case how >= firstWord:
		return d.words[how-firstWord]
	default:
		return strconv.FormatFloat(d.numbers[i], 'f', int(how), 64)
	}
}
