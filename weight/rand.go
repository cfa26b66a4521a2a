package weight

import (
	"hash/fnv"
	"math"
)

// Rand draws numbers by Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel
// random numbers: as easy as 1, 2, 3", 2011): number i of a stream is a function
// of the seed, the stream and i. The stream is a hash of a path.
type Rand struct {
	key    [2]uint32
	stream [2]uint32
	block  [4]uint32
	next   uint64 // position of the next 32-bit word
}

// NewRand returns the stream of a path under a seed.
func NewRand(seed uint64, path string) *Rand {
	h := fnv.New64a()
	h.Write([]byte(path))
	p := h.Sum64()
	return &Rand{key: [2]uint32{uint32(seed), uint32(seed >> 32)}, stream: [2]uint32{uint32(p), uint32(p >> 32)}}
}

// Reseed returns the same stream under another seed: an initialiser with a seed of its own.
func (r *Rand) Reseed(seed uint64) *Rand {
	return &Rand{key: [2]uint32{uint32(seed), uint32(seed >> 32)}, stream: r.stream}
}

// Uint32 returns the next word.
func (r *Rand) Uint32() uint32 {
	i := r.next % 4
	if i == 0 {
		b := r.next / 4
		r.block = philox([4]uint32{uint32(b), uint32(b >> 32), r.stream[0], r.stream[1]}, r.key)
	}
	r.next++
	return r.block[i]
}

// Uniform returns a number in (0, 1), the middle of one of 2³² equal parts.
func (r *Rand) Uniform() float64 { return (float64(r.Uint32()) + 0.5) / (1 << 32) }

// Normal returns a standard normal number: the quantile of a uniform one.
func (r *Rand) Normal() float64 { return math.Sqrt2 * math.Erfinv(2*r.Uniform()-1) }

// TruncatedNormal returns a standard normal number given that it lies within two standard
// deviations: the quantile of a uniform number in (Φ(−2), Φ(2)).
func (r *Rand) TruncatedNormal() float64 {
	return math.Sqrt2 * math.Erfinv((2*r.Uniform()-1)*within2)
}

// within2 is Φ(2) − Φ(−2) = erf(√2).
var within2 = math.Erf(math.Sqrt2)

// philox returns a block of Philox4x32 with ten rounds.
func philox(c [4]uint32, k [2]uint32) [4]uint32 {
	for range 10 {
		a := uint64(c[0]) * 0xD2511F53
		b := uint64(c[2]) * 0xCD9E8D57
		c = [4]uint32{uint32(b>>32) ^ c[1] ^ k[0], uint32(b), uint32(a>>32) ^ c[3] ^ k[1], uint32(a)}
		k[0] += 0x9E3779B9
		k[1] += 0xBB67AE85
	}
	return c
}
