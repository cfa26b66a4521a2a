package data

import (
	"hash/maphash"
	"math/bits"
	"math/rand/v2"
	"strings"
)

// coding is the different texts of a column, in the order in which they come, and which of them each row has.
type coding struct {
	codes []int32
	words []string
}

// A column is not coded where its texts are mostly different: half of them or more after fewCoded rows or more. Tests
// set 0, with which no column is.
var fewCoded = 1 << 17

// mostCoded is the greatest number of different texts of a column whose values lie in a file: they are in memory.
const mostCoded = 1 << 20

// encode returns the coding of texts; nil where these are mostly different, or more than most. The words are texts of
// their own, which do not keep that of the whole column in memory.
func encode(text *spelling, most int) *coding {
	n := text.len()
	c := &coding{codes: make([]int32, n)}
	index := newWordIndex()
	for i, s := range text.all() {
		k, known := index.place(s, c.words)
		if !known {
			if i >= fewCoded && 2*len(c.words) >= i || len(c.words) >= most {
				return nil
			}
			c.words = append(c.words, s)
		}
		c.codes[i] = k
	}
	size := 0
	for _, w := range c.words {
		size += len(w)
	}
	var own strings.Builder
	own.Grow(size)
	for i, w := range c.words {
		own.WriteString(w)
		c.words[i] = own.String()[own.Len()-len(w):]
	}
	return c
}

// Words returns the different texts of a column of text, in the order in which they come, and which of them each row
// has, where it is known: as the column was read, of texts that are not mostly different. nil elsewhere.
func (c *Column) Words() (codes []int32, words []string) {
	if !c.coded() {
		return nil, nil
	}
	return c.coding.codes, c.coding.words
}

// counts returns how many rows have each word, and the first of them.
func (c *coding) counts() (counts, firsts []int) {
	counts, firsts = make([]int, len(c.words)), make([]int, len(c.words))
	for i, k := range c.codes {
		if counts[k] == 0 {
			firsts[k] = i
		}
		counts[k]++
	}
	return counts, firsts
}

// pick returns the coding of some of the rows. Words that none of them has stay.
func (c *coding) pick(rows []int) *coding {
	if c == nil {
		return nil
	}
	return &coding{codes: pick(c.codes, rows), words: c.words}
}

// texts returns the text of each row.
func (c *coding) texts() []string {
	out := make([]string, len(c.codes))
	for i, k := range c.codes {
		out[i] = c.words[k]
	}
	return out
}

// wordIndex numbers texts: a hash table with open addressing. Texts of up to eight bytes are compared in the table
// itself, others among the words.
type wordIndex struct {
	seed  maphash.Seed
	salt  uint64
	slots []wordSlot
	used  int
}

type wordSlot struct {
	short uint64 // a text of up to eight bytes, or the hash of a longer one
	size  uint32 // its length plus 1; 0: no text
	word  int32
}

func newWordIndex() *wordIndex {
	return &wordIndex{seed: maphash.MakeSeed(), salt: rand.Uint64(), slots: make([]wordSlot, 1<<10)}
}

// eight returns a text of up to eight bytes as a number, which with the length stands for no other text.
func eight(s string) uint64 {
	switch n := len(s); {
	case n == 8:
		return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	case n >= 4:
		low := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
		s = s[n-4:]
		high := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
		return low | high<<(8*(n-4))
	case n > 0:
		return uint64(s[0]) | uint64(s[n/2])<<8 | uint64(s[n-1])<<16
	}
	return 0
}

// find returns the slot of a text among words, or the free one for it.
func (x *wordIndex) find(s string, key uint64, words []string) *wordSlot {
	high, low := bits.Mul64(key^x.salt, 0x9e3779b97f4a7c15+2*uint64(len(s)))
	mask, size := uint64(len(x.slots)-1), uint32(len(s)+1)
	for at := (high ^ low) & mask; ; at = (at + 1) & mask {
		slot := &x.slots[at]
		if slot.size == 0 || slot.short == key && slot.size == size && (len(s) <= 8 || words[slot.word] == s) {
			return slot
		}
	}
}

// place returns the number of a text among words, len(words) where it is new.
func (x *wordIndex) place(s string, words []string) (k int32, known bool) {
	var key uint64
	if len(s) <= 8 {
		key = eight(s)
	} else {
		key = maphash.String(x.seed, s)
	}
	slot := x.find(s, key, words)
	if slot.size > 0 {
		return slot.word, true
	}
	*slot = wordSlot{key, uint32(len(s) + 1), int32(len(words))}
	if x.used++; 2*x.used > len(x.slots) {
		old := x.slots
		x.slots = make([]wordSlot, 2*len(old))
		for _, o := range old {
			if o.size > 0 {
				w := s // the new one is not among the words yet
				if int(o.word) < len(words) {
					w = words[o.word]
				}
				*x.find(w, o.short, words) = o
			}
		}
	}
	return int32(len(words)), false
}
