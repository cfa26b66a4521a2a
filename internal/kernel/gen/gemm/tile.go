package main

import (
	"fmt"
	"log"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"gorae/internal/kernel/gen/fpenv"
)

// The flags of package gemm (variant.go), and two that the wrapper adds.
const (
	flagAdd = 1 << iota
	flagBias
	flagRelu
	flagMask
	flagCheck
	flagPacked // the rows of a column of A lie side by side
	flagWhole  // the last vector is whole
)

// unroll is how many k one round of the inner loop does: enough that the loop's own instructions do not count, and 4
// where it asks for lines (round in package gemm).
func (t *tile) unroll() int {
	if !t.asking() && t.rows*t.vecs >= 12 {
		return 2
	}
	return 4
}

// signature of every kernel. Steps are in bytes. aStep is the distance of two rows
// of A, of two columns where the rows of a column lie side by side. last is the number of valid columns of the last
// vector. A tile asks for two lines in each round (isa.asks): at next, and nextStep
// further for each round and nextTile for each tile. The result is not 0 if flagCheck
// is set and something stored is not finite.
const signature = "func(tiles, k int, a *float32, aTile, aStep int, b *float32, bStep int, c *float32, cStep int, " +
	"bias, mask *float32, flags, last int, next *float32, nextStep, nextTile int) (bad int)"

// tile writes one kernel: tiles tiles below each other, each rows × vecs vectors
// in registers while k runs.
type tile struct {
	*isa
	shape
	acc   [][]reg.VecVirtual // [rows][vecs]
	b     []reg.VecVirtual
	last  lanes
	ahead Mem // what it asks for
}

func (m *isa) tile(s shape) {
	t := &tile{isa: m, shape: s}
	TEXT(m.kernel(s), NOSPLIT, signature)
	Doc(fmt.Sprintf("%s computes tiles of %d×%d.", m.kernel(s), s.rows, s.vecs*m.width))
	t.body()
}

// asking reports whether the tile asks for lines: tiles of wide panels are one below the other in no block.
func (t *tile) asking() bool { return t.asks && t.vecs <= 2 }

// parameter is where a parameter lies.
func parameter(name string) Mem {
	p, err := Param(name).Resolve()
	if err != nil {
		log.Fatal(err)
	}
	return p.Addr
}

func (t *tile) body() {
	m := t.isa
	env := fpenv.Enter(GP64())
	// What changes from tile to tile lives on the stack: the registers belong to
	// the inner loop.
	a, c, mask, left, bad := AllocLocal(8), AllocLocal(8), AllocLocal(8), AllocLocal(8), AllocLocal(8)
	if t.asking() {
		t.ahead = AllocLocal(8)
	}
	keep := func(name string, slot Mem) {
		MOVQ(Load(Param(name), GP64()), slot)
	}
	keep("a", a)
	keep("c", c)
	keep("mask", mask)
	keep("tiles", left)
	if t.asking() {
		keep("next", t.ahead)
	}
	MOVQ(U32(0), bad)

	Label("tile")
	for range t.vecs {
		t.b = append(t.b, m.vec())
	}
	for i := range t.rows {
		t.acc = append(t.acc, nil)
		for range t.vecs {
			t.acc[i] = append(t.acc[i], m.zero())
		}
	}
	t.prefetchC(c)
	TESTQ(Load(Param("k"), GP64()), Load(Param("k"), GP64()))
	JZ(LabelRef("finish"))
	flags := Load(Param("flags"), GP64())
	TESTQ(U32(flagPacked), flags)
	JZ(LabelRef("inplace"))
	t.packedA(a)
	JMP(LabelRef("finish"))
	Label("inplace")
	t.inPlace(a)
	Label("finish")
	t.epilogue(c, mask, bad)

	next := GP64()
	advance := func(slot Mem, step reg.Register) {
		MOVQ(slot, next)
		ADDQ(step, next)
		MOVQ(next, slot)
	}
	advance(a, Load(Param("aTile"), GP64()))
	if t.asking() {
		advance(t.ahead, Load(Param("nextTile"), GP64()))
	}
	step := Load(Param("cStep"), GP64())
	IMUL3Q(Imm(uint64(t.rows)), step, step)
	advance(c, step)
	advance(mask, step)
	SUBQ(Imm(1), left)
	JNZ(LabelRef("tile"))
	env.Leave()
	result := GP64()
	MOVQ(bad, result)
	Store(result, ReturnIndex(0))
	RET()
}

// prefetchC asks for the lines that the epilogue will write.
func (t *tile) prefetchC(c Mem) {
	p, step := GP64(), Load(Param("cStep"), GP64())
	MOVQ(c, p)
	for i := range t.rows {
		for v := 0; v < t.vecs*t.bytes(); v += 64 {
			PREFETCHT0(Mem{Base: p, Disp: v})
		}
		if i+1 < t.rows {
			ADDQ(step, p)
		}
	}
}

