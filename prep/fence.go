package prep

import (
	"gorae/quantile"
)

// Fence is the limits that Spec.Fences or Spec.Winsorize sets to the values of a column, log1p applied.
type Fence struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Fences returns the limits that lie times × the interquartile range outside the quartiles of x; nil where
// these are equal and say nothing of the spread, and without values. Quartiles are linear between
// order statistics, as numpy.quantile has them.
//
// Source: Tukey, "Exploratory Data Analysis" (1977): values beyond 1.5 interquartile ranges are drawn apart.
func Fences(x []float64, times float64) *Fence {
	if len(x) == 0 {
		return nil
	}
	s := sorted(x)
	low, high := quantile.At(s, 0.25), quantile.At(s, 0.75)
	if !(high > low) {
		return nil
	}
	return &Fence{Low: low - times*(high-low), High: high + times*(high-low)}
}

// Winsor returns the limits that the quantiles of a share and of 1 minus the share are; nil without values. Quantiles
// are linear between order statistics.
//
// Source: scipy.stats.mstats.winsorize takes order statistics, which are these limits without the interpolation.
func Winsor(x []float64, share float64) *Fence {
	if len(x) == 0 {
		return nil
	}
	s := sorted(x)
	return &Fence{Low: quantile.At(s, share), High: quantile.At(s, 1-share)}
}

// Bring returns v, or the limit beyond which it lies.
func (f *Fence) Bring(v float64) float64 { return min(max(v, f.Low), f.High) }

// within returns v within the fence.
func (f *Fitted) within(v float64) float64 {
	if f.Fence == nil {
		return v
	}
	return f.Fence.Bring(v)
}
