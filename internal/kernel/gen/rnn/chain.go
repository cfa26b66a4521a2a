package main

import (
	"fmt"
	"math/bits"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/gotypes"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	. "gorae/internal/kernel/gen/simd"
)

// A chain is all of a step and all the steps of a few samples in one kernel: the products
// of the state and of the input with the packed weights, or what the input has been made to
// before, stay in registers until the new state is made. Units are taken a vector at a time, all their gates together;
// every other step takes them in the other order, and finds the weights that were read last
// in the nearest cache.

// cell is what a chain does with the gates of a vector of units.
type cell struct {
	name, doc string
	slots     int   // of the gates and of the bias
	h         []int // the slots that h₋₁·U goes to, block by block
	x         []int // the slots that x·W goes to
	finish    func(m *M, g []V, h, c Mem) V
}

var chains = []cell{
	{"Simple", "h = tanh g", 1, []int{0}, []int{0}, func(m *M, g []V, _, _ Mem) V { return tanhOf(m, g[0]) }},
	{"LSTM", "c = f·c₋₁ + i·g, h = o·tanh c", 4, []int{0, 1, 2, 3}, []int{0, 1, 2, 3},
		func(m *M, g []V, _, state Mem) V {
			y := activate(m, []function{sigmoid, sigmoid}, g[0], g[1])
			c := m.Mul(y[1], m.Load(state, nil))
			z := activate(m, []function{tanh, sigmoid}, g[2], g[3])
			m.Accumulate(c, y[0], z[0])
			m.Store(c, state, nil)
			return m.Mul(z[1], tanhOf(m, c))
		}},
	{"GRU", "g = tanh(g + r·q), h = z·h₋₁ + (1−z)·g", 4, []int{0, 1, 2}, []int{0, 1, 3}, func(m *M, g []V, h, _ Mem) V {
		y := activate(m, []function{sigmoid, sigmoid}, g[0], g[1])
		m.Accumulate(g[3], y[1], g[2])
		return blend(m, y[0], m.Load(h, nil), tanhOf(m, g[3]))
	}},
	{"UGRNN", "h = f·h₋₁ + (1−f)·g", 2, []int{0, 1}, []int{0, 1}, func(m *M, g []V, h, _ Mem) V {
		y := activate(m, []function{tanh, sigmoid}, g[0], g[1])
		return blend(m, y[1], m.Load(h, nil), y[0])
	}},
}

// chainRows are the numbers of samples that there are kernels for: up to as many as find
// room in registers for their sums.
func chainRows(m *M) []int {
	if m.Many() {
		return []int{1, 2, 4, 6}
	}
	return []int{1, 2}
}

// chain is the kernel of a cell for a number of samples.
type chain struct {
	cell
	rows int
}

const unrolled = 4 // rows of u in a turn of the innermost loop

// places are rows of memory a fixed distance apart: row r is r%3 distances from the
// r/3-th of the bases.
type places struct {
	base []reg.GPVirtual
	step reg.GPVirtual
}

func (p places) row(r, disp int) Mem {
	m := Mem{Base: p.base[r/3], Disp: disp}
	if r%3 > 0 {
		m.Index, m.Scale = p.step, uint8(r%3)
	}
	return m
}

// rowsFrom makes the places of n rows from a base, which it takes over.
func rowsFrom(base, step reg.GPVirtual, n int) places {
	p := places{base: []reg.GPVirtual{base}, step: step}
	if n > 3 {
		next := GP64()
		LEAQ(Mem{Base: base, Index: step, Scale: 2}, next)
		ADDQ(step, next)
		p.base = append(p.base, next)
	}
	return p
}

