// Package reduce brings samples of many numbers down to a few: principal component analysis, exact by the eigenvalues
// of the covariance or of the samples' inner products, and by a randomised search for samples that are many and wide.
//
// Sums are float64 and are added in one order, so that the same seed gives the same bits for any number of threads.
package reduce
