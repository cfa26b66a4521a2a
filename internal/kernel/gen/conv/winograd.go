package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	. "gorae/internal/kernel/gen/simd"
)

// transform is a kernel that maps a square of vectors X to L·X·Lᵀ, in two stages
// through tmp: L times the columns, then L times the rows of that; or, flat, a line
// of vectors X to L·X.
type transform struct {
	name, doc string
	from, to  int // sides of the squares
	f         func(m *M, x []V) []V
	epilogue  bool
	flat      bool
}

// winograd puts the transforms of F(4×4, 3×3) and F(4, 3) with the points 0, ±1, ±2
// and ∞ (Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015,
// section 4.3) and their transposes.
func winograd(m *M) {
	for _, t := range []transform{
		{"winoInput", "maps 6×6 of the source to Bᵀ·d·B.", 6, 6, inputMap, false, false},
		{"winoWeight", "maps 3×3 of the weights to G·g·Gᵀ.", 3, 6, weightMap, false, false},
		{"winoOutput", "maps 6×6 of products to Aᵀ·m·A and applies the flags.", 6, 4, outputMap, true, false},
		{"winoGrad", "maps 4×4 of the result's gradient to A·y·Aᵀ.", 4, 6, gradMap, false, false},
		{"winoSum", "maps 6×6 of sums to Gᵀ·u·G.", 6, 3, sumMap, false, false},
		{"flatInput", "maps 6 of the source to Bᵀ·d.", 6, 6, inputMap, false, true},
		{"flatWeight", "maps 3 of the weights to G·g.", 3, 6, weightMap, false, true},
		{"flatOutput", "maps 6 products to Aᵀ·m and applies the flags.", 6, 4, outputMap, true, true},
		{"flatGrad", "maps 4 of the result's gradient to A·y.", 4, 6, gradMap, false, true},
		{"flatSum", "maps 6 sums to Gᵀ·u.", 6, 3, sumMap, false, true},
	} {
		Put(m, t.name, t.name, t)
	}
}

func inputMap(m *M, d []V) []V {
	four, five, two := F(4), F(5), F(2)
	scaled := func(c C, x, minus V) V { // x − c·minus
		r := m.Copy(x)
		m.SubProduct(r, minus, c)
		return r
	}
	t0, t1 := scaled(four, d[4], d[2]), scaled(four, d[3], d[1])
	t2, t3 := m.Sub(d[4], d[2]), m.Mul(m.Sub(d[3], d[1]), two)
	v0 := m.MulAdd(d[0], four, d[4])
	m.SubProduct(v0, d[2], five)
	v5 := m.MulAdd(d[1], four, d[5])
	m.SubProduct(v5, d[3], five)
	return []V{v0, m.Add(t0, t1), m.Sub(t0, t1), m.Add(t2, t3), m.Sub(t2, t3), v5}
}

func weightMap(m *M, g []V) []V {
	s, d := m.Mul(m.Add(g[0], g[2]), F(-1./6)), m.Mul(g[1], F(-1./6))
	a, b := m.MulAdd(g[2], F(1./6), m.Mul(g[0], F(1./24))), m.Mul(g[1], F(1./12))
	return []V{m.Mul(g[0], F(1./4)), m.Add(s, d), m.Sub(s, d), m.Add(a, b), m.Sub(a, b), g[2]}
}

func outputMap(m *M, x []V) []V {
	s1, d1, s3, d3 := m.Add(x[1], x[2]), m.Sub(x[1], x[2]), m.Add(x[3], x[4]), m.Sub(x[3], x[4])
	y3 := m.Add(x[5], d1)
	m.Accumulate(y3, d3, F(8))
	return []V{m.Add(x[0], m.Add(s1, s3)), m.MulAdd(d3, F(2), d1), m.MulAdd(s3, F(4), s1), y3}
}

func gradMap(m *M, y []V) []V {
	e, o := m.Add(y[0], y[2]), m.Add(y[1], y[3])
	e2, o2 := m.MulAdd(y[2], F(4), y[0]), m.MulAdd(y[3], F(8), m.Mul(y[1], F(2)))
	return []V{y[0], m.Add(e, o), m.Sub(e, o), m.Add(e2, o2), m.Sub(e2, o2), y[3]}
}

