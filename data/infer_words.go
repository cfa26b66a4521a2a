package data

import (
	"math"
	"strings"
)

// readWords reads different texts, which so many values have and of which the first come first, in one way each. It
// returns the numbers and which words are none, and the first value that is a number, −1 without one. lettered is kept
// from way to way.
func (t *tally) readWords(r *Reading, marks []float64, words []string, counts, firsts []int, lettered []bool) (
	values []float64, odd []bool, firstGood int) {
	values, odd, firstGood = make([]float64, len(words)), make([]bool, len(words)), -1
	firstOdd, skips := "", t.numerals.lettered()
	for k, s := range words {
		s = strings.TrimSpace(s)
		count, first := counts[k], firsts[k]
		v, missing, ok := math.NaN(), false, false
		if !skips || !lettered[k] { // else as in the way before
			v, missing, ok = r.number(s, marks)
		}
		values[k] = v
		switch {
		case missing:
			if s != "" {
				t.mark(s, count)
			}
		case !ok:
			odd[k], lettered[k] = true, lettered[k] || hasLetter(s)
			if t.odd += count; t.firstOdd < 0 {
				t.firstOdd, firstOdd = first, s
			}
			if s == firstOdd {
				t.alike += count
			}
		default:
			if firstGood < 0 || first < firstGood {
				firstGood = first
			}
			one := tally{numerals: t.numerals, good: 1, firstName: -1, firstBare: -1}
			one.look(s, first)
			t.add(&one, count)
		}
	}
	return values, odd, firstGood
}

// readCodes is read of a column that is coded: each different text is read once.
func (c *column) readCodes(t *tally, r *Reading, marks []float64, numbers *[]float64) {
	if c.lettered == nil {
		c.lettered = make([]bool, len(c.coding.words))
	}
	values, odd, firstGood := t.readWords(r, marks, c.coding.words, c.counts, c.firsts, c.lettered)
	if t.numerals != (Numerals{}) {
		if firstGood < 0 {
			firstGood = len(c.coding.codes)
		}
		before := 0
		for i := 0; i < firstGood && before <= tried; i++ {
			if odd[c.coding.codes[i]] {
				before++
			}
		}
		if before > tried {
			t.odd = c.text.len() // no column of such numbers
			return
		}
	}
	if t.odd == 0 {
		into := c.room(numbers)
		for i, k := range c.coding.codes {
			into[i] = values[k]
		}
	}
}

// read is read of a column of decimals in plain numerals. It returns the numbers of the values.
func (d *decimals) read(t *tally, r *Reading, marks []float64) []float64 {
	t.good, t.points, t.open = d.good, d.points, d.open
	values, odd, firstGood := t.readWords(r, marks, d.words, d.counts, d.firsts, make([]bool, len(d.words)))
	if firstGood >= 0 {
		for i, how := range d.how {
			if how >= firstWord && how != unwritten && !odd[how-firstWord] {
				d.numbers[i] = values[how-firstWord]
			}
		}
	}
	return d.numbers
}

// add adds the counts of a value that count rows have; values come in the order of their first rows.
func (t *tally) add(one *tally, count int) {
	for _, of := range []struct{ all, one *int }{{&t.good, &one.good}, {&t.names, &one.names}, {&t.minus, &one.minus},
		{&t.unit, &one.unit}, {&t.parens, &one.parens}, {&t.thousands, &one.thousands},
		{&t.decimals, &one.decimals}, {&t.points, &one.points}, {&t.exponents, &one.exponents},
		{&t.open, &one.open}} {
		*of.all += count * *of.one
	}
	if t.firstName < 0 {
		t.firstName = one.firstName
	}
	if t.firstBare < 0 {
		t.firstBare = one.firstBare
	}
}

// mark counts values that are marks of missing ones.
func (t *tally) mark(s string, count int) {
	if t.marks == nil {
		t.marks = map[string]int{}
	}
	t.marks[s] += count
}
