//go:build !noasm

package marks

import "gorae/internal/cpu"

//go:generate go run -C ../gen ./marks -pkg marks -out ../marks/marks_amd64.s -stubs ../marks/stubs_amd64.go -table ../marks/table_amd64.go

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

// assembly is a variant with fill's kernels.
func assembly(fill func(*variant)) *variant {
	v := *generic
	fill(&v)
	return &v
}
