package main

import (
	"fmt"
	"math/bits"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	. "gorae/internal/kernel/gen/simd"
)

// step is the products of a step forward: of the state, and of few inputs, with the weights of one vector of units, for
// a tile of rows, in registers. The cell's pass comes after all the tiles: over many vectors the ends of its long
// chains of operations overlap.
type step struct {
	pass
	products string // the kernels' name
	states   []int  // slots that the state is multiplied into,
	inputs   []int  // and the inputs
}

// The rows of a tile by how many slots it has: as many as leave registers to the weights and to the passes.
func (s step) tiles(m *M) []int {
	most := map[int]int{1: 8, 2: 8, 3: 4, 4: 4}[len(s.all())]
	if !m.Many() {
		most = map[int]int{1: 8, 2: 4, 3: 2, 4: 2}[len(s.all())]
	}
	var rows []int
	for r := most; r > 0; r /= 2 {
		rows = append(rows, r)
	}
	return rows
}

// all is the slots that the products come to.
func (s step) all() []int {
	var all []int
	for i := range s.slots {
		for _, l := range [][]int{s.states, s.inputs} {
			for _, k := range l {
				if k == i && (len(all) == 0 || all[len(all)-1] != i) {
					all = append(all, i)
				}
			}
		}
	}
	return all
}

const stepSignature = "func(gates, a, u, x, w, bias, from *float32, ranks *int32, tiles, units, aStep, uSlot, uRow, " +
	"uBlock, in, xStep, wSlot, wRow, wBlock, rankStep, group, aheadStep int)"

// stepTile is a step for tiles of a number of rows.
type stepTile struct {
	step
	rows int
}

// Emit implements simd's Emitter. Steps and strides are in floats; of row k of the weights of a block, slot i lies
// i·uSlot from its start; a group of rows has group. Each turn of the products fetches a line of the gates of the
// group's next step, aheadStep bytes after the one before. The inputs' part is bias + x·w; where in is 0 it is in rows
// of from, of which ranks has the numbers, and where from is nil in the gates already.
func (t stepTile) Emit(m *M) {
	k := m.Begin(t.name, t.doc, stepSignature, true)
	e := &stepEmitter{stepTile: t, M: m, Kernel: k}
	for _, at := range []*Mem{&e.block, &e.gAt, &e.aAt, &e.xAt, &e.rankAt, &e.left} {
		*at = AllocLocal(8)
	}
	e.uBase, e.wBase, e.ahead = AllocLocal(8), AllocLocal(8), AllocLocal(8)
	set := func(to Mem, r reg.Register) { MOVQ(r, to) }
	zero := GP64()
	XORQ(zero, zero)
	set(e.block, zero)
	set(e.uBase, e.base("u"))
	set(e.wBase, e.base("w"))
	_, _, row := e.strides()
	IMULQ(Load(Param("group"), GP64()), row)
	ADDQ(e.base("g"), row)
	set(e.ahead, row)
	Label("block")
	n := Load(Param("units"), GP64())
	SHLQ(U8(2), n)
	SUBQ(e.block, n)
	JZ(LabelRef("done"))
	CMPQ(n, U32(uint32(m.Bytes())))
	JLT(LabelRef("rest"))
	e.rowsOf("whole", nil)
	e.next(m.Bytes())
	JMP(LabelRef("block"))
	Label("rest")
	SHRQ(U8(2), n)
	e.rowsOf("ragged", m.First(n.(reg.GPVirtual)))
	Label("done")
	k.End()
}

// stepEmitter emits one kernel.
type stepEmitter struct {
	stepTile
	*M
	*Kernel
	block                       Mem // bytes of units before this block
	uBase, wBase                Mem // the weights of this block
	ahead                       Mem // what is fetched next of the next step's gates
	gAt, aAt, xAt, rankAt, left Mem // the tile: bytes into gates, a, x and ranks; tiles left
}

// param is a parameter, times four: a stride in bytes.
func (e *stepEmitter) bytes(name string) reg.GPVirtual {
	r := Load(Param(name), GP64()).(reg.GPVirtual)
	SHLQ(U8(2), r)
	return r
}

func (e *stepEmitter) base(name string) reg.GPVirtual {
	if name == "g" { // the assembler's name of a register
		name = "gates"
	}
	return Load(Param(name), GP64()).(reg.GPVirtual)
}

// next moves on to the next block.
func (e *stepEmitter) next(bytes int) {
	ADDQ(U32(uint32(bytes)), e.block)
	for _, x := range []struct {
		name string
		at   Mem
	}{{"uBlock", e.uBase}, {"wBlock", e.wBase}} {
		s := e.bytes(x.name)
		ADDQ(s, x.at)
	}
}

// rowsOf does one block of all tiles.
func (e *stepEmitter) rowsOf(label string, live *Mask) {
	r := GP64()
	MOVQ(e.block, r)
	MOVQ(r, e.gAt)
	XORQ(r, r)
	MOVQ(r, e.aAt)
	MOVQ(r, e.xAt)
	MOVQ(r, e.rankAt)
	n := Load(Param("tiles"), GP64())
	MOVQ(n, e.left)
	Label(label)
	e.tile(label, live)
	units := e.bytes("units")
	by := func(at Mem, step reg.GPVirtual, times int) {
		s := GP64()
		IMUL3Q(U32(uint32(times)), step, s)
		ADDQ(s, at)
	}
	by(e.gAt, units, e.rows*e.slots)
	by(e.aAt, e.bytes("aStep"), e.rows)
	by(e.xAt, e.bytes("xStep"), e.rows)
	by(e.rankAt, e.bytes("rankStep"), e.rows)
	SUBQ(U32(1), e.left)
	JNZ(LabelRef(label))
}

