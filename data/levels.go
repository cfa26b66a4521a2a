package data

import (
	"hash/maphash"
	"math"
	"math/bits"
	"strings"
)

// Levels returns the number of different values.
func (c *Column) Levels() int {
	if c.coded() {
		return len(c.levelsOfCodes())
	}
	n, parts := 0, 1+c.Len()/countedRows
	for part := range parts {
		n += len(c.levels(part, parts))
	}
	return n
}

// countedRows is how many rows of different values are held in memory at a time, about, to count them.
const countedRows = 1 << 20

// level is a value of a column: the first row that has it, and the number of rows that do.
type level struct{ first, count int }

// levelSeed is that of the hashes of texts.
var levelSeed = maphash.MakeSeed()

// levels returns the different values of a column, in no order: a part of them, which are parted by hashes. What Level
// does not tell apart is one.
func (c *Column) levels(part, parts int) []level {
	switch {
	case c.Kind == Number:
		return c.levelsOfNumbers(part, parts)
	case c.coded():
		return c.levelsOfCodes()
	}
	h := newHashed(c.Len(), part, parts)
	for i := range c.Len() {
		if !c.Missing[i] {
			h.add(maphash.String(levelSeed, c.Level(i)), i)
		}
	}
	return h.levels(func(i, j int) bool { return c.Level(i) == c.Level(j) })
}

// hashOf returns a hash of a number; −0 is 0.
func hashOf(v float64) uint64 {
	high, low := bits.Mul64(math.Float64bits(v+0), 0x9e3779b97f4a7c15)
	return high ^ low
}

// levelsOfNumbers is levels of a column of numbers. Those of which a float64 does not hold the digits go by these, and
// are in the first part.
func (c *Column) levelsOfNumbers(part, parts int) []level {
	h := newHashed(c.Len(), part, parts)
	texts := map[string]*level{}
	for i, v := range c.Numbers {
		switch {
		case math.IsNaN(v):
		case c.numbered(i):
			h.add(hashOf(v), i)
		case part > 0:
		default:
			key := c.Level(i)
			if texts[key] == nil {
				texts[key] = &level{first: i}
			}
			texts[key].count++
		}
	}
	out := h.levels(func(i, j int) bool { return c.Numbers[i] == c.Numbers[j] })
	for _, l := range texts {
		out = append(out, *l)
	}
	return out
}

// levelsOfCodes is levels of a column that is coded.
func (c *Column) levelsOfCodes() []level {
	all := make([]level, len(c.coding.words))
	for i, k := range c.coding.codes {
		if c.Missing[i] {
			continue
		}
		if all[k].count == 0 {
			all[k].first = i
		}
		all[k].count++
	}
	out := all[:0]
	for _, l := range all {
		if l.count > 0 {
			out = append(out, l)
		}
	}
	return out
}

// most returns the values that most rows have, n of them at most, by falling count and then by their text.
func (c *Column) most(levels []level, n int) []ClassReport {
	var out []ClassReport
	for _, l := range levels {
		r := ClassReport{c.Level(l.first), l.count}
		at := len(out)
		for at > 0 && (out[at-1].Count < r.Count || out[at-1].Count == r.Count &&
			strings.Compare(out[at-1].Name, r.Name) > 0) {
			at--
		}
		if at < n {
			out = append(out[:at], append([]ClassReport{r}, out[at:]...)...)
			out = out[:min(len(out), n)]
		}
	}
	return out
}

// hashed is rows with hashes, which are compared part by part: those of a part fit the first caches, where one table
// of all would be looked up in memory for each row.
type hashed struct {
	rows  []hashedRow
	parts []int // the number of rows of each part, by the upper bits of the hashes

	rest, of uint64 // the rows that are taken: those whose hashes leave rest when they are divided by of
}

type hashedRow struct {
	hash uint64
	row  int32
}

// hashParts is how many parts there are.
const hashParts = 1 << 11

func newHashed(n, part, of int) *hashed {
	if of > 1 {
		n = n/of + n/of/8
	}
	return &hashed{rows: make([]hashedRow, 0, n), parts: make([]int, hashParts), rest: uint64(part), of: uint64(of)}
}

// part returns the part of a hash.
func (h *hashed) part(hash uint64) uint64 { return hash >> (64 - 11) }

// add adds a row; rows grow.
func (h *hashed) add(hash uint64, row int) {
	if h.of > 1 && hash%h.of != h.rest {
		return
	}
	h.rows = append(h.rows, hashedRow{hash, int32(row)})
	h.parts[h.part(hash)]++
}

// levels returns the rows of different values; same reports whether two rows of equal hashes are the same.
func (h *hashed) levels(same func(i, j int) bool) []level {
	ends, sum, largest := make([]int, hashParts), 0, 0
	for k, n := range h.parts {
		ends[k] = sum
		sum, largest = sum+n, max(largest, n)
	}
	sorted := make([]hashedRow, len(h.rows))
	for _, r := range h.rows {
		k := h.part(r.hash)
		sorted[ends[k]] = r
		ends[k]++
	}
	size := 16
	for size < 2*largest {
		size *= 2
	}
	slots := make([]int32, size) // places in out, plus 1
	out, hashes := make([]level, 0, len(h.rows)), make([]uint64, 0, len(h.rows))
	from := 0
	for _, to := range ends {
		mask := uint64(16 - 1)
		for int(mask)+1 < 2*(to-from) {
			mask = 2*mask + 1
		}
		clear(slots[:mask+1])
	rows:
		for _, r := range sorted[from:to] {
			at := r.hash & mask
			for ; slots[at] != 0; at = (at + 1) & mask {
				k := slots[at] - 1
				if hashes[k] == r.hash && same(out[k].first, int(r.row)) {
					out[k].count++
					continue rows
				}
			}
			out, hashes = append(out, level{int(r.row), 1}), append(hashes, r.hash)
			slots[at] = int32(len(out))
		}
		from = to
	}
	return out
}
