//go:build !noasm

package rnn

import (
	"gorae/internal/cpu"
	"gorae/internal/kernel/gemm"
)

//go:generate go run -C ../gen ./rnn -pkg rnn -out ../rnn/rnn_amd64.s -stubs ../rnn/stubs_amd64.go -table ../rnn/table_amd64.go

func init() {
	if cpu.AVX2 {
		variants[gemm.AVX2] = &variant{lanes: 8}
		avx2(variants[gemm.AVX2])
		variants[gemm.AVX2].lanes = 8
	}
	if cpu.AVX512 {
		variants[gemm.AVX512] = &variant{lanes: 16}
		avx512(variants[gemm.AVX512])
		variants[gemm.AVX512].lanes = 16
	}
}
