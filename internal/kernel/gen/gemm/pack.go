package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// packRows writes a copier of rows of one or two vectors whose last vector is
// padded with zeros. It moves bits and does no arithmetic, so that MXCSR may stay
// as it is.
func (m *isa) packRows() {
	name := "packRows" + m.name
	TEXT(name, NOSPLIT, "func(dst, src *float32, rows, ld, stride, vecs, last int)")
	Pragma("noescape")
	Doc(name+" copies rows ≥ 1 rows of vecs (1 or 2) vectors, ld bytes apart, to rows stride",
		"bytes apart. The last vector has last valid columns and is padded with zeros.")
	dst, src := Load(Param("dst"), GP64()), Load(Param("src"), GP64())
	rows, ld, stride := Load(Param("rows"), GP64()), Load(Param("ld"), GP64()), Load(Param("stride"), GP64())
	last := m.lanesFrom(Load(Param("last"), GP64()).(reg.GPVirtual))
	vecs := Load(Param("vecs"), GP64())
	x, y := m.vec(), m.vec()
	CMPQ(vecs, Imm(1))
	JNE(LabelRef("two"))
	Label("one")
	last.load(Mem{Base: src}, x)
	VMOVUPS(x, Mem{Base: dst})
	ADDQ(ld, src)
	ADDQ(stride, dst)
	SUBQ(Imm(1), rows)
	JNZ(LabelRef("one"))
	VZEROUPPER()
	RET()
	ahead := GP64()
	Label("two")
	LEAQ(Mem{Base: src, Index: ld, Scale: 8}, ahead)
	PREFETCHT0(Mem{Base: ahead, Index: ld, Scale: 8})
	PREFETCHT0(Mem{Base: ahead, Index: ld, Scale: 8, Disp: 64})
	VMOVUPS(Mem{Base: src}, x)
	last.load(Mem{Base: src, Disp: m.bytes()}, y)
	VMOVUPS(x, Mem{Base: dst})
	VMOVUPS(y, Mem{Base: dst, Disp: m.bytes()})
	ADDQ(ld, src)
	ADDQ(stride, dst)
	SUBQ(Imm(1), rows)
	JNZ(LabelRef("two"))
	VZEROUPPER()
	RET()
}

// groupPanels is the number of panels that packPanels makes in one pass (group in package gemm).
const groupPanels = 4

// packPanels writes a copier of rows into several panels of two vectors. Rows of a wide matrix lie on different pages,
// so that no hardware foresees the next: what is read at once of each is longer, and asked for some rows before.
func (m *isa) packPanels() {
	name := "packPanels" + m.name
	TEXT(name, NOSPLIT, "func(dst, src *float32, rows, ld, step int)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s copies rows ≥ 1 rows of %d floats, ld bytes apart, to %d panels step bytes apart: rows of %d",
		name, groupPanels*2*m.width, groupPanels, 2*m.width), "floats without gaps.")
	dst, src := Load(Param("dst"), GP64()), Load(Param("src"), GP64())
	rows, ld, step := Load(Param("rows"), GP64()), Load(Param("ld"), GP64()), Load(Param("step"), GP64())
	ahead, step3 := GP64(), GP64()
	LEAQ(Mem{Base: step, Index: step, Scale: 2}, step3)
	LEAQ(Mem{Base: src, Index: ld, Scale: 8}, ahead)
	const row = 2 * 4 // bytes of a row of a panel, by floats of a vector
	Label("row")
	for i := 0; i < groupPanels*row*m.width; i += 64 {
		PREFETCHT0(Mem{Base: ahead, Disp: i})
	}
	for i := range groupPanels {
		to := [...]Mem{{Base: dst}, {Base: dst, Index: step, Scale: 1}, {Base: dst, Index: step, Scale: 2},
			{Base: dst, Index: step3, Scale: 1}}[i]
		x, y := m.vec(), m.vec()
		VMOVUPS(Mem{Base: src, Disp: i * row * m.width}, x)
		VMOVUPS(Mem{Base: src, Disp: i*row*m.width + m.bytes()}, y)
		VMOVUPS(x, to)
		to.Disp = m.bytes()
		VMOVUPS(y, to)
	}
	ADDQ(ld, src)
	ADDQ(ld, ahead)
	ADDQ(U32(uint32(row*m.width)), dst)
	SUBQ(Imm(1), rows)
	JNZ(LabelRef("row"))
	VZEROUPPER()
	RET()
}

