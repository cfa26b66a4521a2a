//go:build (amd64 || arm64) && !noasm

package sgns

//go:generate go run -C ../gen ./sgns -pkg sgns -out ../sgns/sgns_amd64.s -stubs ../sgns/stubs_amd64.go -table ../sgns/table_amd64.go

// assembly is a variant that has fill's kernels.
func assembly(fill func(*variant)) *variant {
	v := *generic
	fill(&v)
	return &v
}
