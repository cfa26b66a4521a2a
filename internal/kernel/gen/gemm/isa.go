package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// isa is an instruction set: what differs between AVX2 and AVX-512 in otherwise
// equal kernels. The last vector of a row may be ragged; its valid lanes are held
// in a mask, a K register in AVX-512 and a vector in AVX2.
type isa struct {
	name  string
	width int                   // floats in a vector
	vec   func() reg.VecVirtual // a new vector register
	asks  bool                  // tiles ask for what is read next
	dense bool                  // a packed tile of A has no gaps between its columns
	wide  map[int]int           // vectors of a panel → greatest tile height
}

// shape is a tile: rows × vecs vectors.
type shape struct{ rows, vecs int }

var avx512 = isa{name: "avx512", width: 16, vec: ZMM, asks: true, wide: map[int]int{1: 14, 2: 14, 4: 6, 8: 3, 16: 1}}
var avx2 = isa{name: "avx2", width: 8, vec: YMM, dense: true, wide: map[int]int{1: 6, 2: 6, 4: 3, 8: 1}}

// panels are the panel widths in vectors, widest first.
func (m *isa) panels() (vecs []int) {
	for n := 16; n > 0; n /= 2 {
		if m.wide[n] > 0 {
			vecs = append(vecs, n)
		}
	}
	return vecs
}

func (m *isa) bytes() int { return 4 * m.width }

// stride is the distance of two columns of a packed tile of A, in floats.
func (m *isa) stride(rows int) int {
	if m.dense {
		return rows
	}
	return m.width
}

// kernel is a tile's name: gemm14x32avx512.
func (m *isa) kernel(s shape) string {
	return fmt.Sprintf("gemm%dx%d%s", s.rows, s.vecs*m.width, m.name)
}

func (m *isa) zero() reg.VecVirtual {
	z := m.vec()
	VXORPS(z, z, z)
	return z
}

// lanes is a mask of the first n lanes, n in 1 … width, in a general register.
type lanes struct {
	m *isa
	k reg.OpmaskVirtual
	v reg.VecVirtual
}

// lanesFrom makes a mask of n lanes; n is clobbered.
func (m *isa) lanesFrom(n reg.GPVirtual) lanes {
	l := lanes{m: m}
	if m.width == 16 {
		ones := GP64()
		MOVQ(I32(-1), ones)
		BZHIQ(n, ones, ones)
		l.k = K()
		KMOVW(ones.As32(), l.k)
		return l
	}
	l.v = YMM()
	table := GP64()
	LEAQ(lanesData, table)
	NEGQ(n)
	VMOVUPS(Mem{Base: table, Index: n, Scale: 4, Disp: 32}, l.v)
	return l
}

// load reads the valid lanes and zeros the others.
func (l lanes) load(from Mem, to reg.VecVirtual) {
	if l.m.width == 16 {
		VMOVUPS_Z(from, l.k, to)
	} else {
		VMASKMOVPS(from, l.v, to)
	}
}

// store writes the valid lanes.
func (l lanes) store(from reg.VecVirtual, to Mem) {
	if l.m.width == 16 {
		VMOVUPS(from, l.k, to)
	} else {
		VMASKMOVPS(from, l.v, to)
	}
}

var lanesData Mem

// lanesTable is eight words of ones and eight of zeros: AVX2's masks are windows
// on it.
func lanesTable() {
	lanesData = GLOBL("lanes", RODATA|NOPTR)
	for i := range 16 {
		v := U32(0)
		if i < 8 {
			v = U32(0xffffffff)
		}
		DATA(4*i, v)
	}
}
