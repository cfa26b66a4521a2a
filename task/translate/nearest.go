package translate

import (
	"math"

	"gorae/prep/text"
)

// nearest finds the training sentence that is the most like another one: of the greatest cosine of tf-idf weights of
// words (scikit-learn's smooth formula), of equal ones the first.
type nearest struct {
	spec  text.Spec
	idf   map[string]float64
	posts map[string][]post
}

// post is the weight of a word in a sentence, which is brought to length 1.
type post struct {
	sentence int32
	weight   float32
}

// newNearest indexes sentences.
func newNearest(sentences []string) *nearest {
	n := &nearest{idf: map[string]float64{}, posts: map[string][]post{}}
	count := make([]map[string]float64, len(sentences))
	for i, s := range sentences {
		count[i] = n.count(s)
		for w := range count[i] {
			n.idf[w]++
		}
	}
	for w, df := range n.idf {
		n.idf[w] = math.Log((1+float64(len(sentences)))/(1+df)) + 1
	}
	for i, c := range count {
		length := n.length(c)
		for w, k := range c {
			n.posts[w] = append(n.posts[w], post{int32(i), float32(k * n.idf[w] / length)})
		}
	}
	return n
}

// count returns how often each word stands in a sentence.
func (n *nearest) count(s string) map[string]float64 {
	c := map[string]float64{}
	for _, w := range n.spec.Tokens(s) {
		c[w]++
	}
	return c
}

// length is that of the vector of weights.
func (n *nearest) length(c map[string]float64) float64 {
	sum := 0.0
	for w, k := range c {
		sum += k * n.idf[w] * k * n.idf[w]
	}
	return math.Sqrt(sum)
}

// find returns the number of the sentence that is the most like s; 0 where none shares a word with it.
func (n *nearest) find(s string, score []float64) int {
	clear(score)
	best := 0
	tokens := n.spec.Tokens(s)
	for _, w := range tokens { // in the order of the sentence, so that sums have the same bits
		for _, p := range n.posts[w] {
			score[p.sentence] += n.idf[w] * float64(p.weight)
		}
	}
	for i, v := range score {
		if v > score[best] {
			best = i
		}
	}
	return best
}
