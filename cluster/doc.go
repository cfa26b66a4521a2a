// Package cluster groups samples by k-means, and measures groupings: the silhouette of groups in a space, and how far
// two groupings of the same samples agree (normalised mutual information, adjusted Rand index).
//
// Samples are rows of numbers of one length. Sums are float64 and are added in one order, so that the same seed gives
// the same bits for any number of threads.
package cluster
