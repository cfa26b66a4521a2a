//go:build (amd64 || arm64) && !noasm

package sweep

//go:generate go run -C ../gen ./sweep -pkg sweep -out ../sweep/sweep_amd64.s -stubs ../sweep/stubs_amd64.go -table ../sweep/table_amd64.go

// assembly is a variant that has fill's kernels where there are some.
func assembly(fill func(*variant)) *variant {
	v := *generic
	fill(&v)
	return &v
}
