//go:build !noasm

package conv

import "gorae/internal/cpu"

// variants lists what this machine can run, the best last.
func variants() []*variant {
	vs := []*variant{portable}
	if cpu.AVX2 {
		vs = append(vs, assembly(avx2))
	}
	if cpu.AVX512 {
		vs = append(vs, assembly(avx512))
	}
	return vs
}
