//go:build !noasm

package sweep

import "gorae/internal/cpu"

// variants lists what this machine can run, the best last.
func variants() []*variant {
	vs := []*variant{generic}
	if cpu.AVX2 {
		vs = append(vs, assembly(avx2))
	}
	if cpu.AVX512 {
		vs = append(vs, assembly(avx512))
	}
	return vs
}
