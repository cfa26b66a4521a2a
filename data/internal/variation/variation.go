// Package variation has what all ways of changing pictures at random share: random numbers that follow from the seed,
// the epoch and the sample alone, and positions beyond the edges.
package variation

import "math/rand/v2"

// The purposes that samples are changed for. They part the random numbers of packages under one seed.
const (
	Augment uint64 = 0x6175676d656e74 // "augment"
	Corrupt uint64 = 0x636f7272757074 // "corrupt"
)

// Stream returns the random numbers of the change at a place in the list of changes, for one sample in one epoch: the
// PCG-DXSM of math/rand/v2, whose sequence Go promises to keep.
func Stream(purpose, seed uint64, epoch, sample, place int) rand.PCG {
	n := mix(mix(mix(uint64(epoch)^purpose)+uint64(sample)) + uint64(place))
	return *rand.NewPCG(seed, n)
}

// mix returns the finaliser of SplitMix64 (Steele, Lea and Flood 2014): neighbouring inputs give unrelated outputs.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Uniform draws from [0, 1), in steps of 2⁻⁵³.
func Uniform(r *rand.PCG) float64 { return float64(r.Uint64()>>11) * (1.0 / (1 << 53)) }

// Mirrored maps position i to 0 … n−1 as with mirrors at both ends, the last position counted twice:
//
//	d c b a | a b c d | d c b a
func Mirrored(i, n int) int {
	i %= 2 * n
	if i < 0 {
		i += 2 * n
	}
	if i >= n {
		i = 2*n - 1 - i
	}
	return i
}
