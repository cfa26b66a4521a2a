package env

import "math/bits"

// Random is NumPy's Generator over PCG64: the same seed gives the same numbers as numpy.random.default_rng(seed), which
// is what Gymnasium's environments draw from. An environment of one's own may use any other generator.
//
// Sources: O'Neill (2014), PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms (XSL-RR 128/64);
// numpy/random/bit_generator.pyx (SeedSequence).
type Random struct {
	state, inc [2]uint64 // high, low
}

// NewRandom returns a generator of a seed.
func NewRandom(seed uint64) *Random {
	r := new(Random)
	r.Seed(seed)
	return r
}

// Seed begins anew with a seed.
func (r *Random) Seed(seed uint64) {
	words := seedWords(seed)
	start := [2]uint64{words[0], words[1]}
	r.inc = [2]uint64{words[2]<<1 | words[3]>>63, words[3]<<1 | 1}
	r.state = [2]uint64{}
	r.advance()
	lo, carry := bits.Add64(r.state[1], start[1], 0)
	hi, _ := bits.Add64(r.state[0], start[0], carry)
	r.state = [2]uint64{hi, lo}
	r.advance()
}

// advance multiplies the state by PCG's 128-bit constant and adds the increment.
func (r *Random) advance() {
	const mulHi, mulLo = 2549297995355413924, 4865540595714422341
	hi, lo := bits.Mul64(r.state[1], mulLo)
	hi += r.state[1]*mulHi + r.state[0]*mulLo
	lo, carry := bits.Add64(lo, r.inc[1], 0)
	hi, _ = bits.Add64(hi, r.inc[0], carry)
	r.state = [2]uint64{hi, lo}
}

// Uint64 returns 64 random bits.
func (r *Random) Uint64() uint64 {
	r.advance()
	return bits.RotateLeft64(r.state[0]^r.state[1], -int(r.state[0]>>58))
}

// Float64 returns a number from 0 to below 1.
func (r *Random) Float64() float64 { return float64(r.Uint64()>>11) * (1.0 / (1 << 53)) }

// Uniform returns a number from low to below high.
func (r *Random) Uniform(low, high float64) float64 { return low + (high-low)*r.Float64() }

// seedWords is SeedSequence(seed).generate_state(4, uint64) of NumPy.
func seedWords(seed uint64) [4]uint64 {
	const (
		initA, multA = 0x43b0d7e5, 0x931e8875
		initB, multB = 0x8b51f9dd, 0x58f38ded
		mixL, mixR   = 0xca01f9dd, 0x4973f715
	)
	hashConst := uint32(initA)
	hash := func(v uint32) uint32 {
		v ^= hashConst
		hashConst *= multA
		v *= hashConst
		return v ^ v>>16
	}
	mix := func(x, y uint32) uint32 {
		v := mixL*x - mixR*y
		return v ^ v>>16
	}
	entropy := [4]uint32{uint32(seed), uint32(seed >> 32)}
	var pool [4]uint32
	for i := range pool {
		pool[i] = hash(entropy[i])
	}
	for from := range pool {
		for to := range pool {
			if from != to {
				pool[to] = mix(pool[to], hash(pool[from]))
			}
		}
	}
	var words [8]uint32
	hashConst = initB
	for i := range words {
		v := pool[i%4] ^ hashConst
		hashConst *= multB
		v *= hashConst
		words[i] = v ^ v>>16
	}
	var out [4]uint64
	for i := range out {
		out[i] = uint64(words[2*i]) | uint64(words[2*i+1])<<32
	}
	return out
}
