package prep

import "slices"

func init() { Scales.RegisterOwn(MinMax{}, "minmax") }

// MinMax is (x − min) / (max − min) of the training values, with 1 for max − min where all of them are equal. New
// values beyond them lie beyond 0 and 1.
//
// It has no arguments. A column becomes one feature.
//
// Example: 1, 2, 3 become 0, 0.5, 1.
//
// Source: scikit-learn's MinMaxScaler.
type MinMax struct{}

// Fit implements Scale.
func (MinMax) Fit(x []float64) Map {
	l := &Linear{Shift: slices.Min(x), Divisor: 1}
	if high := slices.Max(x); high != l.Shift {
		l.Divisor = high - l.Shift
	}
	return l
}

// Blank implements Scale.
func (MinMax) Blank() Map { return &Linear{} }
