package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	. "gorae/internal/kernel/gen/simd"
)

// rows is an update by a gradient of which each row of the weights has one row, or none: that of zeros.
type rows struct {
	name             string
	out, in, scalars []string
	f                func(m *M, in, s []V) []V
}

// rowsAhead is how many rows ahead the gradient's are fetched.
const rowsAhead = 8

// Emit implements simd's Emitter. The number of columns is that of zeros.
func (d rows) Emit(m *M) {
	all := append(append([]string{}, d.out...), "g", "zeros", "rows")
	k := m.Begin(d.name, "is "+d.name[:len(d.name)-len("Rows")]+" by row rows[r] of g for row r of the weights, by "+
		"zeros where that is negative; there is a row or more.",
		Signature(all, map[string]string{"rows": "[]int32"}, d.scalars, ""), true,
		append(append([]string{}, d.out...), "rows")...)
	s := make([]V, len(d.scalars))
	for i, name := range d.scalars {
		s[i] = k.Scalar(name)
	}
	left := Load(Param("rows").Len(), GP64())
	row, next := GP64(), GP64()
	// choose points to at the row of g that stands at a place of rows.
	choose := func(label string, to reg.GPVirtual, at Mem) {
		Load(Param("zeros").Base(), to)
		n := GP64()
		MOVLQSX(at, n)
		TESTQ(n, n)
		JLT(LabelRef(label))
		bytes := Load(Param("zeros").Len(), GP64())
		SHLQ(U8(2), bytes)
		IMULQ(bytes, n)
		ADDQ(Load(Param("g").Base(), GP64()), n)
		MOVQ(n, to)
		Label(label)
	}
	at := k.Pointer("rows")
	Label("row")
	choose("chosen", row, Mem{Base: at})
	MOVQ(row, next)
	CMPQ(left, Imm(rowsAhead))
	JLE(LabelRef("fetched"))
	choose("fetched", next, Mem{Base: at, Disp: 4 * rowsAhead})
	n := Load(Param("zeros").Len(), GP64()).(reg.GPVirtual)
	k.Each("", n, unroll(m), func(i reg.GPVirtual, disp, _ int, live *Mask) {
		var in []V
		for _, name := range d.in {
			from := k.Addr(name, i, disp)
			if name == "g" {
				from = Mem{Base: row, Index: i, Scale: 1, Disp: disp}
			}
			in = append(in, k.Load(from, live))
		}
		if live == nil && disp%64 == 0 {
			for _, name := range d.out {
				PREFETCHT0(k.Addr(name, i, disp+ahead))
			}
			PREFETCHT0(Mem{Base: next, Index: i, Scale: 1, Disp: disp})
		}
		for j, v := range d.f(m, in, s) {
			k.Store(v, k.Addr(d.out[j], i, disp), live)
		}
	})
	bytes := Load(Param("zeros").Len(), GP64())
	SHLQ(U8(2), bytes)
	for _, name := range d.out {
		ADDQ(bytes, k.Pointer(name))
	}
	ADDQ(Imm(4), at)
	DECQ(left)
	JNZ(LabelRef("row"))
	k.End()
}
