package cluster

import (
	"fmt"
	"math"
)

// Range is the numbers of groups that [Range.Choose] tries.
type Range struct {
	From, To int
	// Least is the least share of the samples that a group may have: smaller groups are outliers rather than groups.
	Least float64
}

// Choice is a grouping into a number of groups.
type Choice struct {
	Clusters   int
	Clustering *Clustering
	Silhouette float64 // in the space that judges; 0 for one group
	Smallest   float64 // the share of samples in the smallest group
	Samples    int     // of which the silhouette was computed
}

// Choose groups samples x by k-means into each number of groups, and returns all groupings and the number in the list
// of the chosen one: of those whose groups all have the least share the one with the greatest mean silhouette in
// space; where none has, the one whose smallest group is the largest. space holds the same samples as they are
// compared by; it is x itself where x is what groups are looked for in. Numbers of groups above the number of different
// samples are left out, and the first one must be possible.
func (r Range) Choose(x, space [][]float64, k KMeans) (best int, all []Choice, err error) {
	if r.From < 1 || r.To < r.From {
		return 0, nil, fmt.Errorf("numbers of groups from %d to %d; give two numbers in their order, 1 or more", r.From,
			r.To)
	}
	if len(space) != len(x) {
		return 0, nil, fmt.Errorf("%d samples, but %d to judge them by", len(x), len(space))
	}
	var judged []int // places of the list with 2 groups or more
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
		if n > 1 && n < len(x) {
			judged, groupings = append(judged, len(all)), append(groupings, c.Labels)
		}
		all = append(all, Choice{Clusters: n, Clustering: c, Smallest: smallest})
	}
	means, samples, err := Silhouettes(space, k.Seed, groupings...)
	if err != nil {
		return 0, nil, err
	}
	for i, at := range judged {
		all[at].Silhouette, all[at].Samples = means[i], samples
	}
	return r.best(all), all, nil
}

func (r Range) best(all []Choice) int {
	best, most, largest, share := -1, math.Inf(-1), 0, -1.0
	for i, c := range all {
		if c.Smallest >= r.Least && c.Silhouette > most {
			best, most = i, c.Silhouette
		}
		if c.Smallest > share {
			largest, share = i, c.Smallest
		}
	}
	if best < 0 {
		return largest
	}
	return best
}
