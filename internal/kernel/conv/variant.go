package conv

import (
	"math/bits"
	"unsafe"
)

// Variant is one implementation.
type Variant uint8

// The implementations, numbered as package gemm's. Of those that one machine can run, a later one is faster.
const (
	Generic Variant = iota // Go
	AVX2                   // 256-bit vectors and fused multiply-add
	AVX512                 // 512-bit vectors and masks
	NEON                   // 128-bit vectors of arm64
)

// String is the variant's name as GORAE_CPU and package cpu spell it.
func (v Variant) String() string { return [...]string{"generic", "avx2", "avx512", "neon"}[v] }

// Variants are those that this machine can run, slowest first.
func Variants() []Variant {
	var vs []Variant
	for v, m := range machines {
		if m != nil {
			vs = append(vs, Variant(v))
		}
	}
	return vs
}

// Best is the variant that plans use.
func Best() Variant {
	best := Generic
	for v, m := range machines {
		if m != nil {
			best = Variant(v)
		}
	}
	return best
}

// machines holds each variant's kernels, nil where the machine cannot run them.
var machines = [...]*machine{Generic: {lanes: 4}, AVX2: nil, AVX512: nil, NEON: nil}

// machine is what the methods need of an instruction set. It is no interface: what an interface is given a pointer to
// moves to the heap, and a copied strip costs as much as its kernel's call.
type machine struct {
	lanes        int      // floats in a vector
	inner, outer [][]tile // by log₂ of the columns in vectors, by rows − 1; none in Go
}

// tile computes tiles of a product; the signature is explained in the generator
// (gen/conv/tile.go).
type tile func(lines, tiles, segs, depth int, a *float32, at *int, aLine, aStep int, b *float32, bStep int, c *float32,
	cLine, cStep int, bias, mask *float32, flags, last int) (bad int)

// flagWhole tells a tile that the last vector of a row is whole.
const flagWhole = 1 << 5

// width is the number of columns of one vector.
func (m *machine) width() int { return m.lanes }

// tile is the greatest number of rows of a tile whose columns are the given
// number of vectors (1, 2 or 4), 0 if there is no such tile.
func (m *machine) tile(vecs int) int {
	if m.inner == nil {
		return genericTile(vecs)
	}
	if log := bits.Len(uint(vecs)) - 1; log < len(m.inner) {
		return len(m.inner[log])
	}
	return 0
}

// strip computes tiles of a product.
func (m *machine) strip(s *strip) (finite bool) {
	if m.inner == nil {
		return genericStrip(s)
	}
	vecs := ceil(s.cols, m.lanes)
	log, last := bits.Len(uint(vecs))-1, s.cols-(vecs-1)*m.lanes
	flags := s.flags
	if last == m.lanes {
		flags |= flagWhole
	}
	f, aStep := m.inner, s.aRow
	if s.outer {
		f, aStep = m.outer, s.aCol
	}
	return f[log][s.rows-1](s.lines, s.tiles, len(s.at), s.depth, unsafe.SliceData(s.a),
		(*int)(unsafe.Pointer(unsafe.SliceData(s.at))), 4*s.aLine, 4*aStep,
		unsafe.SliceData(s.b), 4*s.bRow, unsafe.SliceData(s.c), 4*s.cLine, 4*s.ldc, unsafe.SliceData(s.bias),
		unsafe.SliceData(s.mask), flags, last) == 0
}

// strip is the work of one call of a kernel: on each of lines lines, tiles tiles of
// rows×cols of C, one below the other,
//
//	C[i, j] = Σ_s Σ_k A[s, i, k]·B[s, k, j]
//
// where line l's A[s, i, k] is a[l·aLine + at[s].a + i·aRow + k·aCol], its C[i, j] is
// c[l·cLine + i·ldc + j], mask is laid out as c, and B[s, k, j] is
// b[(at[s].b + k)·bRow + j]. i runs over the rows of all tiles.
type strip struct {
	lines, tiles, rows, cols int
	depth                    int
	a                        []float32
	at                       []segment
	aLine, aRow, aCol        int
	b                        []float32
	bRow                     int
	c                        []float32
	cLine, ldc               int
	bias, mask               []float32
	flags                    int
	outer                    bool // aRow is 1: columns of A are read, and B in place; else aCol is 1 and B is packed
}

// segment is where a run of the inner dimension begins: in A, and the row of B.
type segment struct{ a, b int }

// The flags of a strip say what happens to a tile before it is stored, in this
// order.
const (
	flagAdd   = 1 << iota // add the old C
	flagBias              // add bias[j]
	flagRelu              // max(·, 0)
	flagMask              // 0 where mask > 0 does not hold
	flagCheck             // report what is not finite
)

// flags are those of an epilogue.
func (e Epilogue) flags() (f int) {
	if e.Bias {
		f |= flagBias
	}
	if e.Relu {
		f |= flagRelu
	}
	if e.Mask {
		f |= flagMask
	}
	if e.Check {
		f |= flagCheck
	}
	return f
}

// longCall is the number of multiply-adds of vectors after which a kernel comes
// back to Go, so that it does not hold up the collector: some 0.2 ms.
const longCall = 1 << 19

// over runs a strip over n rows of one line, in tiles as even as can be and in
// calls that are not too long; a and c begin at the first row.
func (s strip) over(m *machine, n int, a, c []float32) {
	vecs := ceil(s.cols, m.width())
	taller, rest, rows := evenly(n, m.tile(vecs))
	row := 0
	for _, g := range [2][2]int{{taller, rows + 1}, {rest, rows}} {
		s.rows = g[1]
		most := max(1, longCall/(1+s.rows*vecs*s.depth*len(s.at)))
		for left := g[0]; left > 0; left -= s.tiles {
			s.tiles, s.a, s.c = min(left, most), a[row*s.aRow:], c[row*s.ldc:]
			m.strip(&s)
			row += s.tiles * s.rows
		}
	}
}
