package word2vec

import (
	"fmt"
	"math"

	"gorae/train"
	"gorae/word2vec"
)

// score is what vectors reach on a benchmark.
type score struct {
	Name    string  `json:"name"`
	Value   float64 `json:"value"`
	Covered int     `json:"covered"` // pairs or questions all words of which have vectors
	Of      int     `json:"of"`
}

// metric returns the score as a metric.
func (s score) metric() train.Metric {
	m := train.Metric{Name: s.Name, Value: s.Value}
	if math.IsNaN(s.Value) {
		m.Why = fmt.Sprintf("%d of %d have vectors", s.Covered, s.Of)
	}
	return m
}

// scores returns what vectors reach on each benchmark.
func (p *problem) scores(v *word2vec.Vectors) []score {
	var out []score
	for _, b := range p.similarity {
		out = append(out, similarity(v, b))
	}
	if len(p.questions) > 0 {
		out = append(out, analogies(v, p.questions))
	}
	return out
}

func similarity(v *word2vec.Vectors, b benchmark) score {
	s := v.Similarity(b.pairs)
	return score{"spearman_" + b.name, s.Spearman, s.Covered, s.Pairs}
}

func analogies(v *word2vec.Vectors, questions []word2vec.Question) score {
	_, all := v.Answer(questions)
	return score{"analogies", all.Share(), all.Covered, all.All}
}
