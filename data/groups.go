package data

import (
	"math"
	"slices"
)

// WholeGroups returns some of the rows that have a value, by their places in rows, and the number of the value of each:
// all rows of a value or none. Where there are more rows than most, the values of which a hash is small are taken, a
// share of most/len(rows) of the different ones, so that the sizes of groups and the share of values that are alone are
// those of a random sample of the values. Values of which only the hashes are equal count as equal. The same rows give
// the same sample in each process.
func (c *Column) WholeGroups(rows []int, most int) (places, values []int) {
	bound := uint64(math.MaxUint64)
	if len(rows) > most {
		bound = uint64(float64(most) / float64(len(rows)) * (1 << 63) * 2)
	}
	numbers := map[uint64]int{}
	var ofCodes []uint64 // 0 where none was asked for
	if c.coded() {
		ofCodes = make([]uint64, len(c.coding.words))
	}
	for i, r := range rows {
		if c.IsMissing(r) {
			continue
		}
		var h uint64
		switch {
		case ofCodes == nil:
			h = c.stableHash(r)
		case ofCodes[c.coding.codes[r]] == 0:
			h = c.stableHash(r)
			ofCodes[c.coding.codes[r]] = h
		default:
			h = ofCodes[c.coding.codes[r]]
		}
		if h > bound {
			continue
		}
		value, ok := numbers[h]
		if !ok {
			value = len(numbers)
			numbers[h] = value
		}
		places, values = append(places, i), append(values, value)
	}
	return places, values
}

// stableHash returns a hash of the value of a row that is the same in each process: of a number by its bits, of a text
// by FNV-1a (Fowler, Noll, Vo), both mixed as in the finalizer of MurmurHash3.
func (c *Column) stableHash(row int) uint64 {
	h := uint64(0xcbf29ce484222325)
	if c.Kind == Number {
		h = math.Float64bits(c.Numbers[row] + 0) // −0 is 0
	} else {
		for _, b := range []byte(c.Level(row)) {
			h = (h ^ uint64(b)) * 0x100000001b3
		}
	}
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// MostCommon returns the share of the commonest value among the rows that have one, of every so many rows where there
// are more than most.
func (c *Column) MostCommon(rows []int, most int) float64 {
	step := max(1, (len(rows)+most-1)/max(1, most))
	var some []int
	for i := 0; i < len(rows); i += step {
		some = append(some, rows[i])
	}
	_, values := c.WholeGroups(some, len(some))
	counts := make([]int, len(values))
	for _, v := range values {
		counts[v]++
	}
	return float64(slices.Max(append(counts, 0))) / float64(max(1, len(values)))
}
