package main

import (
	"fmt"
	"math/bits"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	. "gorae/internal/kernel/gen/simd"
)

// stateGrad is the product of a step back: the gates' gradients times the transposed recurrent weights,
// packed as package gemm packs them, in panels of two vectors. Within it the memory is fetched
// that the step before will read.
type stateGrad struct {
	name string
	rows int
}

const stateGradSignature = "func(dst, a, b, states *float32, tiles, units, n, aStep, add, group, gatesStep, " +
	"statesStep int)"

// putStateGrad emits the tiles of the product.
func putStateGrad(m *M) {
	most := 4
	if m.Many() {
		most = 8
	}
	for r := most; r > 0; r /= 2 {
		t := stateGrad{fmt.Sprintf("stateGrad%dx", r), r}
		Put(m, fmt.Sprintf("stateGrad[%d]", bits.Len(uint(r))-1), t.name, t)
	}
}

// Emit implements simd's Emitter.
func (t stateGrad) Emit(m *M) {
	k := m.Begin(t.name, fmt.Sprintf("is dst = a·b for tiles of %d rows of units columns, added to dst if add is not "+
		"0; rows of a lie aStep floats apart, of which n count.", t.rows), stateGradSignature, true)
	e := &stateGradEmitter{stateGrad: t, M: m, Kernel: k}
	for _, at := range []*Mem{&e.column, &e.b, &e.gates, &e.states, &e.dstAt, &e.aAt, &e.left} {
		*at = AllocLocal(8)
	}
	// The step before lies a group of rows earlier.
	back := func(name, size string, to Mem) {
		n, p := e.bytes(size), e.base(name)
		IMULQ(Load(Param("group"), GP64()), n)
		SUBQ(n, p)
		MOVQ(p, to)
	}
	back("a", "aStep", e.gates)
	back("states", "units", e.states)
	MOVQ(e.base("b"), e.b)
	zero := GP64()
	XORQ(zero, zero)
	MOVQ(zero, e.column)
	Label("panel")
	left := e.bytes("units")
	SUBQ(e.column, left)
	JLE(LabelRef("done"))
	CMPQ(left, U32(uint32(2*m.Bytes())))
	JGE(LabelRef("whole"))
	SHRQ(U8(2), left)
	CMPQ(left, U32(uint32(m.Lanes())))
	JG(LabelRef("ragged"))
	e.panel("single", 1, m.First(left))
	JMP(LabelRef("done"))
	Label("ragged")
	SUBQ(U32(uint32(m.Lanes())), left)
	e.panel("pair", 2, m.First(left))
	JMP(LabelRef("done"))
	Label("whole")
	e.panel("full", 2, nil)
	ADDQ(U32(uint32(2*m.Bytes())), e.column)
	n := e.bytes("n")
	IMUL3Q(U32(uint32(2*m.Lanes())), n, n)
	ADDQ(n, e.b)
	JMP(LabelRef("panel"))
	Label("done")
	k.End()
}

// stateGradEmitter emits one kernel.
type stateGradEmitter struct {
	stateGrad
	*M
	*Kernel
	column, b        Mem // bytes of columns before this panel, and the panel
	gates, states    Mem // what is fetched next
	dstAt, aAt, left Mem // the tile: its row in dst and in a; tiles left
}

func (e *stateGradEmitter) bytes(name string) reg.GPVirtual {
	r := Load(Param(name), GP64()).(reg.GPVirtual)
	SHLQ(U8(2), r)
	return r
}

func (e *stateGradEmitter) base(name string) reg.GPVirtual {
	return Load(Param(name), GP64()).(reg.GPVirtual)
}

// panel does all tiles of a panel of vecs vectors, the last of which may be ragged.
func (e *stateGradEmitter) panel(label string, vecs int, live *Mask) {
	dst := e.base("dst")
	ADDQ(e.column, dst)
	MOVQ(dst, e.dstAt)
	MOVQ(e.base("a"), e.aAt)
	MOVQ(Load(Param("tiles"), GP64()), e.left)
	mask := func(v int) *Mask {
		if v+1 < vecs {
			return nil
		}
		return live
	}
	Label(label)
	acc := make([][]V, e.rows)
	for r := range acc {
		for range vecs {
			z := e.M.New()
			VXORPS(z, z, z)
			acc[r] = append(acc[r], z)
		}
	}
	e.multiply(label+"k", acc)
	p, step := GP64(), e.bytes("units")
	each := func(f func(x V, at Mem, live *Mask)) {
		MOVQ(e.dstAt, p)
		for r := range acc {
			for v := range vecs {
				f(acc[r][v], Mem{Base: p, Disp: v * e.M.Bytes()}, mask(v))
			}
			if r+1 < e.rows {
				ADDQ(step, p)
			}
		}
	}
	add := Load(Param("add"), GP64())
	TESTQ(add, add)
	JZ(LabelRef(label + "store"))
	each(func(x V, at Mem, live *Mask) { e.AddTo(x, e.Load(at, live)) })
	Label(label + "store")
	each(func(x V, at Mem, live *Mask) { e.Store(x, at, live) })
	for _, s := range []struct {
		step string
		at   Mem
	}{{"units", e.dstAt}, {"aStep", e.aAt}} {
		n := e.bytes(s.step)
		IMUL3Q(U32(uint32(e.rows)), n, n)
		ADDQ(n, s.at)
	}
	SUBQ(U32(1), e.left)
	JNZ(LabelRef(label))
}

// multiply runs through a's columns.
func (e *stateGradEmitter) multiply(label string, acc [][]V) {
	p := []reg.GPVirtual{GP64()}
	MOVQ(e.aAt, p[0])
	step, step3 := e.bytes("aStep"), GP64()
	if e.rows > 2 {
		LEAQ(Mem{Base: step, Index: step, Scale: 2}, step3)
	}
	if e.rows > 4 {
		p = append(p, GP64())
		LEAQ(Mem{Base: p[0], Index: step, Scale: 4}, p[1])
	}
	b, gates, states := GP64(), GP64(), GP64()
	MOVQ(e.b, b)
	MOVQ(e.gates, gates)
	MOVQ(e.states, states)
	byGates, byStates := Load(Param("gatesStep"), GP64()), Load(Param("statesStep"), GP64())
	left := Load(Param("n"), GP64())
	Label(label)
	PREFETCHT0(Mem{Base: gates})
	PREFETCHT0(Mem{Base: states})
	ADDQ(byGates, gates)
	ADDQ(byStates, states)
	var y []V
	for v := range acc[0] {
		y = append(y, e.Load(Mem{Base: b, Disp: v * e.M.Bytes()}, nil))
	}
	for r := range acc {
		x := e.M.New()
		VBROADCASTSS(slotAt(p[r/4], step, step3, r%4), x)
		for v := range y {
			e.Accumulate(acc[r][v], y[v], x)
		}
	}
	for _, p := range p {
		ADDQ(U32(4), p)
	}
	ADDQ(U32(uint32(len(y)*e.M.Bytes())), b)
	DECQ(left)
	JNZ(LabelRef(label))
	MOVQ(gates, e.gates)
	MOVQ(states, e.states)
}
