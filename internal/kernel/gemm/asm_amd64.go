//go:build !noasm

package gemm

import (
	"math/bits"
	"unsafe"

	"gorae/internal/cpu"
)

//go:generate go run -C ../gen ./gemm -out ../gemm/kernels_amd64.s -stubs ../gemm/kernels_amd64.go -pkg gemm -tables ../gemm/tables_amd64.go

// kernel computes tiles; its signature is explained in the generator (tile.go).
type kernel func(tiles, k int, a *float32, aTile, aStep int, b *float32, bStep int, c *float32, cStep int, bias, mask *float32, flags, last int) (bad int)

// copier is a kernel that also copies B.
type copier func(tiles, k int, a *float32, aTile, aStep int, b *float32, bStep int, c *float32, cStep int, bias, mask *float32, flags, last int, packed *float32) (bad int)

// What the kernels are told beside the flags of a strip.
const (
	flagPacked = 1 << 5 // A is packed
	flagWhole  = 1 << 6 // the last vector of a row is whole
)

// vectors is a variant in assembly.
type vectors struct {
	lanes   int        // floats in a vector
	kernels [][]kernel // by log₂ of the panel's vectors, by rows − 1
	copier  copier
	copied  int // rows of the copier's tile
}

func init() {
	if cpu.AVX2 {
		machines[AVX2] = &vectors{8, avx2Kernels[:], pack4x16avx2, 4}
	}
	if cpu.AVX512 {
		machines[AVX512] = &vectors{16, avx512Kernels[:], pack8x32avx512, 8}
	}
}

func (v *vectors) width() int    { return v.lanes }
func (v *vectors) stride() int   { return v.lanes }
func (v *vectors) copyRows() int { return v.copied }

// panel is two vectors, one for a narrow end, and as many as possible where the
// rows are so few that a wide panel still fits the registers.
func (v *vectors) panel(m, left int) int {
	for log := len(v.kernels) - 1; log > 1; log-- {
		if w := v.lanes << log; left >= w && m <= len(v.kernels[log]) {
			return w
		}
	}
	if left > v.lanes {
		return 2 * v.lanes
	}
	return v.lanes
}

func (v *vectors) tile(panel int) int { return len(v.kernels[log2(panel/v.lanes)]) }

func log2(n int) int { return bits.Len(uint(n)) - 1 }

// lastOf is the number of valid columns in the last vector of a row of cols > 0.
func (v *vectors) lastOf(cols int) int { return (cols-1)%v.lanes + 1 }

func (v *vectors) strip(s strip, flags int) (finite bool) {
	if s.packed != nil {
		return v.copier(s.tiles, s.k, unsafe.SliceData(s.a), 4*s.aTile, 4*s.aRow, unsafe.SliceData(s.b), 4*s.bRow,
			unsafe.SliceData(s.c), 4*s.ldc, unsafe.SliceData(s.bias), unsafe.SliceData(s.mask), v.flags(s, flags), v.lastOf(s.cols), unsafe.SliceData(s.packed)) == 0
	}
	f := v.kernels[log2(ceil(s.cols, v.lanes))][s.rows-1]
	return f(s.tiles, s.k, unsafe.SliceData(s.a), 4*s.aTile, 4*s.aRow, unsafe.SliceData(s.b), 4*s.bRow,
		unsafe.SliceData(s.c), 4*s.ldc, unsafe.SliceData(s.bias), unsafe.SliceData(s.mask), v.flags(s, flags), v.lastOf(s.cols)) == 0
}

// flags adds what the kernels want to know.
func (v *vectors) flags(s strip, flags int) int {
	if s.aRow == 1 && s.aCol == v.lanes {
		flags |= flagPacked
	}
	if s.cols%v.lanes == 0 {
		flags |= flagWhole
	}
	return flags
}

func (v *vectors) packRows(dst, src []float32, rows, ld, cols, padded, stride int) {
	v.copyVectors(&dst[0], &src[0], rows, 4*ld, 4*stride, ceil(cols, v.lanes), v.lastOf(cols))
}

func (v *vectors) packCols(dst, src []float32, rows, ld, cols, padded, stride int) {
	for r := 0; r < rows; r += v.lanes {
		v.packStrip(dst[r:], src[r*ld:], min(rows-r, v.lanes), ld, cols, stride)
	}
}

// packStrip transposes up to lanes rows. A strip of few columns is first copied to
// where whole vectors may be read.
func (v *vectors) packStrip(dst, src []float32, rows, ld, cols, stride int) {
	if cols >= v.lanes {
		v.transpose(&dst[0], &src[0], rows, 4*ld, cols, 4*stride)
		return
	}
	var in, out [16 * 16]float32
	v.copyVectors(&in[0], &src[0], rows, 4*ld, 4*v.lanes, 1, cols)
	v.transpose(&out[0], &in[0], rows, 4*v.lanes, v.lanes, 4*v.lanes)
	v.copyVectors(&dst[0], &out[0], cols, 4*v.lanes, 4*stride, 1, v.lanes)
}

// copyVectors and transpose call the kernels by name and not through a variable:
// what they point to may then stay on the stack.
func (v *vectors) copyVectors(dst, src *float32, rows, ld, stride, vecs, last int) {
	if v.lanes == 16 {
		packRowsavx512(dst, src, rows, ld, stride, vecs, last)
	} else {
		packRowsavx2(dst, src, rows, ld, stride, vecs, last)
	}
}

func (v *vectors) transpose(dst, src *float32, rows, ld, cols, stride int) {
	if v.lanes == 16 {
		packColsavx512(dst, src, rows, ld, cols, stride)
	} else {
		packColsavx2(dst, src, rows, ld, cols, stride)
	}
}

func (v *vectors) hasDots() bool { return v.lanes == 16 }

func (v *vectors) dots(sums *[20]float32, x []float32, ldx, rows int, y []float32, ldy, cols, k int) {
	dot4x5avx512(sums, &x[0], 4*ldx, rows, &y[0], 4*ldy, cols, k)
}

func (v *vectors) dot8(x []float32, ld, rows int, y []float32, k int) (sums [8]float32) {
	if v.lanes == 16 {
		dot8avx512(&sums, &x[0], 4*ld, rows, &y[0], k)
	} else {
		dot8avx2(&sums, &x[0], 4*ld, rows, &y[0], k)
	}
	return sums
}
