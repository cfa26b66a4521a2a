package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	. "gorae/internal/kernel/gen/simd"
)

// The flags of package conv (variant.go), and one that the wrapper adds.
const (
	flagAdd = 1 << iota
	flagBias
	flagRelu
	flagMask
	flagCheck
	flagWhole // the last vector is whole
)

// signature of every tile. Steps are in bytes, but for at, which holds segs pairs of
// an offset in A in floats and a row of B. aStep is the distance of two rows of A (inner) or of two columns
// (outer). last is the number of valid columns of the last vector. The result is not
// 0 if flagCheck is set and something stored is not finite.
const signature = "func(lines, tiles, segs, depth int, a *float32, at *int, aLine, aStep int, b *float32, bStep int, " +
	"c *float32, cLine, cStep int, bias, mask *float32, flags, last int) (bad int)"

// tile writes one kernel: rows × vecs vectors in registers while the segments and
// the depth run. An inner tile reads rows of A and packed B, an outer tile columns
// of A, where rows lie side by side, and B in place.
type tile struct {
	*M
	rows, vecs int
	outer      bool
	acc        [][]V // [rows][vecs]
	b          []V
	last       *Mask
}

// name is inner14x32avx512, say.
func (t *tile) name() string {
	kind := "inner"
	if t.outer {
		kind = "outer"
	}
	return fmt.Sprintf("%s%dx%d%s", kind, t.rows, t.vecs*t.Lanes(), t.Name())
}

// unroll is how many k one round of the inner loop does.
func (t *tile) unroll() int {
	if t.rows*t.vecs >= 12 && !t.Arm {
		return 2
	}
	return 4
}

func (t *tile) emit() {
	TEXT(t.name(), NOSPLIT, signature)
	comment(t.name(), fmt.Sprintf("computes tiles of %d×%d.", t.rows, t.vecs*t.Lanes()))
	env := t.Enter()
	// What changes from tile to tile lives on the stack: the registers belong to
	// the inner loop.
	slot := func() Mem { return AllocLocal(8) }
	aLine, cLine, maskLine, lines := slot(), slot(), slot(), slot()
	a, c, mask, tiles, segs, at, bad := slot(), slot(), slot(), slot(), slot(), slot(), slot()
	keep := func(name string, to Mem) { MOVQ(Load(Param(name), GP64()), to) }
	copyTo := func(from, to Mem) {
		r := GP64()
		MOVQ(from, r)
		MOVQ(r, to)
	}
	advance := func(s Mem, step reg.Register) {
		r := GP64()
		MOVQ(s, r)
		ADDQ(step, r)
		MOVQ(r, s)
	}
	keep("a", aLine)
	keep("c", cLine)
	keep("mask", maskLine)
	keep("lines", lines)
	MOVQ(U32(0), bad)
	t.last = t.First(Load(Param("last"), GP64()).(reg.GPVirtual))

	Label("line")
	copyTo(aLine, a)
	copyTo(cLine, c)
	copyTo(maskLine, mask)
	keep("tiles", tiles)

	Label("tile")
	for range t.vecs {
		t.b = append(t.b, t.New())
	}
	for i := range t.rows {
		t.acc = append(t.acc, nil)
		for range t.vecs {
			t.acc[i] = append(t.acc[i], t.zero())
		}
	}
	n := Load(Param("segs"), GP64())
	MOVQ(n, segs)
	keep("at", at)
	TESTQ(n, n)
	JZ(LabelRef("finish"))
	Label("segment")
	from, next := GP64(), GP64()
	MOVQ(at, next)
	MOVQ(Mem{Base: next}, from)
	offset, b := GP64(), Load(Param("b"), GP64())
	MOVQ(Mem{Base: next, Disp: 8}, offset)
	IMULQ(Load(Param("bStep"), GP64()), offset)
	ADDQ(offset, b)
	ADDQ(Imm(16), next)
	MOVQ(next, at)
	SHLQ(Imm(2), from)
	ADDQ(a, from)
	if t.outer {
		t.columns(from, b)
	} else {
		t.lanes(from, b)
	}
	Label("segmented")
	SUBQ(Imm(1), segs)
	JNZ(LabelRef("segment"))
	Label("finish")
	t.epilogue(c, mask, bad)

	step := GP64()
	if t.outer {
		MOVQ(U32(uint32(4*t.rows)), step)
	} else {
		IMUL3Q(Imm(uint64(t.rows)), Load(Param("aStep"), GP64()), step)
	}
	advance(a, step)
	IMUL3Q(Imm(uint64(t.rows)), Load(Param("cStep"), GP64()), step)
	advance(c, step)
	advance(mask, step)
	SUBQ(Imm(1), tiles)
	JNZ(LabelRef("tile"))
	advance(aLine, Load(Param("aLine"), GP64()))
	cStep := Load(Param("cLine"), GP64())
	advance(cLine, cStep)
	advance(maskLine, cStep)
	SUBQ(Imm(1), lines)
	JNZ(LabelRef("line"))
	env.Leave()
	result := GP64()
	MOVQ(bad, result)
	Store(result, ReturnIndex(0))
	RET()
}

