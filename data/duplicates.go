package data

import (
	"hash/maphash"
	"math"
	"math/bits"

	"gorae/internal/par"
)

// Duplicates counts rows that equal an earlier one in every value.
func (t *Table) Duplicates() int {
	// Rows are compared part by part of their hashes, so that the table of a part fits caches.
	hashes, parts := t.hashes(), uint64(1+t.Rows/duplicateRows)
	size := 1 << 10
	for size < 2*t.Rows/int(parts) {
		size *= 2
	}
	// A hash table with open addressing, of rows plus 1 below the upper half of their hashes.
	slots, mask := make([]uint64, size), uint64(size-1)
	n := 0
	for part := range parts {
		clear(slots)
	rows:
		for i, hash := range hashes {
			if hash>>7%parts != part {
				continue
			}
			at := hash & mask
			for ; slots[at] != 0; at = (at + 1) & mask {
				if slots[at]>>32 == hash>>32 && t.same(int(uint32(slots[at]))-1, i) {
					n++
					continue rows
				}
			}
			slots[at] = hash>>32<<32 | uint64(i+1)
		}
	}
	return n
}

// duplicateRows is how many rows are compared at a time, about.
const duplicateRows = 1 << 19

// rowsHashed is how many rows one thread hashes at a time.
const rowsHashed = 1 << 12

// hashes returns a hash of each row: rows that are the same have the same hash.
func (t *Table) hashes() []uint64 {
	out, seed := make([]uint64, t.Rows), maphash.MakeSeed()
	words := make([][]uint64, len(t.Columns)) // hashes of the words of columns that are coded
	par.Each(len(t.Columns), func(k int) {
		if c := &t.Columns[k]; c.coded() {
			words[k] = make([]uint64, len(c.coding.words))
			for i, w := range c.coding.words {
				words[k][i] = maphash.String(seed, w)
			}
		}
	})
	par.Each((t.Rows+rowsHashed-1)/rowsHashed, func(block int) {
		from := block * rowsHashed
		hashes := out[from:min(from+rowsHashed, t.Rows)]
		for k := range t.Columns {
			c := &t.Columns[k]
			for i := range hashes {
				var value uint64
				switch row := from + i; {
				case c.IsMissing(row):
				case words[k] != nil:
					value = words[k][c.coding.codes[row]]
				case c.Kind == Number:
					value = math.Float64bits(c.Numbers[row] + 0) // −0 is 0
				default:
					value = maphash.String(seed, c.Level(row))
				}
				high, low := bits.Mul64(hashes[i]^0x9e3779b97f4a7c15, value^0xbf58476d1ce4e5b9)
				hashes[i] = high ^ low + value
			}
		}
	})
	return out
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