// loop runs step for every k, unrolled; step(u) does the u-th k of a round and
// advance(n) moves the pointers over n.
func (t *tile) loop(label string, step func(u int), advance func(n int)) {
	unroll := t.unroll()
	k, ahead := Load(Param("k"), GP64()), GP64()
	if t.asking() {
		MOVQ(t.ahead, ahead)
	}
	SUBQ(Imm(uint64(unroll)), k)
	JLT(LabelRef(label + "rest"))
	Label(label)
	for u := range unroll {
		step(u)
		if t.asking() && u%2 == 0 { // into L2
			PREFETCHT1(Mem{Base: ahead, Disp: 32 * u})
		}
	}
	if t.asking() {
		ADDQ(parameter("nextStep"), ahead)
	}
	advance(unroll)
	SUBQ(Imm(uint64(unroll)), k)
	JGE(LabelRef(label))
	Label(label + "rest")
	ADDQ(Imm(uint64(unroll)), k)
	JZ(LabelRef("finish"))
	Label(label + "one")
	step(0)
	advance(1)
	SUBQ(Imm(1), k)
	JNZ(LabelRef(label + "one"))
}

// run is a pointer into numbers that are read for one k after the other, rows of B or columns of A, and its steps.
type run struct{ p, step, step3 reg.Register }

func (t *tile) runFrom(p reg.Register, step string) run {
	r := run{p: p, step: Load(Param(step), GP64()), step3: GP64()}
	LEAQ(Mem{Base: r.step, Index: r.step, Scale: 2}, r.step3)
	return r
}

func (t *tile) loadB() run { return t.runFrom(Load(Param("b"), GP64()), "bStep") }

// at is an address behind the u-th from the pointer.
func (r run) at(u, disp int) Mem {
	switch u {
	case 0:
		return Mem{Base: r.p, Disp: disp}
	case 3:
		return Mem{Base: r.p, Index: r.step3, Scale: 1, Disp: disp}
	}
	return Mem{Base: r.p, Index: r.step, Scale: uint8(u), Disp: disp}
}

func (r run) advance(n int) {
	if n == 1 {
		ADDQ(r.step, r.p)
	} else {
		LEAQ(Mem{Base: r.p, Index: r.step, Scale: uint8(n)}, r.p)
	}
}

// multiply adds column k of A times row k of B; a(i) is the address of A[i, k].
func (t *tile) multiply(b run, u int, a func(i int) Mem) {
	if t.vecs > 2 { // B is not used twice in a tile of one row: take it from memory
		t.multiplyWide(b, u, a)
		return
	}
	for v := range t.vecs {
		VMOVUPS(b.at(u, v*t.bytes()), t.b[v])
	}
	for i := range t.rows {
		x := t.vec()
		VBROADCASTSS(a(i), x)
		for v := range t.vecs {
			VFMADD231PS(x, t.b[v], t.acc[i][v])
		}
	}
}

// multiplyWide is multiply for few rows and many vectors.
func (t *tile) multiplyWide(b run, u int, a func(i int) Mem) {
	var x []reg.VecVirtual
	for i := range t.rows {
		x = append(x, t.vec())
		VBROADCASTSS(a(i), x[i])
	}
	for v := range t.vecs {
		if t.rows == 1 {
			VFMADD231PS(b.at(u, v*t.bytes()), x[0], t.acc[0][v])
			continue
		}
		y := t.vec()
		VMOVUPS(b.at(u, v*t.bytes()), y)
		for i := range t.rows {
			VFMADD231PS(y, x[i], t.acc[i][v])
		}
	}
}

// packedA runs k over columns of A.
func (t *tile) packedA(a Mem) {
	p := GP64()
	MOVQ(a, p)
	b, columns := t.loadB(), t.runFrom(p, "aStep")
	t.loop("packed", func(u int) {
		t.multiply(b, u, func(i int) Mem { return columns.at(u, 4*i) })
	}, func(n int) {
		columns.advance(n)
		b.advance(n)
	})
}

// inPlace runs k along rows of A: a pointer for every third row. Each k asks for one line
// of the tile below, whose first row follows the last of this one: so many rows come from
// afar while others are multiplied, and no stream is long enough for the hardware to foresee.
func (t *tile) inPlace(a Mem) {
	b, step := t.loadB(), Load(Param("aStep"), GP64())
	below := Load(Param("aTile"), GP64())
	ADDQ(a, below)
	var p []reg.GPVirtual
	for i := 0; i < t.rows; i += 3 {
		p = append(p, GP64())
		if i == 0 {
			MOVQ(a, p[0])
		} else {
			LEAQ(Mem{Base: p[i/3-1], Index: step, Scale: 2}, p[i/3])
			ADDQ(step, p[i/3])
		}
	}
	t.loop("rows", func(u int) {
		PREFETCHT1(Mem{Base: below, Disp: 64 * u})
		t.multiply(b, u, func(i int) Mem {
			m := Mem{Base: p[i/3], Disp: 4 * u}
			if i%3 > 0 {
				m.Index, m.Scale = step, uint8(i%3)
			}
			return m
		})
	}, func(n int) {
		for _, p := range p {
			ADDQ(U32(uint32(4*n)), p)
		}
		ADDQ(U32(uint32(64*n)), below)
		b.advance(n)
	})
}

