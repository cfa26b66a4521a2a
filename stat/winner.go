package stat

import (
	"math"
	"slices"
)

// winner is a configuration that has been chosen because it is the best of several: x are the values of all of them,
// the greatest being x[best], and draws those over resamples of the samples.
type winner struct {
	x     []float64
	best  int
	sigma []float64 // standard errors
	ratio []float64 // Cov(x[j], x[best])/Var(x[best])
	draws [][]float64
	step  float64 // half of the least difference of two values: of shares, half of a sample
}

// newWinner estimates how the values vary together; n is the number of samples, or of groups, that are drawn.
func newWinner(x []float64, draws [][]float64, best, n int) *winner {
	w := &winner{x: x, best: best, draws: draws, sigma: make([]float64, len(x)), ratio: make([]float64, len(x))}
	means := make([]float64, len(x))
	for _, d := range draws {
		for j, v := range d {
			means[j] += v / float64(len(draws))
		}
	}
	// Resamples of n samples vary as the population's do times (n − 1)/n, and their spread is an estimate itself.
	wider := float64(n) / float64(n-1)
	wider *= math.Pow(StudentQuantile(0.975, float64(n-1))/NormalQuantile(0.975), 2)
	for _, d := range draws {
		for j, v := range d {
			w.sigma[j] += wider * (v - means[j]) * (v - means[j]) / float64(len(draws)-1)
			w.ratio[j] += wider * (v - means[j]) * (d[best] - means[best]) / float64(len(draws)-1)
		}
	}
	w.level()
	sorted := slices.Sorted(slices.Values(x))
	for i := 1; i < len(sorted); i++ {
		if d := (sorted[i] - sorted[i-1]) / 2; d > 0 && (w.step == 0 || d < w.step) {
			w.step = d
		}
	}
	return w
}

// level makes the variance of the winner that of its rivals, where theirs is greater in the mean, and turns variances
// and covariances into standard errors and ratios. Where configurations are alike, a value that is best by chance looks
// surer than it is, as a share near 1 and a small mean of squares do. Rivals are those that are not worse by two
// standard errors of the difference.
func (w *winner) level() {
	own := w.sigma[w.best]
	sum, n := 0.0, 0.0
	for j, v := range w.sigma {
		if d := w.x[w.best] - w.x[j]; d*d <= 4*(own+v-2*w.ratio[j]) || j == w.best {
			sum, n = sum+v, n+1
		}
	}
	most := max(own, sum/n)
	for j := range w.sigma {
		if own > 0 { // a share of 1 does not vary, so that its covariances are 0 and its ratios too
			w.ratio[j] /= math.Sqrt(own * most) // the correlation stays
		}
		w.sigma[j] = math.Sqrt(w.sigma[j])
	}
	w.sigma[w.best], w.ratio[w.best] = math.Sqrt(most), 1
}

// together is the number of standard errors that none of the values is off by, with a probability.
func (w *winner) together(probability float64) float64 {
	most := make([]float64, len(w.draws))
	for i, d := range w.draws {
		for j, v := range d {
			if w.sigma[j] > 0 {
				most[i] = max(most[i], math.Abs(v-w.x[j])/w.sigma[j])
			}
		}
	}
	slices.Sort(most)
	return Quantile(most, probability)
}

// interval is the hybrid interval of Andrews, Kitagawa and McCloskey for what the winner is worth. Its value is normal
// about that, given what was not chosen, but cut off where another would have been chosen:
//
//	x[best] ≥ z[j]/(1 − ratio[j]),   z[j] = x[j] − ratio[j]·x[best]
//
// z does not depend on x[best], so that the distribution of the cut normal says which μ make x[best] no stranger. Where
// the second is near, such an interval has hardly an end; so μ is sought among those that an interval for all values
// together has, at a tenth of the error, and the error that is left is the cut normal's.
func (w *winner) interval(level float64) Interval {
	x, sigma := w.x[w.best], w.sigma[w.best]
	if !(sigma > 0) {
		return Interval{x, x}
	}
	few := (1 - level) / 10
	far := w.together(1-few) * sigma
	low, high := math.Inf(-1), math.Inf(1)
	for j, v := range w.x {
		if j == w.best {
			continue
		}
		part := 1 - w.ratio[j]
		switch at := (v - w.ratio[j]*x - w.step) / part; {
		case part > 1e-9:
			low = max(low, at)
		case part < -1e-9:
			high = min(high, at)
		}
	}
	below := func(mu float64) float64 {
		l, h := (max(low, mu-far)-mu)/sigma, (min(high, mu+far)-mu)/sigma
		return between(l, (x-mu)/sigma) / between(l, h)
	}
	find := func(p float64) float64 { // below falls from 1 to 0
		a, b := x-far, x+far
		for range 60 {
			if mu := (a + b) / 2; below(mu) > p {
				a = mu
			} else {
				b = mu
			}
		}
		return (a + b) / 2
	}
	half := (1 - level - few) / (1 - few) / 2
	return Interval{find(1 - half), find(half)}
}

// between is the probability of a standard normal variable between a and b.
func between(a, b float64) float64 {
	if a > 0 {
		a, b = -b, -a
	}
	return NormalCDF(b) - NormalCDF(a)
}
