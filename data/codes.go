package data

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"unsafe"
)

// numbered reports whether the value of row i, which is there, is told from others by its number alone: whatever stands
// in a column of numbers, but digits that a float64 does not hold.
func (c *Column) numbered(i int) bool {
	if c.Kind != Number {
		return false
	}
	if c.spelled == nil || c.spelled.short(i) {
		return true
	}
	s := c.spelled.at(i)
	return len(s) <= 15 || shortest(s, c.Numbers[i]) || c.Level(i) == FormatNumber(c.Numbers[i])
}

// shortest reports whether a text is v in the fewest digits, as plain numerals have it, with a point and without an
// exponent. Where it does not, the text may yet be such digits in other numerals.
func shortest(s string, v float64) bool {
	var b [32]byte
	return len(s) < len(b) && string(strconv.AppendFloat(b[:0], v, 'f', -1, 64)) == s
}

// distinct numbers the distinct values of a column in the order in which they come: codes[i] is the number of row i's
// value, −1 where it is missing, and firsts the row where each comes first. What Level does not tell apart is one.
func (c *Column) distinct() (codes, firsts []int) {
	codes = make([]int, c.Len())
	switch {
	case c.Kind == Number:
		firsts = c.distinctNumbers(codes)
	case c.coded():
		firsts = c.distinctCodes(codes)
	default:
		firsts = c.distinctTexts(codes)
	}
	return codes, firsts
}

// coded reports whether the coding of a column of text is that of its texts.
func (c *Column) coded() bool {
	if c.Kind != Category || c.mixed || c.coding == nil {
		return false
	}
	if c.Strings == nil {
		return true
	}
	if len(c.coding.codes) != len(c.Strings) {
		return false
	}
	words := c.coding.words
	for i, k := range c.coding.codes { // of texts that were set later it is not
		w, s := words[k], c.Strings[i]
		if len(w) != len(s) || unsafe.StringData(w) != unsafe.StringData(s) && w != s {
			return false
		}
	}
	return true
}

// distinctCodes is distinct of a column that is coded.
func (c *Column) distinctCodes(codes []int) (firsts []int) {
	number := make([]int, len(c.coding.words)) // of each word, from 1
	for i, k := range c.coding.codes {
		switch {
		case c.Missing[i]:
			codes[i] = -1
			continue
		case number[k] == 0:
			firsts = append(firsts, i)
			number[k] = len(firsts)
		}
		codes[i] = number[k] - 1
	}
	return firsts
}

// distinctTexts is distinct of a column of text.
func (c *Column) distinctTexts(codes []int) (firsts []int) {
	index := newWordIndex()
	var words []string
	for i := range codes {
		if codes[i] = -1; c.Missing[i] {
			continue
		}
		level := c.Level(i)
		k, known := index.place(level, words)
		if !known {
			words, firsts = append(words, level), append(firsts, i)
		}
		codes[i] = int(k)
	}
	return firsts
}

// distinctNumbers is distinct of a column of numbers. Those of which a float64 does not hold the digits go by these.
func (c *Column) distinctNumbers(codes []int) (firsts []int) {
	numbers, texts := newNumberIndex(), map[string]int{}
	for i, v := range c.Numbers {
		if codes[i] = -1; math.IsNaN(v) {
			continue
		}
		var k int
		var known bool
		if c.numbered(i) {
			k, known = numbers.place(v, len(firsts))
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
	return firsts
}

// numberIndex numbers float64s: a hash table with open addressing.
type numberIndex struct {
	slots []numberSlot
	used  int
	seed  uint64
}

type numberSlot struct {
	bits uint64
	k    int // the number of the value plus 1; 0: none
}

func newNumberIndex() *numberIndex {
	return &numberIndex{slots: make([]numberSlot, 1<<10), seed: rand.Uint64() | 1}
}

// slot returns the slot of a value.
func (x *numberIndex) slot(v uint64) *numberSlot {
	high, low := bits.Mul64(v^x.seed, 0x9e3779b97f4a7c15)
	mask := uint64(len(x.slots) - 1)
	for at := (high ^ low) & mask; ; at = (at + 1) & mask {
		if s := &x.slots[at]; s.k == 0 || s.bits == v {
			return s
		}
	}
}

// place returns the number of a value, which is next where it is new. −0 is 0.
func (x *numberIndex) place(v float64, next int) (k int, known bool) {
	key := math.Float64bits(v + 0)
	s := x.slot(key)
	if s.k > 0 {
		return s.k - 1, true
	}
	*s = numberSlot{key, next + 1}
	if x.used++; 2*x.used > len(x.slots) {
		old := x.slots
		x.slots = make([]numberSlot, 4*len(old))
		for _, o := range old {
			if o.k > 0 {
				*x.slot(o.bits) = o
			}
		}
	}
	return next, false
}

// Groups numbers the distinct values of a column in the order in which they come: the number of each row's value, −1
// where it is missing. Codes numbers them in their own order, which takes longer where they are many.
func (c *Column) Groups() []int {
	codes, _ := c.distinct()
	return codes
}

// GroupsOf is Groups of some rows (nil: of all), in their order.
func (c *Column) GroupsOf(rows []int) []int {
	if rows == nil {
		return c.Groups()
	}
	t := Table{Columns: []Column{*c}, Rows: c.Len()}
	return t.Select(rows).Columns[0].Groups()
}

// inOrder returns the places of distinct values in their order: numbers by size, text by its bytes. firsts are rows
// that have them, names their texts.
func (c *Column) inOrder(firsts []int, names []string) []int {
	// A key is compared where it lies; what it leaves open is looked up.
	type key struct {
		high, low uint64
		place     int
	}
	keys := make([]key, len(firsts))
	for k, i := range firsts {
		keys[k].place = k
		if c.Kind == Number {
			v := math.Float64bits(c.Numbers[i] + 0) // −0 is 0
			if v>>63 == 1 {
				v = ^v
			} else {
				v |= 1 << 63
			}
			keys[k].high = v
			continue
		}
		var b [16]byte
		copy(b[:], names[k])
		keys[k].high, keys[k].low = binary.BigEndian.Uint64(b[:]), binary.BigEndian.Uint64(b[8:])
	}
	slices.SortFunc(keys, func(a, b key) int {
		switch {
		case a.high != b.high:
			return cmp.Compare(a.high, b.high)
		case a.low != b.low:
			return cmp.Compare(a.low, b.low)
		case c.Kind == Number:
			return strings.Compare(c.Level(firsts[a.place]), c.Level(firsts[b.place]))
		}
		return strings.Compare(names[a.place], names[b.place])
	})
	order := make([]int, len(keys))
	for at, k := range keys {
		order[at] = k.place
	}
	return order
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
			if k < 0 || c.spelled.alike(i, firsts[k]) {
				continue
			}
			a, b := c.spelled.at(i), c.spelled.at(firsts[k])
			if a != b && strings.TrimSpace(a) != strings.TrimSpace(b) {
				names[k] = c.Level(i)
			}
		}
	}
	order := c.inOrder(firsts, names)
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
