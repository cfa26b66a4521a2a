package cluster

import "fmt"

// Range is the numbers of groups that [Range.Choose] tries.
type Range struct {
	From, To int
	// Least is the least share of the samples that a group may have: smaller groups are outliers rather than groups.
	Least float64
	// Stable is the least [KMeans.Stability] of a grouping that is chosen; 0: any.
	Stable float64
}

// Choice is a grouping into a number of groups.
type Choice struct {
	Clusters   int
	Clustering *Clustering
	Silhouette float64 // in the space that judges, 0 of one group
	Smallest   float64 // the share of samples in the smallest group
	Stability  float64 // how far the groups of random halves agree; 0 where Range.Stable is
}

// Space is samples as groupings of them are judged by.
type Space struct {
	X [][]float64
	// Samples are the numbers of the samples that the rows of X are; nil: all, in their order.
	Samples []int
}

// Silhouettes returns the mean silhouette of several groupings of all samples. A grouping that puts all samples of the
// space into one group, or each into one of its own, has 0.
func (s Space) Silhouettes(seed uint64, groupings ...[]int) ([]float64, error) {
	means := make([]float64, len(groupings))
	var at []int
	var judged [][]int
	for k, labels := range groupings {
		own := labels
		if s.Samples != nil {
			own = make([]int, len(s.Samples))
			for i, sample := range s.Samples {
				own[i] = labels[sample]
			}
		}
		if n := len(groupingOf(own, count(len(own))).counts); n > 1 && n < len(own) {
			at, judged = append(at, k), append(judged, own)
		}
	}
	if len(judged) == 0 {
		return means, nil
	}
	found, _, err := Silhouettes(s.X, seed, judged...)
	for i, v := range found {
		means[at[i]] = v
	}
	return means, err
}

// count returns 0 to n − 1.
func count(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// Choose groups samples x by k-means into each number of groups, and returns all groupings and the place of the chosen
// one among them: of those whose groups all have the least share and are stable the one with the greatest mean
// silhouette in a space; where none is stable, the most stable of those with the least share; where none has the least
// share, the one whose smallest group is the largest. Numbers of groups above the number of different samples are left
// out, but the first one must be possible.
func (r Range) Choose(x [][]float64, s Space, k KMeans) (best int, all []Choice, err error) {
	if r.From < 1 || r.To < r.From {
		return 0, nil, fmt.Errorf("numbers of groups from %d to %d; give two numbers in their order, 1 or more", r.From,
			r.To)
	}
	var groupings [][]int
	for n := r.From; n <= r.To; n++ {
		k.Clusters = n
		c, err := k.Fit(x)
		if err != nil && n > r.From {
			break
		}
		if err != nil {
			return 0, nil, err
		}
		smallest := 1.0
		for _, size := range c.Sizes() {
			smallest = min(smallest, float64(size)/float64(len(x)))
		}
		own := Choice{Clusters: n, Clustering: c, Smallest: smallest}
		if r.Stable > 0 {
			if own.Stability, err = k.Stability(x, pairs); err != nil {
				return 0, nil, err
			}
		}
		groupings = append(groupings, c.Labels)
		all = append(all, own)
	}
	means, err := s.Silhouettes(k.Seed, groupings...)
	if err != nil {
		return 0, nil, err
	}
	for i, v := range means {
		all[i].Silhouette = v
	}
	return r.best(all), all, nil
}

func (r Range) best(all []Choice) int {
	// A grouping that meets more of the conditions goes before one that meets fewer. Of equals the greatest is chosen
	// by what the first condition that is not met, or the silhouette, measures.
	rank := func(c Choice) (met int, measure float64) {
		switch {
		case c.Smallest < r.Least:
			return 0, c.Smallest
		case c.Stability < r.Stable:
			return 1, c.Stability
		}
		return 2, c.Silhouette
	}
	best := 0
	for i, c := range all {
		met, measure := rank(c)
		if most, greatest := rank(all[best]); met > most || met == most && measure > greatest {
			best = i
		}
	}
	return best
}
