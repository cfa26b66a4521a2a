//go:build !noasm

package conv

import "gorae/internal/cpu"

//go:generate go run -C ../gen ./conv -pkg conv -out ../conv/conv_amd64.s -stubs ../conv/stubs_amd64.go -tables ../conv/tiles_amd64.go -table ../conv/table_amd64.go

func init() {
	if cpu.AVX2 {
		machines[AVX2] = &machine{8, avx2Inner[:], avx2Outer[:]}
	}
	if cpu.AVX512 {
		machines[AVX512] = &machine{16, avx512Inner[:], avx512Outer[:]}
	}
}
