package data

import (
	"cmp"
	"hash/maphash"
	"math"
	"slices"
	"strings"
)

// numbered reports whether the value of row i, which is there, is told from others by its number alone: whatever stands
// in a column of numbers, but digits that a float64 does not hold.
func (c *Column) numbered(i int) bool {
	if c.Kind != Number {
		return false
	}
	if c.spelled == nil || len(c.spelled.at(i)) <= 15 {
		return true
	}
	return c.Level(i) == FormatNumber(c.Numbers[i])
}

// distinct numbers the distinct values of a column in the order in which they come: codes[i] is the number of row i's
// value, −1 where it is missing, and firsts the row where each comes first. What Level does not tell apart is one.
func (c *Column) distinct() (codes, firsts []int) {
	codes = make([]int, c.Len())
	numbers, texts := map[float64]int{}, map[string]int{}
	for i := range codes {
		if codes[i] = -1; c.IsMissing(i) {
			continue
		}
		var k int
		var known bool
		if c.numbered(i) {
			v := c.Numbers[i]
			if k, known = numbers[v]; !known {
				k = len(firsts)
				numbers[v] = k
			}
		} else {
			key := c.Level(i)
			if k, known = texts[key]; !known {
				k = len(firsts)
				texts[key] = k
			}
		}
		if !known {
			firsts = append(firsts, i)
		}
		codes[i] = k
	}
	return codes, firsts
}

// Codes numbers the distinct values of a column: codes[i] is the place of row
// i's value in levels, −1 where it is missing. Levels stand in order: numbers by
// size, text by its bytes. A number that is spelled in one way throughout goes by that spelling, else by Level's.
func (c *Column) Codes() (codes []int, levels []string) {
	codes, firsts := c.distinct()
	names := make([]string, len(firsts))
	for k, i := range firsts {
		if names[k] = c.Level(i); c.Kind == Number {
			names[k] = c.Text(i)
		}
	}
	if c.spelled != nil {
		for i, k := range codes {
			if k < 0 {
				continue
			}
			a, b := c.spelled.at(i), c.spelled.at(firsts[k])
			if a != b && strings.TrimSpace(a) != strings.TrimSpace(b) {
				names[k] = c.Level(i)
			}
		}
	}
	order := Range(len(firsts))
	if c.Kind == Number {
		slices.SortFunc(order, func(a, b int) int {
			if o := cmp.Compare(c.Numbers[firsts[a]], c.Numbers[firsts[b]]); o != 0 {
				return o
			}
			return strings.Compare(c.Level(firsts[a]), c.Level(firsts[b]))
		})
	} else {
		slices.SortFunc(order, func(a, b int) int { return strings.Compare(names[a], names[b]) })
	}
	to := make([]int, len(firsts))
	levels = make([]string, len(firsts))
	for at, k := range order {
		to[k], levels[at] = at, names[k]
	}
	for i, k := range codes {
		if k >= 0 {
			codes[i] = to[k]
		}
	}
	return codes, levels
}

// Duplicates counts rows that equal an earlier one in every value.
func (t *Table) Duplicates() int {
	var h maphash.Hash
	firsts := make(map[uint64]int, t.Rows) // rows by their hash
	others := map[uint64][]int{}           // rows of the same hash that are not the same
	n := 0
	for i := range t.Rows {
		h.Reset()
		for k := range t.Columns {
			c := &t.Columns[k]
			if c.Kind == Number && !math.IsNaN(c.Numbers[i]) {
				maphash.WriteComparable(&h, c.Numbers[i]+0) // −0 is 0
			} else {
				_, _ = h.WriteString(c.Level(i)) // never fails
			}
			_ = h.WriteByte(0)
		}
		key := h.Sum64()
		first, known := firsts[key]
		switch {
		case !known:
			firsts[key] = i
		case t.same(first, i) || slices.ContainsFunc(others[key], func(j int) bool { return t.same(j, i) }):
			n++
		default:
			others[key] = append(others[key], i)
		}
	}
	return n
}

// same reports whether two rows have the same values.
func (t *Table) same(i, j int) bool {
	for k := range t.Columns {
		c := &t.Columns[k]
		switch {
		case c.IsMissing(i) || c.IsMissing(j):
			if c.IsMissing(i) != c.IsMissing(j) {
				return false
			}
		case c.numbered(i) && c.numbered(j):
			if c.Numbers[i] != c.Numbers[j] {
				return false
			}
		case c.Level(i) != c.Level(j):
			return false
		}
	}
	return true
}