// loop runs step for every k of a segment, unrolled; step(u) does the u-th k of a
// round and advance(n) moves the pointers over n.
func (t *tile) loop(label string, step func(u int), advance func(n int)) {
	k := Load(Param("depth"), GP64())
	SUBQ(Imm(uint64(t.unroll())), k)
	JLT(LabelRef(label + "rest"))
	Label(label + "round")
	for u := range t.unroll() {
		step(u)
	}
	advance(t.unroll())
	SUBQ(Imm(uint64(t.unroll())), k)
	JGE(LabelRef(label + "round"))
	Label(label + "rest")
	ADDQ(Imm(uint64(t.unroll())), k)
	JZ(LabelRef("segmented"))
	Label(label + "single")
	step(0)
	advance(1)
	SUBQ(Imm(1), k)
	JNZ(LabelRef(label + "single"))
}

// multiply adds a column of A times the row of B in t.b.
func (t *tile) multiply(a func(i int) Mem) {
	for i := range t.rows {
		if t.Wide && t.vecs == 1 {
			VFMADD231PS_BCST(a(i), t.b[0], t.acc[i][0])
			continue
		}
		x := t.New()
		VBROADCASTSS(a(i), x)
		for v := range t.vecs {
			VFMADD231PS(x, t.b[v], t.acc[i][v])
		}
	}
}

