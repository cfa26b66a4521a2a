package gemm

// PackColumns transposes for the panels of other kernels:
// dst[j·stride + r] = src[r·ld + j] for r < rows and j < cols, and any finite numbers
// of src up to the next whole vector of v after r = rows; stride is at least that. It
// moves bits and computes nothing.
func PackColumns(v Variant, dst, src []float32, rows, ld, cols, stride int) {
	w := machines[v].width()
	padded := ceil(rows, w) * w
	if rows <= 0 || cols <= 0 {
		return
	}
	if stride < padded || len(dst) < (cols-1)*stride+padded || len(src) < extent(rows, cols, ld) {
		panic("gemm: PackColumns: an argument is too short")
	}
	machines[v].packCols(dst, src, rows, ld, cols, padded, stride)
}
