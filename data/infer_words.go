package data

import (
	"math"
	"strings"
)

// encode codes a column of text: one of whose first values most are no numbers.
func (c *column) encode(want string) {
	text, numbers := 0, 0
	for i := 0; i < c.text.len() && text+numbers < fronted; i++ {
		s := c.text.at(i)
		if _, _, ok := plainNumber(s); ok {
			numbers++
		} else if s != "" {
			text++
		}
	}
	if text <= numbers && want != typeText {
		return
	}
	most := math.MaxInt
	if c.scratch != nil {
		most = mostCoded
	}
	if c.coding = encode(c.text, most); c.coding != nil {
		c.counts, c.firsts = c.coding.counts()
		c.lettered = nil
	}
}

// readWords is read of a column that is coded: each different text is read once.
func (c *column) readWords(t *tally, r *Reading, marks []float64, numbers *[]float64) {
	values := make([]float64, len(c.coding.words))
	odd := make([]bool, len(c.coding.words))
	firstGood, firstOdd := len(c.coding.codes), ""
	lettered := t.numerals.lettered()
	if c.lettered == nil {
		c.lettered = make([]bool, len(c.coding.words))
	}
	for k, s := range c.coding.words {
		s = strings.TrimSpace(s)
		count, first := c.counts[k], c.firsts[k]
		if lettered && c.lettered[k] { // as in the way before
			odd[k] = true
			if t.odd += count; t.firstOdd < 0 {
				t.firstOdd, firstOdd = first, s
			}
			if s == firstOdd {
				t.alike += count
			}
			continue
		}
		v, missing, ok := r.number(s, marks)
		values[k] = v
		switch {
		case missing:
			if s != "" {
				t.mark(s, count)
			}
		case !ok:
			odd[k], c.lettered[k] = true, hasLetter(s)
			if t.odd += count; t.firstOdd < 0 {
				t.firstOdd, firstOdd = first, s
			}
			if s == firstOdd {
				t.alike += count
			}
		default:
			firstGood = min(firstGood, first)
			one := tally{numerals: t.numerals, good: 1, firstName: -1, firstBare: -1}
			one.look(s, first)
			t.add(&one, count)
		}
	}
	if t.numerals != (Numerals{}) {
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
