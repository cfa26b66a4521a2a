package cluster

import (
	"math"
	"math/rand/v2"
)

const (
	pairs        = 5       // of halves that Range.Choose compares
	mostHalved   = 1 << 13 // samples that halves are drawn of
	halfRestarts = 3       // first centres that are tried for a half
)

// Stability returns how far the groups of random halves of samples x agree: each of two disjoint halves is grouped by
// itself, the centres of either put all samples into groups, and the adjusted Rand index of the two groupings is
// averaged over a number of pairs. Groups that other samples of the same kind would not have give a low one. From 8,192
// samples on it is computed of as many random ones. A half that has fewer different samples than groups counts as 0.
//
// Source: Lange, Roth, Braun and Buhmann, "Stability-based validation of clustering solutions", Neural Computation 16
// (2004).
func (k KMeans) Stability(x [][]float64, pairs int) (float64, error) {
	m, err := newMatrix(x)
	if err != nil {
		return 0, err
	}
	if err := k.check(m); err != nil {
		return 0, err
	}
	if k.Restarts == 0 {
		k.Restarts = halfRestarts
	}
	total := 0.0
	for p := range pairs {
		own := k
		own.Seed = k.Seed + uint64(p)
		rows := rand.New(rand.NewPCG(own.Seed, 0x4a1f)).Perm(len(x))
		rows = rows[:min(len(rows), mostHalved)]
		agreed, err := own.halves(x, rows)
		if err != nil {
			return 0, err
		}
		total += agreed
	}
	return total / float64(max(1, pairs)), nil
}

// halves returns the adjusted Rand index of the groups of two halves of some rows.
func (k KMeans) halves(x [][]float64, rows []int) (float64, error) {
	var labels [2][]int
	for h := range labels {
		half := make([][]float64, 0, len(rows)/2+1)
		for i := h; i < len(rows); i += 2 {
			half = append(half, x[rows[i]])
		}
		if len(half) == 0 {
			return 0, nil
		}
		m, err := newMatrix(half)
		if err != nil || m.distinct(k.Clusters) < k.Clusters {
			return 0, err
		}
		c, err := k.fit(m)
		if err != nil {
			return 0, err
		}
		for _, r := range rows {
			labels[h] = append(labels[h], c.Nearest(x[r]))
		}
	}
	a, err := Agree(labels[0], labels[1])
	return math.Max(0, a.AdjustedRand), err
}
