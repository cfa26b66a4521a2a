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
	Doc(fmt.Sprintf("%s sets sums[i] to the inner product of y [k] and row i of x, for rows (1 to 8) rows ld bytes",
		name),
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

// dotTile writes a kernel of rows × cols inner products of stored rows, k running along the lanes: every
// vector that is loaded is used several times. AVX2 has too few registers for that to win.
func (m *isa) dotTile(rows, cols int) {
	name := fmt.Sprintf("dot%dx%d%s", rows, cols, m.name)
	TEXT(name, NOSPLIT, "func(sums *[20]float32, x *float32, ldx, rows int, y *float32, ldy, cols, k int)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s sets sums[j·%d + i] to the inner product of row i of x and row j of y, for k ≥ 1, rows (1 to "+
		"%d)", name, rows, rows),
		fmt.Sprintf("rows of x and cols (1 to %d) of y, which lie ldx and ldy bytes apart; the last row stands in "+
			"for those beyond.", cols))
	env := fpenv.Enter(GP64())
	pointers := func(n int, from, ld, many string) []reg.GPVirtual {
		p := make([]reg.GPVirtual, n)
		left, step, none := Load(Param(many), GP64()), Load(Param(ld), GP64()), GP64()
		XORQ(none, none)
		p[0] = GP64()
		Load(Param(from), p[0])
		for i := 1; i < n; i++ {
			p[i] = GP64()
			SUBQ(Imm(1), left)
			CMOVQEQ(none, step)
			LEAQ(Mem{Base: p[i-1], Index: step, Scale: 1}, p[i])
		}
		return p
	}
	x, y := pointers(rows, "x", "ldx", "rows"), pointers(cols, "y", "ldy", "cols")
	k, at := Load(Param("k"), GP64()), GP64()
	XORQ(at, at)
	acc := make([]reg.VecVirtual, rows*cols)
	for i := range acc {
		acc[i] = m.zero()
	}
	a, b := make([]reg.VecVirtual, rows), m.vec()
	for i := range a {
		a[i] = m.vec()
	}
	multiply := func(load func(p reg.GPVirtual, to reg.VecVirtual)) {
		for i := range a {
			load(x[i], a[i])
		}
		for j := range cols {
			load(y[j], b)
			for i := range a {
				VFMADD231PS(a[i], b, acc[j*rows+i])
			}
		}
	}
	SUBQ(Imm(uint64(m.width)), k)
	JLT(LabelRef("rest"))
	Label("whole")
	multiply(func(p reg.GPVirtual, to reg.VecVirtual) { VMOVUPS(Mem{Base: p, Index: at, Scale: 4}, to) })
	ADDQ(Imm(uint64(m.width)), at)
	SUBQ(Imm(uint64(m.width)), k)
	JGE(LabelRef("whole"))
	Label("rest")
	ADDQ(Imm(uint64(m.width)), k)
	JZ(LabelRef("sum"))
	last := m.lanesFrom(k.(reg.GPVirtual))
	multiply(func(p reg.GPVirtual, to reg.VecVirtual) { last.load(Mem{Base: p, Index: at, Scale: 4}, to) })
	Label("sum")
	// A fixed tree, four at a time: the halves of each 128 bits, neighbours, then the quarters.
	sums := Load(Param("sums"), GP64())
	for i := 0; i < len(acc); i += 4 {
		of := func(q int) reg.VecVirtual { return acc[min(i+q, len(acc)-1)] }
		pair := func(x, y reg.VecVirtual) reg.VecVirtual {
			lo, hi := m.vec(), m.vec()
			VUNPCKLPS(y, x, lo)
			VUNPCKHPS(y, x, hi)
			VADDPS(lo, hi, lo)
			return lo
		}
		ab, cd, all := pair(of(0), of(1)), pair(of(2), of(3)), m.vec()
		VUNPCKLPD(cd, ab, all)
		VUNPCKHPD(cd, ab, ab)
		VADDPS(all, ab, all)
		half := YMM()
		VEXTRACTF64X4(Imm(1), all, half)
		VADDPS(half, all.AsY(), all.AsY())
		VEXTRACTF32X4(Imm(1), all.AsY(), half.AsX())
		VADDPS(half.AsX(), all.AsX(), all.AsX())
		VMOVUPS(all.AsX(), Mem{Base: sums, Disp: 4 * i})
	}
	env.Leave()
	RET()
}
