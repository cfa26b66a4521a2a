package word2vec

import (
	"encoding/binary"
	"hash/fnv"
	"iter"

	"gorae/config"
	"gorae/internal/ram"
)

// Corpus is texts as numbers of words. Words without a vector are left out, so that their neighbours become each
// other's; no window reaches from one text into another.
type Corpus struct {
	*Vocabulary
	// IDs are the texts one after the other, each ended by End.
	IDs   []int32
	Words int64 // of IDs, without ends
	Texts int
}

// End stands after each text.
const End = -1

// NewCorpus counts the words of texts and reads them. The texts are gone through twice.
func NewCorpus(texts iter.Seq[[]string], cfg Config) (*Corpus, error) {
	if err := config.Check(cfg); err != nil {
		return nil, err
	}
	cfg = cfg.Defaults()
	var c Counter
	for text := range texts {
		for _, w := range text {
			c.Add(w)
		}
	}
	v, err := c.Vocabulary(cfg.MinCount, cfg.Words)
	if err != nil {
		return nil, err
	}
	return v.Read(texts)
}

// Read returns texts as numbers of v's words.
func (v *Vocabulary) Read(texts iter.Seq[[]string]) (*Corpus, error) {
	c := &Corpus{Vocabulary: v}
	if err := ram.FitsBeside(4 * float64(v.Total())); err != nil {
		return nil, config.Errorf("", "%d words of text: %v", v.Total(), err).Fix("give less text")
	}
	c.IDs = make([]int32, 0, v.Total())
	for text := range texts {
		before := len(c.IDs)
		for _, w := range text {
			if id, ok := v.id[w]; ok {
				c.IDs = append(c.IDs, id)
			}
		}
		if n := len(c.IDs) - before; n > 0 {
			c.IDs = append(c.IDs, End)
			c.Words += int64(n)
			c.Texts++
		}
	}
	return c, nil
}

// Hash returns a hash of the words and the texts.
func (c *Corpus) Hash() uint64 {
	h := fnv.New64a()
	for _, w := range c.Vocabulary.Words {
		h.Write([]byte(w))
		h.Write([]byte{0})
	}
	var b [4096]byte
	n := 0
	for _, id := range c.IDs {
		binary.LittleEndian.PutUint32(b[n:], uint32(id))
		if n += 4; n == len(b) {
			h.Write(b[:])
			n = 0
		}
	}
	h.Write(b[:n])
	return h.Sum64()
}
