//go:build !noasm

package gemm

// spend does floating-point operations of the best variant and counts them.
func spend(rounds int) (flops float64) {
	switch Best() {
	case AVX512:
		peakAVX512(rounds)
		return float64(rounds) * 24 * 16 * 2
	case AVX2:
		peakAVX2(rounds)
		return float64(rounds) * 12 * 8 * 2
	}
	return portablePeak(rounds)
}
