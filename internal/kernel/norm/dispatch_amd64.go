//go:build !noasm

package norm

import "gorae/internal/cpu"

//go:generate go run -C ../gen ./norm -pkg norm -out ../norm/norm_amd64.s -stubs ../norm/stubs_amd64.go -table ../norm/table_amd64.go

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

// assembly is a variant that has fill's kernels where there are some.
func assembly(fill func(*variant)) *variant {
	v := *generic
	fill(&v)
	return &v
}
