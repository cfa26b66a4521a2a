package stat

import "math"

// Folds is the mean of a figure over the folds of a cross-validation, and its confidence interval
//
//	mean ± t(k−1) · √((1/k + test/train) · s²)
//
// where s² is the variance of the k values. The networks of two folds share most of their training samples, so that
// s²/k alone is too small; Nadeau and Bengio (Inference for the Generalization Error, Machine Learning 52, 2003) add
// the ratio of the numbers of test and training samples. The same interval serves the differences of two networks,
// fold by fold. One value has no interval: NaN.
func Folds(values []float64, test, train, level float64) (mean, deviation float64, i Interval) {
	k := float64(len(values))
	for _, v := range values {
		mean += v / k
	}
	square := 0.0
	for _, v := range values {
		square += (v - mean) * (v - mean)
	}
	deviation = math.Sqrt(square / (k - 1))
	half := StudentQuantile((1+level)/2, k-1) * deviation * math.Sqrt(1/k+test/train)
	return mean, deviation, Interval{Low: mean - half, High: mean + half}
}
