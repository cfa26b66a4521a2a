// Package philox holds counter-based random numbers: Philox4x32-10 of Salmon,
// Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
//
// A number is a function of where it is asked for: the key (the seed), a stream
// (which layer or purpose), a step (which update) and the element's position.
// Nothing has to be remembered or passed on, so any number of threads, a
// resumed run and any cut of the work into pieces see the same numbers. Every
// variant of the code gives the same bits.
//
// Element i of a stream at a step is word i%4 of
//
//	philox(key, counter = {i/4 mod 2³², step mod 2³², stream, step/2³² ⊕ i/2³⁴})
//
// so elements are distinct up to i = 2³⁴ for all steps, and beyond it for all
// steps below 2³².
package philox

import "math"

// Key is a stream family's seed.
type Key struct{ Lo, Hi uint32 }

// KeyOf splits a seed of 64 bits.
func KeyOf(seed uint64) Key { return Key{uint32(seed), uint32(seed >> 32)} }

const (
	mul0, mul1   = 0xD2511F53, 0xCD9E8D57 // the multipliers
	weyl0, weyl1 = 0x9E3779B9, 0xBB67AE85 // what the key grows by in a round
	rounds       = 10
)

// Block is the Philox4x32-10 bijection of a counter under a key.
func Block(c [4]uint32, k Key) [4]uint32 {
	k0, k1 := k.Lo, k.Hi
	for range rounds {
		p0, p1 := uint64(c[0])*mul0, uint64(c[2])*mul1
		c = [4]uint32{uint32(p1>>32) ^ c[1] ^ k0, uint32(p1), uint32(p0>>32) ^ c[3] ^ k1, uint32(p0)}
		k0, k1 = k0+weyl0, k1+weyl1
	}
	return c
}

// place is where a run of elements lies: the counter of its first block.
func place(stream uint32, step, start uint64) [4]uint32 {
	b := start / 4
	return [4]uint32{uint32(b), uint32(step), stream, uint32(step>>32) ^ uint32(b>>32)}
}

// variant is one implementation of the kernels: dst holds a multiple of chunk
// elements, the first of which is word 0 of counter c, and c0 does not wrap.
// What is left before and after goes counter by counter.
type variant struct {
	name    string
	words   func(dst []uint32, c0, c1, c2, c3, k0, k1 uint32)
	uniform func(dst []float32, c0, c1, c2, c3, k0, k1 uint32)
	dropout func(dst, x []float32, least uint32, scale float32, c0, c1, c2, c3, k0, k1 uint32)
}

// chunk is how many elements the assembly makes at a time.
const chunk = 64

var use = func() *variant {
	vs := variants()
	return vs[len(vs)-1]
}()

// whole says how many of n elements from start on a kernel of whole chunks may
// make: none unless start begins a counter, and none past where the counter's
// first word wraps.
func whole(n int, start uint64) int {
	if start%4 != 0 {
		return 0
	}
	const wrap = 1 << 34
	return int(min(uint64(n), wrap-start%wrap) &^ (chunk - 1))
}

// Uint32s sets dst[i] to element start+i: 32 random bits.
func Uint32s(dst []uint32, key Key, stream uint32, step, start uint64) {
	for len(dst) > 0 {
		n := whole(len(dst), start)
		if n > 0 {
			c := place(stream, step, start)
			use.words(dst[:n], c[0], c[1], c[2], c[3], key.Lo, key.Hi)
		} else {
			b := Block(place(stream, step, start), key)
			n = copy(dst, b[start%4:])
		}
		dst, start = dst[n:], start+uint64(n)
	}
}

// Uniform sets dst[i] to element start+i as a number in [0, 1): its upper 24
// bits over 2²⁴.
func Uniform(dst []float32, key Key, stream uint32, step, start uint64) {
	for len(dst) > 0 {
		n := whole(len(dst), start)
		if n > 0 {
			c := place(stream, step, start)
			use.uniform(dst[:n], c[0], c[1], c[2], c[3], key.Lo, key.Hi)
		} else {
			b := Block(place(stream, step, start), key)
			n = min(len(dst), int(4-start%4))
			for i, w := range b[start%4:][:n] {
				dst[i] = unit(w)
			}
		}
		dst, start = dst[n:], start+uint64(n)
	}
}

// Dropout sets dst[i] to x[i]/(1 − rate) where element start+i, as Uniform gives
// it, is at least rate, else to 0. A rate of 0 or less copies, of 1 or more
// clears. The quotient is a product with the rounded 1/(1 − rate), as
// TensorFlow has it; a denormal x counts as 0. dst may be x.
func Dropout(dst, x []float32, rate float32, key Key, stream uint32, step, start uint64) {
	if len(x) < len(dst) {
		panic("philox: the source is shorter than the destination")
	}
	if rate >= 1 {
		clear(dst)
		return
	}
	if !(rate > 0) {
		copy(dst, x)
		return
	}
	least, scale := threshold(rate), 1/(1-rate)
	for len(dst) > 0 {
		n := whole(len(dst), start)
		if n > 0 {
			c := place(stream, step, start)
			use.dropout(dst[:n], x, least, scale, c[0], c[1], c[2], c[3], key.Lo, key.Hi)
		} else {
			b := Block(place(stream, step, start), key)
			n = min(len(dst), int(4-start%4))
			for i, w := range b[start%4:][:n] {
				dst[i] = keep(x[i], scale, w >= least)
			}
		}
		dst, x, start = dst[n:], x[n:], start+uint64(n)
	}
}

// Normal sets dst[i] to element start+i of standard normal numbers, by Box and
// Muller's transform of each pair of words: element 2j is √(−2 ln u)·cos 2πv and
// element 2j+1 √(−2 ln u)·sin 2πv, u = (word 2j + 1)/2³², v = word 2j+1 over 2³²,
// computed in float64.
func Normal(dst []float32, key Key, stream uint32, step, start uint64) {
	for len(dst) > 0 {
		b := Block(place(stream, step, start), key)
		var z [4]float32
		z[0], z[1] = boxMuller(b[0], b[1])
		z[2], z[3] = boxMuller(b[2], b[3])
		n := copy(dst, z[start%4:])
		dst, start = dst[n:], start+uint64(n)
	}
}

func boxMuller(a, b uint32) (float32, float32) {
	r := math.Sqrt(-2 * math.Log((float64(a)+1)*(1.0/(1<<32))))
	sin, cos := math.Sincos(2 * math.Pi * (float64(b) * (1.0 / (1 << 32))))
	return float32(r * cos), float32(r * sin)
}
