package main

import (
	"fmt"
	"strings"
)

// neonTile is one kernel: tiles below each other, each rows × vecs vectors in registers while k runs.
type neonTile struct {
	*neon
	rows, vecs int
}

func (t *neonTile) name() string { return fmt.Sprintf("gemm%dx%dneon", t.rows, t.vecs*neonLanes) }

// acc is the register of a vector of sums.
func (t *neonTile) acc(row, vec int) int { return row*t.vecs + vec }

// write writes the kernel; its arguments are those of the other kernels (tile.go).
func (t *neonTile) write(stubs *strings.Builder) {
	t.text(stubs, t.name(), fmt.Sprintf("computes tiles of %d×%d.", t.rows, t.vecs*neonLanes), "(tiles int, k int, "+
		"a *float32, aTile int, aStep int, b *float32, bStep int, c *float32, cStep int, bias *float32, "+
		"mask *float32, flags int, last int, next *float32, nextStep int, nextTile int) (bad int)", 136)
	for _, p := range []struct {
		name, to string
		at       int
	}{{"tiles", "R20", 0}, {"a", "R0", 16}, {"bStep", "R2", 48}, {"c", "R3", 56}, {"cStep", "R22", 64},
		{"bias", "R23", 72}, {"mask", "R21", 80}, {"flags", "R6", 88}, {"last", "R24", 96}} {
		t.put("MOVD %s+%d(FP), %s", p.name, p.at, p.to)
	}
	t.put("MOVD $0, R7")
	t.enter()
	t.at("tile")
	for v := range t.rows * t.vecs {
		t.zero(v)
	}
	t.put("MOVD b+40(FP), R1")
	t.put("MOVD k+8(FP), R19")
	t.put("CBZ R19, finish")
	t.put("TBZ $5, R6, inplace")
	t.packedA()
	t.put("B finish")
	t.at("inplace")
	t.inPlace()
	t.at("finish")
	t.put("TBZ $6, R6, ragged")
	t.epilogue(false)
	t.put("B next")
	t.at("ragged")
	t.epilogue(true)
	t.at("next")
	t.put("MOVD aTile+24(FP), R4")
	t.put("ADD R4, R0")
	t.put("MOVD $%d, R4", t.rows)
	t.put("MUL R22, R4")
	t.put("ADD R4, R3")
	t.put("ADD R4, R21")
	t.put("SUBS $1, R20")
	t.put("BNE tile")
	t.leave()
	t.put("MOVD R7, bad+128(FP)")
	t.put("RET")
}

// multiply adds the products of a row of B with the elements of A that element names, and goes on to the next row.
func (t *neonTile) multiply(element func(row int) (reg, lane int)) {
	for v := 0; v < t.vecs; v += manyB {
		n := min(manyB, t.vecs-v)
		var to []string
		for i := range n {
			to = append(to, fmt.Sprintf("V%d.S4", firstB+i))
		}
		from := "R1"
		if v > 0 {
			from = "R4"
		}
		switch {
		case v+n < t.vecs && v == 0:
			t.put("MOVD R1, R4")
			from = "R4"
			fallthrough
		case v+n < t.vecs:
			t.put("VLD1.P %d(%s), [%s]", 16*n, from, strings.Join(to, ", "))
		default:
			t.put("VLD1 (%s), [%s]", from, strings.Join(to, ", "))
		}
		for i := range n {
			for r := range t.rows {
				reg, lane := element(r)
				t.fmla(t.acc(r, v+i), firstB+i, reg, lane)
			}
		}
	}
	t.put("ADD R2, R1")
}

// packedA runs through k where the elements of A lie in columns of neonStride.
func (t *neonTile) packedA() {
	t.put("MOVD R0, R8")
	t.at("packed")
	if t.rows > neonLanes {
		t.put("VLD1.P %d(R8), [V%d.S4, V%d.S4]", 4*neonStride, firstA, firstA+1)
	} else {
		t.put("VLD1 (R8), [V%d.S4]", firstA)
		t.put("ADD $%d, R8", 4*neonStride)
	}
	t.multiply(func(row int) (int, int) { return firstA + row/neonLanes, row % neonLanes })
	t.put("SUBS $1, R19")
	t.put("BNE packed")
}

// inPlace runs through k where the rows of A are read as they stand: four elements of each at a time.
func (t *neonTile) inPlace() {
	t.put("MOVD aStep+32(FP), R5")
	t.put("MOVD R0, R8")
	for r := 1; r < t.rows; r++ {
		t.put("ADD R5, R%d, R%d", 7+r, 8+r)
	}
	t.put("SUBS $4, R19")
	t.put("BLT rest")
	t.at("four")
	for r := range t.rows {
		t.put("VLD1.P 16(R%d), [V%d.S4]", 8+r, firstA+r)
	}
	for lane := range neonLanes {
		t.multiply(func(row int) (int, int) { return firstA + row, lane })
	}
	t.put("SUBS $4, R19")
	t.put("BGE four")
	t.at("rest")
	t.put("ADDS $4, R19")
	t.put("BEQ finish")
	t.at("one")
	for r := range t.rows {
		t.put("FMOVS.P 4(R%d), F%d", 8+r, firstA+r)
	}
	t.multiply(func(row int) (int, int) { return firstA + row, 0 })
	t.put("SUBS $1, R19")
	t.put("BNE one")
}

