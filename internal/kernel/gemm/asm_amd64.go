//go:build !noasm

package gemm

import "gorae/internal/cpu"

//go:generate go run -C ../gen ./gemm -out ../gemm/kernels_amd64.s -stubs ../gemm/kernels_amd64.go -pkg gemm -tables ../gemm/tables_amd64.go -neon ../gemm/kernels_arm64.s -neon-stubs ../gemm/kernels_arm64.go

// BenchmarkLarge on a Zen 3 (caches of 32 KB, 512 KB and 32 MB) chose those of AVX2: a panel takes 24 KB at most and
// stays in L1, 256 rows of A take 384 KB of L2. BenchmarkGemm on a Zen 4 (1 MB of L2) chose those of AVX-512: a panel
// takes 64 KB and is read from L2.
var (
	avx2Sizes   = sizes{blockK: 384, group: 4, columns: 384}
	avx512Sizes = sizes{blockK: 512, group: 1, ahead: true, columns: 1024}
)

func init() {
	if cpu.AVX2 {
		inAssembly[AVX2] = &vectors{lanes: 8, kernels: avx2Kernels[:], dense: true, blocks: avx2Sizes}
		machines[AVX2] = inAssembly[AVX2]
	}
	if cpu.AVX512 {
		inAssembly[AVX512] = &vectors{lanes: 16, kernels: avx512Kernels[:], highest: 16, blocks: avx512Sizes}
		machines[AVX512] = inAssembly[AVX512]
	}
}

func (v *vectors) packRows(dst, src []float32, rows, ld, cols, padded, stride int) {
	v.copyVectors(&dst[0], &src[0], rows, 4*ld, 4*stride, ceil(cols, v.lanes), v.lastOf(cols))
}

func (v *vectors) packGroup(dst, src []float32, rows, ld, step int) {
	packPanelsavx2(&dst[0], &src[0], rows, 4*ld, 4*step)
}

func (v *vectors) packTiles(dst, src []float32, rows, ld, tiles, height, step int) {
	if v.lanes == 16 {
		packTilesavx512(&dst[0], &src[0], rows, 4*ld, tiles, height, 4*step)
	} else {
		packTilesavx2(&dst[0], &src[0], rows, 4*ld, tiles, height, 4*step)
	}
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

func (v *vectors) dots(x []float32, ldx, rows int, y []float32, ldy, cols, k int) (sums [20]float32) {
	dot4x5avx512(&sums, &x[0], 4*ldx, rows, &y[0], 4*ldy, cols, k)
	return sums
}

func (v *vectors) dot8(x []float32, ld, rows int, y []float32, k int) (sums [8]float32) {
	if v.lanes == 16 {
		dot8avx512(&sums, &x[0], 4*ld, rows, &y[0], k)
	} else {
		dot8avx2(&sums, &x[0], 4*ld, rows, &y[0], k)
	}
	return sums
}
