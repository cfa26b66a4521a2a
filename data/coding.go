package data

import (
	"hash/maphash"
	"math/bits"
	"math/rand/v2"
	"unsafe"

	"gorae/internal/arrayfile"
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

// coder codes texts as they come.
type coder struct {
	index *wordIndex
	codes growing[int32]
	words []string
	text  []byte // of the latest words
}

// newCoder returns a coder that expects some values.
func newCoder(scratch *arrayfile.Scratch, values int) *coder {
	return &coder{index: newWordIndex(), codes: growing[int32]{scratch: scratch, values: values}}
}

// take codes the texts of a piece; false where texts are mostly different, or more than most: the piece is not coded.
func (c *coder) take(p piece, most int) bool {
	bytes := unsafe.Slice(unsafe.StringData(p.text), len(p.text))
	at, from := c.codes.n, 0
	codes := c.codes.room(len(p.ends))
	for i, end := range p.ends {
		to := int(end)
		s := p.text[from:to]
		key := c.index.key(bytes, from, to)
		slot := c.index.find(key, s, c.words)
		from = to
		if slot.size > 0 {
			codes[i] = slot.word
			continue
		}
		if n := at + i; n >= fewCoded && 2*len(c.words) >= n || len(c.words) >= most {
			c.codes.drop(len(codes))
			return false
		}
		codes[i] = int32(len(c.words))
		c.index.set(slot, key, s, codes[i])
		c.words = append(c.words, c.own(s))
	}
	return true
}

// own returns a copy of a word: what words are cut from is not kept.
func (c *coder) own(s string) string {
	if len(c.text)+len(s) > cap(c.text) {
		c.text = make([]byte, 0, max(len(s), min(2*cap(c.text), 64<<10), 256))
	}
	from := len(c.text)
	c.text = append(c.text, s...)
	return unsafe.String(unsafe.SliceData(c.text[from:]), len(s))
}

// coding returns the coding of the texts.
func (c *coder) coding() *coding { return &coding{codes: c.codes.whole(), words: c.words} }

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
