package reduce

import (
	"fmt"
	"math"
)

// exact is the extent of the smaller of samples and columns up to which PCA is exact where nothing is said.
const exact = 1500

// Solvers of PCA.
const (
	Exact      = "exact"
	Randomized = "randomized"
)

// PCA is the settings of principal component analysis: the directions in which samples vary most.
type PCA struct {
	Components int  // directions that are kept, at most as many as there are samples or columns
	Whiten     bool // scores have variance 1
	// Solver is Exact or Randomized; "" is Exact where samples or columns are 1,500 or fewer.
	Solver string
	Seed   uint64 // of Randomized
}

// Projection is the result of PCA. Its fields go through encoding/json.
type Projection struct {
	Mean       []float64   `json:"mean"`
	Components [][]float64 `json:"components"` // unit vectors, those of the greatest variance first
	Variance   []float64   `json:"variance"`   // of the samples along each, divided by n − 1
	Ratio      []float64   `json:"ratio"`      // of Variance to the variance of all columns together
	Singular   []float64   `json:"singular"`   // values of the centred samples
	Noise      float64     `json:"noise"`      // mean variance along the directions that are left out
	Whiten     bool        `json:"whiten,omitempty"`
}

// Fit returns the components of samples x. Of the two signs of a component the one is taken that makes its greatest
// number positive, as in scikit-learn (svd_flip of the rows).
//
// Exact components are eigenvectors of the covariance matrix, or where samples are fewer than columns of the matrix of
// their inner products. Randomized ones come from seven steps of subspace iteration on random vectors, ten more than
// components: the leading components agree to many digits, the last ones to as many as the spectrum allows.
//
// An error: fewer than two samples, numbers that are not finite, samples that are all alike, or more components than
// samples or columns.
//
// Sources: Jolliffe, "Principal Component Analysis" (2002); Halko, Martinsson and Tropp, "Finding structure with
// randomness", SIAM Review 53 (2011).
func (p PCA) Fit(x Rows) (*Projection, error) {
	n, d := x.Len(), x.Dim()
	switch {
	case n < 2 || d < 1:
		return nil, fmt.Errorf("PCA: %d samples of %d numbers; 2 samples or more are needed", n, d)
	case p.Components < 1 || p.Components > min(n, d):
		return nil, fmt.Errorf("PCA: %d components of %d samples of %d numbers; give 1 to %d", p.Components, n, d,
			min(n, d))
	case p.Solver != "" && p.Solver != Exact && p.Solver != Randomized:
		return nil, fmt.Errorf("PCA: solver %q; give %s or %s", p.Solver, Exact, Randomized)
	}
	mean, total, err := moments(x)
	if err != nil {
		return nil, fmt.Errorf("PCA: %w", err)
	}
	if total == 0 {
		return nil, fmt.Errorf("PCA: all %d samples are alike", n)
	}
	out := &Projection{Mean: mean, Whiten: p.Whiten}
	switch random := p.Solver == Randomized || p.Solver == "" && min(n, d) > exact; {
	case random:
		err = out.randomized(x, p.Components, p.Seed)
	case d <= n:
		err = out.covariance(x, p.Components)
	default:
		err = out.gram(x, p.Components)
	}
	if err != nil {
		return nil, fmt.Errorf("PCA: %w", err)
	}
	out.finish(n, d, total)
	return out, nil
}

// finish sets the signs and what follows from the variances.
func (p *Projection) finish(n, d int, total float64) {
	rest := total
	for i, c := range p.Components {
		most := 0.0
		for _, v := range c {
			if math.Abs(v) > math.Abs(most) {
				most = v
			}
		}
		if most < 0 {
			for k := range c {
				c[k] = -c[k]
			}
		}
		p.Variance[i] = max(0, p.Variance[i])
		p.Ratio = append(p.Ratio, p.Variance[i]/total)
		p.Singular = append(p.Singular, math.Sqrt(p.Variance[i]*float64(n-1)))
		rest -= p.Variance[i]
	}
	if left := min(n, d) - len(p.Components); left > 0 {
		p.Noise = max(0, rest) / float64(left)
	}
}

// Transform returns the scores of a sample: its position along each component.
func (p *Projection) Transform(row []float64) []float64 {
	out := make([]float64, len(p.Components))
	for i, c := range p.Components {
		for k, v := range c {
			out[i] += v * (row[k] - p.Mean[k])
		}
		if p.Whiten {
			out[i] /= p.deviation(i)
		}
	}
	return out
}

// Inverse returns the sample that has given scores and lies at the mean along all other directions.
func (p *Projection) Inverse(scores []float64) []float64 {
	out := append([]float64(nil), p.Mean...)
	for i, c := range p.Components {
		s := scores[i]
		if p.Whiten {
			s *= p.deviation(i)
		}
		for k, v := range c {
			out[k] += s * v
		}
	}
	return out
}

// deviation is the standard deviation along component i, as scikit-learn bounds it where samples do not vary.
func (p *Projection) deviation(i int) float64 {
	return max(math.Sqrt(p.Variance[i]), math.Nextafter(1, 2)-1)
}
