//go:build !noasm

package rnn

import (
	"gorae/internal/cpu"
	"gorae/internal/kernel/gemm"
)

func init() {
	if cpu.NEON {
		v := &variant{}
		neon(v)
		// As AVX2's: the tiles of package gemm read fewer vectors of the weights.
		v.lanes, v.large = 4, 1<<18
		variants[gemm.NEON] = v
	}
}
