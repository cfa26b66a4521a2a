package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/gotypes"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	. "gorae/internal/kernel/gen/simd"
)

// A chain is all of a step and all the steps of a few samples in one kernel: the products
// with the packed recurrent weights start from the input's share and stay in registers
// until the new state is made. Units are taken a vector at a time, all their gates together;
// every other step takes them in the other order, and finds the weights that were read last
// in the nearest cache.

// cell is what a chain does with the gates of a vector of units.
type cell struct {
	name, doc string
	slots     int   // of the gates' bias; x has no slot q
	x         []int // by slot, where it lies in x; −1 for none
	sums      []int // the slots that have a product
	finish    func(m *M, g []V, v *unit) (h V)
}

// unit is where the state of a vector of units lies.
type unit struct {
	h, c Mem
	gate func(slot int) V // a slot without a product
}

var chains = []cell{
	{"Simple", "h = tanh(x + h₋₁·u)", 1, []int{0}, []int{0}, func(m *M, g []V, _ *unit) V { return tanh(m, g[0]) }},
	{"LSTM", "c = f·c₋₁ + i·g, h = o·tanh c", 4, []int{0, 1, 2, 3}, []int{0, 1, 2, 3}, func(m *M, g []V, v *unit) V {
		i, f := sigmoids(m, g[0], g[1])
		c := m.Mul(f, m.Load(v.c, nil))
		t, o := tanhSigmoid(m, g[2], g[3])
		m.Accumulate(c, i, t)
		m.Store(c, v.c, nil)
		return m.Mul(o, tanh(m, c))
	}},
	{"GRU", "g = tanh(x + r·q), h = z·h₋₁ + (1−z)·g", 4, []int{0, 1, -1, 2}, []int{0, 1, 2}, func(m *M, g []V, v *unit) V {
		z, r := sigmoids(m, g[0], g[1])
		a := v.gate(3)
		m.Accumulate(a, r, g[2])
		return blend(m, z, m.Load(v.h, nil), tanh(m, a))
	}},
	{"UGRNN", "h = f·h₋₁ + (1−f)·g", 2, []int{0, 1}, []int{0, 1}, func(m *M, g []V, v *unit) V {
		t, f := tanhSigmoid(m, g[0], g[1])
		return blend(m, f, m.Load(v.h, nil), t)
	}},
}