// epilogue does to the sums what the flags ask for, in the order of package gemm (variant.go), and stores them. Ragged
// says that the last vector has fewer than four valid lanes: no other is read or written.
func (t *neonTile) epilogue(ragged bool) {
	const x, zeros, all = firstB, firstB + 1, firstB + 2
	// each calls f for each vector of the tile with what pointer, R8 from from on, points to.
	each := func(from string, f func(acc, v int)) {
		t.put("MOVD %s, R8", from)
		for r := range t.rows {
			for v := range t.vecs {
				f(t.acc(r, v), v)
			}
			if r+1 < t.rows {
				t.put("ADD R22, R8")
			}
		}
	}
	load := func(base string, v int) {
		t.put("ADD $%d, %s, R4", 16*v, base)
		if ragged && v == t.vecs-1 {
			t.partialLoad(x)
		} else {
			t.put("VLD1 (R4), [V%d.S4]", x)
		}
	}
	with := func(flag int, f func()) {
		skip := t.label()
		t.put("TBZ $%d, R6, %s", flag, skip)
		f()
		t.at(skip)
	}
	with(0, func() {
		each("R3", func(acc, v int) { load("R8", v); t.fadd(acc, acc, x) })
	})
	with(1, func() {
		for v := range t.vecs {
			load("R23", v)
			for r := range t.rows {
				t.fadd(t.acc(r, v), t.acc(r, v), x)
			}
		}
	})
	t.zero(zeros)
	with(2, func() {
		for i := range t.rows * t.vecs {
			t.fmax(i, i, zeros)
		}
	})
	with(3, func() {
		each("R21", func(acc, v int) {
			load("R8", v)
			t.positive(x, x)
			t.put("VAND V%d.B16, V%d.B16, V%d.B16", x, acc, acc)
		})
	})
	with(4, func() {
		if ragged {
			t.validLanes(x)
			for r := range t.rows {
				acc := t.acc(r, t.vecs-1)
				t.put("VAND V%d.B16, V%d.B16, V%d.B16", x, acc, acc)
			}
		}
		t.zero(all) // stays 0 as long as all is finite: x·0 is not a number for NaN and ±Inf
		for i := range t.rows * t.vecs {
			t.put("VFMLA V%d.S4, V%d.S4, V%d.S4", zeros, i, all)
		}
		t.put("VMOV V%d.D[0], R4", all)
		t.put("VMOV V%d.D[1], R5", all)
		t.put("ORR R4, R7")
		t.put("ORR R5, R7")
	})
	each("R3", func(acc, v int) {
		t.put("ADD $%d, R8, R4", 16*v)
		if ragged && v == t.vecs-1 {
			t.partialStore(acc)
		} else {
			t.put("VST1 [V%d.S4], (R4)", acc)
		}
	})
}

// partialLoad loads R24 (1 to 3) floats from R4; the other lanes are 0.
func (t *neonTile) partialLoad(v int) {
	one, end := t.label(), t.label()
	t.put("TBZ $1, R24, %s", one)
	t.put("FMOVD (R4), F%d", v)
	t.put("TBZ $0, R24, %s", end)
	t.put("ADD $8, R4")
	t.put("VLD1 (R4), V%d.S[2]", v)
	t.put("B %s", end)
	t.at(one)
	t.put("FMOVS (R4), F%d", v)
	t.at(end)
}

// partialStore stores R24 (1 to 3) floats to R4.
func (t *neonTile) partialStore(v int) {
	one, end := t.label(), t.label()
	t.put("TBZ $1, R24, %s", one)
	t.put("FMOVD F%d, (R4)", v)
	t.put("TBZ $0, R24, %s", end)
	t.put("ADD $8, R4")
	t.put("VST1 V%d.S[2], (R4)", v)
	t.put("B %s", end)
	t.at(one)
	t.put("FMOVS F%d, (R4)", v)
	t.at(end)
}

// validLanes sets all bits of the first R24 (1 to 3) lanes.
func (t *neonTile) validLanes(v int) {
	two, end := t.label(), t.label()
	t.zero(v)
	t.put("MOVD $-1, R4")
	t.put("TBNZ $1, R24, %s", two)
	t.put("VMOV R4, V%d.S[0]", v)
	t.put("B %s", end)
	t.at(two)
	t.put("VMOV R4, V%d.D[0]", v)
	t.put("TBZ $0, R24, %s", end)
	t.put("VMOV R4, V%d.S[2]", v)
	t.at(end)
}
