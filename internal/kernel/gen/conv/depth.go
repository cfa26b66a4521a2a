package main

import (
	"strconv"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	. "gorae/internal/kernel/gen/simd"
)

// depth writes the kernels of depthwise convolution: channels run along the lanes.
func depth(m *M) {
	Put(m, "depth", "depth", depthwise{})
	Put(m, "depthGrad", "depthGrad", depthwiseGrad{})
	Put(m, "expand", "expand", expand{})
}

func bytesOf(name string) reg.GPVirtual {
	r := Load(Param(name), GP64()).(reg.GPVirtual)
	SHLQ(Imm(2), r)
	return r
}

// depthPixels are in registers at a time, and then one by one.
var depthPixels = []int{8, 4, 1}

type depthwise struct{}

// Emit writes the kernel for m.
func (depthwise) Emit(m *M) {
	k := m.Begin("depth", "sets dst[l, p, c] to the sum over t of src[l, p, at[t] + c]·w[wAt[t] + c] and applies the "+
		"flags.",
		"func(dst, src, w, bias, mask []float32, at, wAt []int, n, lines, pixels, dstLine, srcLine, dstStep, "+
			"srcStep, flags int) (bad int)", true)
	lines, srcLine, dstLine, maskLine := AllocLocal(8), AllocLocal(8), AllocLocal(8), AllocLocal(8)
	sum := m.New()
	VXORPS(sum, sum, sum)
	k.Each("", Load(Param("n"), GP64()).(reg.GPVirtual), 1, func(i reg.GPVirtual, disp, u int, live *Mask) {
		label := "whole"
		if live != nil {
			label = "ragged"
		}
		srcStep, dstStep := bytesOf("srcStep"), bytesOf("dstStep")
		start := func(name string, line Mem) {
			p := Load(Param(name).Base(), GP64()).(reg.GPVirtual)
			ADDQ(i, p)
			MOVQ(p, line)
		}
		start("src", srcLine)
		start("dst", dstLine)
		start("mask", maskLine)
		src, dst, mask, left := GP64(), GP64(), GP64(), Load(Param("lines"), GP64())
		MOVQ(left, lines)
		Label(label + "line")
		MOVQ(srcLine, src)
		MOVQ(dstLine, dst)
		MOVQ(maskLine, mask)
		Load(Param("pixels"), left)
		for _, pixels := range depthPixels {
			label := label + strconv.Itoa(pixels)
			Label(label)
			SUBQ(Imm(uint64(pixels)), left)
			JLT(LabelRef(label + "end"))
			acc := make([]V, pixels)
			for j := range acc {
				acc[j] = m.New()
				VXORPS(acc[j], acc[j], acc[j])
			}
			t, offset := GP64(), GP64()
			XORQ(t, t)
			Label(label + "tap")
			CMPQ(t, Load(Param("at").Len(), GP64()))
			JGE(LabelRef(label + "summed"))
			p := Load(Param("wAt").Base(), GP64())
			MOVQ(Mem{Base: p, Index: t, Scale: 8}, offset)
			p = Load(Param("w").Base(), GP64())
			LEAQ(Mem{Base: p, Index: offset, Scale: 4}, p)
			w := k.Load(Mem{Base: p, Index: i, Scale: 1}, live)
			p = Load(Param("at").Base(), GP64())
			MOVQ(Mem{Base: p, Index: t, Scale: 8}, offset)
			LEAQ(Mem{Base: src, Index: offset, Scale: 4}, p)
			for j := range acc {
				m.Accumulate(acc[j], w, k.Load(Mem{Base: p}, live))
				if j+1 < pixels {
					ADDQ(srcStep, p)
				}
			}
			INCQ(t)
			JMP(LabelRef(label + "tap"))
			Label(label + "summed")
			depthFinish(k, label, acc, i, dst, mask, dstStep, sum, live)
			for range pixels {
				ADDQ(srcStep, src)
				ADDQ(dstStep, dst)
				ADDQ(dstStep, mask)
			}
			JMP(LabelRef(label))
			Label(label + "end")
			ADDQ(Imm(uint64(pixels)), left)
		}
		advance(srcLine, bytesOf("srcLine"))
		by := bytesOf("dstLine")
		advance(dstLine, by)
		advance(maskLine, by)
		SUBQ(Imm(1), lines)
		JNZ(LabelRef(label + "line"))
	})
	bits := GP64()
	m.Any(m.Cmp(Unord, sum, sum), bits.As32())
	Store(bits, ReturnIndex(0))
	k.End()
}

