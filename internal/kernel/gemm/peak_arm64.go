//go:build !noasm

package gemm

// spend does floating-point operations of the best variant and counts them.
func spend(rounds int) (flops float64) {
	if Best() == NEON {
		peakNEON(rounds)
		return float64(rounds) * 24 * 4 * 2
	}
	return portablePeak(rounds)
}