// lanes runs k along rows of A: a pointer for every third row.
func (t *tile) lanes(from reg.GPVirtual, b reg.Register) {
	step := Load(Param("aStep"), GP64())
	p := []reg.GPVirtual{from}
	for i := 3; i < t.rows; i += 3 {
		p = append(p, GP64())
		LEAQ(Mem{Base: p[i/3-1], Index: step, Scale: 2}, p[i/3])
		ADDQ(step, p[i/3])
	}
	t.loop("", func(u int) {
		for v := range t.vecs {
			VMOVUPS(Mem{Base: b, Disp: (u*t.vecs + v) * t.Bytes()}, t.b[v])
		}
		t.multiply(func(i int) Mem {
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
		ADDQ(U32(uint32(n*t.vecs*t.Bytes())), b)
	})
}

// columns runs k along columns of A and rows of B, each at its own step.
func (t *tile) columns(p reg.GPVirtual, b reg.Register) {
	type walk struct{ p, step, step3 reg.Register }
	start := func(p reg.Register, step string) walk {
		w := walk{p, Load(Param(step), GP64()), nil}
		if t.unroll() == 4 {
			w.step3 = GP64()
			LEAQ(Mem{Base: w.step, Index: w.step, Scale: 2}, w.step3)
		}
		return w
	}
	at := func(w walk, u, disp int) Mem {
		switch u {
		case 0:
			return Mem{Base: w.p, Disp: disp}
		case 3:
			return Mem{Base: w.p, Index: w.step3, Scale: 1, Disp: disp}
		}
		return Mem{Base: w.p, Index: w.step, Scale: uint8(u), Disp: disp}
	}
	wa, wb := start(p, "aStep"), start(b, "bStep")
	run := func(label string, last *Mask) {
		t.loop(label, func(u int) {
			for v := range t.vecs {
				t.loadLast(v, at(wb, u, 0), t.b[v], last)
			}
			t.multiply(func(i int) Mem { return at(wa, u, 4*i) })
		}, func(n int) {
			for _, w := range []walk{wa, wb} {
				if n == 1 {
					ADDQ(w.step, w.p)
				} else {
					LEAQ(Mem{Base: w.p, Index: w.step, Scale: uint8(n)}, w.p)
				}
			}
		})
	}
	if t.Arm { // loads part of a vector in several steps
		t.unlessWhole("columns", func() { run("part", t.last) }, func() { run("", nil) })
	} else {
		run("", t.last)
	}
}

// unlessWhole emits code for a last vector that is not whole, and for one that is, of which one runs.
func (t *tile) unlessWhole(label string, ragged, whole func()) {
	flags := Load(Param("flags"), GP64())
	TESTQ(U32(flagWhole), flags)
	JZ(LabelRef(label + "ragged"))
	whole()
	JMP(LabelRef(label + "done"))
	Label(label + "ragged")
	ragged()
	Label(label + "done")
}

// zero is a fresh register of zeros.
func (t *tile) zero() V {
	z := t.New()
	VXORPS(z, z, z)
	return z
}

// load reads vector v of a row into x, without what lies beyond its last column.
func (t *tile) load(v int, from Mem, x V) { t.loadLast(v, from, x, t.last) }

// loadLast is load with the mask of the last vector, nil where it is whole.
func (t *tile) loadLast(v int, from Mem, x V, last *Mask) {
	from.Disp += v * t.Bytes()
	if v+1 < t.vecs {
		last = nil
	}
	t.LoadTo(from, last, x)
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

// epilogue finishes a tile and stores it.
func (t *tile) epilogue(c, mask, bad Mem) {
	t.when(flagAdd, "add", func() {
		t.rowsAt(c, func(i int, p reg.GPVirtual) {
			for v := range t.vecs {
				x := t.New()
				t.load(v, Mem{Base: p}, x)
				VADDPS(x, t.acc[i][v], t.acc[i][v])
			}
		})
	})
	t.when(flagBias, "bias", func() {
		p := Load(Param("bias"), GP64())
		for v := range t.vecs {
			x := t.New()
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
		t.rowsAt(mask, func(i int, p reg.GPVirtual) {
			for v := range t.vecs {
				x := t.New()
				t.load(v, Mem{Base: p}, x)
				t.Set(t.acc[i][v], t.Only(t.Cmp(Gt, x, Zero), t.acc[i][v]))
			}
		})
	})
	t.when(flagCheck, "check", func() { t.check(bad) })
	t.store(c)
}

// store writes a tile. AVX2's masked store costs several plain ones, AVX-512's
// nothing.
func (t *tile) store(c Mem) {
	rows := func(last *Mask) {
		t.rowsAt(c, func(i int, p reg.GPVirtual) {
			for v := range t.vecs {
				live := last
				if v+1 < t.vecs {
					live = nil
				}
				t.Store(t.acc[i][v], Mem{Base: p, Disp: v * t.Bytes()}, live)
			}
		})
	}
	if t.Wide {
		rows(t.last)
		return
	}
	t.unlessWhole("store", func() { rows(t.last) }, func() { rows(nil) })
}

// check sets bad if a valid lane is not finite: x·0 is NaN for NaN and ±Inf, and
// a sum keeps it.
func (t *tile) check(bad Mem) {
	zero, sum := t.zero(), t.zero()
	for i := range t.rows {
		for v := range t.vecs {
			x := t.acc[i][v]
			if v+1 == t.vecs {
				x = t.Only(*t.last, x)
			}
			VFMADD231PS(zero, x, sum)
		}
	}
	bits := GP32()
	t.Any(t.Cmp(Unord, sum, sum), bits)
	ORL(bits, bad)
}
