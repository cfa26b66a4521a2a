package data

import (
	"hash/maphash"
	"strings"
)

// coding is the different texts of a column, in the order in which they come, and which of them each row has.
type coding struct {
	codes []int32
	words []string
}

// A column is not coded where its texts are mostly different: half of them or more after fewCoded rows or more. Tests set
// 0, with which no column is.
var fewCoded = 1 << 17

// encode returns the coding of texts; nil where these are mostly different. The words are texts of their own, which do
// not keep that of the whole column in memory.
func encode(text *spelling) *coding {
	n := text.len()
	c := &coding{codes: make([]int32, n)}
	index := newWordIndex()
	for i, s := range text.all() {
		k, known := index.place(s, c.words)
		if !known {
			if i >= fewCoded && 2*len(c.words) >= i {
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

// Words returns the different texts of a column of text, in the order in which they come, and which of them each row has,
// where it is known: as the column was read, of texts that are not mostly different. nil elsewhere.
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

// wordIndex numbers texts: a hash table with open addressing, whose slots hold the number of a text plus 1 below the
// upper half of its hash.
type wordIndex struct {
	seed  maphash.Seed
	slots []uint64
	used  int
}

func newWordIndex() *wordIndex {
	return &wordIndex{seed: maphash.MakeSeed(), slots: make([]uint64, 1<<10)}
}

// place returns the number of a text among words, len(words) where it is new.
func (x *wordIndex) place(s string, words []string) (k int32, known bool) {
	hash := maphash.String(x.seed, s) >> 32
	mask := uint64(len(x.slots) - 1)
	at := hash & mask
	for {
		slot := x.slots[at]
		if slot == 0 {
			break
		}
		if slot>>32 == hash {
			if k := int32(uint32(slot)) - 1; words[k] == s {
				return k, true
			}
		}
		at = (at + 1) & mask
	}
	x.slots[at] = hash<<32 | uint64(len(words)+1)
	if x.used++; 2*x.used > len(x.slots) {
		x.grow()
	}
	return int32(len(words)), false
}

// grow doubles the table.
func (x *wordIndex) grow() {
	old := x.slots
	x.slots = make([]uint64, 2*len(old))
	mask := uint64(len(x.slots) - 1)
	for _, slot := range old {
		if slot == 0 {
			continue
		}
		at := slot >> 32 & mask
		for x.slots[at] != 0 {
			at = (at + 1) & mask
		}
		x.slots[at] = slot
	}
}
