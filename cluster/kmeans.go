package cluster

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// Ways to choose the first centres.
const (
	PlusPlus = "k-means++" // far from each other, which is the default
	Random   = "random"    // samples at random
)

// KMeans is the settings of k-means, which looks for groups with the least sum of squared distances of the samples to
// the mean of their group. The zero value of each field but Clusters is scikit-learn's default, except that ten starts
// are tried.
type KMeans struct {
	Clusters   int     // the number of groups
	Init       string  // the first centres: PlusPlus, which "" is, or Random
	Restarts   int     // first centres that are tried, the best result is kept; 0 is 10
	Iterations int     // the most iterations of a start; 0 is 300
	Tolerance  float64 // × the mean variance of the columns: moves of the centres that end a start; 0 is 1e-4
	Seed       uint64
}

// Clustering is groups of samples.
type Clustering struct {
	Centres    [][]float64 // the mean of each group
	Labels     []int       // the group of each sample, from 0
	Inertia    float64     // the sum of squared distances of the samples to the centre of their group
	Iterations int         // of the start that was kept
}

// Fit returns the groups of samples x. A group that loses all its samples takes the sample that is farthest from its
// centre, as in scikit-learn. First centres by k-means++ are the greedy ones: of 2 + ⌊ln k⌋ samples that are drawn in
// proportion to their squared distance from the centres so far the one that leaves the least inertia.
//
// An error: no samples, rows of different lengths, numbers that are not finite, or more groups than different samples.
//
// Sources: Lloyd, "Least squares quantization in PCM", IEEE Transactions on Information Theory 28 (1982); Arthur and
// Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007; Hamerly, "Making k-means even faster",
// SIAM International Conference on Data Mining 2010 (the bounds that save distances).
func (k KMeans) Fit(x [][]float64) (*Clustering, error) {
	m, err := newMatrix(x)
	if err != nil {
		return nil, err
	}
	return k.fit(m)
}

func (k KMeans) fit(m *matrix) (*Clustering, error) {
	if err := k.check(m); err != nil {
		return nil, err
	}
	restarts := k.Restarts
	if restarts == 0 {
		restarts = 10
	}
	var best *Clustering
	for r := range restarts {
		rng := rand.New(rand.NewPCG(k.Seed, uint64(r)))
		centres := k.first(m, rng)
		if c := k.lloyd(m, centres); best == nil || c.Inertia < best.Inertia {
			best = c
		}
	}
	return best, nil
}

// From returns the groups of samples x that k-means comes to from given first centres; Init, Restarts and Seed play no
// part.
func (k KMeans) From(x, centres [][]float64) (*Clustering, error) {
	m, err := newMatrix(x)
	if err != nil {
		return nil, err
	}
	c, err := newMatrix(centres)
	if err != nil {
		return nil, fmt.Errorf("first centres: %w", err)
	}
	if c.d != m.d || c.n != k.Clusters {
		return nil, fmt.Errorf("k-means: %d first centres of %d numbers; %d of %d are needed", c.n, c.d, k.Clusters,
			m.d)
	}
	if err := k.check(m); err != nil {
		return nil, err
	}
	return k.lloyd(m, c), nil
}

func (k KMeans) check(m *matrix) error {
	switch {
	case k.Clusters < 1:
		return fmt.Errorf("k-means: %d groups; give 1 or more", k.Clusters)
	case k.Clusters > m.n:
		return fmt.Errorf("k-means: %d groups of %d samples; give %d or fewer", k.Clusters, m.n, m.n)
	case k.Restarts < 0 || k.Iterations < 0 || !(k.Tolerance >= 0):
		return fmt.Errorf("k-means: %d restarts, %d iterations, tolerance %g; none may be negative", k.Restarts,
			k.Iterations, k.Tolerance)
	case k.Init != "" && k.Init != PlusPlus && k.Init != Random:
		return fmt.Errorf("k-means: first centres by %q; give one of %s", k.Init,
			strings.Join([]string{PlusPlus, Random}, ", "))
	}
	if have := m.distinct(k.Clusters); have < k.Clusters {
		return fmt.Errorf("k-means: %d groups, but only %d different samples; give %d or fewer", k.Clusters, have, have)
	}
	return nil
}

// first returns the first centres of a start.
func (k KMeans) first(m *matrix, rng *rand.Rand) *matrix {
	c := &matrix{n: k.Clusters, d: m.d, v: make([]float64, k.Clusters*m.d)}
	if k.Init == Random {
		for i, s := range rng.Perm(m.n)[:k.Clusters] {
			copy(c.row(i), m.row(s))
		}
		return c
	}
	trials := 2 + int(math.Log(float64(k.Clusters)))
	copy(c.row(0), m.row(rng.IntN(m.n)))
	nearest := make([]float64, m.n) // squared distance to the nearest centre
	m.squares(c.row(0), nil, nearest)
	best, try := make([]float64, m.n), make([]float64, m.n)
	for i := 1; i < k.Clusters; i++ {
		total := sum(nearest)
		chosen, least := 0, math.Inf(1)
		for range trials {
			s := draw(nearest, rng.Float64()*total)
			m.squares(m.row(s), nearest, try)
			if inertia := sum(try); inertia < least {
				chosen, least = s, inertia
				best, try = try, best
			}
		}
		copy(c.row(i), m.row(chosen))
		nearest, best = best, nearest
	}
	return c
}

// draw returns the first sample at which the sum of the weights exceeds at; a sample of weight 0 is never drawn.
func draw(weights []float64, at float64) int {
	last := 0
	for i, w := range weights {
		if w == 0 {
			continue
		}
		last = i
		if at -= w; at < 0 {
			break
		}
	}
	return last
}

// lloyd moves the centres to the means of their samples until no sample changes its group, or the centres hardly move.
func (k KMeans) lloyd(m, c *matrix) *Clustering {
	iterations, tolerance := k.Iterations, k.Tolerance
	if iterations == 0 {
		iterations = 300
	}
	if tolerance == 0 {
		tolerance = 1e-4
	}
	tolerance *= m.meanVariance()
	s := newSearch(m, c)
	done := 0
	for done < iterations {
		done++
		if changed := s.assign(); !changed {
			break
		}
		if s.move() <= tolerance {
			s.assign() // the labels are those of the last centres
			break
		}
		if done == iterations {
			s.assign()
		}
	}
	out := &Clustering{Labels: s.labels, Iterations: done}
	for i := range s.centres.n {
		out.Centres = append(out.Centres, s.centres.row(i))
	}
	each := make([]float64, m.n)
	for i, l := range s.labels {
		each[i] = squared(m.row(i), s.centres.row(l))
	}
	out.Inertia = sum(each)
	return out
}

// Nearest returns the group whose centre is nearest to a row, the first of several. It panics where the row has another
// length than the centres.
func (c *Clustering) Nearest(row []float64) int {
	best, least := 0, math.Inf(1)
	for i, centre := range c.Centres {
		if len(row) != len(centre) {
			panic(fmt.Sprintf("cluster: a row of %d numbers, centres of %d", len(row), len(centre)))
		}
		if d := squared(row, centre); d < least {
			best, least = i, d
		}
	}
	return best
}

// Sizes returns the number of samples of each group.
func (c *Clustering) Sizes() []int {
	n := make([]int, len(c.Centres))
	for _, l := range c.Labels {
		n[l]++
	}
	return n
}