// Emit implements simd's Emitter.
func (c chain) Emit(m *M) {
	k := m.Begin(fmt.Sprintf("chain%s%dx", c.name, c.rows),
		fmt.Sprintf("takes %d samples through steps steps of %s. x is in features, or\n// the input's share of the "+
			"gates where in is 0; u is packed (see chain.go). The states after the steps go to next\n// and h in "+
			"turn. Of the vectors of units count are taken, from first on, upwards or (way −1) downwards, and "+
			"the\n// other way in the next step.", c.rows, c.doc),
		"func(x, u, bias, h, next, c, y []float32, steps, units, in, first, count, way, xRow, xStep, yRow, yStep int)",
		true)
	e := &emitting{chain: c, M: m, at: GP64(), hRow: GP64(), w: GP64()}
	local := AllocLocal(48)
	e.from, e.to, e.way = local, local.Offset(8), local.Offset(16)
	left, turns, size := local.Offset(24), local.Offset(32), local.Offset(40)
	vector := U32(uint32(m.Bytes()))

	// The row of a state, of whole vectors; turns of the loop over it; the bytes of a block of weights.
	t := read(word("units"))
	LEAQ(Mem{Base: t, Disp: m.Lanes() - 1}, e.hRow)
	ANDQ(I32(-m.Lanes()), e.hRow)
	SHLQ(U8(2), e.hRow)
	ADDQ(U8(unrolled-1), t)
	SHRQ(U8(2), t)
	MOVQ(t, turns)
	IMUL3Q(U32(uint32(unrolled*len(c.h)*m.Bytes())), t, t)
	MOVQ(t, size)
	t = read(word("in"))
	IMUL3Q(U32(uint32(len(c.x)*m.Bytes())), t, t)
	ADDQ(t, size)
	move(base("h"), e.from)
	move(base("next"), e.to)
	shift := U8(uint8(bits.TrailingZeros(uint(m.Bytes()))))
	t = read(word("way"))
	SHLQ(shift, t)
	MOVQ(t, e.way)
	MOVQ(word("first"), e.at)
	SHLQ(shift, e.at)

	Label("step")
	move(word("count"), left)
	Label("block")
	e.u4 = read(word("units"))
	SHLQ(U8(2), e.u4)
	lanes, whole := GP64(), GP64()
	MOVQ(e.u4, lanes)
	SUBQ(e.at, lanes)
	MOVQ(vector, whole)
	CMPQ(lanes, whole)
	CMOVQGT(whole, lanes)
	SHRQ(U8(2), lanes)
	e.live = m.First(lanes)
	MOVQ(e.at, e.w)
	SHRQ(shift, e.w)
	IMULQ(size, e.w)
	ADDQ(base("u"), e.w)

	e.begin()
	e.product("state", rowsFrom(read(e.from), e.hRow, c.rows), read(turns), c.h, unrolled)
	e.input()
	for n := e.parts / 2; n > 0; n /= 2 {
		for p := range n {
			for r := range c.rows {
				for i := range c.slots {
					if other := e.part[p+n][r][i]; other != nil {
						m.AddTo(e.part[p][r][i], other)
					}
				}
			}
		}
	}
	for r := range c.rows {
		e.end(r)
	}

	DECQ(left)
	JZ(LabelRef("last"))
	ADDQ(e.way, e.at)
	JMP(LabelRef("block"))
	Label("last")
	NEGQ(e.way)
	a, b := read(e.from), read(e.to)
	MOVQ(b, e.from)
	MOVQ(a, e.to)
	for _, of := range []string{"x", "y"} {
		p, s := read(base(of)), read(word(of+"Step"))
		SHLQ(U8(2), s)
		if of == "y" {
			TESTQ(p, p)
			CMOVQEQ(p, s)
		}
		ADDQ(s, p)
		MOVQ(p, base(of))
	}
	DECQ(word("steps"))
	JNZ(LabelRef("step"))
	k.End()
}

// emitting is a chain while it is written.
type emitting struct {
	chain
	*M
	at, hRow, w, u4 reg.GPVirtual // the block, the distance of states' rows and of gates' slots, in bytes; the weights
	from, to, way   Mem           // states before and after the step; which way the blocks are taken
	live            *Mask
	part            [][][]V // sums by part, sample and slot
	parts           int
}

// base is where a slice's address lies among the parameters, word where a number lies.
func base(name string) Mem { return parameter(Param(name).Base()) }
func word(name string) Mem { return parameter(Param(name)) }

func parameter(c gotypes.Component) Mem {
	b, err := c.Resolve()
	if err != nil {
		panic(err)
	}
	return b.Addr
}

func move(from, to Mem) { MOVQ(read(from), to) }

func read(at Mem) reg.GPVirtual {
	r := GP64()
	MOVQ(at, r)
	return r
}

