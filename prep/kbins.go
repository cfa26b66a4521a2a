package prep

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"gorae/data"
	"gorae/quantile"
)

// KBins cuts the training values into n_bins bins and is 1 for the bin that a number lies in and 0 for the others, or
// the number of the bin. Bin i reaches from edge i to below edge i + 1, the first one also to all below and the last
// one to all above. Edges that are equal, or nearer than 10⁻⁸, are one, so that there may be fewer bins. A missing
// value has zeros alone.
//
// n_bins (5) is the number of bins. strategy (quantile) is quantile, bins of as many values each, or uniform, of one
// width. encode (onehot) is onehot, one feature for each bin, or integer, one feature: 1, 2, … and 0 for a missing
// value.
//
// Example: 0, 1, 2, 3 in two bins become (1, 0), (1, 0), (0, 1), (0, 1).
//
// Source: scikit-learn's KBinsDiscretizer, whose numbers are from 0, with quantiles linear between values.
type KBins struct {
	Bins     int    `keras:"n_bins,main,default=5,min=2,max=1000,what=number of bins"`
	Strategy string `keras:"strategy,default=quantile,oneof=quantile|uniform"`
	Encode   string `keras:"encode,default=onehot,oneof=onehot|integer"`
}

// numbersOnly marks KBins as an encoder of numbers.
func (KBins) numbersOnly() {}

// Fit implements Encoder.
func (e KBins) Fit(in *Fitting) (Encoded, error) {
	x := sorted(slices.DeleteFunc(slices.Clone(in.Column.Numbers), math.IsNaN))
	n := e.Bins
	if n == 0 {
		n = 5
	}
	low, high := x[0], x[len(x)-1]
	var edges []float64
	for i := range n + 1 {
		if e.Strategy == "uniform" {
			edges = append(edges, low+(high-low)*float64(i)/float64(n))
		} else {
			edges = append(edges, quantile.At(x, float64(i)/float64(n)))
		}
	}
	edges[n] = high
	s := e.Blank().(*kbins)
	for i, v := range edges {
		if i == 0 || v-s.Edges[len(s.Edges)-1] > 1e-8 {
			s.Edges = append(s.Edges, v)
		}
	}
	return s, nil
}

// Blank implements Encoder.
func (e KBins) Blank() Encoded { return &kbins{integer: e.Encode == "integer"} }

// kbins is KBins fitted.
type kbins struct {
	Edges []float64 `json:"edges"`

	integer bool
}

// bins is the number of bins, one at least.
func (s *kbins) bins() int { return max(1, len(s.Edges)-1) }

// Width implements Encoded.
func (s *kbins) Width() int {
	if s.integer {
		return 1
	}
	return s.bins()
}

// Names implements Encoded.
func (s *kbins) Names(column string) []string {
	if s.integer {
		return []string{column + " bin"}
	}
	names := make([]string, s.bins())
	for i := range names {
		names[i] = column + " in " + data.FormatNumber(s.Edges[i]) + "…" +
			data.FormatNumber(s.Edges[min(i+1, len(s.Edges)-1)])
	}
	return names
}

// Bind implements Encoded.
func (s *kbins) Bind(_ *data.Table, c *data.Column) (Row, error) {
	inner := s.Edges[1:max(1, len(s.Edges)-1)]
	return func(to []float32, r int) error {
		x, err := c.Float(r)
		if err != nil {
			return fmt.Errorf("%w; the model was fitted with numbers", err)
		}
		if math.IsNaN(x) {
			return nil
		}
		k := sort.Search(len(inner), func(i int) bool { return inner[i] > x })
		if s.integer {
			to[0] = float32(k + 1)
		} else {
			to[k] = 1
		}
		return nil
	}, nil
}

// Check implements Encoded.
func (s *kbins) Check() error {
	if len(s.Edges) == 0 || len(s.Edges) > 1001 || !finite(s.Edges...) || !slices.IsSorted(s.Edges) {
		return fmt.Errorf("%d edges of bins that are not numbers in rising order", len(s.Edges))
	}
	return nil
}
