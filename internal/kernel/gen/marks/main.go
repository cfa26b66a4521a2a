// Command marks writes the assembly of package gorae/internal/kernel/marks: 32 characters at a time, by AVX2, also for
// machines with AVX-512.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	. "gorae/internal/kernel/gen/simd"
)

func main() {
	Write("marks", AMD64, func(m *M) {
		Put(m, "find", "find", emitter(find))
	})
}

type emitter func(*M)

// Emit implements simd's Emitter.
func (e emitter) Emit(m *M) { e(m) }

// character is a parameter of one byte in all lanes.
func character(name string) reg.VecVirtual {
	addr, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	v := YMM()
	VPBROADCASTB(addr.Addr, v)
	return v
}

func zero() reg.VecVirtual {
	v := YMM()
	VPXOR(v, v, v)
	return v
}

func find(m *M) {
	k := m.Begin("find", "is Find of whole groups of 64 characters, of which there is one at least.",
		"func(masks []uint64, text []byte, a, b, c, d uint8) (seen uint8)", false, "masks", "text")
	n := Load(Param("masks").Len(), GP64())
	marks := []reg.VecVirtual{character("a"), character("b"), character("c")}
	d := character("d")
	high, least, others := zero(), YMM(), zero()
	VPCMPEQB(least, least, least)
	low, up := GP64(), GP64()
	Label("group")
	for half, to := range []reg.GPVirtual{low, up} {
		x, found, is := YMM(), YMM(), YMM()
		VMOVDQU(Mem{Base: k.Pointer("text"), Disp: 32 * half}, x)
		VPOR(x, high, high)
		VPMINUB(x, least, least)
		VPCMPEQB(marks[0], x, found)
		for _, mark := range marks[1:] {
			VPCMPEQB(mark, x, is)
			VPOR(is, found, found)
		}
		VPCMPEQB(d, x, is)
		VPOR(is, others, others)
		VPMOVMSKB(found, to.As32())
	}
	SHLQ(U8(32), up)
	ORQ(low, up)
	MOVQ(up, Mem{Base: k.Pointer("masks")})
	ADDQ(U8(64), k.Pointer("text"))
	ADDQ(U8(8), k.Pointer("masks"))
	DECQ(n)
	JNZ(LabelRef("group"))

	// A bit for each of what was seen.
	none := zero()
	VPCMPEQB(none, least, least)
	seen := GP64()
	XORQ(seen, seen)
	for i, v := range []reg.VecVirtual{high, least, others} {
		bits := GP32()
		VPMOVMSKB(v, bits)
		flag := GP64()
		XORQ(flag, flag)
		TESTL(bits, bits)
		SETNE(flag.As8())
		SHLQ(U8(uint8(i)), flag)
		ORQ(flag, seen)
	}
	Store(seen.As8(), Return("seen"))
	k.End()
}