// begin sets the sums to the bias and, where the input comes as its share of the gates, to that.
func (e *emitting) begin() {
	acc := make([][]V, e.rows)
	for r := range acc {
		acc[r] = make([]V, e.slots)
	}
	b := read(base("bias"))
	ADDQ(e.at, b)
	for s := range e.slots {
		acc[0][s] = e.Load(Mem{Base: b}, e.live)
		for r := 1; r < e.rows; r++ {
			acc[r][s] = e.Copy(acc[0][s])
		}
		if s+1 < e.slots {
			ADDQ(e.u4, b)
		}
	}
	CMPQ(word("in"), U8(0))
	JNE(LabelRef("begun"))
	x, row := read(base("x")), read(word("xRow"))
	ADDQ(e.at, x)
	SHLQ(U8(2), row)
	for r := range e.rows {
		p := x
		if r+1 < e.rows {
			p = GP64()
			MOVQ(x, p)
		}
		for i, s := range e.x {
			e.AddTo(acc[r][s], e.Load(Mem{Base: p}, e.live))
			if i+1 < len(e.x) {
				ADDQ(e.u4, p)
			}
		}
		if r+1 < e.rows {
			ADDQ(row, x)
		}
	}
	Label("begun")
	// An addition takes four cycles, and one or two begin in each: where there are few sums, they have several
	// parts, of which the first is acc.
	e.parts = 1
	for e.parts < unrolled && e.parts*e.rows*len(e.h) < 8 && (e.Many() || 2*e.parts*e.rows*len(e.h) <= 8) {
		e.parts *= 2
	}
	e.part = [][][]V{acc}
	for range e.parts - 1 {
		more := make([][]V, e.rows)
		for r := range more {
			more[r] = make([]V, e.slots)
			for _, s := range e.h {
				more[r][s] = e.Reg(Zero)
			}
		}
		e.part = append(e.part, more)
	}
}

// product adds turns of by rows of the weights, times the numbers at the places.
func (e *emitting) product(label string, h places, turns reg.GPVirtual, slots []int, by int) {
	Label(label)
	for j := range by {
		parts := e.parts
		for _, s := range slots {
			if e.part[parts-1][0][s] == nil {
				parts = 1
			}
		}
		weight := func(i int) Mem { return Mem{Base: e.w, Disp: (j*len(slots) + i) * e.Bytes()} }
		ws := make([]V, len(slots))
		for i := range ws {
			if e.rows > 1 {
				ws[i] = e.Load(weight(i), nil)
			}
		}
		for r := range e.rows {
			b := e.New()
			VBROADCASTSS(h.row(r, 4*j), b)
			for i, s := range slots {
				if sum := e.part[j%parts][r][s]; e.rows > 1 {
					e.Accumulate(sum, b, ws[i])
				} else {
					VFMADD231PS(weight(i), b, sum)
				}
			}
		}
	}
	for _, b := range h.base {
		ADDQ(U8(uint8(4*by)), b)
	}
	ADDQ(U32(uint32(by*len(slots)*e.Bytes())), e.w)
	DECQ(turns)
	JNZ(LabelRef(label))
}

// input adds the product of the input's features, if that is what it comes as.
func (e *emitting) input() {
	n := read(word("in"))
	TESTQ(n, n)
	JZ(LabelRef("summed"))
	row := read(word("xRow"))
	SHLQ(U8(2), row)
	x := rowsFrom(read(base("x")), row, e.rows)
	SHRQ(U8(2), n)
	JZ(LabelRef("few"))
	e.product("features", x, n, e.x, unrolled)
	Label("few")
	rest := read(word("in"))
	ANDQ(U8(unrolled-1), rest)
	JZ(LabelRef("summed"))
	e.product("feature", x, rest, e.x, 1)
	Label("summed")
}

// end makes the new state of a sample and stores it to h, and to y if there is one.
func (e *emitting) end(r int) {
	of := func(base Mem) Mem {
		p := read(base)
		ADDQ(e.at, p)
		for range r {
			ADDQ(e.hRow, p)
		}
		return Mem{Base: p}
	}
	state := e.finish(e.M, e.part[0][r], of(e.from), of(base("c")))
	e.Store(state, of(e.to), nil)
	y := read(base("y"))
	TESTQ(y, y)
	done := fmt.Sprintf("done%d", r)
	JZ(LabelRef(done))
	if r > 0 {
		s := read(word("yRow"))
		IMUL3Q(U8(uint8(4*r)), s, s)
		ADDQ(s, y)
	}
	to := Mem{Base: y, Index: e.at, Scale: 1}
	if !e.Wide { // where a masked store is slow
		last := GP64()
		LEAQ(Mem{Base: e.at, Disp: e.Bytes()}, last)
		CMPQ(last, e.u4)
		JGT(LabelRef(fmt.Sprintf("rest%d", r)))
		e.Store(state, to, nil)
		JMP(LabelRef(done))
		Label(fmt.Sprintf("rest%d", r))
	}
	e.Store(state, to, e.live)
	Label(done)
}
