//go:build !noasm

package sgns

import "gorae/internal/cpu"

//go:generate go run -C ../gen ./sgns -pkg sgns -out ../sgns/sgns_amd64.s -stubs ../sgns/stubs_amd64.go -table ../sgns/table_amd64.go

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

// assembly is a variant that has fill's kernels.
func assembly(fill func(*variant)) *variant {
	v := *generic
	fill(&v)
	return &v
}
