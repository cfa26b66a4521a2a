package cluster

import (
	"math/rand/v2"
	"testing"
)

// TestStability: halves of samples around three points agree on three groups and on no more of them; of samples without
// groups they disagree.
func TestStability(t *testing.T) {
	x, _ := blobs(600, 4, 3, 1)
	stability := func(x [][]float64, k int) float64 {
		s, err := KMeans{Clusters: k, Seed: 2}.Stability(x, 5)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if three, six := stability(x, 3), stability(x, 6); three < 0.999 || six > 0.8 {
		t.Errorf("adjusted Rand index %v of 3 groups, %v of 6", three, six)
	}
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([][]float64, 600)
	for i := range noise {
		for range 10 {
			noise[i] = append(noise[i], r.NormFloat64())
		}
	}
	if s := stability(noise, 5); s > 0.4 {
		t.Errorf("adjusted Rand index %v of groups of normal numbers in 10 columns", s)
	}
	if s := stability([][]float64{{0}, {1}, {2}}, 3); s != 0 {
		t.Errorf("%v of halves that have fewer samples than groups", s)
	}
}

// TestStable: of numbers of groups the stable one is chosen, whatever the silhouette of the others, and where none is
// stable the most stable one.
func TestStable(t *testing.T) {
	all := []Choice{{Clusters: 2, Silhouette: 0.9, Smallest: 0.01, Stability: 1},
		{Clusters: 3, Silhouette: 0.3, Smallest: 0.2, Stability: 0.85},
		{Clusters: 4, Silhouette: 0.5, Smallest: 0.2, Stability: 0.6},
		{Clusters: 5, Silhouette: 0.2, Smallest: 0.1, Stability: 0.9}}
	for _, c := range []struct {
		Range
		want int
	}{
		{Range{Least: 0.03, Stable: 0.8}, 3},
		{Range{Least: 0.03}, 4},
		{Range{Least: 0.03, Stable: 0.95}, 5},
		{Range{Least: 0.3, Stable: 0.8}, 3},
		{Range{}, 2},
	} {
		if got := all[c.best(all)].Clusters; got != c.want {
			t.Errorf("%+v: %d groups, want %d", c.Range, got, c.want)
		}
	}
}
