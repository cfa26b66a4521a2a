package data

import (
	"hash/maphash"
	"math/bits"
	"math/rand/v2"
	"strings"
	"unsafe"

	"gorae/internal/mem"
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
	c := &coding{codes: mem.Huge(make([]int32, text.len()))}
	index := newWordIndex()
	at := 0
	for _, p := range text.pieces {
		bytes := unsafe.Slice(unsafe.StringData(p.text), len(p.text))
		codes, from := c.codes[at:at+len(p.ends)], 0
		for i, end := range p.ends {
			to := int(end)
			s := p.text[from:to]
			key := index.key(bytes, from, to)
			slot := index.find(key, s, c.words)
			from = to
			if slot.size > 0 {
				codes[i] = slot.word
				continue
			}
			if n := at + i; n >= fewCoded && 2*len(c.words) >= n || len(c.words) >= most {
				return nil
			}
			codes[i] = int32(len(c.words))
			index.set(slot, key, s, codes[i])
			c.words = append(c.words, s)
		}
		at += len(p.ends)
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

// wordIndex numbers texts: a hash table with open addressing. Texts of up to eight bytes are compared in the table
// itself, others among the words.
type wordIndex struct {
	seed  maphash.Seed
	salt  [2]uint64
	slots []wordSlot
	used  int
}

type wordSlot struct {
	key  uint64 // a text of up to eight bytes, or the hash of a longer one
	size uint32 // its length plus 1; 0: no text
	word int32
}

func newWordIndex() *wordIndex {
	return &wordIndex{seed: maphash.MakeSeed(), salt: [2]uint64{rand.Uint64() | 1, rand.Uint64() | 1},
		slots: make([]wordSlot, 1<<10)}
}

// key returns the key of a text within a longer one, behind which other text may stand: the text itself, of up to eight
// bytes, which with its length stands for no other text, or its hash.
func (x *wordIndex) key(text []byte, from, to int) uint64 {
	switch n := to - from; {
	case n > 16:
		return maphash.Bytes(x.seed, text[from:to])
	case n > 8:
		high, low := bits.Mul64(load(text[from:to], 0)^x.salt[0], load(text[to-8:to], 0)^x.salt[1])
		return high ^ low
	case from+8 <= len(text):
		return load(text[from:from+8], 0) & (1<<(8*n) - 1)
	}
	var b [8]byte
	copy(b[:], text[from:to])
	return load(b[:], 0)
}

// at returns the place from which on the slot of a key is looked for.
func (x *wordIndex) at(key uint64, size uint32) uint64 {
	high, low := bits.Mul64(key^x.salt[0], 0x9e3779b97f4a7c15+2*uint64(size))
	return (high ^ low) & uint64(len(x.slots)-1)
}

// find returns the slot of a text among words, or the free one for it.
func (x *wordIndex) find(key uint64, s string, words []string) *wordSlot {
	size, mask := uint32(len(s)+1), uint64(len(x.slots)-1)
	for at := x.at(key, size); ; at = (at + 1) & mask {
		slot := &x.slots[at]
		if slot.size == 0 || slot.key == key && slot.size == size && (len(s) <= 8 || words[slot.word] == s) {
			return slot
		}
	}
}

// set puts a text into a free slot, as the number of a word.
func (x *wordIndex) set(slot *wordSlot, key uint64, s string, word int32) {
	*slot = wordSlot{key, uint32(len(s) + 1), word}
	if x.used++; 2*x.used <= len(x.slots) {
		return
	}
	old := x.slots
	x.slots = make([]wordSlot, 2*len(old))
	for _, o := range old {
		if o.size == 0 {
			continue
		}
		at := x.at(o.key, o.size)
		for x.slots[at].size > 0 {
			at = (at + 1) & uint64(len(x.slots)-1)
		}
		x.slots[at] = o
	}
}

// place returns the number of a text among words, len(words) where it is new.
func (x *wordIndex) place(s string, words []string) (k int32, known bool) {
	key := x.key(unsafe.Slice(unsafe.StringData(s), len(s)), 0, len(s))
	slot := x.find(key, s, words)
	if slot.size > 0 {
		return slot.word, true
	}
	k = int32(len(words))
	x.set(slot, key, s, k)
	return k, false
}