// chainRows are the numbers of samples that there are kernels for: up to as many as find
// room in registers for their sums.
func chainRows(m *M) []int {
	if m.Wide {
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
		fmt.Sprintf("takes %d samples through steps steps of %s. u is packed (see chain.go); h has two halves, which the\n// states after the steps fill in turn, the first of them the second half.", c.rows, c.doc),
		"func(x, u, bias, h, c, y []float32, steps, units, xRow, xStep, yRow, yStep int)", true)
	param := func(c gotypes.Component) Mem {
		b, err := c.Resolve()
		if err != nil {
			panic(err)
		}
		return b.Addr
	}
	base := func(name string) Mem { return param(Param(name).Base()) }
	word := func(name string) Mem { return param(Param(name)) }
	local := AllocLocal(48)
	from, to, way, left, turns, size := local, local.Offset(8), local.Offset(16), local.Offset(24), local.Offset(32), local.Offset(40)
	read := func(at Mem) reg.GPVirtual {
		r := GP64()
		MOVQ(at, r)
		return r
	}
	shift := uint64(6)
	if !m.Wide {
		shift = 5
	}
	sums := len(c.sums)

	// The row of a state, of whole vectors; rows of u in turns; the floats of a block of u.
	t := read(word("units"))
	hRow := GP64()
	LEAQ(Mem{Base: t, Disp: m.Lanes() - 1}, hRow)
	ANDQ(I32(-m.Lanes()), hRow)
	SHLQ(U8(2), hRow)
	ADDQ(U8(unrolled-1), t)
	SHRQ(U8(2), t)
	MOVQ(t, turns)
	IMUL3Q(U32(uint32(unrolled*sums*m.Bytes())), t, t)
	MOVQ(t, size)
	t = read(base("h"))
	MOVQ(t, from)
	next := GP64()
	IMUL3Q(U8(uint8(c.rows)), hRow, next)
	ADDQ(next, t)
	MOVQ(t, to)
	MOVQ(U32(uint32(m.Bytes())), way)
	at := GP64() // the block, in bytes of a state
	XORQ(at, at)

	Label("step")
	MOVQ(hRow, left)
	Label("block")
	lanes := read(word("units"))
	SHLQ(U8(2), lanes)
	SUBQ(at, lanes)
	whole := GP64()
	MOVQ(U32(uint32(m.Bytes())), whole)
	CMPQ(lanes, whole)
	CMOVQGT(whole, lanes)
	SHRQ(U8(2), lanes)
	live := m.First(lanes)

	w := GP64()
	MOVQ(at, w)
	SHRQ(U8(uint8(shift)), w)
	IMULQ(size, w)
	ADDQ(base("u"), w)

	// What the sums start from: the input's share and the bias.
	u4 := read(word("units"))
	SHLQ(U8(2), u4)
	bias := func(slot int) V { // of the units of this block
		b := read(base("bias"))
		ADDQ(at, b)
		for range slot {
			ADDQ(u4, b)
		}
		return m.Load(Mem{Base: b}, live)
	}
	input := func(r, slot int, v V) {
		x := read(base("x"))
		ADDQ(at, x)
		if r > 0 {
			s := read(word("xRow"))
			IMUL3Q(U8(uint8(4*r)), s, s)
			ADDQ(s, x)
		}
		for range c.x[slot] {
			ADDQ(u4, x)
		}
		AddLive(m, v, Mem{Base: x}, live)
	}
	acc := make([][]V, c.rows)
	for r := range acc {
		acc[r] = make([]V, sums)
	}
	for i, s := range c.sums {
		b := bias(s)
		for r := range acc {
			acc[r][i] = b
			if r+1 < c.rows {
				acc[r][i] = m.Copy(b)
			}
			if c.x[s] >= 0 {
				input(r, s, acc[r][i])
			}
		}
	}

	h := rowsFrom(read(from), hRow, c.rows)
	// An addition takes four cycles, and one or two begin in each: where there are few sums, they have several
	// parts, of which the first is acc.
	parts := 1
	for parts < unrolled && parts*c.rows*sums < 8 && (m.Wide || 2*parts*c.rows*sums <= 8) {
		parts *= 2
	}
	part := [][][]V{acc}
	for range parts - 1 {
		more := make([][]V, c.rows)
		for r := range more {
			for range sums {
				more[r] = append(more[r], m.Reg(Zero))
			}
		}
		part = append(part, more)
	}
	n := read(turns)
	Label("product")
	for j := range unrolled {
		weight := func(i int) Mem { return Mem{Base: w, Disp: (j*sums + i) * m.Bytes()} }
		if c.rows == 1 {
			b := m.New()
			VBROADCASTSS(h.row(0, 4*j), b)
			for i := range sums {
				VFMADD231PS(weight(i), b, part[j%parts][0][i])
			}
			continue
		}
		ws := make([]V, sums)
		for i := range ws {
			ws[i] = m.Load(weight(i), nil)
		}
		for r := range c.rows {
			b := m.New()
			VBROADCASTSS(h.row(r, 4*j), b)
			for i := range ws {
				m.Accumulate(part[j%parts][r][i], b, ws[i])
			}
		}
	}
	for _, b := range h.base {
		ADDQ(U8(4*unrolled), b)
	}
	ADDQ(U32(uint32(unrolled*sums*m.Bytes())), w)
	DECQ(n)
	JNZ(LabelRef("product"))
	for n := parts / 2; n > 0; n /= 2 {
		for p := range n {
			for r := range c.rows {
				for i := range sums {
					m.AddTo(part[p][r][i], part[p+n][r][i])
				}
			}
		}
	}

	// The new state, to h, and to y if there is one.
	for r := range c.rows {
		of := func(base Mem) Mem {
			p := read(base)
			ADDQ(at, p)
			for range r {
				ADDQ(hRow, p)
			}
			return Mem{Base: p}
		}
		v := &unit{h: of(from)}
		if c.name == "LSTM" {
			v.c = of(base("c"))
		}
		v.gate = func(slot int) V {
			g := bias(slot)
			input(r, slot, g)
			return g
		}
		state := c.finish(m, acc[r], v)
		m.Store(state, of(to), nil)
		y := read(base("y"))
		TESTQ(y, y)
		done := fmt.Sprintf("done%d", r)
		JZ(LabelRef(done))
		s := read(word("yRow"))
		IMUL3Q(U8(uint8(4*r)), s, s)
		ADDQ(s, y)
		if !m.Wide { // where a masked store is slow
			last := GP64()
			LEAQ(Mem{Base: at, Disp: m.Bytes()}, last)
			CMPQ(last, u4)
			JGT(LabelRef(fmt.Sprintf("rest%d", r)))
			m.Store(state, Mem{Base: y, Index: at, Scale: 1}, nil)
			JMP(LabelRef(done))
			Label(fmt.Sprintf("rest%d", r))
		}
		m.Store(state, Mem{Base: y, Index: at, Scale: 1}, live)
		Label(done)
	}

	SUBQ(I32(m.Bytes()), left)
	JZ(LabelRef("last"))
	ADDQ(way, at)
	JMP(LabelRef("block"))
	Label("last")
	NEGQ(way)
	a, b := read(from), read(to)
	MOVQ(b, from)
	MOVQ(a, to)
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

// AddLive adds the vector at a place to v, in the lanes of live.
func AddLive(m *M, v V, at Mem, live *Mask) { m.AddTo(v, m.Load(at, live)) }
