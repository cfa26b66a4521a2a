//go:build !noasm

package gemm

import "gorae/internal/cpu"

func init() {
	if cpu.NEON {
		inAssembly[NEON] = &vectors{lanes: 4, kernels: neonKernels[:], highest: 8, blocks: sizes{blockK: 512}}
		machines[NEON] = inAssembly[NEON]
	}
}

func (v *vectors) packRows(dst, src []float32, rows, ld, cols, padded, stride int) {
	generic{}.packRows(dst, src, rows, ld, cols, padded, stride)
}

func (v *vectors) packCols(dst, src []float32, rows, ld, cols, padded, stride int) {
	generic{}.packCols(dst, src, rows, ld, cols, padded, stride)
}

func (v *vectors) packGroup(dst, src []float32, rows, ld, step int) {
	generic{}.packGroup(dst, src, rows, ld, step)
}

func (v *vectors) packTiles(dst, src []float32, rows, ld, tiles, height, step int) {
	generic{}.packTiles(dst, src, rows, ld, tiles, height, step)
}

func (v *vectors) hasDots() bool { return false }

func (v *vectors) dots([]float32, int, int, []float32, int, int, int) (sums [20]float32) { return sums }

func (v *vectors) dot8(x []float32, ld, rows int, y []float32, k int) (sums [8]float32) {
	dot8neon(&sums, &x[0], 4*ld, rows, &y[0], k)
	return sums
}
