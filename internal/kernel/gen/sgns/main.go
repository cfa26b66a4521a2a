// Command sgns writes the assembly of package gorae/internal/kernel/sgns: products of one row with six, and the updates
// that six products call for.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	. "gorae/internal/kernel/gen/simd"
)

// width is the number of rows that share the loads of one row: with it six accumulators, six vectors of the other
// matrix and what is loaded on the way fit the 16 registers of AVX2.
const width = 6

func main() {
	Write("sgns", Machines, func(m *M) {
		Put(m, "dots", "dots", emitter(dots))
		Put(m, "update", "update", emitter(update))
		Put(m, "fetch", "fetch", emitter(fetch))
	})
}

type emitter func(*M)

// Emit implements simd's Emitter.
func (e emitter) Emit(m *M) { e(m) }

// row sets to to the byte offset of the row whose number stands at at.
func row(at Mem, to reg.GPVirtual, ld Op) {
	MOVLQSX(at, to)
	IMULQ(ld, to)
}

func dots(m *M) {
	k := m.Begin("dots", "is Dots; ld is the distance of rows in bytes, and ia is not empty.",
		"func(dst, a, b []float32, ia []int32, ib *[6]int32, ld int)", true, "dst", "ia")
	left := Load(Param("ia").Len(), GP64())
	ld := Load(Param("ld"), GP64())
	ib, base := Load(Param("ib"), GP64()), Load(Param("b").Base(), GP64())
	var p [width]reg.GPVirtual
	for j := range p {
		p[j] = GP64()
		row(Mem{Base: ib, Disp: 4 * j}, p[j], ld)
		ADDQ(base, p[j])
	}
	at, x := GP64(), GP64()
	Label("row")
	row(Mem{Base: k.Pointer("ia")}, x, ld)
	ADDQ(Load(Param("a").Base(), GP64()), x)
	var acc [width]V
	for j := range acc {
		acc[j] = m.Reg(Zero)
	}
	XORQ(at, at)
	v := m.New()
	Label("vector")
	VMOVUPS(Mem{Base: x, Index: at, Scale: 1}, v)
	for j := range acc {
		VFMADD231PS(Mem{Base: p[j], Index: at, Scale: 1}, v, acc[j])
	}
	ADDQ(I32(int32(m.Bytes())), at)
	CMPQ(at, ld)
	JLT(LabelRef("vector"))
	// A fixed tree: the halves of each vector, then neighbours, then the halves.
	var half [width]reg.VecVirtual
	for j := range acc {
		half[j] = acc[j]
		if m.Wide {
			half[j] = YMM()
			VEXTRACTF64X4(Imm(1), acc[j], half[j])
			VADDPS(acc[j].AsY(), half[j], half[j])
		}
	}
	for j := 0; j < width; j += 2 {
		VHADDPS(half[j+1], half[j], half[j])
	}
	VHADDPS(half[2], half[0], half[0])
	VHADDPS(half[4], half[4], half[4])
	dst := k.Pointer("dst")
	for i, h := range []reg.VecVirtual{half[0], half[4]} {
		sum := h
		if !m.Arm { // whose vectors are halves
			sum = XMM()
			VEXTRACTF128(Imm(1), h, sum)
			VADDPS(h.AsX(), sum, sum)
		}
		VMOVUPS(sum, Mem{Base: dst, Disp: 16 * i})
	}
	ADDQ(Imm(32), dst)
	ADDQ(Imm(4), k.Pointer("ia"))
	DECQ(left)
	JNZ(LabelRef("row"))
	k.End()
}

func update(m *M) {
	k := m.Begin("update", "is Update; ld is the distance of rows, from and to are places in them, in bytes; ia is "+
		"not "+
		"empty.", "func(a, o, b []float32, ia, io []int32, ib *[6]int32, g []float32, ld, from, to int)", true)
	ld, at := Load(Param("ld"), GP64()), Load(Param("from"), GP64())
	a, o, b := Load(Param("a").Base(), GP64()), Load(Param("o").Base(), GP64()), Load(Param("b").Base(), GP64())
	ib := Load(Param("ib"), GP64())
	x, i, ia, io, g := GP64(), GP64(), GP64(), GP64(), GP64()
	var t, s [width]V
	Label("vector")
	for j := range t {
		row(Mem{Base: ib, Disp: 4 * j}, x, ld)
		ADDQ(b, x)
		t[j], s[j] = m.New(), m.New()
		VMOVUPS(Mem{Base: x, Index: at, Scale: 1}, t[j])
		VMOVAPS(t[j], s[j])
	}
	Load(Param("ia").Base(), ia)
	Load(Param("io").Base(), io)
	Load(Param("g").Base(), g)
	XORQ(i, i)
	h, r, q, c := m.New(), m.New(), m.New(), m.New()
	Label("row")
	row(Mem{Base: ia, Index: i, Scale: 4}, x, ld)
	ADDQ(a, x)
	VMOVUPS(Mem{Base: x, Index: at, Scale: 1}, h)
	row(Mem{Base: io, Index: i, Scale: 4}, x, ld)
	ADDQ(o, x)
	VMOVUPS(Mem{Base: x, Index: at, Scale: 1}, r)
	for j := range t {
		// Two sums, so that one half does not wait for the other.
		VBROADCASTSS(Mem{Base: g, Disp: 4 * j}, c)
		switch {
		case j == 1:
			VMULPS(c, t[j], q)
		case j%2 == 1:
			VFMADD231PS(c, t[j], q)
		default:
			VFMADD231PS(c, t[j], r)
		}
		VFMADD231PS(c, h, s[j])
	}
	VADDPS(q, r, r)
	VMOVUPS(r, Mem{Base: x, Index: at, Scale: 1})
	ADDQ(Imm(32), g)
	INCQ(i)
	n := Load(Param("ia").Len(), GP64())
	CMPQ(i, n)
	JLT(LabelRef("row"))
	for j := range s {
		row(Mem{Base: ib, Disp: 4 * j}, x, ld)
		ADDQ(b, x)
		VMOVUPS(s[j], Mem{Base: x, Index: at, Scale: 1})
	}
	ADDQ(I32(int32(m.Bytes())), at)
	end := Load(Param("to"), GP64())
	CMPQ(at, end)
	JLT(LabelRef("vector"))
	k.End()
}

func fetch(m *M) {
	k := m.Begin("fetch", "is Fetch; ld is the distance of rows in bytes, and ids is not empty.",
		"func(a []float32, ids []int32, ld int)", false, "a", "ids")
	left, ld := Load(Param("ids").Len(), GP64()), Load(Param("ld"), GP64())
	x, at := GP64(), GP64()
	Label("row")
	row(Mem{Base: k.Pointer("ids")}, x, ld)
	ADDQ(k.Pointer("a"), x)
	XORQ(at, at)
	Label("line")
	PREFETCHT0(Mem{Base: x, Index: at, Scale: 1})
	ADDQ(Imm(64), at)
	CMPQ(at, ld)
	JLT(LabelRef("line"))
	ADDQ(Imm(4), k.Pointer("ids"))
	DECQ(left)
	JNZ(LabelRef("row"))
	k.End()
}
