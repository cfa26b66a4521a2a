package prep

import (
	"fmt"
	"math"

	"gorae/data"
	"gorae/quantile"
)

// Bins are the edges of a piecewise-linear encoding, ascending: bin i reaches from edge i to edge i + 1. A number x
// becomes a feature for each bin, with a = Bins[i] and b = Bins[i+1]:
//
//	0                   x < a, unless the bin is the first one
//	(x − a) / (b − a)   a ≤ x ≤ b; also below the first bin, and above the last one
//	1                   x > b, unless the bin is the last one
//
// A network of dense layers bends at numbers that gradient descent has to find; with these features a linear function
// of them bends at each edge, wherever values lie close.
//
// Source: Gorishniy, Rubachev and Babenko, "On Embeddings for Numerical Features in Tabular Deep Learning" (2022),
// section 3.2.
type Bins []float64

// FitBins returns n bins between quantiles of x, which are linear between order statistics, as numpy.quantile has them.
// Equal quantiles are one edge; where all values are equal there is no bin.
func FitBins(x []float64, n int) Bins {
	if len(x) == 0 {
		return nil
	}
	s := sorted(x)
	var b Bins
	for i := range n + 1 {
		q := quantile.At(s, float64(i)/float64(n))
		// Edges that float32 does not tell apart would make a bin of nothing.
		if len(b) == 0 || float32(q) > float32(b[len(b)-1]) {
			b = append(b, q)
		}
	}
	if len(b) < 2 {
		return nil
	}
	return b
}

// Len is the number of bins.
func (b Bins) Len() int { return max(0, len(b)-1) }

// Apply writes the features of x, of which to has as many as there are bins or more.
func (b Bins) Apply(to []float32, x float64) {
	for i := range b.Len() {
		v := (x - b[i]) / (b[i+1] - b[i])
		if i > 0 {
			v = max(v, 0)
		}
		if i < b.Len()-1 {
			v = min(v, 1)
		}
		to[i] = float32(v)
	}
}

// name names a bin by its edges; log says that they are those of logarithms.
func (b Bins) name(i int, log bool) string {
	edge := func(v float64) string {
		if log {
			v = math.Copysign(math.Expm1(math.Abs(v)), v)
		}
		return data.FormatNumber(v)
	}
	return edge(b[i]) + "…" + edge(b[i+1])
}

// check holds saved bins to what FitBins makes.
func (b Bins) check(s Spec) error {
	if b == nil {
		return nil
	}
	if len(b) < 2 || b.Len() > s.Piecewise || s.Piecewise == 0 {
		return fmt.Errorf("%d edges for %d bins", len(b), s.Piecewise)
	}
	for i, v := range b {
		if math.IsNaN(v) || math.IsInf(v, 0) || i > 0 && !(v > b[i-1]) {
			return fmt.Errorf("edges %v are not ascending", b)
		}
	}
	return nil
}