func sumMap(m *M, u []V) []V {
	s1, s3 := m.Add(u[1], u[2]), m.Add(u[3], u[4])
	d1, d3 := m.Sub(u[2], u[1]), m.Sub(u[3], u[4])
	g0 := m.MulAdd(u[0], F(1./4), m.Mul(s3, F(1./24)))
	m.SubProduct(g0, s1, F(1./6))
	g1 := m.MulAdd(d1, F(1./6), m.Mul(d3, F(1./12)))
	g2 := m.MulAdd(m.Sub(s3, s1), F(1./6), u[5])
	return []V{g0, g1, g2}
}

// grid addresses a column of up to six vectors a step apart.
type grid struct{ p, step, step3, step5 reg.GPVirtual }

func newGrid(step reg.GPVirtual, n int) grid {
	g := grid{p: GP64(), step: step}
	if n > 3 {
		g.step3 = GP64()
		LEAQ(Mem{Base: step, Index: step, Scale: 2}, g.step3)
	}
	if n > 5 {
		g.step5 = GP64()
		LEAQ(Mem{Base: step, Index: step, Scale: 4}, g.step5)
	}
	return g
}

func (g grid) at(i int) Mem {
	switch i {
	case 0:
		return Mem{Base: g.p}
	case 3:
		return Mem{Base: g.p, Index: g.step3, Scale: 1}
	case 5:
		return Mem{Base: g.p, Index: g.step5, Scale: 1}
	}
	return Mem{Base: g.p, Index: g.step, Scale: uint8(i)}
}

// Emit writes the kernel for m. Steps are in floats. The squares' vectors are n
// floats; tmp holds from·to whole vectors.
func (t transform) Emit(m *M) {
	slices := []string{"dst", "src", "tmp"}
	signature := "func(dst, src, tmp []float32, n, tiles, dstTile, dstRow, dstCol, srcTile, srcRow, srcCol int)"
	if t.epilogue {
		slices = append(slices, "bias", "mask")
		signature = "func(dst, src, tmp, bias, mask []float32, n, tiles, dstTile, dstRow, dstCol, srcTile, srcRow, " +
			"srcCol, rows, cols, flags int) (bad int)"
	}
	k := m.Begin(t.name, t.doc, signature, true, slices[:3]...)
	src, dst, tmp := k.Pointer("src"), k.Pointer("dst"), k.Pointer("tmp")
	slot := func(r reg.Register) Mem {
		s := AllocLocal(8)
		MOVQ(r, s)
		return s
	}
	var sum V
	tiles := slot(Load(Param("tiles"), GP64()))
	srcTile, dstTile := slot(src), slot(dst)
	var maskTile Mem
	if t.epilogue {
		maskTile = slot(Load(Param("mask").Base(), GP64()))
		sum = m.New()
		VXORPS(sum, sum, sum)
	}
	bytes := func(name string) reg.GPVirtual {
		r := Load(Param(name), GP64()).(reg.GPVirtual)
		SHLQ(Imm(2), r)
		return r
	}
	Label("tile")
	k.Each("", Load(Param("n"), GP64()).(reg.GPVirtual), 1, func(i reg.GPVirtual, disp, u int, live *Mask) {
		label := "whole"
		if live != nil {
			label = "ragged"
		}
		if t.flat {
			t.line(k, label, i, srcTile, dstTile, maskTile, sum, live)
			return
		}
		// Columns.
		from := newGrid(bytes("srcRow"), t.from)
		MOVQ(srcTile, from.p)
		ADDQ(i, from.p)
		p, left, step := GP64(), GP64(), bytes("srcCol")
		MOVQ(tmp, p)
		MOVQ(U32(uint32(t.from)), left)
		Label(label + "column")
		x := make([]V, t.from)
		for r := range x {
			x[r] = k.Load(from.at(r), live)
		}
		for r, y := range t.f(m, x) {
			VMOVUPS(y, Mem{Base: p, Disp: r * t.from * m.Bytes()})
		}
		ADDQ(step, from.p)
		ADDQ(U32(uint32(m.Bytes())), p)
		DECQ(left)
		JNZ(LabelRef(label + "column"))
		// Rows.
		var to grid
		var rowStep reg.GPVirtual
		var mask reg.GPVirtual
		to = newGrid(bytes("dstCol"), t.to)
		MOVQ(dstTile, to.p)
		ADDQ(i, to.p)
		rowStep = bytes("dstRow")
		MOVQ(tmp, p)
		if t.epilogue {
			mask = GP64()
			MOVQ(maskTile, mask)
			ADDQ(i, mask)
			Load(Param("rows"), left)
		} else {
			MOVQ(U32(uint32(t.to)), left)
		}
		Label(label + "row")
		for c := range x {
			x[c] = k.Load(Mem{Base: p, Disp: c * m.Bytes()}, nil)
		}
		y := t.f(m, x)
		if t.epilogue {
			t.finish(k, label, y, i, to, mask, sum, live)
			ADDQ(rowStep, mask)
		} else {
			for c := range y {
				k.Store(y[c], to.at(c), live)
			}
		}
		ADDQ(rowStep, to.p)
		ADDQ(U32(uint32(t.from*m.Bytes())), p)
		DECQ(left)
		JNZ(LabelRef(label + "row"))
	})
	advance := func(s Mem, by reg.GPVirtual) {
		r := GP64()
		MOVQ(s, r)
		ADDQ(by, r)
		MOVQ(r, s)
	}
	advance(srcTile, bytes("srcTile"))
	by := bytes("dstTile")
	advance(dstTile, by)
	if t.epilogue {
		advance(maskTile, by)
	}
	DECQ(tiles)
	JNZ(LabelRef("tile"))
	if t.epilogue {
		bits := GP64()
		m.Any(m.Cmp(Unord, sum, sum), bits.As32())
		Store(bits, ReturnIndex(0))
	}
	k.End()
}

