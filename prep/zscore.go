package prep

func init() { Scales.RegisterOwn(ZScore{}, "zscore") }

// ZScore is (x − mean) / sd, with sd = √(Σ(x − mean)² / n) of the training values; sd counts as 1 where all of them are
// equal.
//
// It has no arguments. A column becomes one feature. It is what a column of numbers becomes where nothing is said.
//
// Example: 1, 2, 3 become −1.22, 0, 1.22.
//
// Source: scikit-learn's StandardScaler.
type ZScore struct{}

// Fit implements Scale.
func (ZScore) Fit(x []float64) Map { return standard(x) }

// Blank implements Scale.
func (ZScore) Blank() Map { return &Linear{} }
