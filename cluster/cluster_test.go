package cluster

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gorae/internal/par"
)

// reference is a case of golden/statistics/clusters.json, values of scikit-learn 1.9.1.
type reference struct {
	Name     string
	Rtol     float64
	Atol     float64
	Input    json.RawMessage
	Expected json.RawMessage
}

func (c reference) near(got, want float64) bool {
	return math.Abs(got-want) <= c.Atol+c.Rtol*math.Abs(want)
}

func references(t *testing.T, prefix string, input, expected any, try func(c reference)) {
	t.Helper()
	root := os.Getenv("GORAE_SHARED")
	if root == "" {
		t.Skip("GORAE_SHARED is not set: it names the folder of the reference values")
	}
	b, err := os.ReadFile(filepath.Join(root, "golden/statistics/clusters.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Cases []reference }
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, c := range all.Cases {
		if !strings.HasPrefix(c.Name, prefix) {
			continue
		}
		n++
		for _, x := range []any{input, expected} {
			reflect.ValueOf(x).Elem().SetZero()
		}
		if err := json.Unmarshal(c.Input, input); err != nil {
			t.Fatal(c.Name, err)
		}
		if err := json.Unmarshal(c.Expected, expected); err != nil {
			t.Fatal(c.Name, err)
		}
		try(c)
	}
	if n < 2 {
		t.Fatalf("%d cases %s…; there are 2 or more", n, prefix)
	}
}

// TestFrom: centres, groups, inertia and iterations of scikit-learn's KMeans (Lloyd) from given first centres.
func TestFrom(t *testing.T) {
	var in struct{ X, Initial [][]float64 }
	var want struct {
		Centres    [][]float64
		Labels     []int
		Inertia    float64
		Iterations int `json:"iterations_sklearn"`
	}
	references(t, "kmeans-", &in, &want, func(c reference) {
		got, err := KMeans{Clusters: len(in.Initial)}.From(in.X, in.Initial)
		if err != nil {
			t.Fatal(c.Name, err)
		}
		if !slices.Equal(got.Labels, want.Labels) || !c.near(got.Inertia, want.Inertia) ||
			got.Iterations != want.Iterations {
			t.Errorf("%s: inertia %v in %d iterations, scikit-learn %v in %d", c.Name, got.Inertia, got.Iterations,
				want.Inertia, want.Iterations)
		}
		for i, row := range want.Centres {
			for k, v := range row {
				if !c.near(got.Centres[i][k], v) {
					t.Errorf("%s: centre %d is %v, scikit-learn's %v", c.Name, i, got.Centres[i], row)
					break
				}
			}
		}
	})
}

// TestStarts: over 50 seeds a single k-means++ start comes as near to the best inertia as scikit-learn's, and random
// first centres are worse, as they are there.
func TestStarts(t *testing.T) {
	var in struct {
		X [][]float64
		K int
	}
	var want struct {
		Median float64 `json:"inertia_median"`
		Best   float64 `json:"inertia_best"`
	}
	references(t, "kmeans++-quality-", &in, &want, func(c reference) {
		run := func(init string) (inertias []float64) {
			for seed := range 50 {
				got, err := KMeans{Clusters: in.K, Init: init, Restarts: 1, Seed: uint64(seed)}.Fit(in.X)
				if err != nil {
					t.Fatal(c.Name, err)
				}
				inertias = append(inertias, got.Inertia)
			}
			slices.Sort(inertias)
			return inertias
		}
		careful, random := run(PlusPlus), run(Random)
		if !c.near((careful[24]+careful[25])/2, want.Median) || math.Abs(careful[0]/want.Best-1) > 1e-6 {
			t.Errorf("%s: median %v, best %v; scikit-learn %v, %v", c.Name, careful[24], careful[0], want.Median,
				want.Best)
		}
		if sum(random) <= sum(careful) {
			t.Errorf("%s: random first centres %v are no worse than k-means++ %v", c.Name, sum(random), sum(careful))
		}
	})
}

// TestAgree: normalised_mutual_info_score and adjusted_rand_score of scikit-learn.
func TestAgree(t *testing.T) {
	var in struct{ A, B []int }
	var want struct{ ARI, NMI float64 }
	references(t, "agreement-", &in, &want, func(c reference) {
		got, err := Agree(in.A, in.B)
		if err != nil || !c.near(got.NMI, want.NMI) || !c.near(got.AdjustedRand, want.ARI) {
			t.Errorf("%s: %+v, %v; scikit-learn %+v", c.Name, got, err, want)
		}
	})
}

// TestSilhouette: silhouette_samples and silhouette_score of scikit-learn.
func TestSilhouette(t *testing.T) {
	var in struct {
		X      [][]float64
		Labels []int
	}
	var want struct {
		Silhouette float64
		Samples    []float64 `json:"silhouette_samples"`
	}
	references(t, "inner-", &in, &want, func(c reference) {
		got, err := Silhouette(in.X, in.Labels)
		if err != nil {
			t.Fatal(c.Name, err)
		}
		for i, v := range want.Samples {
			if !c.near(got[i], v) {
				t.Errorf("%s: sample %d has %v, scikit-learn %v", c.Name, i, got[i], v)
			}
		}
		other := slices.Clone(in.Labels)
		for i := range other {
			other[i] = i % 2
		}
		means, n, err := Silhouettes(in.X, 1, other, in.Labels)
		if err != nil || n != len(in.X) || !c.near(means[1], want.Silhouette) {
			t.Errorf("%s: %v of %d samples, %v; scikit-learn %v", c.Name, means, n, err, want.Silhouette)
		}
	})
}

// blobs is n rows of d numbers around k points.
func blobs(n, d, k int, spread float64) (x [][]float64, labels []int) {
	r := rand.New(rand.NewPCG(7, 7))
	var centres [][]float64
	for range k {
		c := make([]float64, d)
		for j := range c {
			c[j] = 10 * r.NormFloat64()
		}
		centres = append(centres, c)
	}
	for i := range n {
		row := make([]float64, d)
		for j := range row {
			row[j] = centres[i%k][j] + spread*r.NormFloat64()
		}
		x, labels = append(x, row), append(labels, i%k)
	}
	return x, labels
}

// lloyd is the textbook's algorithm, each distance computed.
func lloyd(x, centres [][]float64) []int {
	labels := make([]int, len(x))
	for range 1000 {
		next := make([]int, len(x))
		for i, row := range x {
			next[i] = (&Clustering{Centres: centres}).Nearest(row)
		}
		if slices.Equal(next, labels) {
			break
		}
		labels = next
		counts := make([]float64, len(centres))
		centres = slices.Clone(centres)
		for c := range centres {
			centres[c] = make([]float64, len(x[0]))
		}
		for i, l := range labels {
			counts[l]++
			for k, v := range x[i] {
				centres[l][k] += v
			}
		}
		for c := range centres {
			for k := range centres[c] {
				centres[c][k] /= counts[c]
			}
		}
	}
	return labels
}

// TestBounds: the bounds that save distances change no group; three threads give the bits of one.
func TestBounds(t *testing.T) {
	x, _ := blobs(5000, 5, 8, 6) // groups that overlap take many iterations
	first := slices.Clone(x[:12])
	want := lloyd(x, first)
	var ones *Clustering
	for _, threads := range []int{1, 3} {
		pool := par.New(threads)
		former := par.Default()
		par.SetDefault(pool)
		got, err := KMeans{Clusters: 12, Tolerance: 1e-30, Iterations: 1000}.From(x, first)
		par.SetDefault(former)
		pool.Close()
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.Labels, want) || got.Iterations < 20 {
			t.Errorf("%d threads: the groups differ from the textbook's after %d iterations", threads, got.Iterations)
		}
		if ones == nil {
			ones = got
		} else if !reflect.DeepEqual(ones, got) {
			t.Error("three threads give other bits than one")
		}
	}
}

// TestEmpty: a first centre far from all samples gets the sample that is farthest from its centre, as in scikit-learn:
// KMeans(2, init=[[0.5], [100]], n_init=1).fit([[0], [1], [0], [1], [6]]) has the centres 0.5 and 6.
func TestEmpty(t *testing.T) {
	got, err := KMeans{Clusters: 2}.From([][]float64{{0}, {1}, {0}, {1}, {6}}, [][]float64{{0.5}, {100}})
	if err != nil {
		t.Fatal(err)
	}
	if got.Centres[0][0] != 0.5 || got.Centres[1][0] != 6 || !slices.Equal(got.Labels, []int{0, 0, 0, 0, 1}) {
		t.Errorf("%+v", got)
	}
}

// TestChoose finds the number of groups that the samples were made of, and passes over a group of outliers.
func TestChoose(t *testing.T) {
	x, labels := blobs(600, 4, 5, 1)
	best, all, err := Range{From: 2, To: 8}.Choose(x, Space{X: x}, KMeans{Seed: 3})
	if err != nil || len(all) != 7 || all[best].Clusters != 5 {
		t.Fatalf("%d of %d groupings, %v", best, len(all), err)
	}
	if a, _ := Agree(labels, all[best].Clustering.Labels); a.AdjustedRand < 0.999 {
		t.Errorf("adjusted Rand index %v with the groups that the samples were made of", a.AdjustedRand)
	}
	for i := range 3 {
		x[i] = []float64{1e4, 1e4 + float64(i), 0, 0}
	}
	best, all, err = Range{From: 2, To: 8, Least: 0.03}.Choose(x, Space{X: x}, KMeans{Seed: 3})
	if err != nil || all[0].Smallest != 3.0/600 {
		t.Fatalf("%+v, %v", all, err)
	}
	if all[best].Smallest != all[0].Smallest {
		t.Errorf("every grouping has the outliers apart, so the one with the largest smallest group is due: %v",
			all[best].Smallest)
	}
	few := [][]float64{{0}, {1}, {0}, {1}, {5}}
	if best, all, err = (Range{From: 2, To: 9}).Choose(few, Space{X: few}, KMeans{}); err != nil || len(all) != 2 {
		t.Errorf("three different samples give %d groupings, the best %d, %v", len(all), best, err)
	}
}

// TestErrors: what cannot be grouped is one clear line.
func TestErrors(t *testing.T) {
	three := [][]float64{{1, 2}, {3, 4}, {3, 4}}
	fit := func(k KMeans, x [][]float64) error { _, err := k.Fit(x); return err }
	choose := func(r Range) error { _, _, err := r.Choose(three, Space{X: three}, KMeans{}); return err }
	silhouette := func(labels ...int) error { _, err := Silhouette(three, labels); return err }
	agree := func(a, b []int) error { _, err := Agree(a, b); return err }
	for _, c := range []struct {
		err  error
		want string
	}{
		{fit(KMeans{Clusters: 4}, three), "4 groups of 3 samples; give 3 or fewer"},
		{fit(KMeans{Clusters: 3}, three), "only 2 different samples; give 2 or fewer"},
		{fit(KMeans{}, three), "0 groups; give 1 or more"},
		{fit(KMeans{Clusters: 2, Init: "first"}, three), `"first"; give one of k-means++, random`},
		{fit(KMeans{Clusters: 2, Tolerance: math.NaN()}, three), "tolerance NaN; none may be negative"},
		{fit(KMeans{Clusters: 1}, nil), "no numbers to group"},
		{fit(KMeans{Clusters: 1}, [][]float64{{1, 2}, {3}}), "sample 2 has 1 numbers, the first 2"},
		{fit(KMeans{Clusters: 1}, [][]float64{{1, math.Inf(1)}}), "sample 1: number 2 is +Inf"},
		{choose(Range{From: 3, To: 2}), "from 3 to 2"},
		{choose(Range{From: 3, To: 9}), "only 2 different samples"},
		{silhouette(0, 0, 0), "1 groups of 3 samples; 2 to 2 are needed"},
		{silhouette(0, 1, 2), "3 groups of 3 samples"},
		{silhouette(0, 1), "2 labels for 3 samples"},
		{agree([]int{1}, nil), "1 and 0 samples"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("%v, want %q", c.err, c.want)
		}
	}
}
