// Command philox writes the assembly of package gorae/internal/kernel/philox.
//
// A vector holds one word of several counters, each in the low half of a lane of
// 64 bits, where VPMULUDQ multiplies it; what is left in the upper halves is never
// looked at. Within a group of counters, the lanes are ordered so that two unpackings lay the words out
// in the order of the elements.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	. "gorae/internal/kernel/gen/simd"
)

const (
	mul0, mul1   = 0xD2511F53, 0xCD9E8D57
	weyl0, weyl1 = 0x9E3779B9, 0xBB67AE85
	rounds       = 10
)

// groups is how many groups of counters run side by side: more do not fit AVX2's
// registers.
func groups(m *M) int {
	if m.Wide {
		return 2
	}
	return 1
}

const counter = ", c0, c1, c2, c3, k0, k1 uint32)"

func main() {
	Write("philox", AMD64, func(m *M) {
		Put(m, "words", "words", kernel{
			name: "words", doc: "sets dst to the words from counter c on.", signature: "func(dst []uint32" + counter,
			slices: []string{"dst"},
			give:   func(k *Kernel, i reg.GPVirtual, disp int, w V) { k.Store(w, k.Addr("dst", i, disp), nil) },
		})
		Put(m, "uniform", "uniform", kernel{
			name: "uniform", doc: "sets dst to the words from counter c on as numbers in [0, 1).",
			signature: "func(dst []float32" + counter, slices: []string{"dst"},
			give: func(k *Kernel, i reg.GPVirtual, disp int, w V) {
				k.Store(k.Mul(k.FromInt(k.Shr(w, 8)), F(1.0/(1<<24))), k.Addr("dst", i, disp), nil)
			},
		})
		Put(m, "dropout", "dropout", kernel{
			name: "dropout", doc: "sets dst to x·scale where the word is at least least, else to 0.", flush: true,
			signature: "func(dst, x []float32, least uint32, scale float32" + counter, slices: []string{"dst", "x"},
			give: func(k *Kernel, i reg.GPVirtual, disp int, w V) {
				y := k.Mul(k.Load(k.Addr("x", i, disp), nil), k.Scalar("scale"))
				k.Store(k.Only(k.AtLeast(w, word(k, "least")), y), k.Addr("dst", i, disp), nil)
			},
		})
	})
}

// kernel makes words, 64 elements of dst and more at a time in AVX-512 and 32 in
// AVX2, and gives each vector of them away.
type kernel struct {
	name, doc, signature string
	slices               []string
	flush                bool
	give                 func(k *Kernel, i reg.GPVirtual, disp int, w V)
}

// word is a uint32 parameter in all lanes.
func word(k *Kernel, name string) V {
	addr, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	v := k.New()
	VBROADCASTSS(addr.Addr, v)
	return v
}

// orders are the lanes' counters, for AVX-512 and for AVX2.
var orders = map[bool]Mem{}

func order(m *M) Mem {
	if at, ok := orders[m.Wide]; ok {
		return at
	}
	name, list := "order2", []int{0, 2, 1, 3}
	if m.Wide {
		name, list = "order4", []int{0, 4, 1, 5, 2, 6, 3, 7}
	}
	at := GLOBL(name, RODATA|NOPTR)
	for i, n := range list {
		DATA(8*i, U64(uint64(n)))
	}
	orders[m.Wide] = at
	return at
}

func (d kernel) Emit(m *M) {
	k := m.Begin(d.name, d.doc, d.signature, d.flush, d.slices...)
	// The keys of the rounds lie on the stack.
	keys := AllocLocal(8 * rounds)
	k0, k1 := Load(Param("k0"), GP32()), Load(Param("k1"), GP32())
	for r := range rounds {
		MOVL(k0, keys.Offset(8*r))
		MOVL(k1, keys.Offset(8*r+4))
		if r < rounds-1 {
			ADDL(U32(weyl0), k0)
			ADDL(U32(weyl1), k1)
		}
	}
	counters := m.Lanes() / 2 // of a group
	base := word(k, "c0")
	first := k.Load(order(m), nil)
	VPADDD(first, base, base)
	c1, c2, c3 := word(k, "c1"), word(k, "c2"), word(k, "c3")
	upper := oddWords(m)

	n := Load(Param("dst").Len(), GP64()).(reg.GPVirtual)
	i := GP64()
	XORQ(i, i)
	g := groups(m)
	step := g * counters * 4 // elements
	SUBQ(I32(step), n)
	JLT(LabelRef("done"))
	Label("loop")
	c := make([][4]V, g)
	for g := range c {
		c[g] = [4]V{m.Copy(base), c1, c2, c3}
		m.AddIntTo(base, C(uint32(counters)))
	}
	for r := range rounds {
		for g := range c {
			h0, h1 := m.New(), m.New()
			p0, p1 := m.MulWide(c[g][0], C(mul0)), m.MulWide(c[g][2], C(mul1))
			VPSRLQ(U8(32), p0, h0)
			VPSRLQ(U8(32), p1, h1)
			xor3(m, h1, c[g][1], keys.Offset(8*r))
			xor3(m, h0, c[g][3], keys.Offset(8*r+4))
			c[g] = [4]V{h1, p1, h0, p0}
		}
	}
	for g := range c {
		a, b := pair(m, upper, c[g][0], c[g][1]), pair(m, upper, c[g][2], c[g][3])
		lo, hi := m.New(), m.New()
		VPUNPCKLQDQ(b, a, lo)
		VPUNPCKHQDQ(b, a, hi)
		d.give(k, i, 2*g*m.Bytes(), lo)
		d.give(k, i, (2*g+1)*m.Bytes(), hi)
	}
	ADDQ(I32(4*step), i)
	SUBQ(I32(step), n)
	JGE(LabelRef("loop"))
	Label("done")
	k.End()
}

// xor3 is a ^= b ^ key.
func xor3(m *M, a, b V, key Mem) {
	if m.Wide {
		VPTERNLOGD_BCST(U8(0x96), key, b, a)
		return
	}
	t := m.New()
	VPBROADCASTD(key, t)
	VPXOR(b, a, a)
	VPXOR(t, a, a)
}

// oddWords is the mask of the upper halves of 64-bit lanes, in AVX-512.
func oddWords(m *M) Op {
	if !m.Wide {
		return nil
	}
	t, k := GP32(), K()
	MOVL(U32(0xAAAA), t)
	KMOVW(t, k)
	return k
}

// pair puts the low half of b above the low half of a.
func pair(m *M, upper Op, a, b V) V {
	t := m.New()
	VPSLLQ(U8(32), b, t)
	r := m.New()
	if m.Wide {
		VPBLENDMD(t, a, upper, r)
	} else {
		VPBLENDD(U8(0xAA), t, a, r)
	}
	return r
}
