//go:build !noasm

package vec

import "gorae/internal/cpu"

// variants lists what this machine can run, the best last.
func variants() []*variant {
	vs := []*variant{generic}
	if cpu.AVX2 {
		vs = append(vs, assembly(avx2, 8))
	}
	if cpu.AVX512 {
		vs = append(vs, assembly(avx512, 16))
	}
	return vs
}
