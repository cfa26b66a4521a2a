package hash

import "math/bits"

// Murmur3 is MurmurHash3's 32 bits with the seed 0: scikit-learn's hash of a feature's name, and what places categories
// among hashed features. It never changes.
//
// Source: Appleby, MurmurHash3_x86_32 (2011).
func Murmur3(s string) uint32 {
	const c1, c2 = 0xcc9e2d51, 0x1b873593
	h := uint32(0)
	n := len(s) &^ 3
	for i := 0; i < n; i += 4 {
		h ^= bits.RotateLeft32(uint32(u32(s, uint64(i)))*c1, 15) * c2
		h = bits.RotateLeft32(h, 13)*5 + 0xe6546b64
	}
	k := uint32(0)
	for i := len(s) - 1; i >= n; i-- {
		k = k<<8 | uint32(s[i])
	}
	h ^= bits.RotateLeft32(k*c1, 15) * c2
	h ^= uint32(len(s))
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}
