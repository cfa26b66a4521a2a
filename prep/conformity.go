package prep

import (
	"errors"
	"math"
	"slices"
)

// Conformity is the conformity scores of samples that no weight was learnt from, for split-conformal prediction: of a
// number y the absolute error |y − ŷ| in its units, of classes 1 − p of the true class. Where new samples come as these
// did, in any order (exchangeable), the score of a new one is at most [Conformity.Bound] of a level with a probability
// of at least that level (Vovk, Gammerman and Shafer 2005; Lei and others 2018).
type Conformity struct {
	Samples int `json:"samples"`
	// Scores are scores in rising order: all of them, or of many samples those of mostScores ranks at equal distances.
	Scores []float64 `json:"scores"`
}

// mostScores is the number of scores that are kept: more tell levels apart by less than a thousandth.
const mostScores = 1000

// NewConformity returns the scores of samples; nil for no samples, and for scores that are not finite.
func NewConformity(scores []float64) *Conformity {
	n := len(scores)
	sorted := slices.Sorted(slices.Values(scores))
	if n == 0 || !(sorted[0] >= 0) || math.IsInf(sorted[n-1], 1) { // NaN stands first
		return nil
	}
	c := &Conformity{Samples: n, Scores: make([]float64, min(n, mostScores))}
	for j := range c.Scores {
		c.Scores[j] = sorted[c.rank(j)-1]
	}
	return c
}

// rank returns the rank, from 1, of kept score j among all.
func (c *Conformity) rank(j int) int { return ((j+1)*c.Samples + len(c.Scores) - 1) / len(c.Scores) }

// Bound returns the ⌈(n + 1)·level⌉-th smallest of n scores, or the kept one above it; ∞ where n is too small for the
// level.
func (c *Conformity) Bound(level float64) float64 {
	rank := int(math.Ceil(float64(c.Samples+1)*level - 1e-9)) // 10·0.9 is 9
	for j, s := range c.Scores {
		if c.rank(j) >= rank {
			return s
		}
	}
	return math.Inf(1)
}

// Needed returns the least number of samples whose scores bound that of a new one at a level.
func (c *Conformity) Needed(level float64) int { return int(math.Ceil(level/(1-level) - 1e-9)) }

// check returns an error for scores that could not have been kept.
func (c *Conformity) check() error {
	bad := c.Samples < 1 || len(c.Scores) != min(c.Samples, mostScores) || !slices.IsSorted(c.Scores)
	for _, s := range c.Scores {
		bad = bad || !(s >= 0) || math.IsInf(s, 0)
	}
	if bad {
		return errors.New("target: the scores of its predictions are no conformity scores")
	}
	return nil
}
