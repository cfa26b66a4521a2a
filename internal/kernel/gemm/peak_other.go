//go:build !(amd64 || arm64) || noasm

package gemm

// spend does floating-point operations of the best variant and counts them.
func spend(rounds int) (flops float64) { return portablePeak(rounds) }
