package stat

import (
	"math"
	"math/rand/v2"
)

// Neighbours tests whether observations that follow each other are alike: with e_t = x_t − mean,
//
//	z_k = Σ_t e_t·e_{t−k} / √(Σ_t e_t²·e_{t−k}²),   Z = Σ_{k=1}^{lags} z_k / √lags   against the normal distribution,
//
// on the side of likeness. Each z_k is standard normal where the observations are independent, whether or not their
// variance changes, and different lags are uncorrelated. Returned are the mean of the autocorrelations and P(Z or
// more).
//
// Source of z_k: Taylor, "Estimating the variances of autocorrelations calculated from financial time series", Applied
// Statistics 33 (1984).
func Neighbours(x []float64, lags int) (r, p float64, err error) {
	if lags < 1 || lags >= len(x) {
		return 0, 0, failed("neighbours", "%d lags of %d observations; give 1 to %d", lags, len(x), len(x)-1)
	}
	all, err := Autocorrelation(x, lags)
	if err != nil {
		return 0, 0, err
	}
	m, z := mean(x), 0.0
	for k := 1; k <= lags; k++ {
		sum, square := 0.0, 0.0
		for t := k; t < len(x); t++ {
			v := (x[t] - m) * (x[t-k] - m)
			sum += v
			square += v * v
		}
		if square > 0 {
			z += sum / math.Sqrt(square)
		}
		r += all[k] / float64(lags)
	}
	return r, 1 - NormalCDF(z/math.Sqrt(float64(lags))), nil
}

// Grouped is the analysis of variance of observations in groups.
type Grouped struct {
	// ICC is the intraclass correlation (MSB − MSW) / (MSB + (n₀ − 1)·MSW): the correlation of two observations of one
	// group, MSB and MSW being the mean squares between and within groups, n₀ = (n − Σ nᵢ²/n) / (groups − 1).
	ICC float64
	F   float64 // MSB / MSW
	// P is the probability of F or more where groups do not matter: that of the F distribution, or, where it is below
	// [shuffled] and shuffled groups give a greater one, theirs.
	P      float64
	Groups int
}

// Intraclass tests whether observations of one group are alike, groups[i] being the number of observation i's group,
// −1 where it has none. seed is that of the shuffles of groups, which confirm a small P. An error: fewer than two
// groups, or no group with two observations, or observations that do not vary within groups.
//
// Source: Shrout and Fleiss, "Intraclass correlations: uses in assessing rater reliability", Psychological Bulletin 86
// (1979), case 1; Donner, "A review of inference procedures for the intraclass correlation coefficient in the one-way
// random effects model", International Statistical Review 54 (1986), for groups of unlike sizes.
func Intraclass(x []float64, groups []int, seed uint64) (Grouped, error) {
	if len(groups) != len(x) {
		return Grouped{}, failed("intraclass", "%d groups of %d observations", len(groups), len(x))
	}
	sums, sizes := map[int]float64{}, map[int]float64{}
	total, n := 0.0, 0.0
	for i, g := range groups {
		if g >= 0 {
			sums[g] += x[i]
			sizes[g]++
			total += x[i]
			n++
		}
	}
	k := float64(len(sums))
	if k < 2 || n <= k {
		return Grouped{}, failed("intraclass", "%v observations of %v groups; give two groups or more, and two "+
			"observations of one", n, k)
	}
	all := total / n
	between, within := 0.0, 0.0
	for i, g := range groups {
		if g >= 0 {
			m := sums[g] / sizes[g]
			between += (m - all) * (m - all)
			within += (x[i] - m) * (x[i] - m)
		}
	}
	if !(within > 0) {
		return Grouped{}, failed("intraclass", "the observations of each group are the same")
	}
	squares := 0.0
	for _, size := range sizes {
		squares += size * size
	}
	between, within = between/(k-1), within/(n-k)
	typical := (n - squares/n) / (k - 1)
	f := between / within
	p := FTail(f, k-1, n-k)
	if p < shuffled {
		p = max(p, permuted(x, groups, all, seed))
	}
	return Grouped{ICC: (between - within) / (between + (typical-1)*within), F: f, P: p, Groups: len(sums)}, nil
}

// shuffled is the probability of the F distribution below which groups are shuffled: of skewed observations in groups
// of unlike sizes it is half of what it should be.
const shuffled = 0.05

// permuted returns the share of shuffles of the groups, the given order among them, in which the groups' means vary as
// much or more: of 999 shuffles, fewer where there are very many observations, but 199 at least. The sum of squares
// within groups falls as that between them rises, so that the latter, Σ (Σ e)²/nᵢ, orders shuffles as F does.
func permuted(x []float64, groups []int, mean float64, seed uint64) float64 {
	var e []float64
	var of []int
	number := map[int]int{}
	var sizes []float64
	for i, g := range groups {
		if g < 0 {
			continue
		}
		k, ok := number[g]
		if !ok {
			k = len(sizes)
			number[g] = k
			sizes = append(sizes, 0)
		}
		sizes[k]++
		e, of = append(e, x[i]-mean), append(of, k)
	}
	sums := make([]float64, len(sizes))
	between := func() (s float64) {
		clear(sums)
		for i, k := range of {
			sums[k] += e[i]
		}
		for k, v := range sums {
			s += v * v / sizes[k]
		}
		return s
	}
	given := between() * (1 - 1e-12) // sums in another order differ in their last bits
	times, more := max(199, min(999, 20_000_000/len(e))), 1
	r := rand.New(rand.NewPCG(seed, 0x2545f4914f6cdd1d))
	for range times {
		r.Shuffle(len(e), func(a, b int) { e[a], e[b] = e[b], e[a] })
		if between() >= given {
			more++
		}
	}
	return float64(more) / float64(times+1)
}

// FTail returns the probability that F of Fisher's and Snedecor's distribution with a and b degrees of freedom exceeds
// x: I_{b/(b + a·x)}(b/2, a/2), I being the regularised incomplete beta function.
func FTail(x, a, b float64) float64 {
	switch {
	case !(x > 0):
		return 1
	case math.IsInf(x, 1):
		return 0
	}
	return incompleteBeta(b/2, a/2, b/(b+a*x), a*x/(b+a*x))
}
