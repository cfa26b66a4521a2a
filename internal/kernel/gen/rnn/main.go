// Command rnn writes the assembly of package gorae/internal/kernel/rnn: the products of steps
// forward (step.go) and back (back.go), what each recurrence does with its gates after and before them (cells.go), and
// passes that are one kernel (chain.go).
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	. "gorae/internal/kernel/gen/simd"
)

func main() {
	Write("rnn", Machines, func(m *M) {
		for _, s := range []step{
			{simpleForward, "simpleProducts", []int{0}, []int{0}},
			{lstmForward, "lstmProducts", []int{0, 1, 2, 3}, []int{0, 1, 2, 3}},
			{gruForward, "gruProducts", []int{0, 1, 2}, []int{0, 1, 3}},
			{ugrnnForward, "ugrnnProducts", []int{0, 1}, []int{0, 1}},
			{resetForward, "resetProducts", []int{0, 1}, []int{0, 1, 3}},
			{candidateForward, "candidateProducts", []int{3}, nil},
		} {
			putSteps(m, s)
		}
		putStateGrad(m)
		for _, c := range []pass{simpleBackward, lstmBackward, gruBackward, ugrnnBackward, resetBackward,
			candidateBackward} {
			Put(m, c.field, c.name, c)
		}
		for _, c := range chains {
			for _, rows := range chainRows(m) {
				Put(m, fmt.Sprintf("chain[%s][%d]", c.name, rows), fmt.Sprintf("chain%s%dx", c.name, rows),
					chain{c, rows})
			}
		}
	})
}

// pass is a loop over rows of units floats and slots·units gates.
type pass struct {
	field, name, doc string
	slots            int
	slices           []string // beside the gates, those that are read or written
	backward         bool
	f                func(m *M, x *vectors)
}

// vectors is where the vectors of one turn of the loop lie.
type vectors struct {
	*Kernel
	u4, u12 reg.GPVirtual // bytes of one and three slots
	live    *Mask
	at      map[string]reg.GPVirtual // where the slices stand
}

func (x *vectors) gateAt(i int) Mem { return x.slot(x.at["g"], i) }

// slot is the address of slot i of a row of gates.
func (x *vectors) slot(base reg.Register, i int) Mem {
	at := Mem{Base: base}
	switch i {
	case 1, 2:
		at.Index, at.Scale = x.u4, uint8(i)
	case 3:
		at.Index, at.Scale = x.u12, 1
	}
	return at
}

func (x *vectors) gate(i int) V         { return x.Load(x.gateAt(i), x.live) }
func (x *vectors) setGate(i int, v V)   { x.Store(v, x.gateAt(i), x.live) }
func (x *vectors) get(name string) V    { return x.Load(Mem{Base: x.at[name]}, x.live) }
func (x *vectors) set(name string, v V) { x.Store(v, Mem{Base: x.at[name]}, x.live) }
func (x *vectors) advance(by Op, n []string) {
	for _, name := range n {
		ADDQ(by, x.at[name])
	}
}

// Emit implements simd's Emitter.
func (p pass) Emit(m *M) {
	signature := "func(g, prev, c, h []float32, rows, units, ahead int)"
	if p.backward {
		signature = "func(g, prev, h, dh, dc, dy []float32, rows, units, dyStep int)"
	}
	all := append([]string{"g"}, p.slices...)
	k := m.Begin(p.name, p.doc, signature, true, all...)
	x := &vectors{Kernel: k, u4: Load(Param("units"), GP64()).(reg.GPVirtual), at: map[string]reg.GPVirtual{}}
	for _, name := range all {
		x.at[name] = k.Pointer(name)
	}
	SHLQ(U8(2), x.u4)
	if p.slots > 1 {
		x.u12 = GP64()
		if p.slots == 4 {
			LEAQ(Mem{Base: x.u4, Index: x.u4, Scale: 2}, x.u12)
		} else {
			MOVQ(x.u4, x.u12)
		}
	}
	rows := Load(Param("rows"), GP64())
	// Forward, what the next step writes in the states' places is fetched: what is kept for the way back has
	// left the caches long since.
	var ahead reg.Register
	if !p.backward {
		ahead = Load(Param("ahead"), GP64())
		SHLQ(U8(2), ahead)
	}
	fetch := func() {
		for _, name := range p.slices {
			if !p.backward && name != "prev" {
				PREFETCHT0(Mem{Base: x.at[name], Index: ahead, Scale: 1})
			}
		}
	}
	var skip reg.Register // from the end of a row of dy to the start of the next
	if p.backward {
		skip = Load(Param("dyStep"), GP64())
		SHLQ(U8(2), skip)
		SUBQ(x.u4, skip)
	}
	Label("row")
	n := GP64()
	MOVQ(x.u4, n)
	SUBQ(U32(uint32(m.Bytes())), n)
	JLT(LabelRef("rest"))
	Label("vector")
	fetch()
	p.f(m, x)
	x.advance(U32(uint32(m.Bytes())), all)
	SUBQ(U32(uint32(m.Bytes())), n)
	JGE(LabelRef("vector"))
	Label("rest")
	ADDQ(U32(uint32(m.Bytes())), n)
	JZ(LabelRef("next"))
	lanes := GP64()
	MOVQ(n, lanes)
	SHRQ(U8(2), lanes)
	x.live = m.First(lanes)
	p.f(m, x)
	x.advance(n, all)
	Label("next")
	if x.u12 != nil {
		ADDQ(x.u12, x.Pointer("g"))
	}
	if p.backward {
		ADDQ(skip, x.Pointer("dy"))
	}
	DECQ(rows)
	JNZ(LabelRef("row"))
	k.End()
}
