// Package hash has the two hash functions of strings that files of Keras depend on.
package hash

import (
	"encoding/binary"
	"math/bits"
)

// The odd constants of FarmHash.
const (
	k0 = 0xc3a5c85c97cb3127
	k1 = 0xb492b66fbe98f273
	k2 = 0x9ae16a3b2f90404f
)

// Fingerprint64 is FarmHash's Fingerprint64, which never changes: TensorFlow's to_hash_bucket_fast.
//
// Source: Google, FarmHash (2014), farmhash.cc, namespace farmhashna.
func Fingerprint64(s string) uint64 {
	n := uint64(len(s))
	mul := k2 + 2*n
	switch {
	case n > 64:
		return long(s)
	case n > 32:
		a, b := u64(s, 0)*k2, u64(s, 8)
		c, d := u64(s, n-8)*mul, u64(s, n-16)*k2
		y := rot(a+b, 43) + rot(c, 30) + d
		z := mix(y, a+rot(b+k2, 18)+c, mul)
		e, f := u64(s, 16)*mul, u64(s, 24)
		g, h := (y+u64(s, n-32))*mul, (z+u64(s, n-24))*mul
		return mix(rot(e+f, 43)+rot(g, 30)+h, e+rot(f+a, 18)+g, mul)
	case n > 16:
		a, b := u64(s, 0)*k1, u64(s, 8)
		c, d := u64(s, n-8)*mul, u64(s, n-16)*k2
		return mix(rot(a+b, 43)+rot(c, 30)+d, a+rot(b+k2, 18)+c, mul)
	case n >= 8:
		a, b := u64(s, 0)+k2, u64(s, n-8)
		return mix(rot(b, 37)*mul+a, (rot(a, 25)+b)*mul, mul)
	case n >= 4:
		return mix(n+u32(s, 0)<<3, u32(s, n-4), mul)
	case n > 0:
		y := uint64(s[0]) + uint64(s[n/2])<<8
		z := n + uint64(s[n-1])<<2
		return fold(y*k2^z*k0) * k2
	}
	return k2
}

// long is the fingerprint of more than 64 bytes: 64 at a time, and at last the last 64.
func long(s string) uint64 {
	n, seed := uint64(len(s)), uint64(81)
	x, y := seed*k2+u64(s, 0), seed*k1+113
	z := fold(y*k2+113) * k2
	var v, w [2]uint64
	step := func(at, mul, times uint64) {
		x = rot(x+y+v[0]+u64(s, at+8), 37) * mul
		y = rot(y+v[1]+u64(s, at+48), 42) * mul
		x ^= w[1] * times
		y += v[0]*times + u64(s, at+40)
		z = rot(z+w[0], 33) * mul
		v = weak(s, at, v[1]*mul, x+w[0])
		w = weak(s, at+32, z+w[1], y+u64(s, at+16))
		z, x = x, z
	}
	for at := uint64(0); at < (n-1)/64*64; at += 64 {
		step(at, k1, 1)
	}
	mul := k1 + (z&0xff)<<1
	w[0] += (n - 1) & 63
	v[0] += w[0]
	w[0] += v[0]
	step(n-64, mul, 9)
	return mix(mix(v[0], w[0], mul)+fold(y)*k0+z, mix(v[1], w[1], mul)+x, mul)
}

// weak is a hash of 32 bytes and two numbers.
func weak(s string, at, a, b uint64) [2]uint64 {
	z := u64(s, at+24)
	a += u64(s, at)
	b = rot(b+a+z, 21)
	c := a
	a += u64(s, at+8) + u64(s, at+16)
	b += rot(a, 44)
	return [2]uint64{a + z, b + c}
}

func mix(u, v, mul uint64) uint64 {
	a := fold((u ^ v) * mul)
	return fold((v^a)*mul) * mul
}

func fold(v uint64) uint64 { return v ^ v>>47 }

func rot(v uint64, right int) uint64 { return bits.RotateLeft64(v, -right) }

func u64(s string, at uint64) uint64 { return binary.LittleEndian.Uint64([]byte(s[at : at+8])) }

func u32(s string, at uint64) uint64 { return uint64(binary.LittleEndian.Uint32([]byte(s[at : at+4]))) }

// Bin is the bin of a text among n: by Fingerprint64, or by Sip with a salt of one or two numbers as the key.
func Bin(text string, n int, salt []int) uint64 {
	if len(salt) == 0 {
		return Fingerprint64(text) % uint64(n)
	}
	return Sip([2]uint64{uint64(salt[0]), uint64(salt[len(salt)-1])}, text) % uint64(n)
}

// Sip is SipHash-2-4 with a key: TensorFlow's to_hash_bucket_strong.
//
// Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012).
func Sip(key [2]uint64, s string) uint64 {
	v := [4]uint64{key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d, key[0] ^ 0x6c7967656e657261,
		key[1] ^ 0x7465646279746573}
	rounds := func(n int) {
		for range n {
			v[0] += v[1]
			v[1] = bits.RotateLeft64(v[1], 13) ^ v[0]
			v[0] = bits.RotateLeft64(v[0], 32)
			v[2] += v[3]
			v[3] = bits.RotateLeft64(v[3], 16) ^ v[2]
			v[0] += v[3]
			v[3] = bits.RotateLeft64(v[3], 21) ^ v[0]
			v[2] += v[1]
			v[1] = bits.RotateLeft64(v[1], 17) ^ v[2]
			v[2] = bits.RotateLeft64(v[2], 32)
		}
	}
	take := func(m uint64) {
		v[3] ^= m
		rounds(2)
		v[0] ^= m
	}
	whole := len(s) / 8 * 8
	for at := 0; at < whole; at += 8 {
		take(u64(s, uint64(at)))
	}
	var last [8]byte
	copy(last[:], s[whole:])
	last[7] = byte(len(s))
	take(binary.LittleEndian.Uint64(last[:]))
	v[2] ^= 0xff
	rounds(4)
	return v[0] ^ v[1] ^ v[2] ^ v[3]
}
