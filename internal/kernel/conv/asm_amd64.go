//go:build !noasm

package conv

import "gorae/internal/cpu"

func init() {
	if cpu.AVX2 {
		machines[AVX2] = &machine{8, avx2Inner[:], avx2Outer[:]}
	}
	if cpu.AVX512 {
		machines[AVX512] = &machine{16, avx512Inner[:], avx512Outer[:]}
	}
}
