package supervised

import (
	"cmp"
	"math"
	"slices"

	"gorae/stat"
	"gorae/task"
)

const (
	mostBins = 10 // of a reliability diagram
	binSize  = 20 // samples that a bin has at least
)

// reliability returns the reliability diagram of target k, with bins of equally many samples; nil where the network
// gives no probabilities or there are too few samples for two bins.
func (c *classes) reliability(k int) *task.Reliability {
	n := len(c.predicted[k])
	bins := min(mostBins, n/binSize)
	notFinite := func(v classified) bool { return !finite(float64(v.p)) }
	if !c.rules[k].Probable || bins < 2 || slices.ContainsFunc(c.predicted[k], notFinite) {
		return nil
	}
	t := c.targets[k]
	r := &task.Reliability{Target: t.Name, Part: c.part.String()}
	type pair struct {
		p  float64
		is bool
	}
	pairs := make([]pair, n)
	for i, v := range c.predicted[k] {
		pairs[i] = pair{float64(v.p), v.class == v.predicted}
		if len(t.Classes) == 2 {
			if pairs[i].is = v.class == 1; v.predicted == 0 {
				pairs[i].p = 1 - pairs[i].p
			}
		}
	}
	if len(t.Classes) == 2 {
		r.Class = t.Classes[1]
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(a.p, b.p) })
	for j := range bins {
		part := pairs[j*n/bins : (j+1)*n/bins]
		b, is := task.ReliabilityBin{Samples: len(part)}, 0
		for _, v := range part {
			b.Predicted += v.p / float64(len(part))
			if v.is {
				is++
			}
		}
		b.Observed = float64(is) / float64(len(part))
		b.Interval = stat.Wilson(is, len(part), 0.95)
		r.Error += math.Abs(b.Predicted-b.Observed) * float64(len(part)) / float64(n)
		r.Bins = append(r.Bins, b)
	}
	return r
}