// when emits body, to be skipped unless the flag is set.
func (t *tile) when(flag int, label string, body func()) {
	flags := Load(Param("flags"), GP64())
	TESTQ(U32(uint32(flag)), flags)
	JZ(LabelRef("no" + label))
	body()
	Label("no" + label)
}

// rowsAt calls f with each row's first address.
func (t *tile) rowsAt(from Mem, f func(i int, p reg.GPVirtual)) {
	p, step := GP64(), Load(Param("cStep"), GP64())
	MOVQ(from, p)
	for i := range t.rows {
		f(i, p)
		if i+1 < t.rows {
			ADDQ(step, p)
		}
	}
}

// load reads vector v of a row into x, without what lies beyond its last column.
func (t *tile) load(v int, from Mem, x reg.VecVirtual) {
	from.Disp += v * t.bytes()
	if v+1 == t.vecs {
		t.last.load(from, x)
	} else {
		VMOVUPS(from, x)
	}
}

// epilogue finishes a tile and stores it.
func (t *tile) epilogue(c, mask, bad Mem) {
	// Made here and not above: the inner loop of AVX2's tiles needs all sixteen registers.
	t.last = t.lanesFrom(Load(Param("last"), GP64()).(reg.GPVirtual))
	t.when(flagAdd, "add", func() {
		t.rowsAt(c, func(i int, p reg.GPVirtual) {
			for v := range t.vecs {
				x := t.vec()
				t.load(v, Mem{Base: p}, x)
				VADDPS(x, t.acc[i][v], t.acc[i][v])
			}
		})
	})
	t.when(flagBias, "bias", func() {
		p := Load(Param("bias"), GP64())
		for v := range t.vecs {
			x := t.vec()
			t.load(v, Mem{Base: p}, x)
			for i := range t.rows {
				VADDPS(x, t.acc[i][v], t.acc[i][v])
			}
		}
	})
	t.when(flagRelu, "relu", func() {
		zero := t.zero()
		for i := range t.rows {
			for v := range t.vecs {
				VMAXPS(t.acc[i][v], zero, t.acc[i][v]) // NaN in either yields the first written here
			}
		}
	})
	t.when(flagMask, "mask", func() {
		zero := t.zero()
		t.rowsAt(mask, func(i int, p reg.GPVirtual) {
			for v := range t.vecs {
				x := t.vec()
				t.load(v, Mem{Base: p}, x)
				t.keepWhereGreater(x, zero, t.acc[i][v])
			}
		})
	})
	t.when(flagCheck, "check", func() { t.check(bad) })
	t.store(c)
}

// store writes a tile. AVX2's masked store costs several plain ones, AVX-512's
// nothing.
func (t *tile) store(c Mem) {
	rows := func(last func(from reg.VecVirtual, to Mem)) {
		t.rowsAt(c, func(i int, p reg.GPVirtual) {
			for v := range t.vecs {
				to := Mem{Base: p, Disp: v * t.bytes()}
				if v+1 < t.vecs {
					VMOVUPS(t.acc[i][v], to)
				} else {
					last(t.acc[i][v], to)
				}
			}
		})
	}
	if t.width == 16 {
		rows(t.last.store)
		return
	}
	flags := Load(Param("flags"), GP64())
	TESTQ(U32(flagWhole), flags)
	JZ(LabelRef("ragged"))
	rows(func(from reg.VecVirtual, to Mem) { VMOVUPS(from, to) })
	JMP(LabelRef("next"))
	Label("ragged")
	rows(t.last.store)
	Label("next")
}

// keepWhereGreater zeros y where x > zero does not hold.
func (t *tile) keepWhereGreater(x, zero, y reg.VecVirtual) {
	const greater = 0x1e // ordered, quiet
	if t.width == 16 {
		k := K()
		VCMPPS(Imm(greater), zero, x, k)
		VMOVAPS_Z(y, k, y)
		return
	}
	VCMPPS(Imm(greater), zero, x, x)
	VANDPS(x, y, y)
}

// check sets bad if a valid lane is not finite: x·0 is NaN for NaN and ±Inf, and
// a sum keeps it.
func (t *tile) check(bad Mem) {
	zero, sum := t.zero(), t.zero()
	for i := range t.rows {
		for v := range t.vecs {
			x := t.acc[i][v]
			switch {
			case v+1 < t.vecs:
				VFMADD231PS(zero, x, sum)
			case t.width == 16:
				VFMADD231PS(zero, x, t.last.k, sum)
			default:
				y := t.vec()
				VANDPS(x, t.last.v, y)
				VFMADD231PS(zero, y, sum)
			}
		}
	}
	const unordered = 3
	bits := GP32()
	if t.width == 16 {
		k := K()
		VCMPPS(Imm(unordered), sum, sum, k)
		KMOVW(k, bits)
	} else {
		VCMPPS(Imm(unordered), sum, sum, sum)
		VMOVMSKPS(sum, bits)
	}
	ORL(bits, bad)
}