func depthFinish(k *Kernel, label string, acc []V, i, dst, mask, step reg.GPVirtual, sum V, live *Mask) {
	m := k.M
	when := func(flag int, name string, body func()) {
		flags := Load(Param("flags"), GP64())
		TESTQ(U32(uint32(flag)), flags)
		JZ(LabelRef(label + "no" + name))
		body()
		Label(label + "no" + name)
	}
	each := func(from reg.GPVirtual, f func(j int, at Mem)) {
		p := GP64()
		MOVQ(from, p)
		for j := range acc {
			f(j, Mem{Base: p})
			if j+1 < len(acc) {
				ADDQ(step, p)
			}
		}
	}
	when(flagBias, "bias", func() {
		bias := Load(Param("bias").Base(), GP64())
		b := k.Load(Mem{Base: bias, Index: i, Scale: 1}, live)
		for _, y := range acc {
			VADDPS(b, y, y)
		}
	})
	when(flagRelu, "relu", func() {
		zero := m.New()
		VXORPS(zero, zero, zero)
		for _, y := range acc {
			VMAXPS(y, zero, y) // NaN in either yields the first written here
		}
	})
	when(flagMask, "mask", func() {
		each(mask, func(j int, at Mem) {
			x := k.Load(at, live)
			m.Set(acc[j], m.Only(m.Cmp(Gt, x, Zero), acc[j]))
		})
	})
	each(dst, func(j int, at Mem) {
		k.Store(acc[j], at, live)
		y := acc[j]
		if live != nil {
			y = m.Only(*live, y)
		}
		m.Accumulate(sum, y, Zero)
	})
}

// advance adds to a pointer in memory.
func advance(p Mem, by reg.GPVirtual) {
	r := GP64()
	MOVQ(p, r)
	ADDQ(by, r)
	MOVQ(r, p)
}

type depthwiseGrad struct{}

// Emit writes the kernel for m.
func (depthwiseGrad) Emit(m *M) {
	const chains = 4
	k := m.Begin("depthGrad", "adds the sum over l and p of x[l, p, c]·dy[l, p, c] to dst[c]; lines and pixels of x "+
		"and dy are steps apart.",
		"func(dst, x, dy []float32, n, lines, pixels, xLine, dyLine, xStep, dyStep int)", true)
	lines, xLine, dyLine := AllocLocal(8), AllocLocal(8), AllocLocal(8)
	k.Each("", Load(Param("n"), GP64()).(reg.GPVirtual), 1, func(i reg.GPVirtual, disp, u int, live *Mask) {
		label := "whole"
		if live != nil {
			label = "ragged"
		}
		xStep, dyStep := bytesOf("xStep"), bytesOf("dyStep")
		x, dy := Load(Param("x").Base(), GP64()), Load(Param("dy").Base(), GP64())
		ADDQ(i, x)
		ADDQ(i, dy)
		MOVQ(x, xLine)
		MOVQ(dy, dyLine)
		acc := make([]V, chains)
		for j := range acc {
			acc[j] = m.New()
			VXORPS(acc[j], acc[j], acc[j])
		}
		left := Load(Param("lines"), GP64())
		MOVQ(left, lines)
		Label(label + "line")
		MOVQ(xLine, x)
		MOVQ(dyLine, dy)
		Load(Param("pixels"), left)
		for _, pixels := range []int{chains, 1} {
			label := label + strconv.Itoa(pixels)
			Label(label)
			SUBQ(Imm(uint64(pixels)), left)
			JLT(LabelRef(label + "end"))
			for j := range pixels {
				m.Accumulate(acc[j], k.Load(Mem{Base: x}, live), k.Load(Mem{Base: dy}, live))
				ADDQ(xStep, x)
				ADDQ(dyStep, dy)
			}
			JMP(LabelRef(label))
			Label(label + "end")
			ADDQ(Imm(uint64(pixels)), left)
		}
		advance(xLine, bytesOf("xLine"))
		advance(dyLine, bytesOf("dyLine"))
		SUBQ(Imm(1), lines)
		JNZ(LabelRef(label + "line"))
		dst := Load(Param("dst").Base(), GP64())
		at := Mem{Base: dst, Index: i, Scale: 1}
		s := m.Add(m.Add(acc[0], acc[1]), m.Add(acc[2], acc[3]))
		k.Store(m.Add(k.Load(at, live), s), at, live)
	})
	k.End()
}

type expand struct{}

// Emit writes the kernel for m.
func (expand) Emit(m *M) {
	k := m.Begin("expand", "sets dst[p·dstStep + c] to src[p·step + from[c]]; the from of a vector's c lie within "+
		"one vector.",
		"func(dst, src []float32, from []int32, pixels, dstStep, step int)", false)
	k.Each("", Load(Param("from").Len(), GP64()).(reg.GPVirtual), 1, func(i reg.GPVirtual, disp, u int, live *Mask) {
		label := "whole"
		if live != nil {
			label = "ragged"
		}
		dst, src, from := Load(Param("dst").Base(), GP64()), Load(Param("src").Base(), GP64()),
			Load(Param("from").Base(), GP64())
		ADDQ(i, dst)
		ADDQ(i, from)
		first := GP64()
		MOVLQSX(Mem{Base: from}, first)
		LEAQ(Mem{Base: src, Index: first, Scale: 4}, src)
		base := m.New()
		VPBROADCASTD(Mem{Base: from}, base)
		order := m.Order(m.SubInt(k.Load(Mem{Base: from}, live), base))
		step, dstStep := bytesOf("step"), bytesOf("dstStep")
		left := Load(Param("pixels"), GP64())
		Label(label)
		k.Store(m.Permute(Mem{Base: src}, order), Mem{Base: dst}, live)
		ADDQ(step, src)
		ADDQ(dstStep, dst)
		DECQ(left)
		JNZ(LabelRef(label))
	})
	k.End()
}