// slotAt is slot i of the row of gates at p.
func slotAt(p, u4, u12 reg.GPVirtual, i int) Mem {
	at := Mem{Base: p}
	switch i {
	case 1, 2:
		at.Index, at.Scale = u4, uint8(i)
	case 3:
		at.Index, at.Scale = u12, 1
	}
	return at
}

// strides are those of slots and of rows of the gates.
func (e *stepEmitter) strides() (u4, u12, row reg.GPVirtual) {
	u4 = e.bytes("units")
	u12, row = GP64(), GP64()
	LEAQ(Mem{Base: u4, Index: u4, Scale: 2}, u12)
	IMUL3Q(U32(uint32(e.slots)), u4, row)
	return
}

// tile does one block of one tile.
func (e *stepEmitter) tile(label string, live *Mask) {
	all := e.all()
	acc := map[int][]V{}
	for _, i := range all {
		for range e.rows {
			acc[i] = append(acc[i], e.M.New())
		}
	}
	u4, u12, row := e.strides()
	if len(e.inputs) > 0 {
		in := Load(Param("in"), GP64())
		TESTQ(in, in)
		JNZ(LabelRef(label + "inputs"))
		from := e.base("from")
		TESTQ(from, from)
		JNZ(LabelRef(label + "chosen"))
	}
	load := func(r int, p reg.GPVirtual) {
		for _, i := range all {
			e.LoadTo(slotAt(p, u4, u12, i), live, acc[i][r])
		}
	}
	p := e.base("g")
	ADDQ(e.gAt, p)
	for r := range e.rows {
		load(r, p)
		if r+1 < e.rows {
			ADDQ(row, p)
		}
	}
	if len(e.inputs) > 0 {
		JMP(LabelRef(label + "state"))
		Label(label + "chosen")
		from, rank, step := e.base("from"), e.base("ranks"), e.bytes("rankStep")
		ADDQ(e.block, from)
		ADDQ(e.rankAt, rank)
		for r := range e.rows {
			p := GP64()
			MOVLQSX(Mem{Base: rank}, p)
			IMULQ(row, p)
			ADDQ(from, p)
			load(r, p)
			ADDQ(step, rank)
		}
		JMP(LabelRef(label + "state"))
		Label(label + "inputs")
		b := e.base("bias")
		ADDQ(e.block, b)
		for _, i := range all {
			e.LoadTo(slotAt(b, u4, u12, i), live, acc[i][0])
			for r := 1; r < e.rows; r++ {
				VMOVAPS(acc[i][0], acc[i][r])
			}
		}
		e.multiply(label+"x", "x", e.xAt, "xStep", "in", e.wBase, "wSlot", "wRow", e.inputs, acc, live)
	}
	Label(label + "state")
	e.multiply(label+"h", "a", e.aAt, "aStep", "units", e.uBase, "uSlot", "uRow", e.states, acc, live)
	u4, u12, row = e.strides()
	p = e.base("g")
	ADDQ(e.gAt, p)
	for r := range e.rows {
		for _, i := range all {
			e.Store(acc[i][r], slotAt(p, u4, u12, i), live)
		}
		if r+1 < e.rows {
			ADDQ(row, p)
		}
	}
}

// multiply adds a's columns times rows of weights to the accumulators.
func (e *stepEmitter) multiply(label, a string, at Mem, aStep, count string, weights Mem, slot, next string,
	slots []int, acc map[int][]V, live *Mask) {
	p := []reg.GPVirtual{e.base(a)}
	ADDQ(at, p[0])
	step := e.bytes(aStep)
	step3 := GP64()
	if e.rows > 2 {
		LEAQ(Mem{Base: step, Index: step, Scale: 2}, step3)
	}
	if e.rows > 4 {
		p = append(p, GP64())
		LEAQ(Mem{Base: p[0], Index: step, Scale: 4}, p[1])
	}
	b := GP64()
	MOVQ(weights, b)
	s, n := e.bytes(slot), e.bytes(next)
	s3 := GP64()
	if len(slots) > 3 {
		LEAQ(Mem{Base: s, Index: s, Scale: 2}, s3)
	}
	left := Load(Param(count), GP64())
	ahead, by := GP64(), Load(Param("aheadStep"), GP64())
	MOVQ(e.ahead, ahead)
	Label(label)
	PREFETCHT0(Mem{Base: ahead})
	ADDQ(by, ahead)
	var v []V
	for i := range slots {
		v = append(v, e.Load(slotAt(b, s, s3, i), live))
	}
	for r := range e.rows {
		from := slotAt(p[r/4], step, step3, r%4)
		x := e.M.New()
		VBROADCASTSS(from, x)
		for i, k := range slots {
			e.Accumulate(acc[k][r], v[i], x)
		}
	}
	for _, p := range p {
		ADDQ(U32(4), p)
	}
	ADDQ(n, b)
	DECQ(left)
	JNZ(LabelRef(label))
	MOVQ(ahead, e.ahead)
}

// putSteps emits the tiles of a step's products, and its pass.
func putSteps(m *M, s step) {
	part := strings.TrimPrefix(s.field, "forward")
	for _, r := range s.tiles(m) {
		t := stepTile{s, r}
		t.name = fmt.Sprintf("%s%dx", s.products, r)
		t.doc = fmt.Sprintf("adds the products of a step forward to the gates, for tiles of %d rows.", r)
		Put(m, fmt.Sprintf("products%s[%d]", part, bits.Len(uint(r))-1), t.name, t)
	}
	Put(m, s.field, s.name, s.pass)
}
