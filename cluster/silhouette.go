package cluster

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// mostWork is the greatest number of squared differences that a silhouette adds up, some seconds' worth: 1 << 32.
const mostWork = 1 << 32

// Silhouettes returns the mean silhouette of several groupings of samples x, from one pass over their distances, and
// the number of samples that it was computed of: all where there are few, else as many random ones, from the seed, as
// 2³² squared differences reach for. The silhouette of a sample is
//
//	(b − a) / max(a, b)
//
// where a is the mean distance to the other samples of its group and b that to the samples of the nearest other
// group; a sample that is alone in its group has 0. It lies between −1 and 1: above .5 groups are well apart, near 0
// they touch.
//
// An error: rows that do not match, or a grouping of one group or of as many groups as samples.
//
// Source: Rousseeuw, "Silhouettes", Journal of Computational and Applied Mathematics 20 (1987).
func Silhouettes(x [][]float64, seed uint64, groupings ...[]int) (means []float64, samples int, err error) {
	m, err := newMatrix(x)
	if err != nil {
		return nil, 0, err
	}
	rows := sample(m.n, m.d, seed)
	each, err := silhouettes(m, rows, groupings)
	if err != nil {
		return nil, 0, err
	}
	for _, e := range each {
		means = append(means, sum(e)/float64(len(e)))
	}
	return means, len(rows), nil
}

// Silhouette returns the silhouette of each of samples x, whose group labels holds; see [Silhouettes].
func Silhouette(x [][]float64, labels []int) ([]float64, error) {
	m, err := newMatrix(x)
	if err != nil {
		return nil, err
	}
	each, err := silhouettes(m, count(m.n), [][]int{labels})
	if err != nil {
		return nil, err
	}
	return each[0], nil
}

// sample returns the rows that a silhouette is computed of, in their order.
func sample(n, d int, seed uint64) []int {
	most := int(math.Sqrt(mostWork / float64(d)))
	rows := rand.New(rand.NewPCG(seed, 0x51)).Perm(n)
	rows = rows[:min(n, max(most, 2))]
	slices.Sort(rows)
	return rows
}

// silhouettes returns the silhouettes of some rows in several groupings of all.
func silhouettes(m *matrix, rows []int, groupings [][]int) ([][]float64, error) {
	var all []grouping
	out := make([][]float64, len(groupings))
	for k, labels := range groupings {
		if len(labels) != m.n {
			return nil, fmt.Errorf("silhouette: %d labels for %d samples", len(labels), m.n)
		}
		g := groupingOf(labels, rows)
		if len(g.counts) < 2 || len(g.counts) >= len(rows) {
			return nil, fmt.Errorf("silhouette: %d groups of %d samples; 2 to %d are needed", len(g.counts), len(rows),
				len(rows)-1)
		}
		all = append(all, g)
		out[k] = make([]float64, len(rows))
	}
	part := &matrix{n: len(rows)}
	part.blocksOf(64, func(from, end int) {
		sums := make([][]float64, len(all))
		for k, g := range all {
			sums[k] = make([]float64, len(g.counts))
		}
		for i := from; i < end; i++ {
			own := m.row(rows[i])
			for _, s := range sums {
				clear(s)
			}
			for j, r := range rows {
				d := math.Sqrt(squared(own, m.row(r)))
				for k := range all {
					sums[k][all[k].group[j]] += d
				}
			}
			for k, g := range all {
				out[k][i] = one(sums[k], g.counts, g.group[i])
			}
		}
	})
	return out, nil
}

// grouping is the group of each of some rows, numbered from 0, and the number of rows in each group.
type grouping struct {
	group  []int
	counts []float64
}

func groupingOf(labels, rows []int) grouping {
	number := map[int]int{}
	g := grouping{group: make([]int, len(rows))}
	for i, r := range rows {
		k, ok := number[labels[r]]
		if !ok {
			k = len(g.counts)
			number[labels[r]] = k
			g.counts = append(g.counts, 0)
		}
		g.group[i] = k
		g.counts[k]++
	}
	return g
}

// one is the silhouette of a sample of group own, from the sums of its distances to the samples of each group.
func one(sums, counts []float64, own int) float64 {
	if counts[own] == 1 {
		return 0
	}
	a, b := sums[own]/(counts[own]-1), math.Inf(1)
	for g, s := range sums {
		if g != own {
			b = min(b, s/counts[g])
		}
	}
	if most := max(a, b); most > 0 {
		return (b - a) / most
	}
	return 0
}