// packTiles writes a copier of rows of a transposed A into tiles below each other. Rows are read as they lie; as many
// lines as there are tiles are being written at a time, and stay in L1 until they are full.
func (m *isa) packTiles() {
	name := "packTiles" + m.name
	TEXT(name, NOSPLIT, "func(dst, src *float32, rows, ld, tiles, height, step int)")
	Pragma("noescape")
	how := fmt.Sprintf("tiles step bytes apart: columns of height floats without gaps. Behind the last column "+
		"it writes up to %d floats.", m.width-1)
	if !m.dense {
		how = fmt.Sprintf("tiles step bytes apart: columns of %d floats, the last of which mean nothing.", m.width)
	}
	Doc(fmt.Sprintf("%s copies rows ≥ 1 rows of tiles·height floats (height up to %d), ld bytes apart, to", name,
		m.width), how)
	dst, src := Load(Param("dst"), GP64()), Load(Param("src"), GP64())
	rows, ld := Load(Param("rows"), GP64()), Load(Param("ld"), GP64())
	height, step := Load(Param("height"), GP64()), Load(Param("step"), GP64())
	n := GP64()
	MOVQ(height, n)
	mask := m.lanesFrom(n)
	SHLQ(Imm(2), height)
	ahead := GP64()
	LEAQ(Mem{Base: ld, Index: ld, Scale: 2}, ahead)
	ADDQ(ld, ahead) // four rows
	x := m.vec()
	from, to, tiles := GP64(), GP64(), GP64()
	Label("row")
	MOVQ(src, from)
	MOVQ(dst, to)
	Load(Param("tiles"), tiles)
	SUBQ(Imm(1), tiles)
	JZ(LabelRef("last"))
	Label("tile")
	PREFETCHT0(Mem{Base: from, Index: ahead, Scale: 1})
	VMOVUPS(Mem{Base: from}, x)
	VMOVUPS(x, Mem{Base: to})
	ADDQ(height, from)
	ADDQ(step, to)
	SUBQ(Imm(1), tiles)
	JNZ(LabelRef("tile"))
	Label("last") // no more than its own columns are read
	mask.load(Mem{Base: from}, x)
	VMOVUPS(x, Mem{Base: to})
	ADDQ(ld, src)
	if m.dense {
		ADDQ(height, dst)
	} else {
		ADDQ(U32(uint32(m.bytes())), dst)
	}
	SUBQ(Imm(1), rows)
	JNZ(LabelRef("row"))
	VZEROUPPER()
	RET()
}

// packCols writes a transposer of strips of width rows. Four rows that lie width/4
// apart are put into the 128-bit lanes of one vector when they are loaded, so that
// the rest is transpositions of 4×4 within lanes: two shuffles a vector.
func (m *isa) packCols() {
	name := "packCols" + m.name
	TEXT(name, NOSPLIT, "func(dst, src *float32, rows, ld, cols, stride int)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s transposes rows (1 to %d) rows of cols (≥ %d) floats, ld bytes apart, to", name, m.width,
		m.width),
		fmt.Sprintf("cols rows of %d floats, stride bytes apart. Row rows−1 stands in for those beyond.", m.width))
	start := AllocLocal(8 * m.width) // where each row starts
	dst, p := GP64(), Load(Param("src"), GP64())
	rows, ld := Load(Param("rows"), GP64()), Load(Param("ld"), GP64())
	none := GP64()
	XORQ(none, none)
	for r := range m.width {
		MOVQ(p, start.Offset(8*r))
		SUBQ(Imm(1), rows)
		CMOVQEQ(none, ld)
		ADDQ(ld, p)
	}
	stride, stride3 := Load(Param("stride"), GP64()), GP64()
	LEAQ(Mem{Base: stride, Index: stride, Scale: 2}, stride3)
	at, end := GP64(), Load(Param("cols"), GP64())
	XORQ(at, at)
	SUBQ(U32(uint32(m.width)), end)
	Label("block")
	MOVQ(at, dst)
	IMULQ(stride, dst)
	ADDQ(Load(Param("dst"), GP64()), dst)
	m.transpose(start, at, dst, stride, stride3)
	CMPQ(at, end)
	JEQ(LabelRef("done"))
	ADDQ(U32(uint32(m.width)), at)
	CMPQ(at, end)
	JLE(LabelRef("block"))
	MOVQ(end, at) // the last block overlaps the one before
	JMP(LabelRef("block"))
	Label("done")
	VZEROUPPER()
	RET()
}

// transpose moves a square of width × width from column at of the rows to dst.
func (m *isa) transpose(start Mem, at, dst, stride, stride3 reg.Register) {
	parts := m.width / 4
	x := make([][4]reg.VecVirtual, parts) // x[j][r]: columns 4j to 4j+3 of rows r, r+4, …
	for r := range 4 {
		for lane := range parts {
			row := GP64()
			MOVQ(start.Offset(8*(4*lane+r)), row)
			for j := range parts {
				from := Mem{Base: row, Index: at, Scale: 4, Disp: 16 * j}
				switch {
				case lane == 0:
					x[j][r] = m.vec()
					VMOVUPS(from, x[j][r].AsX())
				case m.width == 16:
					VINSERTF32X4(Imm(uint64(lane)), from, x[j][r], x[j][r])
				default:
					VINSERTF128(Imm(uint64(lane)), from, x[j][r], x[j][r])
				}
			}
		}
	}
	for j := range parts {
		x := x[j]
		ab, AB, cd, CD := m.vec(), m.vec(), m.vec(), m.vec()
		VUNPCKLPS(x[1], x[0], ab)
		VUNPCKHPS(x[1], x[0], AB)
		VUNPCKLPS(x[3], x[2], cd)
		VUNPCKHPS(x[3], x[2], CD)
		VUNPCKLPD(cd, ab, x[0])
		VUNPCKHPD(cd, ab, x[1])
		VUNPCKLPD(CD, AB, x[2])
		VUNPCKHPD(CD, AB, x[3])
		VMOVUPS(x[0], Mem{Base: dst})
		VMOVUPS(x[1], Mem{Base: dst, Index: stride, Scale: 1})
		VMOVUPS(x[2], Mem{Base: dst, Index: stride, Scale: 2})
		VMOVUPS(x[3], Mem{Base: dst, Index: stride3, Scale: 1})
		if j+1 < parts {
			LEAQ(Mem{Base: dst, Index: stride, Scale: 4}, dst)
		}
	}
}
