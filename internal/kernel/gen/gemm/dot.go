package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"gorae/internal/kernel/gen/fpenv"
)

// dots writes a kernel of eight inner products with one vector, k running along
// the lanes.
func (m *isa) dots() {
	const rows = 8
	name := "dot8" + m.name
	TEXT(name, NOSPLIT, "func(sums *[8]float32, x *float32, ld, rows int, y *float32, k int)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s sets sums[i] to the inner product of y [k] and row i of x, for rows (1 to 8) rows ld bytes", name),
		"apart; row rows−1 stands in for those beyond.")
	env := fpenv.Enter(GP64())
	var p [rows]reg.GPVirtual
	left, ld, none := Load(Param("rows"), GP64()), Load(Param("ld"), GP64()), GP64()
	XORQ(none, none)
	p[0] = GP64()
	Load(Param("x"), p[0])
	for i := 1; i < rows; i++ {
		p[i] = GP64()
		SUBQ(Imm(1), left)
		CMOVQEQ(none, ld)
		LEAQ(Mem{Base: p[i-1], Index: ld, Scale: 1}, p[i])
	}
	y, k, at := Load(Param("y"), GP64()), Load(Param("k"), GP64()), GP64()
	XORQ(at, at)
	var acc [rows]reg.VecVirtual
	for i := range acc {
		acc[i] = m.zero()
	}
	v := m.vec()
	SUBQ(Imm(uint64(m.width)), k)
	JLT(LabelRef("rest"))
	Label("whole")
	VMOVUPS(Mem{Base: y, Index: at, Scale: 4}, v)
	for i := range acc {
		VFMADD231PS(Mem{Base: p[i], Index: at, Scale: 4}, v, acc[i])
	}
	ADDQ(Imm(uint64(m.width)), at)
	SUBQ(Imm(uint64(m.width)), k)
	JGE(LabelRef("whole"))
	Label("rest")
	ADDQ(Imm(uint64(m.width)), k)
	JZ(LabelRef("sum"))
	last := m.lanesFrom(k.(reg.GPVirtual))
	last.load(Mem{Base: y, Index: at, Scale: 4}, v)
	x := m.vec()
	for i := range acc {
		last.load(Mem{Base: p[i], Index: at, Scale: 4}, x)
		VFMADD231PS(x, v, acc[i])
	}
	Label("sum")
	// A fixed tree: the halves of each vector, then neighbours, then the halves.
	var half [rows]reg.VecVirtual
	for i := range acc {
		half[i] = acc[i]
		if m.width == 16 {
			half[i] = YMM()
			VEXTRACTF64X4(Imm(1), acc[i], half[i])
			VADDPS(acc[i].AsY(), half[i], half[i])
		}
	}
	for n := rows; n > 2; n /= 2 {
		for i := 0; i < n; i += 2 {
			VHADDPS(half[i+1], half[i], half[i/2])
		}
	}
	sums := Load(Param("sums"), GP64())
	for i := range 2 {
		hi := XMM()
		VEXTRACTF128(Imm(1), half[i], hi)
		VADDPS(half[i].AsX(), hi, hi)
		VMOVUPS(hi, Mem{Base: sums, Disp: 16 * i})
	}
	env.Leave()
	RET()
}
