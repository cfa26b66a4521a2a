package prep

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"gorae/quantile"
)

// Quantile is the share of the training values that lie below x, linear between n_quantiles of them, and for
// output_distribution normal the standard normal quantile of that share, within ±5.2. A value that several of the
// quantiles are equal to has the middle of their shares; from the least value down the share is 0, from the greatest
// up 1.
//
// output_distribution (normal) is normal, where a missing number's 0 is the median, or uniform. n_quantiles (1000) is
// the number of quantiles, at most as many as training values. A column becomes one feature.
//
// Example: with uniform 1, 2, 3, 100 become 0, 0.33, 0.67, 1.
//
// Source: scikit-learn's QuantileTransformer with all rows as its subsample; its default distribution is uniform.
type Quantile struct {
	Output    string `keras:"output_distribution,default=normal,oneof=normal|uniform"`
	Quantiles int    `keras:"n_quantiles,default=1000,min=2,max=100000,what=number of quantiles"`
}

func (s Quantile) uniform() bool { return s.Output == "uniform" }

// Fit implements Scale.
func (s Quantile) Fit(x []float64) Map {
	sorted := sorted(x)
	n := s.Quantiles
	if n == 0 {
		n = 1000
	}
	n = min(n, len(sorted))
	m := &quantiles{Uniform: s.uniform(), Quantiles: make([]float64, n)}
	for i := range m.Quantiles {
		m.Quantiles[i] = quantile.At(sorted, float64(i)/float64(max(1, n-1)))
		if i > 0 { // a rounding may lie below
			m.Quantiles[i] = max(m.Quantiles[i], m.Quantiles[i-1])
		}
	}
	return m
}

// Blank implements Scale.
func (s Quantile) Blank() Map { return &quantiles{Uniform: s.uniform()} }

// quantiles is the function of Quantile.
type quantiles struct {
	Quantiles []float64 `json:"quantiles"`
	Uniform   bool      `json:"uniform,omitempty"`
}

// outermost is the share whose normal quantile bounds the output, 10⁻⁷ as in scikit-learn.
const outermost = 1e-7

// share returns the share of quantile i.
func (m *quantiles) share(i int) float64 { return float64(i) / float64(max(1, len(m.Quantiles)-1)) }

// Apply implements Map.
func (m *quantiles) Apply(x float64) float64 {
	q := m.Quantiles
	share := 0.0
	switch last := len(q) - 1; {
	case x <= q[0]:
	case x >= q[last]:
		share = 1
	default:
		i := sort.SearchFloat64s(q, x)
		if q[i] == x {
			j := i
			for q[j+1] == x {
				j++
			}
			share = (m.share(i) + m.share(j)) / 2
		} else {
			share = m.share(i-1) + (x-q[i-1])/(q[i]-q[i-1])*(m.share(i)-m.share(i-1))
		}
	}
	if m.Uniform {
		return share
	}
	return normalQuantile(min(max(share, outermost), 1-outermost))
}

// Invert implements Map.
func (m *quantiles) Invert(z float64) float64 {
	share, last := z, len(m.Quantiles)-1
	if !m.Uniform {
		if share = math.Erfc(-z/math.Sqrt2) / 2; share <= outermost {
			share = 0
		} else if share >= 1-outermost {
			share = 1
		}
	}
	return quantile.At(m.Quantiles, min(max(share, 0), 1)*math.Min(1, float64(last)))
}

// Check implements Map.
func (m *quantiles) Check() error {
	if len(m.Quantiles) == 0 || !finite(m.Quantiles...) || !slices.IsSorted(m.Quantiles) {
		return fmt.Errorf("%d quantiles that are not numbers in rising order", len(m.Quantiles))
	}
	return nil
}

// normalQuantile returns the number below which a standard normal variable lies with the probability p.
func normalQuantile(p float64) float64 {
	if p > 0.5 {
		return -normalQuantile(1 - p)
	}
	return math.Sqrt2 * math.Erfinv(2*p-1)
}
