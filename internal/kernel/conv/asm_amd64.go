//go:build !noasm

package conv

import (
	"math/bits"
	"unsafe"

	"gorae/internal/cpu"
)

//go:generate go run -C ../gen ./conv -pkg conv -out ../conv/conv_amd64.s -stubs ../conv/stubs_amd64.go -tables ../conv/tiles_amd64.go -table ../conv/table_amd64.go

// tile computes tiles of a product; the signature is explained in the generator
// (gen/conv/tile.go).
type tile func(lines, tiles, segs, depth int, a *float32, at *int, aLine, aStep int, b *float32, bStep int, c *float32, cLine, cStep int, bias, mask *float32, flags, last int) (bad int)

// flagWhole tells a tile that the last vector of a row is whole.
const flagWhole = 1 << 5

// vectors is a variant in assembly.
type vectors struct {
	lanes        int      // floats in a vector
	inner, outer [][]tile // by log₂ of the columns in vectors, by rows − 1
}

func init() {
	if cpu.AVX2 {
		machines[AVX2] = &vectors{8, avx2Inner[:], avx2Outer[:]}
	}
	if cpu.AVX512 {
		machines[AVX512] = &vectors{16, avx512Inner[:], avx512Outer[:]}
	}
}

func (v *vectors) width() int { return v.lanes }

func (v *vectors) tile(vecs int) int {
	if log := bits.Len(uint(vecs)) - 1; log < len(v.inner) {
		return len(v.inner[log])
	}
	return 0
}

func (v *vectors) strip(s strip) (finite bool) {
	vecs := ceil(s.cols, v.lanes)
	log, last := bits.Len(uint(vecs))-1, s.cols-(vecs-1)*v.lanes
	if last == v.lanes {
		s.flags |= flagWhole
	}
	f, aStep := v.inner, s.aRow
	if s.outer {
		f, aStep = v.outer, s.aCol
	}
	return f[log][s.rows-1](s.lines, s.tiles, len(s.at), s.depth, unsafe.SliceData(s.a), (*int)(unsafe.Pointer(unsafe.SliceData(s.at))), 4*s.aLine, 4*aStep,
		unsafe.SliceData(s.b), 4*s.bRow, unsafe.SliceData(s.c), 4*s.cLine, 4*s.ldc, unsafe.SliceData(s.bias), unsafe.SliceData(s.mask), s.flags, last) == 0
}
