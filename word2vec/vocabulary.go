package word2vec

import (
	"cmp"
	"slices"

	"gorae/config"
)

// Vocabulary is the words that have vectors, by falling count; words of equal count stand in the order of their bytes.
type Vocabulary struct {
	Words  []string
	Counts []int64
	id     map[string]int32
}

// NewVocabulary returns the vocabulary of words with their counts, in the order in which they are given.
func NewVocabulary(words []string, counts []int64) *Vocabulary {
	v := &Vocabulary{Words: words, Counts: counts, id: make(map[string]int32, len(words))}
	for i, w := range words {
		v.id[w] = int32(i)
	}
	return v
}

// ID returns the number of a word.
func (v *Vocabulary) ID(word string) (int32, bool) {
	id, ok := v.id[word]
	return id, ok
}

// Total returns the sum of the counts.
func (v *Vocabulary) Total() (n int64) {
	for _, c := range v.Counts {
		n += c
	}
	return n
}

// MostWords is the greatest number of different words that a Counter keeps by default.
const MostWords = 1 << 21

// Counter counts words in bounded memory. Where there are more than Limit different words, those of which it has seen
// fewest go, and start anew if they come again: their counts are then too small by at most Missed. Source: lossy
// counting, Manku and Motwani, "Approximate frequency counts over data streams", VLDB 2002, with the whole table as its
// bucket.
type Counter struct {
	Limit  int   // the greatest number of different words; 0: MostWords
	Missed int64 // the most by which a count may be too small
	Total  int64 // of words that were added
	counts map[string]int64
}

// Add counts a word.
func (c *Counter) Add(word string) {
	if c.counts == nil {
		c.counts = map[string]int64{}
	}
	c.Total++
	if n, ok := c.counts[word]; ok || len(c.counts) < cmp.Or(c.Limit, MostWords) {
		c.counts[word] = n + 1
		return
	}
	c.reduce()
	c.counts[word]++
}

// reduce lets the rarest words go, until a quarter of the room is free.
func (c *Counter) reduce() {
	most := cmp.Or(c.Limit, MostWords) * 3 / 4
	for len(c.counts) > most {
		least := int64(1)<<62 - 1
		for _, n := range c.counts {
			least = min(least, n)
		}
		for w, n := range c.counts {
			if n == least {
				delete(c.counts, w)
			}
		}
		c.Missed = max(c.Missed, least)
	}
}

// Vocabulary returns the words that were counted minCount times or more, the most frequent words of them; 0: all.
func (c *Counter) Vocabulary(minCount, words int) (*Vocabulary, error) {
	if len(c.counts) == 0 {
		return nil, config.Errorf("", "the texts hold no word; is it the right column?")
	}
	var kept []string
	often := int64(0)
	for w, n := range c.counts {
		often = max(often, n)
		if n >= int64(minCount) {
			kept = append(kept, w)
		}
	}
	if len(kept) < 2 {
		return nil, config.Errorf("min_count", "%d of %d different words occur %d times or more, and two are needed; "+
			"the most frequent occurs %d times", len(kept), len(c.counts), minCount, often).
			Fix("give a smaller min_count, or more text")
	}
	slices.SortFunc(kept, func(a, b string) int {
		return cmp.Or(cmp.Compare(c.counts[b], c.counts[a]), cmp.Compare(a, b))
	})
	if words > 0 && len(kept) > words {
		kept = slices.Clone(kept[:words])
	}
	counts := make([]int64, len(kept))
	for i, w := range kept {
		counts[i] = c.counts[w]
	}
	return NewVocabulary(kept, counts), nil
}