// line maps a line of vectors, straight through registers.
func (t transform) line(k *Kernel, label string, i reg.GPVirtual, srcTile, dstTile, maskTile Mem, sum V, live *Mask) {
	start := func(tile Mem, p reg.GPVirtual) {
		MOVQ(tile, p)
		ADDQ(i, p)
	}
	step := func(name string) reg.GPVirtual {
		r := Load(Param(name), GP64()).(reg.GPVirtual)
		SHLQ(Imm(2), r)
		return r
	}
	from := newGrid(step("srcCol"), t.from)
	start(srcTile, from.p)
	x := make([]V, t.from)
	for r := range x {
		x[r] = k.Load(from.at(r), live)
	}
	y := t.f(k.M, x)
	to := newGrid(step("dstCol"), t.to)
	start(dstTile, to.p)
	if t.epilogue {
		mask := GP64()
		start(maskTile, mask)
		t.finish(k, label, y, i, to, mask, sum, live)
		return
	}
	for c := range y {
		k.Store(y[c], to.at(c), live)
	}
}

// finish applies the flags to a row of results and stores as many as there are.
func (t transform) finish(k *Kernel, label string, y []V, i reg.GPVirtual, to grid, mask reg.GPVirtual, sum V,
	live *Mask) {
	m := k.M
	when := func(flag int, name string, body func()) {
		flags := Load(Param("flags"), GP64())
		TESTQ(U32(uint32(flag)), flags)
		JZ(LabelRef(label + "no" + name))
		body()
		Label(label + "no" + name)
	}
	when(flagBias, "bias", func() {
		bias := Load(Param("bias").Base(), GP64())
		b := k.Load(Mem{Base: bias, Index: i, Scale: 1}, live)
		for _, y := range y {
			VADDPS(b, y, y)
		}
	})
	when(flagRelu, "relu", func() {
		zero := m.New()
		VXORPS(zero, zero, zero)
		for _, y := range y {
			VMAXPS(y, zero, y) // NaN in either yields the first written here
		}
	})
	cols := Load(Param("cols"), GP64())
	for c, y := range y {
		if c > 0 {
			CMPQ(cols, Imm(uint64(c)))
			JLE(LabelRef(label + "stored"))
		}
		at := to.at(c)
		when(flagMask, "mask"+string(rune('0'+c)), func() {
			from := at
			from.Base = mask
			x := k.Load(from, live)
			m.Set(y, m.Only(m.Cmp(Gt, x, Zero), y))
		})
		k.Store(y, at, live)
		if live != nil {
			y = m.Only(*live, y)
		}
		m.Accumulate(sum, y, Zero)
	}
	Label(label + "stored")
}
