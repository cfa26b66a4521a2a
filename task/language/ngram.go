package language

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Ngrams is the counts of a text's tokens and of the pairs of tokens that follow each other, from which come two
// models:
//
//   - the unigram, with one added to each count (Laplace): p(w) = (c(w) + 1)/(N + V);
//   - the bigram, interpolated Kneser-Ney:
//     p(w|v) = max(c(v w) − D, 0)/c(v ·) + D·n(v ·)/c(v ·) · q(w),
//     q(w) = max(n(· w) − E, 0)/n(· ·) + E·m/n(· ·) · 1/V,
//     n counting the kinds of pairs and m the kinds of tokens that end one; q(w) alone where v begins none.
//
// V is the number of ids. The discounts are D = n₁/(n₁ + 2n₂) of the numbers of pairs that occur once and twice, and E
// the same of the n(· w).
//
// Sources: Ney, Essen and Kneser, "On structuring probabilistic dependences in stochastic language modelling", Computer
// Speech and Language 8 (1994); Chen and Goodman, "An empirical study of smoothing techniques for language modeling",
// Computer Speech and Language 13 (1999), equations 18 and 19.
type Ngrams struct {
	Size  int   `json:"size"` // V
	Pairs []int `json:"pairs"`
	// Counts is the number of times that each pair v·V + w occurs; Pairs are in ascending order.
	Counts []int `json:"counts"`
	Tokens []int `json:"tokens"` // by id: c(w)

	total      float64
	d, e       float64
	begins     []int     // first pair of each v, V + 1 of them
	after      []float64 // c(v ·)
	ends       []float64 // n(· w)
	kinds      float64   // m
	likeliest  int32     // of the unigram
	next       []int32   // the likeliest after each id
	likeliestQ int32
}

// mostTokens is the number of tokens, the last of the training part, that are counted.
const mostTokens = 1 << 22

// count counts the tokens of a text of ids below size.
func count(ids []int32, size int) *Ngrams {
	n := &Ngrams{Size: size, Tokens: make([]int, size)}
	pairs := make([]int, 0, len(ids))
	for i, id := range ids {
		n.Tokens[id]++
		if i > 0 {
			pairs = append(pairs, int(ids[i-1])*size+int(id))
		}
	}
	slices.Sort(pairs)
	for i, p := range pairs {
		if i > 0 && p == pairs[i-1] {
			n.Counts[len(n.Counts)-1]++
		} else {
			n.Pairs, n.Counts = append(n.Pairs, p), append(n.Counts, 1)
		}
	}
	n.settle()
	return n
}

// check refuses counts that no text has.
func (n *Ngrams) check(size int) error {
	if n.Size != size || len(n.Tokens) != size || len(n.Counts) != len(n.Pairs) || !slices.IsSorted(n.Pairs) {
		return fmt.Errorf("%d counts of tokens, %d of pairs, for %d ids", len(n.Tokens), len(n.Counts), size)
	}
	for i, p := range n.Pairs {
		if p < 0 || p >= size*size || n.Counts[i] < 1 {
			return errors.New("a pair of tokens that is none")
		}
	}
	for _, c := range n.Tokens {
		if c < 0 {
			return errors.New("a negative count")
		}
	}
	return nil
}

// settle computes what follows from the counts.
func (n *Ngrams) settle() {
	v := n.Size
	n.after, n.ends, n.begins = make([]float64, v), make([]float64, v), make([]int, v+1)
	for _, c := range n.Tokens {
		n.total += float64(c)
	}
	for i, p := range n.Pairs {
		n.after[p/v] += float64(n.Counts[i])
		n.ends[p%v]++
		n.begins[p/v+1] = i + 1
	}
	for i := range v {
		n.begins[i+1] = max(n.begins[i+1], n.begins[i])
	}
	n.d = discount(n.Counts)
	var ends []int
	for _, c := range n.ends {
		if c > 0 {
			ends = append(ends, int(c))
		}
	}
	n.e, n.kinds = discount(ends), float64(len(ends))
	n.likeliest, n.likeliestQ = greatest(v, n.unigram), greatest(v, n.q)
	n.next = make([]int32, v)
	for id := range n.next {
		n.next[id] = n.likeliestAfter(int32(id))
	}
}

// discount is n₁/(n₁ + 2n₂), ½ where no count is 1 or 2.
func discount(counts []int) float64 {
	one, two := 0.0, 0.0
	for _, c := range counts {
		switch c {
		case 1:
			one++
		case 2:
			two++
		}
	}
	if one+two == 0 {
		return 0.5
	}
	return one / (one + 2*two)
}

func greatest(size int, p func(int32) float64) (best int32) {
	most := math.Inf(-1)
	for id := range int32(size) {
		if v := p(id); v > most {
			best, most = id, v
		}
	}
	return best
}

// unigram is p(w).
func (n *Ngrams) unigram(w int32) float64 {
	return (float64(n.Tokens[w]) + 1) / (n.total + float64(n.Size))
}

func (n *Ngrams) q(w int32) float64 {
	all := float64(len(n.Pairs))
	if all == 0 {
		return 1 / float64(n.Size)
	}
	return max(n.ends[w]-n.e, 0)/all + n.e*n.kinds/all/float64(n.Size)
}

// bigram is p(w|v).
func (n *Ngrams) bigram(v, w int32) float64 {
	c := n.after[v]
	if c == 0 {
		return n.q(w)
	}
	from, to := n.begins[v], n.begins[v+1]
	p := n.d * float64(to-from) / c * n.q(w)
	if i, ok := slices.BinarySearchFunc(n.Pairs[from:to], int(v)*n.Size+int(w), cmp.Compare[int]); ok {
		p += (float64(n.Counts[from+i]) - n.d) / c
	}
	return p
}

// likeliestAfter is the id of the greatest p(w|v): one that has followed v, or the greatest q.
func (n *Ngrams) likeliestAfter(v int32) int32 {
	best, most := n.likeliestQ, n.bigram(v, n.likeliestQ)
	for _, pair := range n.Pairs[n.begins[v]:n.begins[v+1]] {
		w := int32(pair % n.Size)
		if p := n.bigram(v, w); p > most || p == most && w < best {
			best, most = w, p
		}
	}
	return best
}
