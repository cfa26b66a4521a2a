//go:build !noasm

package rnn

import (
	"gorae/internal/cpu"
	"gorae/internal/kernel/gemm"
)

func init() {
	if cpu.AVX2 {
		variants[gemm.AVX2] = &variant{lanes: 8}
		avx2(variants[gemm.AVX2])
		// A tile of few registers reads a vector of the weights for every two multiplications of one: from 256 units of
		// LSTM on they come out of L2, which is too slow for that (BenchmarkRNN on a Zen 3).
		variants[gemm.AVX2].lanes, variants[gemm.AVX2].large = 8, 1<<18
	}
	if cpu.AVX512 {
		variants[gemm.AVX512] = &variant{lanes: 16}
		avx512(variants[gemm.AVX512])
		// With 512 units of GRU threads share the products of a step (team.go), and a core of Emerald Rapids takes
		// .87 of the time alone.
		variants[gemm.AVX512].lanes, variants[gemm.AVX512].large = 16, 1<<19
	}
}
