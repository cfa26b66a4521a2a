package gemm

import (
	"math/bits"
	"unsafe"
)

// kernel computes tiles; its signature is explained in the generator (tile.go).
type kernel func(tiles, k int, a *float32, aTile, aStep int, b *float32, bStep int, c *float32, cStep int, bias,
	mask *float32, flags, last int, next *float32, nextStep, nextTile int) (bad int)

// What the kernels are told beside the flags of a strip.
const (
	flagPacked = 1 << 5 // the rows of a column of A lie side by side
	flagWhole  = 1 << 6 // the last vector of a row is whole
)

// inAssembly are the variants in assembly, nil where there is none.
var inAssembly [NEON + 1]*vectors

// vectors is a variant in assembly.
type vectors struct {
	lanes   int        // floats in a vector
	kernels [][]kernel // by log₂ of the panel's vectors, by rows − 1
	dense   bool       // a packed tile of A has no gaps between its columns
	highest int        // else: rows of the highest tile, in whole vectors
	blocks  sizes
}

func (v *vectors) width() int   { return v.lanes }
func (v *vectors) sizes() sizes { return v.blocks }

func (v *vectors) stride(rows int) int {
	if v.dense {
		return rows
	}
	return v.highest
}

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

func (v *vectors) strip(s *strip, flags int) (finite bool) {
	f := v.kernels[log2(ceil(s.cols, v.lanes))][s.rows-1]
	return f(s.tiles, s.k, unsafe.SliceData(s.a), 4*s.aTile, 4*max(s.aRow, s.aCol), unsafe.SliceData(s.b), 4*s.bRow,
		unsafe.SliceData(s.c), 4*s.ldc, unsafe.SliceData(s.bias), unsafe.SliceData(s.mask), v.flags(s, flags),
		v.lastOf(s.cols), unsafe.SliceData(s.next), 4*s.nextStep, 4*s.nextTile) == 0
}

// flags adds what the kernels want to know.
func (v *vectors) flags(s *strip, flags int) int {
	if s.aCol > 1 {
		flags |= flagPacked
	}
	if s.cols%v.lanes == 0 {
		flags |= flagWhole
	}
	return flags
}
