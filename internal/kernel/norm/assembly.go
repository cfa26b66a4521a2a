//go:build (amd64 || arm64) && !noasm

package norm

//go:generate go run -C ../gen ./norm -pkg norm -out ../norm/norm_amd64.s -stubs ../norm/stubs_amd64.go -table ../norm/table_amd64.go

// assembly is a variant that has fill's kernels where there are some.
func assembly(fill func(*variant)) *variant {
	v := *generic
	fill(&v)
	return &v
}
